"""`coursekit lab`: lay the course out in a folder, never over a learner's work, and open it.

The same command is a learner's server on a JupyterHub (see deploy/jupyterhub).
"""

import hashlib
import importlib.util
import json
import os
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from coursekit import __version__

PACKAGE = Path(__file__).parent
PARTS = ("notebooks", "exercises")
MANIFEST = ".coursekit.json"  # what we laid here: relative name -> `_digest` of the file as laid
START = "notebooks/00_start_here.ipynb"
SETTINGS = PACKAGE / "lab_settings"  # no question about news on a lecturer's screen


class LabError(Exception):
    """Something the user can mend; the message is the one line to show."""


def course_part(part):
    """Where 'notebooks', 'exercises' or another shipped part is: in the wheel, or in a checkout."""
    installed = PACKAGE / "_course" / part
    return installed if installed.exists() else PACKAGE.parent / part


def lay_out(folder):
    """Copy lectures and exercises into folder and return one sentence for each file kept.

    A file that the learner has not touched since we laid it is brought up to date. A changed one
    is kept, and a newer version of it is laid beside it with the version in its name.
    Raises LabError when the folder cannot be made or written.
    """
    folder = Path(folder)
    kept = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        laid = _read_manifest(folder)
        for part in PARTS:
            for source in sorted(course_part(part).glob("*.ipynb")):
                name = f"{part}/{source.name}"
                sentence = _lay(source, folder / name, laid.get(name))
                kept += [sentence] if sentence else []
                laid[name] = _digest(source)
        _write(folder / MANIFEST, json.dumps(laid, indent=1, sort_keys=True).encode())
    except OSError as error:
        raise LabError(
            f"cannot write the course into {folder}: {error.strerror or error}"
        ) from error
    return kept


def _lay(source, target, digest_when_laid):
    """Bring one file up to date; return a sentence when a changed file was kept."""
    new = _digest(source)
    old = _digest(target) if target.exists() else None
    if old == new:
        return None
    if old is None or old == digest_when_laid:
        _write(target, source.read_bytes())
        return None
    if new == digest_when_laid:  # the learner's changes are all there is
        return None
    beside = target.with_name(f"{target.stem}.v{__version__}{target.suffix}")
    if not beside.exists():
        _write(beside, source.read_bytes())
    return f"kept your changed {target.name}; the new one is beside it: {beside.name}"


def _digest(path):
    """What counts as the content: of a notebook its cells, since opening it already rewrites the
    metadata around them."""
    content = path.read_bytes()
    with suppress(ValueError, TypeError, KeyError):  # not a notebook, or a broken one
        kept = ("cell_type", "source", "outputs", "attachments")
        cells = [[cell.get(key) for key in kept] for cell in json.loads(content)["cells"]]
        content = json.dumps(cells).encode()
    return hashlib.sha256(content).hexdigest()


def _write(path, content):
    """Write beside, then swap: an interrupted run never leaves half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".part")
    beside.write_bytes(content)
    os.replace(beside, path)


def _read_manifest(folder):
    try:
        laid = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}  # then every file that differs counts as the learner's
    return laid if isinstance(laid, dict) else {}


def start(folder, *, browser=True, port=None, host="localhost"):
    """Start JupyterLab on the first page; on POSIX this process becomes the server.

    On a hub the hub says where to listen, and port and host are not used.
    Raises LabError when JupyterLab is not installed or the asked port is taken.
    """
    needed = "jupyterhub" if on_a_hub() else "jupyterlab"
    if importlib.util.find_spec(needed) is None:
        name = {"jupyterhub": "JupyterHub", "jupyterlab": "JupyterLab"}[needed]
        raise LabError(f"{name} is not installed; run: {sys.executable} -m pip install {needed}")
    command = [sys.executable, "-m", *(_for_the_hub() if on_a_hub() else _alone(port, host))]
    command.append(f"--ServerApp.root_dir={Path(folder).resolve()}")
    command.append("--ServerApp.contents_manager_class=coursekit.lab_files.WholeFiles")
    command.append(f"--LabApp.app_settings_dir={SETTINGS}")
    command += [] if browser else ["--no-browser"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # in a container one is usually root
        command.append("--allow-root")
    if os.name == "posix":
        os.execv(command[0], command)
    return subprocess.call(command)


def on_a_hub():
    """Whether a JupyterHub started us."""
    return "JUPYTERHUB_SERVICE_URL" in os.environ


def _for_the_hub():
    return ["jupyterhub.singleuser", f"--ServerApp.default_url=/lab/tree/{START}"]


def _alone(port, host):
    if port is not None and _taken(host, port):
        raise LabError(f"port {port} on {host} is in use; leave --port out, or name a free one")
    command = ["jupyterlab", f"--LabApp.default_url=/lab/tree/{START}", f"--ServerApp.ip={host}"]
    return command + ([f"--ServerApp.port={port}", "--ServerApp.port_retries=0"] if port else [])


def _taken(host, port):
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError as error:
        raise LabError(f"--host {host} is not an address of this machine: {error}") from error
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError:
            return True
    return False
