"""Every widget in JupyterLab, wide, narrow, dark, enlarged: nothing is cut off, nothing jumps."""

import nbformat
import pytest
from jupyter_page import NotebookPage, next_frame

from coursekit.widgets import catalogue

LOOKS = {
    "wide": {},
    "narrow": {"width": 600, "height": 1500},
    "dark": {"theme": "JupyterLab Dark"},
    "zoom200": {"width": 640, "height": 1500, "device_scale_factor": 2},
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


@pytest.fixture(scope="module", params=LOOKS)
def gallery(request, browser, lab):
    """A notebook with one widget of each kind."""
    code = ["from coursekit.widgets import catalogue"]
    code += [f"catalogue()[{i}].widget()" for i in range(len(catalogue()))]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in code])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    name = f"gallery_{request.param}.ipynb"
    nbformat.write(notebook, lab.folder / name)
    look = dict(LOOKS[request.param])
    theme = look.pop("theme", "JupyterLab Light")
    page = NotebookPage(browser, lab, name, **look)
    page.page.evaluate("jupyterapp.shell.collapseLeft()")
    page.command("apputils:change-theme", theme=theme)
    light = str(theme == "JupyterLab Light").lower()
    page.page.wait_for_function(f"document.body.dataset.jpThemeLight === '{light}'")
    page.run_all()
    page.page.locator(".ck").first.wait_for(timeout=60_000)
    yield request.param, page
    page.close()


@pytest.mark.parametrize("entry", catalogue(), ids=lambda entry: entry.title)
def test_nothing_is_cut_off_and_nothing_jumps(gallery, pictures, tmp_path, entry):
    look, page = gallery
    root = page.page.get_by_role("group", name=entry.title)
    root.scroll_into_view_if_needed()
    heights = []
    for kind in (None, "works", "fails", "puzzles"):
        if kind:
            root.locator(f"button[data-kind={kind}]").click()
        next_frame(page.page)
        heights.append(root.bounding_box()["height"])
        assert root.evaluate(CUT_OFF) == []
        folder = pictures if look == "wide" and kind else tmp_path
        root.screenshot(path=folder / f"{entry.title.lower()}_{kind}.png")
    assert len(set(heights)) == 1


@pytest.mark.parametrize("entry", catalogue(), ids=lambda entry: entry.title)
def test_everything_has_a_name_and_the_keyboard_reaches_it(gallery, entry):
    _, page = gallery
    root = page.page.get_by_role("group", name=entry.title)
    for control in root.locator("input, select, button").all():
        assert control.evaluate("(e) => (e.labels?.[0] ?? e).textContent.trim()") != ""
        control.focus()
        assert control.evaluate("(e) => document.activeElement === e")
    images = root.get_by_role("img").all()
    before = [image.get_attribute("aria-label") for image in images]
    assert all(before)
    root.locator("button[data-kind=fails]").click()
    next_frame(page.page)
    assert before != [i.get_attribute("aria-label") for i in root.get_by_role("img").all()]


def test_console_is_silent(gallery):
    assert gallery[1].problems == []
