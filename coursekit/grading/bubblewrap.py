"""The command line of bubblewrap: a system that holds Python and NumPy, and nothing else.

https://github.com/containers/bubblewrap. No network, no processes of others, no /proc, no home;
everything can only be read. Root gives itself up first: an outer bubblewrap shows nobody the few
folders that only root may enter (a Python below /root), and nobody starts the real one in there.
"""

import os
import shutil
from pathlib import Path

NOBODY = "65534"
ALONE = ["--unshare-all", "--die-with-parent", "--new-session", "--cap-add", "CAP_SYS_ADMIN"]
DEVICES = ["/dev/null", "/dev/urandom"]


def command(folders, hidden, files):
    """What comes before the program on the command line.

    folders: shown as they are, but for the folders `hidden` in them, which appear empty. files:
    shown last, also in a hidden folder.
    """
    bwrap = find("bwrap")
    view = ["--dir", "/tmp"]
    for path in [*DEVICES, *folders, *files]:
        for parent in reversed(Path(path).parents[:-1]):
            view += ["--dir", str(parent)]
    view += [word for path in DEVICES for word in ("--dev-bind", path, path)]
    view += [word for path in folders for word in ("--ro-bind", path, path)]
    view += [word for path in hidden for word in ("--tmpfs", path)]
    view += [word for path in files for word in ("--ro-bind", path, path)]
    view += [word for path in [*hidden, "/"] for word in ("--remount-ro", path)]
    inner = [bwrap, *ALONE, *view]
    return [*as_nobody(bwrap, view), *inner] if os.geteuid() == 0 else inner


def as_nobody(bwrap, view):
    setpriv = find("setpriv")
    tools = [word for path in (bwrap, setpriv) for word in ("--dir", os.path.dirname(path))]
    tools += [word for path in (bwrap, setpriv) for word in ("--ro-bind", path, path)]
    rights = [word for name in ("SETUID", "SETGID") for word in ("--cap-add", f"CAP_{name}")]
    drop = [setpriv, "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", "--pdeathsig", "KILL"]
    return [bwrap, "--die-with-parent", "--proc", "/proc", *tools, *rights, *view, *drop]


def find(program):
    path = shutil.which(program)
    if path is None:
        raise OSError(f"no {program} on this machine")
    return path
