"""A JupyterHub to try on your own machine: jupyterhub --config trial.py

Any name logs in with the password in trial/password, which is made at the first start, and all
learners are one user of the machine: so it listens on loopback only. For a class see README.md.
All that it keeps is in ./trial.
"""

import os
import secrets
import socket
import sys
from pathlib import Path

c = get_config()  # noqa: F821, JupyterHub gives it

PORT = int(os.environ.get("PORT", "8000"))  # and the two after it, for hub and proxy to talk
FOLDER = Path("trial").resolve()
FOLDER.mkdir(exist_ok=True)
FOLDER.chmod(0o700)  # npm may have made it
PROXY = FOLDER / "node_modules/.bin/configurable-http-proxy"
PASSWORD = FOLDER / "password"  # else every account of this machine could be every learner
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

if not PASSWORD.exists():
    with open(
        os.open(PASSWORD, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(secrets.token_urlsafe(12))
c.JupyterHub.authenticator_class = "shared-password"
c.SharedPasswordAuthenticator.user_password = PASSWORD.read_text("utf-8").strip()
c.Authenticator.allow_all = True
print(f"Any name logs in with the password in {PASSWORD}, which only this account can read.")

# Each learner has a folder here, and in it the course, laid out when the server starts.
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = str(FOLDER / "learners/{username}")
# -P: no file in a learner's folder is taken for a module.
python = [sys.executable, "-P", "-m", "coursekit.cli"]
c.Spawner.cmd = [*python, "lab", "coursekit-course", "--no-browser"]
# One thread for each kernel: a class shares the processors, and each thread costs memory.
c.Spawner.environment = {"OPENBLAS_NUM_THREADS": "1"}
# When a class starts at once, the last server waits for all the others.
c.Spawner.start_timeout = c.Spawner.http_timeout = 300

# A hub that stops or dies leaves the learners' servers running, and finds them again.
c.JupyterHub.cleanup_servers = False
c.JupyterHub.pid_file = str(FOLDER / "hub.pid")
c.JupyterHub.db_url = f"sqlite:///{FOLDER / 'hub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(FOLDER / "cookie_secret")
