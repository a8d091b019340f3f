"""The whole site, built once and read in a browser that reaches no other host."""

import functools
import http.server
import re
import subprocess
import sys
import threading
import zipfile
from html.parser import HTMLParser
from urllib.parse import quote, unquote, urldefrag, urljoin

import nbformat
import pytest
from jupyter_page import next_frame
from npm import unpacked

from coursekit.widgets import DescentWidget, SteeringWidget

AXE = "4.14.1"
SERIOUS = """async () => {
  // The theme's search button shows its shortcut beside its name.
  const { violations } = await axe.run({ exclude: [".search-button-field"] });
  const bad = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
  return bad.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160))}`);
}"""
MEGABYTES = 25  # without JupyterLite

pytestmark = pytest.mark.needs("site")


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The site, as the command writes it."""
    out = tmp_path_factory.mktemp("built") / "site"
    command = [sys.executable, "-m", "coursekit.cli", "site", str(out)]
    command += ["--repository", "https://github.com/OWNER/NAME"]
    built = subprocess.run(command, cwd=out.parent, capture_output=True, text=True)
    assert (built.returncode, built.stderr) == (0, "")
    return out


@pytest.fixture(scope="module")
def site(folder):
    """Its address on a server of its own."""
    handler = functools.partial(Quiet, directory=folder)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture
def visit(browser, site):
    """visit(path) opens a page; asking another host or complaining fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    problems = []

    def block(route):
        problems.append(route.request.url)
        route.abort()

    def visit(path):
        page = context.new_page()
        page.route(lambda url: url.startswith("http") and not url.startswith(site), block)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda m: problems.append(m.text) if m.type == "error" else None)
        page.goto(site + path)
        return page

    yield visit
    context.close()
    assert problems == []


def all_pages(folder):
    return [path for path in folder.rglob("*.html") if not {"lite", "_static"} & set(path.parts)]


class Links(HTMLParser):
    """The addresses that a page names, and the places on it that can be named."""

    def __init__(self, path):
        super().__init__()
        self.addresses, self.places = [], {""}
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        self.places.add(named.get("id"))
        self.addresses += [named[name] for name in ("href", "src") if named.get(name)]


def test_every_link_leads_somewhere(folder):
    pages = {path: Links(path) for path in all_pages(folder)}
    lost = []
    for path, links in pages.items():
        for address in links.addresses:
            full, place = urldefrag(urljoin(path.as_uri(), address))
            if not full.startswith("file:"):
                assert full.startswith(("https://", "http://", "data:", "mailto:")), address
                continue
            target = type(path)(unquote(full.removeprefix("file://").split("?")[0]))
            known = pages[target].places if target in pages else {place}
            if not target.exists() or unquote(place) not in known:
                lost.append((path.name, address))
    assert lost == []
    assert len(pages) > 30


def test_nothing_is_there_that_should_not_be(folder):
    files = [path for path in folder.rglob("*") if path.is_file() and "lite" not in path.parts]
    assert sum(path.stat().st_size for path in files) < MEGABYTES * 1e6
    for path in (folder / "exercises").glob("*.ipynb"):
        assert "BEGIN SOLUTION" not in path.read_text(encoding="utf-8")
    for path in all_pages(folder):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"Traceback|object at|0x[0-9a-f]{8}|># NBVAL", text), path.name
        assert not re.search(r'<script[^>]*src="http|<link rel="stylesheet"[^>]*href="http', text)


def test_downloads_are_whole(folder):
    names = {f"exercises/{path.name}" for path in (folder / "exercises").glob("*.ipynb")}
    assert len(names) == 9
    with zipfile.ZipFile(folder / "exercises.zip") as archive:
        assert set(archive.namelist()) == names
        for name in names:
            assert archive.read(name) == (folder / name).read_bytes()
            assert nbformat.reads(archive.read(name).decode(), as_version=4).cells


@pytest.mark.parametrize("path", ["index.html", "notebooks/05_learning.html"])
def test_axe_finds_nothing_serious(visit, tmp_path_factory, path):
    axe = unpacked("axe-core", AXE, tmp_path_factory.mktemp("npm")) / "axe.min.js"
    page = visit(path)
    page.add_script_tag(path=axe)
    for theme in ("light", "dark"):
        page.evaluate("(theme) => (document.documentElement.dataset.theme = theme)", theme)
        assert page.evaluate(SERIOUS) == []


def test_widget_moves_by_keyboard_and_follows_the_theme(visit):
    page = visit("notebooks/02_steerable_filters.html")
    slider = page.locator("#steering-widget input[name=angle]")
    page.locator("#steering-widget").scroll_into_view_if_needed()
    before = float(slider.input_value())
    slider.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert float(slider.input_value()) == before + 3
    colour = "getComputedStyle(document.querySelector('.ck')).color"
    light = page.evaluate(colour)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    assert page.evaluate(colour) != light
    page.close()


def test_address_names_a_state(visit):
    state = DescentWidget(lr=0.25, surface="bowl", method="Newton", step=7).state
    page = visit(f"notebooks/05_learning.html#descent-widget?{quote(state)}")
    slider = page.locator("#descent-widget input[name=lr]")
    slider.wait_for()
    next_frame(page)
    assert page.locator("#descent-widget .ck-slider output").first.inner_text() == "0.25"
    assert page.locator("#descent-widget input[value=Newton]").is_checked()
    assert page.locator("#descent-widget").is_visible()


def test_link_to_a_state_is_what_python_reads(visit):
    page = visit("index.html")
    page.locator("#steering input[name=angle]").press("ArrowLeft")
    page.locator(".link-to-state").click()
    text = unquote(page.evaluate("location.hash").partition("?")[2])
    assert SteeringWidget.from_state(text).angle == -1


@pytest.mark.parametrize("words", ["lr='high'", "lr", "__import__('os')", "lr=[", "%"])
def test_an_address_that_names_no_state_changes_nothing(visit, words):
    page = visit(f"notebooks/05_learning.html#descent-widget?{words}")
    page.get_by_text("names no state of this widget").wait_for()
    assert page.locator("#descent-widget .ck-slider output").first.inner_text() == "0.1"


def test_search_finds_a_word(visit):
    page = visit("search.html?q=aliasing")
    page.locator("#search-results a", has_text="Pyramids").first.wait_for()


def test_what_needs_python_says_so(visit):
    page = visit("notebooks/08_training_on_digits.html")
    note = page.locator("#training-widget")
    assert "computes in Python" in note.inner_text()
    assert note.locator("img").evaluate("(image) => image.complete && image.naturalWidth > 100")
    assert note.locator("a", has_text="Binder").count() == 1


def test_formulas_are_set(visit):
    page = visit("notebooks/06_backpropagation.html")
    page.wait_for_function("document.querySelectorAll('mjx-container').length > 200")
    assert page.locator("mjx-merror").count() == 0


@pytest.mark.parametrize("width", [600, 1280])
def test_no_page_is_wider_than_the_window(visit, folder, width):
    for path in ("index", "widgets", "coverage", "api/nn", "notebooks/03_what_pyramids_are_for"):
        page = visit(f"{path}.html")
        page.set_viewport_size({"width": width, "height": 900})
        next_frame(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        page.close()


def test_a_page_prints_without_what_is_for_the_screen(visit):
    page = visit("notebooks/01_pyramids.html")
    page.emulate_media(media="print")
    assert not page.locator(".bd-sidebar-primary").is_visible()
    assert not page.locator(".link-to-state").first.is_visible()
    assert page.get_by_text("The name for this is aliasing").is_visible()
