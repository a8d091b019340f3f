"""A lecture saved as HTML with nbconvert: it moves without a kernel, and without the network."""

import mimetypes
import re
import subprocess
import sys
from pathlib import Path

import anywidget
import nbformat
import numpy as np
import pytest
from jupyter_page import next_frame, pixels
from npm import unpacked

import coursekit.widgets
from coursekit.widgets import DescentWidget, SteeringWidget, still
from coursekit.widgets.descent import model as descent
from coursekit.widgets.steering import model as steering

RESPONSE = ".ck-steering figure:nth-of-type(3) canvas"
SLIDER = ".ck input[name=angle]"
TEMPLATES = Path(coursekit.widgets.__file__).parent / "nbconvert"
CELLS = [
    "from coursekit.widgets import DescentWidget, SteeringWidget\nSteeringWidget()",
    "DescentWidget()",
]
PACKED = {"requirejs": "2.3.7", "@jupyter-widgets/html-manager": "1.0.14"}


@pytest.fixture(scope="module")
def from_cdn(tmp_path_factory):
    """What nbconvert's own page asks other hosts for, as {part of the address: local file}."""
    folder = tmp_path_factory.mktemp("npm")
    packed = {name: unpacked(name, version, folder) for name, version in PACKED.items()}
    front = Path(sys.prefix) / "share/jupyter/nbextensions/anywidget/index.js"
    assert front.exists(), f"anywidget {anywidget.__version__} has no front end at {front}"
    manager = packed["@jupyter-widgets/html-manager"] / "dist"
    return {
        "require.js": packed["requirejs"] / "require.js",
        "require.min.js": packed["requirejs"] / "require.js",
        "html-manager": manager / "embed-amd.js",
        "anywidget": front,
    }


def nbconvert(folder, *options):
    command = [sys.executable, "-m", "nbconvert", *options, "page.ipynb"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where a notebook lies that has been run, with the two widgets."""
    folder = tmp_path_factory.mktemp("export")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in CELLS])
    nbformat.write(notebook, folder / "page.ipynb")
    nbconvert(folder, "--to", "notebook", "--execute", "--inplace")
    return folder


@pytest.fixture(scope="module")
def our_page(folder):
    basedirs = f"--TemplateExporter.extra_template_basedirs={TEMPLATES}"
    nbconvert(folder, "--to", "html", "--template=coursekit", basedirs, "--output=ours.html")
    return folder / "ours.html"


@pytest.fixture(scope="module")
def nbconverts_page(folder):
    nbconvert(folder, "--to", "html", "--output=theirs.html")
    return folder / "theirs.html"


class SavedPage:
    """A saved page in a browser that reaches no other host; `asked` lists what it wanted there."""

    def __init__(self, browser, path, answers):
        self.context = browser.new_context(viewport={"width": 1280, "height": 900})
        self.page = self.context.new_page()
        self.answers, self.asked, self.problems = answers, [], []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.route(re.compile("^https?:"), self._answer)
        self.page.goto(path.as_uri())
        self.page.locator(RESPONSE).wait_for(timeout=30_000)

    def _answer(self, route):
        self.asked.append(route.request.url)
        for part, path in self.answers.items():
            if part in route.request.url and path.exists():
                kind = mimetypes.guess_type(path.name)[0]
                return route.fulfill(body=path.read_text(encoding="utf-8"), content_type=kind)
        return route.abort()


@pytest.fixture(scope="module", params=["nbconvert's page", "our page"])
def saved(request, browser):
    if request.param == "our page":
        page = SavedPage(browser, request.getfixturevalue("our_page"), {})
    else:
        answers = request.getfixturevalue("from_cdn")
        page = SavedPage(browser, request.getfixturevalue("nbconverts_page"), answers)
    yield page
    page.context.close()


def expected(**state):
    widget = SteeringWidget(**state)
    return still.signed(widget.picture(), steering.strength(widget.responses())).astype(int)


def test_slider_turns_the_kernel_without_python(saved):
    page = saved.page
    assert abs(pixels(page, RESPONSE) - expected()).max() <= 1
    slider = page.locator(SLIDER)
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    middle, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(middle, y)
    page.mouse.down()
    page.mouse.move(middle + box["width"] / 8, y, steps=10)
    page.mouse.up()
    angle = float(slider.input_value())
    assert 35 <= angle <= 55
    assert abs(pixels(page, RESPONSE) - expected(angle=angle)).max() <= 1
    page.keyboard.press("ArrowRight")
    assert abs(pixels(page, RESPONSE) - expected(angle=angle + 1)).max() <= 1


def test_presets_and_orders_need_no_python(saved):
    page = saved.page
    for preset in SteeringWidget.presets:
        page.locator(f".ck button[data-kind={preset.kind}]").first.click()
        assert abs(pixels(page, RESPONSE) - expected(**preset.state)).max() <= 1
    page.locator(".ck").first.get_by_text("start again").click()
    page.locator(".ck-choice input[value='4']").first.check(force=True)
    assert abs(pixels(page, RESPONSE) - expected(order=4)).max() <= 1


def test_another_photograph_needs_python_and_the_page_says_so(saved):
    page = saved.page
    chooser = page.locator(".ck select").first
    chooser.select_option("coins")
    error = page.locator(".ck-error").first
    error.wait_for(state="visible", timeout=10_000)
    assert error.inner_text().startswith("“coins” must be sent by Python")
    assert chooser.input_value() == "camera"
    page.locator(SLIDER).press("ArrowRight")
    error.wait_for(state="hidden")


def test_descent_needs_no_python(saved):
    root = saved.page.locator(".ck").nth(1)
    for preset in DescentWidget.presets:
        root.locator(f"button[data-kind={preset.kind}]").click()
        next_frame(saved.page)
        verdict = DescentWidget(**preset.state).verdict()
        assert root.locator(".ck-status").inner_text().startswith(verdict_words(verdict))


def verdict_words(verdict):
    return descent.VERDICTS[verdict].split(":")[0]


def test_our_page_asks_no_other_host(saved, request):
    if "our page" in request.node.name:
        assert [url for url in saved.asked if "mathjax" not in url.lower()] == []
    else:
        assert any("html-manager" in url for url in saved.asked)
    assert saved.problems == []


def test_still_picture_stays_without_scripts(browser, our_page):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(our_page.as_uri())
    stills = page.locator(".saved-widget img")
    assert stills.count() == 2
    assert stills.nth(0).get_attribute("alt") == SteeringWidget().sentence()
    sizes = [stills.nth(i).bounding_box() for i in range(2)]
    assert np.min([[box["width"], box["height"]] for box in sizes]) > 200
    context.close()
