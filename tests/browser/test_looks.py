"""What every widget of the catalogue must do in JupyterLab, in every look of a page."""

import nbformat
import pytest
from jupyter_page import NotebookPage, next_frame
from PIL import Image

from coursekit.widgets import catalogue

LOOKS = {
    "wide": {"width": 1280, "height": 1300},
    "narrow": {"width": 600, "height": 1500},
    "zoom200": {"width": 640, "height": 1500, "scale": 2},
    "dark": {"width": 1280, "height": 900, "theme": "JupyterLab Dark"},
}
# Texts and controls that stick out of the widget, and texts that are wider than their own box.
CUT_OFF = """(root) => {
  const outer = root.getBoundingClientRect();
  const kinds = "button, label, output, select, p, figcaption, canvas, svg";
  const sticksOut = (r) => r.left < outer.left - 1 || r.right > outer.right + 1;
  return [...root.querySelectorAll(kinds)]
    .filter((e) => sticksOut(e.getBoundingClientRect()) || e.scrollWidth > e.clientWidth + 2)
    .filter((e) => e.clientWidth > 0)
    .map((e) => e.outerHTML.slice(0, 120));
}"""
SHOWN = """(root) => [
  ...[...root.querySelectorAll("canvas")].map((canvas) => canvas.toDataURL()),
  ...[...root.querySelectorAll("figure svg")].map((svg) => svg.outerHTML),
  root.querySelector(".ck-status").textContent,
].join()"""
TURN = """(control) => { // as a hand does, to another value than the present one
  if (control.type === "radio" || control.type === "checkbox") return control.click();
  const by = control.value === control.max ? -control.step : +control.step;
  if (["range", "number"].includes(control.type)) control.value = +control.value + by;
  else if (control.tagName === "SELECT")
    control.selectedIndex = (control.selectedIndex + 1) % control.length;
  else control.value += "0"; // of a formula's last number
  for (const event of ["input", "change"]) control.dispatchEvent(new Event(event));
}"""
LABEL = "(e) => (e.getAttribute('aria-label') ?? (e.labels?.[0] ?? e).textContent).trim()"
ENTRIES = pytest.mark.parametrize("entry", catalogue(), ids=lambda entry: entry.title)


@pytest.fixture(scope="module")
def gallery(browser, lab):
    """A notebook with one widget of each kind."""
    code = ["from coursekit.widgets import catalogue\nwidgets = [e.widget() for e in catalogue()]"]
    code += [f"widgets[{i}]" for i in range(len(catalogue()))]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in code])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, lab.folder / "gallery.ipynb")
    page = NotebookPage(browser, lab, "gallery.ipynb")
    page.page.evaluate("jupyterapp.shell.collapseLeft()")
    page.run_all()
    page.page.locator(".ck").nth(len(catalogue()) - 1).wait_for(timeout=60_000)
    yield page
    page.close()


@pytest.fixture(scope="module", params=LOOKS)
def look(request, gallery):
    """The gallery in one of the looks."""
    look = LOOKS[request.param]
    theme = look.get("theme", "JupyterLab Light")
    gallery.resize(look["width"], look["height"], look.get("scale", 1))
    gallery.command("apputils:change-theme", theme=theme)
    light = str(theme == "JupyterLab Light").lower()
    gallery.page.wait_for_function(f"document.body.dataset.jpThemeLight === '{light}'")
    return request.param


def find(gallery, entry):
    root = gallery.page.get_by_role("group", name=entry.title, exact=True)
    root.scroll_into_view_if_needed()
    return root


def drawn(gallery, root):
    """Wait for the picture of the present state, also where Python computes it."""
    next_frame(gallery.page)
    answered = "(root) => root.getAttribute('aria-busy') !== 'true'"
    gallery.page.wait_for_function(answered, arg=root.element_handle(), timeout=30_000)


def start_again(gallery, root):
    root.get_by_text("start again").click()
    gallery.page.evaluate("document.activeElement.blur()")
    drawn(gallery, root)


