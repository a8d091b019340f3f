"""A JupyterHub of deploy/jupyterhub/trial.py, and learners who use it as their browsers would."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

import nbformat
import psutil
import requests
import websocket

ROOT = Path(__file__).parents[1]
CONFIG = ROOT / "deploy" / "jupyterhub" / "trial.py"
EXERCISE = "exercises/06_backpropagation.ipynb"
PATIENCE = 300  # seconds; a busy machine is slow, not broken


class Hub:
    """The trial's hub in a folder whose ./trial has the proxy; its log is hub.log."""

    def __init__(self, folder, port):
        self.folder, self.port = folder, port
        self.address = f"http://127.0.0.1:{port}"

    def start(self):
        self.log = open(self.folder / "hub.log", "a", encoding="utf-8")  # noqa: SIM115, see end()
        command = [sys.executable, "-m", "jupyterhub", "--config", str(CONFIG)]
        self.process = subprocess.Popen(
            command,
            cwd=self.folder,
            env=os.environ | {"PORT": str(self.port)},
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )
        waited("the hub", self.answers)

    def answers(self):
        assert self.process.poll() is None, "the hub ended; see hub.log"
        try:
            return requests.get(f"{self.address}/hub/api", timeout=5).ok
        except requests.ConnectionError:
            return False

    def end(self, how=signal.SIGTERM):
        """End the hub; servers of learners run on."""
        self.process.send_signal(how)
        self.process.wait(timeout=60)
        self.log.close()

    def servers(self):
        """{name: process} of the learners' Jupyter servers."""
        root = f"--ServerApp.root_dir={self.folder / 'trial' / 'learners'}/"
        found = {}
        for process in psutil.process_iter(["cmdline"]):
            for word in process.info["cmdline"] or ():
                if word.startswith(root):
                    found[word.removeprefix(root).split("/")[0]] = process
        return found

    def password(self):
        """The one that all learners share."""
        return (self.folder / "trial" / "password").read_text("utf-8")

    def home(self, name):
        return self.folder / "trial" / "learners" / name / "coursekit-course"

    def end_servers(self):
        """What a hub's end leaves running on purpose."""
        servers = list(self.servers().values())
        processes = servers + [child for server in servers for child in server.children()]
        for process in processes:
            process.kill()
        psutil.wait_procs(processes, timeout=30)


class Learner:
    """Somebody with a browser: cookies, forms and pages, then Jupyter's own requests."""

    def __init__(self, hub, name):
        self.hub, self.name = hub, name
        self.base = f"{hub.address}/user/{name}"
        self.session = requests.Session()

    def log_in(self):
        """Through the form, and wait until the server's page is there."""
        page = self.session.get(f"{self.hub.address}/hub/login", timeout=PATIENCE)
        (token,) = re.findall(r'name="_xsrf" value="([^"]+)"', page.text)
        form = {"username": self.name, "password": self.hub.password(), "_xsrf": token}
        self.page = self.session.post(page.url, data=form, timeout=PATIENCE)
        waited(f"the server of {self.name}", self._arrived)

    def _arrived(self):
        self.page.raise_for_status()
        if self.page.url.startswith(self.base):
            return True
        pending = f"{self.hub.address}/hub/spawn-pending/{self.name}"
        self.page = self.session.get(pending, timeout=PATIENCE)
        return False

    def ask(self, method, place, **how):
        """One of Jupyter's own requests; the answer, whatever its status."""
        headers = {"X-XSRFToken": self.cookies()["_xsrf"]}
        url = f"{self.base}/{place}"
        return self.session.request(method, url, headers=headers, timeout=PATIENCE, **how)

    def cookies(self):
        """Those that a browser sends to the learner's server."""
        jar = self.session.cookies
        return {c.name: c.value for c in jar if c.path in ("/", f"/user/{self.name}/")}

    def read(self, path):
        answer = self.ask("GET", f"api/contents/{path}")
        answer.raise_for_status()
        return nbformat.from_dict(answer.json()["content"])

    def save(self, path, notebook):
        return self.ask("PUT", f"api/contents/{path}", json=dict(type="notebook", content=notebook))

    def open(self, path):
        """A kernel for a notebook."""
        wish = {"path": path, "name": path, "type": "notebook", "kernel": {"name": "python3"}}
        answer = self.ask("POST", "api/sessions", json=wish)
        answer.raise_for_status()
        return Kernel(self, answer.json()["kernel"]["id"])

    def work_through(self, path, answers=None):
        """Open a notebook, type answers {id of a cell: source}, run all, save; (it, its kernel)."""
        notebook, kernel = self.read(path), self.open(path)
        for cell in notebook.cells:
            cell.source = (answers or {}).get(cell.id, cell.source)
            if cell.cell_type == "code":
                cell.outputs = kernel.run(cell.source)
        self.save(path, notebook).raise_for_status()
        return notebook, kernel


