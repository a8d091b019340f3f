"""Where Jupyter and its neighbours keep settings, and another place when that cannot be written."""

import os
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path


def folders():
    """{environment variable: folder that it names, or that is used when it is not set}."""
    from jupyter_core.paths import jupyter_config_dir, jupyter_data_dir, jupyter_runtime_dir

    home = Path("~").expanduser()
    linux = sys.platform not in ("darwin", "win32")
    settings = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    usual = {
        "JUPYTER_CONFIG_DIR": jupyter_config_dir(),
        "JUPYTER_DATA_DIR": jupyter_data_dir(),
        "JUPYTER_RUNTIME_DIR": jupyter_runtime_dir(),
        "IPYTHONDIR": home / ".ipython",
        "MPLCONFIGDIR": settings / "matplotlib" if linux else home / ".matplotlib",
    }
    if linux:
        usual["XDG_CACHE_HOME"] = home / ".cache"
    return {name: Path(os.environ.get(name) or path) for name, path in usual.items()}


def writable(folder):
    """Whether a file can be made in a folder, or, where there is none yet, in the one above it."""
    folder = Path(folder).absolute()
    try:
        while not folder.exists():
            folder = folder.parent
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def closed():
    """Those of `folders` that cannot be written."""
    return {name: path for name, path in folders().items() if not writable(path)}


def in_words(variables):
    """What cannot be written, for a sentence: the home where it is closed, else each folder."""
    home = Path("~").expanduser()
    if not writable(home):
        return f"the home folder {home}"
    return ", ".join(sorted({str(path) for path in variables.values()}))


def elsewhere(variables, folder):
    """{variable: a folder of its own inside of `folder`, made for this user alone}."""
    places = {name: Path(folder) / name.lower() for name in variables}
    for place in places.values():
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return {name: str(place) for name, place in places.items()}


@contextmanager
def usable():
    """Inside, everything that is kept in a home that cannot be written is in a temporary folder."""
    variables = closed()
    if not variables:
        yield
        return
    before = {name: os.environ.get(name) for name in variables}
    with tempfile.TemporaryDirectory(prefix="coursekit-", ignore_cleanup_errors=True) as folder:
        os.environ.update(elsewhere(variables, folder))
        try:
            yield
        finally:
            for name, value in before.items():
                os.environ.pop(name)
                os.environ.update({} if value is None else {name: value})
