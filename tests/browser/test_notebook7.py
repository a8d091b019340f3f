"""All widgets in Jupyter Notebook 7: the other page in which a course is opened."""

import nbformat
import pytest
from jupyter_page import NotebookPage, next_frame

from coursekit.widgets import WIDGETS

DRAWN = """(number) => [...document.querySelectorAll(".ck")[number].querySelectorAll("canvas, svg")]
  .map((each) => each.outerHTML + (each.toDataURL?.() ?? "")).join()"""


class Notebook7Page(NotebookPage):
    """A notebook opened in Notebook 7, which the same server shows when it is installed."""

    def place(self):
        return "notebooks"


pytestmark = pytest.mark.needs("notebook")


@pytest.fixture(scope="module")
def notebook7(browser, lab):
    names = ", ".join(f"w{number}" for number in range(len(WIDGETS)))
    first = f"from coursekit.widgets import WIDGETS\n{names} = [make() for make in WIDGETS]"
    sources = [first, *names.split(", ")]  # a widget for each cell
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(s) for s in sources])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, lab.folder / "notebook7.ipynb")
    page = Notebook7Page(browser, lab, "notebook7.ipynb")
    page.problems.clear()  # what other extensions complain of while the page loads
    page.run_all()
    page.page.locator(".ck").nth(len(WIDGETS) - 1).wait_for(timeout=120_000)
    yield page
    page.close()


def test_every_widget_appears(notebook7):
    assert notebook7.page.locator(".ck").count() == len(WIDGETS)
    for number, widget in enumerate(WIDGETS):
        shown = notebook7.page.locator(".ck").nth(number)
        shown.scroll_into_view_if_needed()
        assert widget.question in shown.inner_text()
        assert shown.locator("canvas, figure svg").count() > 0
        assert shown.bounding_box()["width"] > 600
    assert notebook7.problems == []


def test_a_dragged_slider_moves_the_picture_and_python(notebook7):
    page, widget = notebook7.page, notebook7.page.locator(".ck").first
    slider = widget.locator("input[type=range]").first
    slider.scroll_into_view_if_needed()
    before, box = page.evaluate(DRAWN, 0), slider.bounding_box()
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.3 * box["width"], y)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.8 * box["width"], y, steps=5)
    page.mouse.up()
    next_frame(page)
    assert page.evaluate(DRAWN, 0) != before
    assert float(slider.input_value()) > 90
    notebook7.becomes("print(w0.angle)", f"{float(slider.input_value())}\n")
    assert notebook7.problems == []
