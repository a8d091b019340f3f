"""`coursekit doctor`: does everything that the course needs work on this machine?"""

import importlib.metadata
import os
import queue
import shutil
import sys
import tempfile
import threading
from dataclasses import dataclass
from textwrap import fill

from coursekit import homes, systems
from coursekit.names import hiding

PYTHON = (3, 11)
FRONT_ENDS = ("@jupyter-widgets/jupyterlab-manager", "anywidget")
SECONDS = 90  # for one check; a kernel that starts on a busy machine needs half a minute
WIDTH = 92
AGAIN = "try again when the machine has less to do, or install coursekit and its packages again"


@dataclass
class Finding:
    """One line of the report. `mend` is what helps; only `needed` ones are failures."""

    what: str
    ok: bool
    seen: str
    mend: str = ""
    needed: bool = True

    def __str__(self):
        mark = "ok" if self.ok else "MISSING" if self.needed else "missing"
        form = {"subsequent_indent": " " * 9, "break_long_words": False, "break_on_hyphens": False}
        text = fill(f"{mark:9}{self.what}: {self.seen}", WIDTH, **form)
        return text if self.ok or not self.mend else f"{text}\n{' ' * 9}{self.mend}"


def examine():
    """Each finding as soon as it is made, cheap ones first (starting a kernel takes a second)."""
    checks = {
        "Python": python,
        "packages": packages,
        "folders": folders,
        "names of files": names,
        "widget front-end": front_end,
        "kernel": kernel,
        "sandbox for grading": sandbox,
    }
    for what, check in checks.items():
        yield from survived(what, check)


def survived(what, check, seconds=None):
    """The findings of a check; that it raised, or did not end in time, is one, too."""
    found: queue.SimpleQueue = queue.SimpleQueue()

    def run():
        try:
            findings = check()
            found.put(findings if isinstance(findings, list) else [findings])
        except BaseException as error:  # a planted module may even exit
            words = f"could not be looked at ({type(error).__name__}: {error})"
            found.put([Finding(what, False, words, AGAIN)])

    threading.Thread(target=run, daemon=True).start()
    try:
        return found.get(timeout=seconds or SECONDS)
    except queue.Empty:
        return [Finding(what, False, f"did not end within {seconds or SECONDS} seconds", AGAIN)]


def python():
    seen = ".".join(map(str, sys.version_info[:3]))
    wanted = ".".join(map(str, PYTHON))
    mend = f"{systems.newer_python()}; then make a virtual environment with it and install again"
    return Finding("Python", sys.version_info[:2] >= PYTHON, f"{seen} (needs {wanted})", mend)


def packages():
    """Two lines: the packages whose version suits the declared bounds, and those that do not."""
    from packaging.requirements import Requirement

    good, bad, mend = [], [], []
    for text in importlib.metadata.requires("coursekit") or []:
        requirement = Requirement(text)
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            version = importlib.metadata.version(requirement.name)
        except importlib.metadata.PackageNotFoundError:
            version = "not installed"
        fits = version != "not installed" and requirement.specifier.contains(
            version, prereleases=True
        )
        (good if fits else bad).append(f"{requirement.name} {version}")
        mend += [] if fits else [f"{requirement.name}{requirement.specifier}"]
    findings = [Finding("packages", True, ", ".join(good))] if good else []
    if bad:
        findings.append(Finding("packages", False, ", ".join(bad), systems.pip_install(*mend)))
    return findings


def folders():
    """Where the course, Jupyter and temporary files are written."""
    here, closed = os.getcwd(), homes.closed()
    findings = []
    if not homes.writable(tempfile.gettempdir()):
        mend = "free some room, or name another folder in the environment variable TMPDIR"
        findings.append(
            Finding("folders", False, f"{tempfile.gettempdir()} cannot be written", mend)
        )
    if not homes.writable(here):
        mend = "stand in another folder, or name one: coursekit lab FOLDER"
        findings.append(Finding("folders", False, f"{here} cannot be written", mend, needed=False))
    if closed:
        seen = f"{homes.in_words(closed)} cannot be written"
        mend = (
            "coursekit lab keeps settings in the course's folder instead, and says so; for other "
            f"programs set {', '.join(sorted(closed))}"
        )
        findings.append(Finding("folders", False, seen, mend, needed=False))
    return findings or Finding("folders", True, "settings and this folder can be written")


