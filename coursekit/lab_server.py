"""The second half of `coursekit lab`: open the course in JupyterLab.

The same command is a learner's server on a JupyterHub (see deploy/jupyterhub).
"""

import importlib.util
import ipaddress
import os
import socket
import subprocess
import tempfile
from pathlib import Path

from coursekit import homes, systems
from coursekit.lab import SETTINGS, START, LabError

HOME = ".coursekit-home"  # in the course's folder: what Jupyter keeps where no home can be written


def start(folder, *, browser=True, port=None, host="localhost", say=print):
    """Start JupyterLab on the first page; on POSIX this process becomes the server.

    On a hub the hub says where to listen, and port and host are not used. say: is called with
    each sentence that the learner should read. Raises LabError when JupyterLab is not installed
    or the asked port is taken.
    """
    needed = "jupyterhub" if on_a_hub() else "jupyterlab"
    if importlib.util.find_spec(needed) is None:
        name = {"jupyterhub": "JupyterHub", "jupyterlab": "JupyterLab"}[needed]
        raise LabError(f"{name} is not installed; run: {systems.pip_install(needed)}")
    words = _for_the_hub() if on_a_hub() else _alone(port, host, say)
    words.append(f"--ServerApp.root_dir={Path(folder).resolve()}")
    words.append("--ServerApp.contents_manager_class=coursekit.lab_files.WholeFiles")
    words.append("--ServerApp.kernel_spec_manager_class=coursekit.kernels.Kernels")
    words.append(f"--LabApp.app_settings_dir={SETTINGS}")
    words += [] if browser else ["--no-browser"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # in a container one is usually root
        words.append("--allow-root")
    os.environ.update(_settings_elsewhere(folder, say))
    os.chdir(SETTINGS)  # Jupyter's extensions run the settings of the folder that they start in
    command = systems.module(*words)
    if os.name == "posix":
        os.execv(command[0], command)
    return _wait_for(command)


def on_a_hub():
    """Whether a JupyterHub started us."""
    return "JUPYTERHUB_SERVICE_URL" in os.environ


def _for_the_hub():
    return ["jupyterhub.singleuser", f"--ServerApp.default_url=/lab/tree/{START}"]


def _alone(port, host, say):
    if port is not None and _taken(host, port):
        raise LabError(f"port {port} on {host} is in use; leave --port out, or name a free one")
    words = ["jupyterlab", f"--LabApp.default_url=/lab/tree/{START}", f"--ServerApp.ip={host}"]
    if not _is_loopback(host):
        say(
            f"--host {host}: everybody on your network can reach this address and read along, as "
            "plain HTTP is not encrypted; without the token nobody gets in."
        )
        words.append("--ServerApp.identity_provider_class=coursekit.lab_files.AlwaysAsks")
    return words + ([f"--ServerApp.port={port}", "--ServerApp.port_retries=0"] if port else [])


def _addresses(host, port):
    """What `socket.getaddrinfo` finds; an empty host and * are every address, as Jupyter has it."""
    name = None if host in ("", "*") else host
    try:
        return socket.getaddrinfo(name, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise LabError(f"--host {host} is not an address of this machine: {error}") from error


def _is_loopback(host):
    return all(ipaddress.ip_address(a[4][0]).is_loopback for a in _addresses(host, 0))


def _taken(host, port):
    family, kind, _, _, address = _addresses(host, port)[0]
    with socket.socket(family, kind) as probe:
        if os.name == "posix":  # elsewhere it lets a second program take the port as well
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError:
            return True
    return False


def _settings_elsewhere(folder, say):
    """Variables that name other folders where Jupyter cannot write its usual ones.

    Those that are set keep their folders when the server starts in another one.
    """
    variables, named = homes.closed(), homes.folders()
    named = {name: str(path.absolute()) for name, path in named.items() if name in os.environ}
    if not variables:
        return named
    closed = homes.in_words(variables)
    place = Path(folder).resolve() / HOME
    try:
        if not homes.writable(place):
            place = Path(tempfile.mkdtemp(prefix="coursekit-"))
        changes = homes.elsewhere(variables, place)
    except OSError as error:
        why = f"nor can {place}: {error.strerror or error}"
        raise LabError(f"{closed} cannot be written, {why}") from error
    say(f"{closed} cannot be written; settings and the like are kept in {place}")
    return named | changes


def _wait_for(command):
    """Run a command to its end. Ctrl-C is the server's, which asks whether to stop."""
    with subprocess.Popen(command) as server:
        while True:
            try:
                return server.wait()
            except KeyboardInterrupt:
                continue
