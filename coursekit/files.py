"""Write beside, then swap: whatever interrupts, a file is the old one or the new one, and whole."""

import os
import shutil
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex

PART = ".{}.part"  # with letters of its own: two programs that write one file do not meet
OLD = 24 * 3600  # seconds; a part that nobody has touched for so long was left by a killed program
PATIENCE = 2  # seconds; Windows lets nobody replace a file that somebody reads


@contextmanager
def replacing(path, mode="wb", **form):
    """A file that takes the place of `path` when all of it is written; form: as `open` has it."""
    path = Path(path)
    beside = path.with_name(PART.format(token_hex(8)))
    try:
        with open(beside, mode, **form) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, beside)
        swap(beside, path)
    except BaseException:
        with suppress(OSError):
            os.remove(beside)
        raise


def swap(new, path):
    """os.replace; on Windows a few times over, as another program may be reading the old file."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return os.replace(new, path)
        except PermissionError:
            if os.name != "nt" or time.monotonic() > end:
                raise
            time.sleep(0.05)


def remove_old_parts(folder):
    """Remove what programs that were killed while they wrote have left in a folder."""
    for part in Path(folder).glob(PART.format("?" * 16)):
        with suppress(OSError):
            if time.time() - part.stat().st_mtime > OLD:
                part.unlink()