def names():
    """Files here that Python takes for modules when it is started in this folder."""
    what = "names of files"
    pythons, installed = hiding(".")
    if not pythons and not installed:
        return Finding(what, True, "none in this folder hides a module")
    kinds = {"Python's own modules": pythons, "installed packages": installed}
    seen = "; ".join(f"{', '.join(found)} hide {kind}" for kind, found in kinds.items() if found)
    mend = (
        "coursekit and its notebooks work all the same; for `python -m`, scripts and other "
        "editors give the files other names, such as my_" + next(iter(pythons | installed))
    )
    return Finding(what, False, f"in this folder {seen}", mend, needed=False)


def front_end():
    """The widgets' half that runs in the browser is installed as JupyterLab extensions."""
    from jupyter_core.paths import jupyter_path

    found = [name for name in FRONT_ENDS if _labextension(jupyter_path("labextensions"), name)]
    lost = [name for name in FRONT_ENDS if name not in found]
    version = importlib.metadata.version("ipywidgets")
    if int(version.partition(".")[0]) < 8:
        lost.append(f"ipywidgets 8, which JupyterLab 4 needs; here is {version}")
    mend = systems.pip_install("--force-reinstall", "ipywidgets>=8.1", "anywidget")
    return Finding(
        "widget front-end",
        not lost,
        ", ".join(found) if not lost else f"no {', '.join(lost)}",
        mend,
    )


def _labextension(folders, name):
    return any(os.path.isfile(os.path.join(folder, name, "package.json")) for folder in folders)


def kernel():
    """Start a real kernel, as `coursekit lab` does, let it import coursekit and answer."""
    mend = systems.pip_install("--force-reinstall", "ipykernel")
    with homes.usable(), tempfile.TemporaryFile() as words:
        try:
            answer = _asked("import coursekit.filters", words)
        except Exception as error:  # whatever goes wrong here is the finding
            words.seek(0)
            last = words.read().decode("utf-8", "replace").strip().splitlines()[-1:]
            why = " ".join(last) or f"{type(error).__name__}: {error}"
            return Finding("kernel", False, f"did not start ({why})", mend)
    if answer["status"] != "ok":
        return Finding("kernel", False, f"cannot import coursekit ({answer['evalue']})", mend)
    return Finding("kernel", True, "starts and imports coursekit")


def _asked(code, words):
    """What a new kernel replies to some code; words: a file for what it prints on its way."""
    from coursekit.kernels import NAME, Kernel

    manager = Kernel(kernel_name=NAME)
    manager.start_kernel(stdout=words, stderr=words)
    client = manager.client()
    try:
        client.start_channels()
        client.wait_for_ready(timeout=SECONDS / 2)
        return client.execute_interactive(code, timeout=SECONDS / 2, output_hook=lambda _: None)[
            "content"
        ]
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def sandbox():
    """bubblewrap is what holds submissions best; only a teacher needs it."""
    what = "sandbox for grading"
    if os.name != "posix":
        return Finding(what, False, systems.NO_MARKING, "wsl --install", needed=False)
    if sys.platform == "darwin":
        return Finding(what, False, systems.MAC_LIMITS, "mark on Linux", needed=False)
    from coursekit.grading.sandbox import SandboxError, best

    try:
        kind, reasons = best()
    except SandboxError as error:
        return Finding(what, False, str(error), _mend_sandbox(), needed=False)
    seen = {
        "bwrap": "bubblewrap works",
        "landlock": f"Landlock works ({'; '.join(reasons)})",
        "rlimit": f"limits alone ({'; '.join(reasons)})",
    }
    return Finding(what, kind != "rlimit", seen[kind], _mend_sandbox(), needed=False)


def _mend_sandbox():
    if shutil.which("bwrap"):
        return "bubblewrap is there, but the system lets it make no namespaces; ask who runs it"
    return systems.system_install("bubblewrap")
