"""`coursekit doctor`: does everything that the course needs work on this machine?"""

import importlib.metadata
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from textwrap import fill

from packaging.requirements import Requirement

PYTHON = (3, 11)
FRONT_ENDS = ("@jupyter-widgets/jupyterlab-manager", "anywidget")


@dataclass
class Finding:
    """One line of the report. `mend` is the command that helps; only `needed` ones are failures."""

    what: str
    ok: bool
    seen: str
    mend: str = ""
    needed: bool = True

    def __str__(self):
        mark = "ok" if self.ok else "MISSING" if self.needed else "missing"
        text = fill(f"{mark:9}{self.what}: {self.seen}", 92, subsequent_indent=" " * 9)
        return text if self.ok else f"{text}\n{' ' * 9}{self.mend}"


def examine():
    """All findings, cheap ones first (starting a kernel takes a second or two)."""
    return [python(), *packages(), front_end(), kernel(), sandbox()]


def python():
    seen = ".".join(map(str, sys.version_info[:3]))
    wanted = ".".join(map(str, PYTHON))
    mend = f"install Python {wanted} or newer, make a virtual environment with it, install again"
    return Finding("Python", sys.version_info[:2] >= PYTHON, f"{seen} (needs {wanted})", mend)


def packages():
    """Two lines: the packages whose version suits the declared bounds, and those that do not."""
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
        mend += [] if fits else [f'"{requirement.name}{requirement.specifier}"']
    findings = [Finding("packages", True, ", ".join(good))]
    if bad:
        command = f"{sys.executable} -m pip install {' '.join(mend)}"
        findings.append(Finding("packages", False, ", ".join(bad), command))
    return findings


def front_end():
    """The widgets' half that runs in the browser is installed as JupyterLab extensions."""
    from jupyter_core.paths import jupyter_path

    found = [name for name in FRONT_ENDS if _labextension(jupyter_path("labextensions"), name)]
    lost = [name for name in FRONT_ENDS if name not in found]
    version = importlib.metadata.version("ipywidgets")
    if int(version.partition(".")[0]) < 8:
        lost.append(f"ipywidgets 8, which JupyterLab 4 needs; here is {version}")
    mend = f'{sys.executable} -m pip install --force-reinstall "ipywidgets>=8.1" anywidget'
    return Finding(
        "widget front-end",
        not lost,
        ", ".join(found) if not lost else f"no {', '.join(lost)}",
        mend,
    )


def _labextension(folders, name):
    return any((Path(folder) / name / "package.json").is_file() for folder in folders)


def kernel():
    """Start a real kernel, let it import coursekit and answer."""
    mend = f"{sys.executable} -m pip install --force-reinstall ipykernel"
    try:
        from jupyter_client.manager import start_new_kernel

        manager, client = start_new_kernel(startup_timeout=60, stderr=subprocess.DEVNULL)
        try:
            answer = client.execute_interactive(
                "import coursekit.filters", timeout=60, output_hook=lambda _: None
            )
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)
    except Exception as error:  # whatever goes wrong here is the finding
        return Finding("kernel", False, f"did not start ({type(error).__name__}: {error})", mend)
    content = answer["content"]
    if content["status"] != "ok":
        return Finding("kernel", False, f"cannot import coursekit ({content['evalue']})", mend)
    return Finding("kernel", True, "starts and imports coursekit")


def sandbox():
    """bubblewrap is what holds submissions best; only a teacher needs it."""
    from coursekit.grading.sandbox import SandboxError, best

    what = "sandbox for grading"
    mend = "for grading on Debian or Ubuntu: sudo apt-get install bubblewrap"
    try:
        kind, reasons = best()
    except (SandboxError, ImportError) as error:  # ImportError: Windows
        return Finding(what, False, str(error), mend, needed=False)
    seen = {
        "bwrap": "bubblewrap works",
        "landlock": f"Landlock works ({'; '.join(reasons)})",
        "rlimit": f"limits alone ({'; '.join(reasons)})",
    }
    return Finding(what, kind != "rlimit", seen[kind], mend, needed=False)
