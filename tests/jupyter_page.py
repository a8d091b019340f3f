"""JupyterLab in a real browser: start it, open a notebook, run it, ask its kernel."""

import base64
import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request

import numpy as np

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]

# The idle light alone lies: a kernel counts when it is connected, idle, and the session is ready.
READY = """() => {
  const context = window.jupyterapp?.shell.currentWidget?.sessionContext;
  const kernel = context?.session?.kernel;
  return context?.isReady && kernel?.status === "idle" && kernel?.connectionStatus === "connected";
}"""

ASK = """async (code) => {
  const { kernel } = jupyterapp.shell.currentWidget.sessionContext.session;
  const request = kernel.requestExecute({ code, store_history: false });
  let printed = "";
  request.onIOPub = ({ content }) => {
    printed += content.text ?? content.traceback?.join("") ?? "";
  };
  await request.done;
  return printed;
}"""


class Lab:
    """A `coursekit lab` running on a folder, until stop()."""

    def __init__(self, folder):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        settings = folder / "jupyter_settings"
        settings.mkdir()
        for file, app in (("lab", "LabApp"), ("notebook", "JupyterNotebookApp")):
            exposed = json.dumps({app: {"expose_app_in_browser": True}})
            (settings / f"jupyter_{file}_config.json").write_text(exposed, encoding="utf-8")
        self.folder, self.token = folder / "course", secrets.token_hex(16)
        self.address = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "coursekit.cli", "lab", str(self.folder), "--no-browser"]
        command += ["--host", "127.0.0.1", "--port", str(port)]
        self.log = open(folder / "lab.log", "w", encoding="utf-8")  # noqa: SIM115, closed by stop()
        self.process = subprocess.Popen(
            command,
            cwd=folder,  # so that the installed package is found, not a checkout around us
            env=os.environ | {"JUPYTER_TOKEN": self.token, "JUPYTER_CONFIG_DIR": str(settings)},
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )
        self._wait()

    def _wait(self):
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{self.address}/api?token={self.token}", timeout=5)
                return
            except OSError:
                assert self.process.poll() is None, "coursekit lab ended; see lab.log"
                time.sleep(0.1)
        raise TimeoutError("coursekit lab did not answer within a minute")

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=30)
        self.log.close()


class NotebookPage:
    """A notebook opened in JupyterLab; `problems` collects what the console complains about."""

    def __init__(self, browser, lab, name, *, width=1280, height=900, **context):
        viewport = {"width": width, "height": height}
        self.context = browser.new_context(viewport=viewport, **context)
        self.page = self.context.new_page()
        self.problems = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("console", self._note)
        self.page.goto(f"{lab.address}/{self.place()}/{name}?token={lab.token}")
        self.page.wait_for_function(READY, timeout=120_000)

    def place(self):
        """Where the server shows notebooks."""
        workspace = secrets.token_hex(4)  # a fresh one: no layout is carried over
        return f"lab/workspaces/{workspace}/tree"

    def _note(self, message):
        # JupyterLite's kernel, there for the site, offers itself to JupyterLab, too, which has none
        # of its parts.
        if message.type == "error" and "@jupyterlite" not in message.text:
            self.problems.append(f"{message.text} ({message.location.get('url')})")

    def command(self, name, **arguments):
        """Run one of JupyterLab's commands."""
        run = "([name, arguments]) => jupyterapp.commands.execute(name, arguments).then(() => null)"
        self.page.evaluate(run, [name, arguments])

    def run_all(self):
        self.command("notebook:run-all-cells")
        self.page.wait_for_function(READY, timeout=300_000)

    def ask(self, code):
        """What a line of code prints in the notebook's kernel."""
        return self.page.evaluate(ASK, code)

    def becomes(self, code, printed):
        """Wait until a line of code prints this: messages to the kernel take a moment."""
        for _ in range(300):
            if (found := self.ask(code)) == printed:
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"{code} printed {found!r} to the end, not {printed!r}")

    def resize(self, width, height, scale=1):
        """Another window, and another number of screen pixels for each of the page's."""
        self.page.set_viewport_size({"width": width, "height": height})
        session = self.context.new_cdp_session(self.page)
        size = {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": False}
        session.send("Emulation.setDeviceMetricsOverride", size)
        next_frame(self.page)

    def close(self):
        self.page.evaluate("jupyterapp.shell.currentWidget.sessionContext.shutdown()")
        self.context.close()


PIXELS = """(selector) => {
  const canvas = document.querySelector(selector);
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let text = "";
  for (let i = 0; i < data.length; i += 8192)
    text += String.fromCharCode(...data.subarray(i, i + 8192));
  return [canvas.height, canvas.width, btoa(text)];
}"""


def next_frame(page):
    """Wait until what has changed is drawn."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def pixels(page, selector):
    """What the first canvas of a selector shows, (h, w, 3) uint8."""
    next_frame(page)
    height, width, data = page.evaluate(PIXELS, selector)
    return np.frombuffer(base64.b64decode(data), np.uint8).reshape(height, width, 4)[..., :3]
