"""The JupyterLite part of the site: what is in it, and Python running in a browser.

Pyodide's NumPy is on no package index, so what runs here needs none; tests/test_lite.py stands in
for the rest.
"""

import base64
import csv
import functools
import hashlib
import http.server
import json
import subprocess
import sys
import threading
import zipfile

import pytest
from jupyter_page import ASK, READY
from pyodide_core import core
from without import NO_MODULES

import coursekit
from coursekit.lab import PARTS, course_part
from coursekit.site.lite import KERNEL, _address, build_lite

pytestmark = pytest.mark.needs("site", "npm")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site, with the Pyodide that can be had here, and JupyterLab's commands for the tests."""
    folder = tmp_path_factory.mktemp("lite")
    build_lite(folder / "site", pyodide=core(folder))
    settings = folder / "site" / "jupyter-lite.json"
    config = json.loads(settings.read_text("utf-8"))
    config["jupyter-config-data"]["exposeAppInBrowser"] = True
    settings.write_text(json.dumps(config), "utf-8")
    return folder / "site"


def test_all_lectures_and_exercises_are_in_it_and_nothing_else(site):
    for part in PARTS:
        names = sorted(path.name for path in course_part(part).glob("*.ipynb"))
        assert sorted(path.name for path in (site / "files" / part).iterdir()) == names
        listed = json.loads((site / "api/contents" / part / "all.json").read_text("utf-8"))
        assert sorted(entry["name"] for entry in listed["content"]) == names
    assert sorted(path.name for path in (site / "files").iterdir()) == sorted(PARTS)


def test_wheels_are_whole_pure_and_without_solutions(site):
    wheels = sorted((site / "static/coursekit").glob("*.whl"))
    names = [wheel.name.split("-")[0] for wheel in wheels]
    assert names == ["anywidget", "comm", "coursekit", "ipywidgets", "pooch", "psygnal"]
    for wheel in wheels:
        assert wheel.name.endswith("-py3-none-any.whl")
        with zipfile.ZipFile(wheel) as archive:
            check_record(archive)
            for name in archive.namelist():
                assert not name.endswith((".so", ".pyc", ".pyd")), name
                assert "solutions" not in name, name
    pip = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--dry-run"]
    subprocess.run([*pip, "--force-reinstall", *wheels], check=True, capture_output=True)


def check_record(archive):
    """Every file is in RECORD, with its digest and size."""
    record = next(name for name in archive.namelist() if name.endswith(".dist-info/RECORD"))
    lines = {line[0]: line[1:] for line in csv.reader(archive.read(record).decode().splitlines())}
    assert sorted(lines) == sorted(archive.namelist())
    for name, (digest, size) in lines.items():
        if name != record:
            content = archive.read(name)
            code = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=")
            assert digest == f"sha256={code.decode()}", name
            assert int(size) == len(content), name


def test_site_is_small_and_needs_one_other_host_at_most(site):
    files = [path for path in site.rglob("*") if path.is_file()]
    ours = [path for path in files if "static/pyodide" not in path.as_posix()]
    assert sum(path.stat().st_size for path in ours) < 23e6
    assert not [path.name for path in files if path.suffix == ".map"]
    kernel = (site / KERNEL).parent.glob("*.js")
    elsewhere = _address(site, None)  # where Pyodide is when no folder of it is given
    assert any(elsewhere in path.read_text("utf-8") for path in kernel)


class Browser:
    """A page of the site in Chromium; `outside` lists what it asked other hosts for."""

    def __init__(self, browser, address):
        self.context = browser.new_context(viewport={"width": 1280, "height": 900})
        self.address, self.outside = address, []
        self.context.on("request", self._note)
        self.page = self.context.new_page()

    def _note(self, request):
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.outside.append(request.url)

    def open(self, notebook):
        self.page.goto(f"{self.address}/lab/index.html?path={notebook}")
        shown = "window.jupyterapp?.shell.currentWidget?.context?.isReady"
        self.page.wait_for_function(shown, timeout=180_000)

    def wait_for_python(self):
        self.page.wait_for_function(READY, timeout=180_000)

    def ask(self, code):
        """What a line of code prints in the notebook's kernel."""
        return self.page.evaluate(ASK, code).strip()

    def read(self, name):
        """A notebook as the learner sees it: the browser's copy, else the server's."""
        get = """(name) => jupyterapp.serviceManager.contents
            .get(name, { content: true, type: "notebook" }).then(({ content }) => content)"""
        return self.page.evaluate(get, name)

    def write(self, name, notebook):
        """Keep a notebook in the browser, as the button with the disk does."""
        save = """([name, content]) => jupyterapp.serviceManager.contents.save(
            name, { type: "notebook", format: "json", content }).then(() => null)"""
        self.page.evaluate(save, [name, notebook])


