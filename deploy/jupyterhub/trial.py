"""A JupyterHub to try on your own machine: jupyterhub --config trial.py

Any name logs in, without a password, and all learners are one user of the machine: so it listens
on loopback only. For a class see README.md. All that it keeps is in ./trial.
"""

import os
import socket
import sys
from pathlib import Path

c = get_config()  # noqa: F821, JupyterHub gives it

PORT = int(os.environ.get("PORT", "8000"))  # and the two after it, for hub and proxy to talk
FOLDER = Path("trial").resolve()
FOLDER.mkdir(mode=0o700, exist_ok=True)
PROXY = FOLDER / "node_modules/.bin/configurable-http-proxy"
PID = FOLDER / "proxy.pid"  # there after a hub that was killed: then its proxy is replaced


def taken(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


if not PROXY.exists():
    sys.exit(f"no proxy in {FOLDER}; run: npm install --prefix trial configurable-http-proxy")
for port in range(PORT, PORT + 3):
    if taken(port) and not PID.exists():
        sys.exit(f"port {port} is in use; name three free ones in a row by the first: PORT=8100")

c.JupyterHub.bind_url = f"http://127.0.0.1:{PORT}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{PORT + 1}"
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{PORT + 2}"
c.ConfigurableHTTPProxy.command = str(PROXY)
c.ConfigurableHTTPProxy.pid_file = str(PID)

c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True

# Each learner has a folder here, and in it the course, laid out when the server starts.
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = str(FOLDER / "learners/{username}")
c.Spawner.cmd = [sys.executable, "-m", "coursekit.cli", "lab", "coursekit-course", "--no-browser"]
# One thread for each kernel: a class shares the processors, and each thread costs memory.
c.Spawner.environment = {"OPENBLAS_NUM_THREADS": "1"}
# When a class starts at once, the last server waits for all the others.
c.Spawner.start_timeout = c.Spawner.http_timeout = 300

# A hub that stops or dies leaves the learners' servers running, and finds them again.
c.JupyterHub.cleanup_servers = False
c.JupyterHub.pid_file = str(FOLDER / "hub.pid")
c.JupyterHub.db_url = f"sqlite:///{FOLDER / 'hub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(FOLDER / "cookie_secret")
