"""Widgets that compute in Python, in JupyterLab: they play, obey while they do, and stop."""

import nbformat
import pytest
from jupyter_page import NotebookPage, next_frame

CODE = "from coursekit.widgets import TrainingWidget\nwidget = TrainingWidget()\nwidget"
SHOWN = """() => [...document.querySelectorAll(".ck canvas")].map((c) => c.toDataURL()).join()
  + [...document.querySelectorAll(".ck figure svg")].map((s) => s.outerHTML).join()"""


def opened(browser, lab, code):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, lab.folder / "live.ipynb")
    return NotebookPage(browser, lab, "live.ipynb")


def run(notebook):
    notebook.run_all()
    notebook.page.locator(".ck").first.wait_for(timeout=60_000)
    notebook.page.wait_for_timeout(500)  # until the notebook has found its width


@pytest.fixture(scope="module")
def training(browser, lab):
    page = opened(browser, lab, CODE)
    yield page
    page.close()


@pytest.fixture
def playing(training):
    """The notebook with a new widget for each test."""
    training.command("notebook:clear-cell-output")
    run(training)
    yield training
    assert training.problems == []


def reached(page, step):
    page.wait_for_function(f"+document.querySelector('.ck input[name=steps]').value >= {step}")


def settled(notebook):
    """All that was asked for is done, and its last picture is drawn."""
    next_frame(notebook.page)
    notebook.page.locator('.ck[aria-busy=false]:has([aria-label="Play"])').wait_for()


def test_it_plays_and_obeys_on_the_way(playing):
    page = playing.page
    page.get_by_label("Play", exact=True).click()
    reached(page, 20)
    page.locator("input[name=momentum]").focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("document.querySelector('.ck-status').textContent.includes('0.89')")
    step = int(page.locator("input[name=steps]").input_value())
    reached(page, step + 20)  # it has not stopped for that
    page.get_by_label("Pause", exact=True).click()
    settled(playing)
    assert playing.ask("print(widget.playing, widget.done == widget.steps)") == "False True\n"
    assert playing.ask("print(widget.run.tried[-1]['momentum'])") == "0.89\n"
    shown, step = page.evaluate(SHOWN), int(page.locator("input[name=steps]").input_value())
    page.get_by_label("One step on").click()
    reached(page, step + 1)
    settled(playing)
    assert page.evaluate(SHOWN) != shown
    assert playing.ask("print(widget.done)") == f"{step + 1}\n"


def test_start_again_gives_the_same_pixels_and_new_weights_others(playing):
    page = playing.page
    first = page.evaluate(SHOWN)
    page.locator("input[name=steps]").fill("30")
    page.keyboard.press("Enter")
    settled(playing)
    thirty = page.evaluate(SHOWN)
    assert playing.ask("print(widget.done)") == "30\n"
    page.get_by_text("start again").click()
    settled(playing)
    assert page.evaluate(SHOWN) == first
    page.locator("input[name=steps]").fill("30")
    page.keyboard.press("Enter")
    settled(playing)
    assert page.evaluate(SHOWN) == thirty
    page.locator("text=new weights").click()
    settled(playing)
    assert page.locator("input[name=steps]").input_value() == "0"
    assert page.evaluate(SHOWN) not in {first, thirty}
    assert playing.ask("print(widget.seed, widget.done)") == "1 0\n"


def test_a_hand_that_moves_fast_ends_at_its_last_value(playing):
    page = playing.page
    page.get_by_label("Play", exact=True).click()
    reached(page, 5)
    slider = page.locator("input[name=momentum]")
    box = slider.bounding_box()
    y, left, right = box["y"] + box["height"] / 2, box["x"] + 12, box["x"] + box["width"] - 12
    page.mouse.move(right, y)
    page.mouse.down()
    for sweep in range(4):
        page.mouse.move([left, right][sweep % 2], y, steps=12)
    page.mouse.move((left + right) / 2, y, steps=6)
    page.mouse.up()
    value = float(slider.input_value())
    words = f"momentum {value:g}"
    page.wait_for_function(
        "(words) => document.querySelector('.ck-status').textContent.includes(words)", arg=words
    )
    playing.becomes("print(widget.momentum)", f"{value}\n")


def test_what_is_closed_or_no_longer_shown_stops(playing):
    page = playing.page
    page.get_by_label("Play", exact=True).click()
    reached(page, 5)
    playing.command("notebook:clear-cell-output")
    page.locator(".ck").wait_for(state="detached")
    playing.becomes("print(widget.playing)", "False\n")
    playing.ask("widget.playing = True")
    playing.ask("widget.close()")
    playing.becomes("print(widget._working)", "False\n")


def test_error_in_a_run_is_told_in_the_widget(playing):
    playing.ask("widget.run.step = lambda settings: 1 / 0")
    playing.page.get_by_label("Play", exact=True).click()
    error = playing.page.locator(".ck-error")
    error.wait_for(state="visible")
    assert error.inner_text() == "ZeroDivisionError: division by zero"
    playing.page.get_by_label("Play", exact=True).wait_for()


def test_ten_on_one_page_work_and_closing_them_takes_them_away(browser, lab):
    code = "from coursekit.widgets import UnitImageWidget\n"
    code += "ten = [UnitImageWidget(unit=k) for k in range(10)]\nfor w in ten: display(w)"
    playing = opened(browser, lab, code)
    run(playing)
    page = playing.page
    page.wait_for_function("document.querySelectorAll('.ck').length === 10")
    for k in (2, 7):
        page.locator(".ck").nth(k).get_by_label("Play", exact=True).click()
    page.wait_for_function(
        "[2, 7].every((k) => +document.querySelectorAll('.ck input[name=steps]')[k].value > 3)"
    )
    assert playing.ask("print([w.playing for w in ten].count(True))") == "2\n"
    assert playing.ask("print([w.done > 0 for w in ten].count(True))") == "2\n"
    forget = "import gc, weakref; known = [weakref.ref(w) for w in ten]\n"
    forget += "for w in ten: w.close()\ndel ten, w\nimport asyncio"
    playing.ask(forget)
    page.wait_for_function("document.querySelectorAll('.ck').length === 0")
    playing.becomes("gc.collect(); print([r() for r in known].count(None))", "10\n")
    assert playing.problems == []
    playing.close()