@pytest.fixture(scope="module")
def page(browser, site):
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *words):
            pass

    handler = functools.partial(Quiet, directory=site)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    page = Browser(browser, f"http://127.0.0.1:{server.server_port}")
    page.open("notebooks/00_start_here.ipynb")
    page.wait_for_python()
    yield page
    page.context.close()
    server.shutdown()


def test_lectures_are_listed_and_python_runs_without_another_host(page, pictures):
    shown = page.page.locator(".jp-DirListing-itemName").all_inner_texts()
    assert shown == sorted(path.name for path in course_part("notebooks").glob("*.ipynb"))
    assert page.ask("import sys; print(sys.platform)") == "emscripten"
    page.page.screenshot(path=pictures / "lite.png")
    assert page.outside == []


def test_coursekit_is_there_when_it_is_imported(page):
    """No %pip in a notebook. NumPy is asked for too, and is only missed where it is used."""
    answer = page.ask("import coursekit; print(coursekit.__version__)")
    assert answer.splitlines()[-1] == coursekit.__version__
    code = """import pathlib, warnings
warnings.simplefilter("error")
for path in pathlib.Path(coursekit.__path__[0]).rglob("*.py"):
    compile(path.read_text("utf-8"), str(path), "exec")
print("compiled")"""
    assert page.ask(code) == "compiled"  # by Pyodide's Python, which is newer than ours


def test_a_check_without_threads_has_no_limit_and_still_answers(page):
    code = """import coursekit, importlib.util
path = coursekit.__path__[0] + "/checks/limit.py"
spec = importlib.util.spec_from_file_location("limit", path)
limit = importlib.util.module_from_spec(spec)
spec.loader.exec_module(limit)
print(limit.call_within(1, divmod, 17, 5))"""
    assert page.ask(code) == "(3, 2)"


def test_modules_said_to_be_missing_are_those_that_are(page):
    code = f"""from importlib.machinery import PathFinder
print([name for name in {NO_MODULES} if PathFinder.find_spec(name)])"""
    assert page.ask(code) == "[]"


WIDGETS = """import anywidget, ipywidgets, traitlets

class Counter(anywidget.AnyWidget):
    _esm = '''export default { render({ model, el }) {
      const button = document.createElement("button");
      button.className = "counter";
      button.textContent = "one more";
      button.onclick = () => { model.set("n", model.get("n") + 1); model.save_changes(); };
      el.append(button);
    } }'''
    n = traitlets.Int(4).tag(sync=True)

counter, slider = Counter(), ipywidgets.IntSlider(value=30)
ipywidgets.VBox([slider, counter])"""


RUN = """async (source) => {
  const { content } = jupyterapp.shell.currentWidget;
  content.model.sharedModel.insertCell(0, { cell_type: "code", source });
  content.activeCellIndex = 0;
  await jupyterapp.commands.execute("notebook:run-cell");
}"""


def test_widgets_talk_with_python_in_both_directions(page, pictures):
    page.page.evaluate(RUN, WIDGETS)
    page.page.locator("button.counter").click(timeout=60_000)
    page.page.locator(".noUi-handle").press("ArrowRight")
    page.page.screenshot(path=pictures / "lite_widgets.png")
    assert page.ask("print(counter.n, slider.value)") == "5 31"
    page.ask("slider.value = 77")
    assert page.page.locator(".widget-readout").inner_text() == "77"
    assert page.outside == []


def test_a_rebuilt_site_leaves_a_changed_exercise_alone(page, site):
    """The learner's copy is in the browser; what was not changed comes from the new site."""
    learners, untouched = "exercises/06_backpropagation.ipynb", "exercises/05_learning.ipynb"
    notebook = page.read(learners)
    notebook["cells"][0]["source"] = "my own words"
    page.write(learners, notebook)
    for name in (learners, untouched):
        new = json.loads((site / "files" / name).read_text("utf-8"))
        new["cells"][0]["source"] = "the new site's words"
        (site / "files" / name).write_text(json.dumps(new), "utf-8")
    page.open("notebooks/00_start_here.ipynb")
    assert page.read(learners)["cells"][0]["source"] == "my own words"
    assert page.read(untouched)["cells"][0]["source"] == "the new site's words"
