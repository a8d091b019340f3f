"""coursekit's commands as one types them, in processes of their own, and a lab that runs."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path

import websocket

STAND_IN = Path(__file__).with_name("stand_in")
SCRIPT = Path(sys.executable).with_name("coursekit")
COMMAND = [SCRIPT] if SCRIPT.exists() else [sys.executable, "-P", "-m", "coursekit.cli"]
COMMANDS = ("lab", "doctor", "check", "exercises", "grade", "similar", "site")
PATIENCE = 300  # seconds; a busy machine is slow, not broken


def environment(stand_in=None, **more):
    """Variables for a command; stand_in: "windows" or "macos" (see tests/stand_in)."""
    found = os.environ | more
    if stand_in:
        found |= {"PYTHONPATH": str(STAND_IN), "COURSEKIT_STAND_IN": stand_in}
    return found


def kit(*words, cwd, stand_in=None, encoding="utf-8", timeout=PATIENCE, **more):
    """(exit status, stdout, stderr) of `coursekit WORDS`."""
    if not stand_in:
        more.setdefault("PYTHONIOENCODING", encoding)
    done = subprocess.run(
        [*COMMAND, *map(str, words)],
        cwd=cwd,
        env=environment(stand_in, **more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=timeout,
    )
    text = (stream.decode("cp1252" if stand_in == "windows" else encoding)
            for stream in (done.stdout, done.stderr))  # fmt: skip
    return done.returncode, *text


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class RunningLab:
    """`coursekit lab k` in a folder until the `with` ends; `.words` is what it printed."""

    token = "secret"

    def __init__(self, cwd, *words, stand_in=None, **more):
        self.port, self.log = free_port(), Path(cwd) / "lab.log"
        settings = Path(cwd) / "settings"
        settings.mkdir(exist_ok=True)
        allowed = json.dumps({"ServerApp": {"allow_root": True}})
        (settings / "jupyter_server_config.json").write_text(allowed, "utf-8")
        more = {"JUPYTER_CONFIG_DIR": str(settings), "JUPYTER_TOKEN": self.token} | more
        command = [*COMMAND, "lab", "k", "--no-browser", "--port", str(self.port), *words]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command,
                cwd=cwd,
                env=environment(stand_in, **more),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def __enter__(self):
        end = time.monotonic() + PATIENCE
        while not self._answers():
            assert self.process.poll() is None, self.words
            assert time.monotonic() < end, self.words
            time.sleep(0.3)
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(60)

    @property
    def words(self):
        return self.log.read_text("utf-8", "replace")

    def _answers(self):
        try:
            return self.ask("status", self.token)
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False

    def ask(self, place, token, data=None):
        """Jupyter's answer to one of its own requests."""
        headers = {"Authorization": f"token {token}"} if token else {}
        address = f"http://127.0.0.1:{self.port}/api/{place}"
        body = None if data is None else json.dumps(data).encode()
        with urllib.request.urlopen(
            urllib.request.Request(address, body, headers), timeout=30
        ) as answer:
            return json.load(answer)

    def kernel(self, path):
        """run(code) -> what the code printed in a kernel of a notebook, or its error."""
        wanted = {"path": path, "name": path, "type": "notebook", "kernel": {"name": "python3"}}
        kernel = self.ask("sessions", self.token, wanted)["kernel"]["id"]
        address = f"ws://127.0.0.1:{self.port}/api/kernels/{kernel}/channels"
        line = websocket.create_connection(
            address, header=[f"Authorization: token {self.token}"], timeout=PATIENCE
        )

        def run(code):
            header = {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "version": "5.3"}
            header |= {"session": kernel, "username": "", "date": ""}
            content = {"code": code, "silent": False, "store_history": False}
            message = {"header": header, "content": content, "parent_header": {}, "metadata": {}}
            line.send(json.dumps(message | {"channel": "shell", "buffers": []}))
            printed = ""
            while True:
                reply = line.recv()
                reply = json.loads(reply) if isinstance(reply, str) else {}
                if reply.get("parent_header", {}).get("msg_id") != header["msg_id"]:
                    continue
                content = reply["content"]
                if reply["msg_type"] == "status" and content["execution_state"] == "idle":
                    return printed
                printed += content.get("text") or content.get("evalue") or ""

        return run
