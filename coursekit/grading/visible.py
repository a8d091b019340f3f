"""Which files a learner's code may see: Python's own library, NumPy, and the grader's inner half.

Not coursekit (its rooms know the answers), not other packages, not the teacher's files.
"""

import os
import sys
import sysconfig
from functools import cache
from glob import glob
from pathlib import Path

import numpy as np

INNER = (
    *("forker.py", "child.py", "confine.py", "library.py", "standin.py"),
    *("system_calls.py", "wire.py"),
)
SHARED_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64")
LINKS = ("/etc/ld.so.cache", "/etc/alternatives")  # where a library is, if it is not there


@cache
def python():
    """The interpreter itself, not a virtual environment's link to it."""
    return os.path.realpath(sys.executable)


@cache
def folders():
    """Folders and files of the system and of Python, outermost first."""
    base = {"platbase": sys.base_exec_prefix, "base": sys.base_prefix}
    stdlib = [sysconfig.get_path(name, vars=base) for name in ("stdlib", "platstdlib")]
    library = [path for path in [sysconfig.get_config_var("LIBDIR")] if path]
    wanted = [*SHARED_LIBRARIES, *LINKS, python(), *library, *stdlib]
    there = sorted({path for path in wanted if os.path.exists(path)})
    return [p for p in there if not any(p.startswith(f"{q}/") for q in there)]


@cache
def package_folders():
    """Folders of installed packages inside `folders`; no learner sees them."""
    inside = [glob(f"{path}{deep}/*-packages") for path in folders() for deep in ("", "/python3*")]
    return sorted(path for found in inside for path in found)


@cache
def files():
    """NumPy, and what runs inside the sandbox."""
    numpy = Path(np.__file__).parent
    inner = [Path(__file__).with_name(name) for name in INNER]
    return [str(p) for p in (numpy, numpy.with_name("numpy.libs"), *inner) if p.exists()]
