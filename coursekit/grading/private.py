"""Files and folders with names and marks: their owner's alone, whatever the umask says.

On Windows, and on a disk that knows no owners (a USB stick), files are as private as their folder.
"""

import os
import stat
from contextlib import contextmanager, suppress
from pathlib import Path

FOLDER, FILE = 0o700, 0o600
OTHERS = 0o077  # what the group and everybody else may do


def private_folder(path):
    """Make a folder for its owner alone, or narrow one that is there."""
    path = Path(path)
    if path.is_dir():
        narrow(path)
    else:
        path.mkdir(FOLDER)
        path.chmod(FOLDER)


def private_file(path):
    """Make an empty file for its owner alone, or narrow one that is there, without opening it."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, FILE))
        os.chmod(path, FILE)
    narrow(path)


def narrow(path):
    """Take from everybody else what they may do with a file or folder. Raises ValueError."""
    path = Path(path)
    found = path.stat()
    if os.name != "posix" or not found.st_mode & OTHERS:
        return
    try:
        path.chmod(stat.S_IMODE(found.st_mode) & ~OTHERS)
    except PermissionError as error:
        if found.st_uid != os.geteuid():
            why = "belongs to another account, and others may read it"
            raise ValueError(f"{path} {why}; name another place") from error


def narrow_results(folder, sign):
    """Narrow a folder of results and all that is in it; make it when it is not there.

    Raises ValueError when others may read it and it holds other things than results: no file there
    is called `sign`. Somebody may need those.
    """
    folder = Path(folder)
    was_open = os.name == "posix" and folder.is_dir() and folder.stat().st_mode & OTHERS
    if was_open and any(folder.iterdir()) and not (folder / sign).exists():
        why = "holds other files, and other accounts may read it"
        raise ValueError(f"{folder} {why}; name a new folder, or say: chmod 700 {folder}")
    private_folder(folder)
    if was_open:
        inside = [Path(place, name) for place, *lists in os.walk(folder) for name in sum(lists, [])]
        for path in inside:
            if not path.is_symlink():
                narrow(path)


@contextmanager
def replacing(path):
    """A private file for text that takes the place of the old one when all of it is written."""
    path = Path(path)
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)  # of a run that was killed, or somebody's link
    private_file(new)
    try:
        with open(new, "w", encoding="utf-8", newline="") as file:
            yield file
        os.replace(new, path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