class Kernel:
    """A websocket to a kernel, as a notebook's page holds it."""

    def __init__(self, learner, kernel_id):
        self.learner, self.id, self.session = learner, kernel_id, uuid.uuid4().hex
        self.connect()

    def connect(self):
        place = f"{self.learner.base}/api/kernels/{self.id}/channels?session_id={self.session}"
        cookies = "; ".join(f"{name}={value}" for name, value in self.learner.cookies().items())
        address = place.replace("http", "ws", 1)
        self.socket = websocket.create_connection(address, cookie=cookies, timeout=PATIENCE)

    def process(self):
        """The process that runs the cells."""
        server = self.learner.hub.servers()[self.learner.name]
        return next(p for p in server.children() if self.id in " ".join(p.cmdline()))

    def wait_for_restart(self):
        """A kernel that died is started again by the server, which tells the page."""
        while message := self.socket.recv():
            if isinstance(message, str) and '"restarting"' in message:
                break
        waited("the kernel", lambda: self.state() == "idle")

    def state(self):
        return self.learner.ask("GET", f"api/kernels/{self.id}").json()["execution_state"]

    def lose(self):
        """The connection breaks without a word."""
        self.socket.sock.close()

    def run(self, source):
        """Outputs of a cell, as the notebook keeps them."""
        return self.outputs(self.send(source))

    def send(self, source):
        """Ask for a cell to be run; the question's id."""
        header = {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "version": "5.3"}
        header |= {"session": self.session, "username": self.learner.name, "date": ""}
        content = {"code": source, "silent": False, "store_history": True, "allow_stdin": False}
        message = {"header": header, "content": content, "parent_header": {}, "metadata": {}}
        self.socket.send(json.dumps(message | {"channel": "shell", "buffers": []}))
        return header["msg_id"]

    def outputs(self, question):
        """Those that come until the kernel is done with a question."""
        found, end = [], time.monotonic() + PATIENCE
        while True:
            assert time.monotonic() < end, f"no end of a cell within {PATIENCE} seconds"
            data = self.socket.recv()
            if isinstance(data, bytes):
                continue  # buffers of a widget
            message = json.loads(data)
            if message["parent_header"].get("msg_id") != question:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "status" and content["execution_state"] == "idle":
                return found
            if kind in ("stream", "error", "display_data", "execute_result"):
                found.append(nbformat.v4.output_from_msg(message))


def answers_of(path):
    """{id of a cell: its answer} of the solution that belongs to an exercise."""
    notebook = nbformat.read(ROOT / "solutions" / Path(path).name, as_version=4)
    marked = [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("solution")]
    return {cell.id: cell.source for cell in marked}


def errors_of(notebook):
    return [
        out.ename for cell in notebook.cells for out in cell.get("outputs", []) if "ename" in out
    ]


def points_of(notebook):
    """What the last line of the exercise's summary says."""
    text = notebook.cells[-1].outputs[-1].data["text/plain"]
    got, most = re.search(r"(\d+) of (\d+) points", text).groups()
    return int(got), int(most)


def waited(what, done):
    end = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < end, f"{what} did not come within {PATIENCE} seconds"
        time.sleep(0.2)