@ENTRIES
def test_nothing_is_cut_off_and_nothing_jumps(gallery, look, pictures, tmp_path, entry):
    root = find(gallery, entry)
    start_again(gallery, root)
    heights = [root.bounding_box()["height"]]
    for kind in ("works", "fails", "puzzles"):
        root.locator(f"button[data-kind={kind}]").click()
        drawn(gallery, root)
        heights.append(root.bounding_box()["height"])
        assert root.evaluate(CUT_OFF) == []
        if look == "wide":
            name = type(entry.widget()).__module__.split(".")[2]
            path = pictures / f"{name}_{kind}.png"
            root.screenshot(path=path)
            Image.open(path).quantize(256).save(path, optimize=True)  # a third of the bytes
    root.screenshot(path=tmp_path / f"{look}.png")
    assert len(set(heights)) == 1


@ENTRIES
def test_every_control_moves_it_and_start_again_takes_it_back(gallery, entry):
    gallery.resize(1280, 900)
    root = find(gallery, entry)
    start_again(gallery, root)
    before, images = root.evaluate(SHOWN), root.get_by_role("img")
    words = images.evaluate_all("(all) => all.map((e) => e.getAttribute('aria-label'))")
    assert all(words)
    controls = root.locator(
        ".ck-controls :is(input, select):not(:checked[type=radio]):not(:disabled)"
    )
    assert controls.count() + root.locator(".ck-renew").count() >= len(entry.widget.controls)
    for control in [*controls.all(), *root.locator(".ck-presets button[data-kind]").all()]:
        assert control.evaluate(LABEL) != ""
        control.focus()
        assert control.evaluate("(e) => document.activeElement === e")
        control.evaluate(TURN if control.get_attribute("data-kind") is None else "(e) => e.click()")
        moved = f"(root) => (({SHOWN})(root)) !== window.before"
        gallery.page.evaluate("(before) => { window.before = before; }", before)
        gallery.page.wait_for_function(moved, arg=root.element_handle(), timeout=30_000)
        start_again(gallery, root)
        same = f"(root) => (({SHOWN})(root)) === window.before"
        gallery.page.wait_for_function(same, arg=root.element_handle(), timeout=30_000)


@pytest.mark.parametrize(
    ("title", "typed", "value", "printed"),
    [
        ("Graph stepper", "x * 3 where x=2", "formula", "x * 3 where x=2"),
        ("Convolution and correlation", "7", "kernel[0][0]", "7.0"),
        ("Training", "3", "done", "3"),
    ],
)
def test_enter_takes_over_what_was_typed(gallery, title, typed, value, printed):
    number, entry = next((i, e) for i, e in enumerate(catalogue()) if e.title == title)
    root = find(gallery, entry)
    start_again(gallery, root)
    field = root.locator("input:is([type=text], [type=number]):visible").first
    field.click(click_count=3)
    gallery.page.keyboard.type(typed)
    gallery.page.keyboard.press("Enter")
    gallery.becomes(f"print(widgets[{number}].{value})", f"{printed}\n")
    start_again(gallery, root)


@ENTRIES
def test_pixel_under_the_mouse_is_read_out(gallery, entry):
    root = find(gallery, entry)
    if root.locator(".ck-frame canvas").count() == 0:
        return  # plots only
    height = root.bounding_box()["height"]
    figure = root.locator("figure:has(.ck-frame)").first
    figure.locator("canvas").first.hover()
    next_frame(gallery.page)
    place, value = figure.locator(".ck-readout").inner_text().split(": ")
    assert place.startswith("y ")
    assert value.replace("−", "-").replace("·10", "e").lstrip("-")[0].isdigit()
    assert root.bounding_box()["height"] == height


def test_projector_left_out_controls_and_close(gallery):
    """One widget stands for all: base.py and page.js do this for every one."""
    gallery.ask("widgets[0].large = True")
    root = find(gallery, catalogue()[0])
    gallery.page.locator(".ck-large").wait_for()
    assert root.evaluate(CUT_OFF) == []
    size = root.evaluate("(e) => parseFloat(getComputedStyle(e).fontSize)")
    assert size >= 24
    before = gallery.page.locator(".ck").count()
    gallery.ask("widgets[0].close()")
    gallery.page.wait_for_function(f"document.querySelectorAll('.ck').length === {before - 1}")


def test_console_is_silent(gallery):
    assert gallery.problems == []
