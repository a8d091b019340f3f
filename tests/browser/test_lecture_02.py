"""Lecture 02 in JupyterLab: the hand, the picture and Python's state move together."""

import base64
import re
import zlib

import numpy as np
import pytest
from jupyter_page import NotebookPage, next_frame, pixels

from coursekit.widgets import SteeringWidget

RESPONSE = ".ck-steering figure:nth-of-type(3) canvas"
SLIDER = ".ck input[name=angle]"

# What the canvas should show, from the kernel: the library's response in the widget's colours.
EXPECTED = """
import base64, zlib
from coursekit.widgets import still
from coursekit.widgets.steering import model
picture = still.signed(widget.picture(), model.strength(widget.responses()))
print(picture.shape, base64.b64encode(zlib.compress(picture.tobytes())).decode())
"""


@pytest.fixture(scope="module")
def lecture(browser, lab):
    page = NotebookPage(browser, lab, "notebooks/02_steerable_filters.ipynb")
    page.run_all()
    page.page.locator(RESPONSE).first.wait_for(timeout=60_000)
    yield page
    page.close()


@pytest.fixture
def fresh(lecture):
    """The lecture with its widget as it was made, in sight, and the slider found."""
    lecture.ask("widget.start_again()")
    slider = lecture.page.locator(SLIDER).first
    slider.scroll_into_view_if_needed()
    lecture.page.wait_for_function(f"document.querySelector('{SLIDER}').value === '0'")
    return lecture, slider


def settle(lecture, angle):
    lecture.becomes("print(widget.angle)", f"{float(angle)}\n")


def assert_canvas_is_the_picture(lecture):
    """Every pixel within one grey level of widget.picture() in the kernel."""
    shape, packed = re.match(r"\((.*)\) (.*)", lecture.ask(EXPECTED)).groups()
    expected = np.frombuffer(zlib.decompress(base64.b64decode(packed)), np.uint8)
    expected = expected.reshape([int(size) for size in shape.split(",")])
    shown = pixels(lecture.page, RESPONSE)
    assert shown.shape == expected.shape
    assert np.ptp(shown) > 100
    assert abs(shown.astype(int) - expected).max() <= 1


def test_mouse_moves_angle_and_picture(fresh):
    lecture, slider = fresh
    before = pixels(lecture.page, RESPONSE)
    box = slider.bounding_box()
    middle, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    mouse = lecture.page.mouse
    mouse.move(middle, y)
    mouse.down()
    for part in range(1, 21):
        mouse.move(middle + part / 20 * box["width"] / 4, y)
    mouse.up()
    assert 80 <= float(slider.input_value()) <= 100  # a quarter of 360°
    settle(lecture, slider.input_value())
    assert abs(pixels(lecture.page, RESPONSE).astype(int) - before).max() > 100
    assert_canvas_is_the_picture(lecture)


def test_arrow_keys_move_angle_and_leave_the_notebook_alone(fresh):
    lecture, slider = fresh
    active = "jupyterapp.shell.currentWidget.content.activeCellIndex"
    cell = lecture.page.evaluate(active)
    slider.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowUp", "ArrowLeft"):
        lecture.page.keyboard.press(key)
    settle(lecture, 2)
    assert slider.get_attribute("aria-valuetext") == "2°"
    assert lecture.page.evaluate(active) == cell
    assert_canvas_is_the_picture(lecture)


def test_python_moves_slider_and_picture(fresh, pictures):
    lecture, slider = fresh
    lecture.ask("widget.angle = 60")
    lecture.page.wait_for_function(f"document.querySelector('{SLIDER}').value === '60'")
    assert_canvas_is_the_picture(lecture)
    label = lecture.page.locator(RESPONSE).first.get_attribute("aria-label")
    assert "order 1 turned to 60°" in label
    lecture.page.evaluate("document.activeElement.blur()")  # no focus ring in the README
    lecture.page.locator(".ck").first.screenshot(path=pictures / "steering.png")


@pytest.mark.parametrize("preset", SteeringWidget.presets, ids=lambda preset: preset.kind)
def test_presets(fresh, preset):
    lecture, _ = fresh
    root = lecture.page.locator(".ck").first
    height = root.bounding_box()["height"]
    root.locator(f"button[data-kind={preset.kind}]").click()
    settle(lecture, preset.state["angle"])
    assert_canvas_is_the_picture(lecture)
    assert root.locator(".ck-shown").inner_text() == preset.sentence
    assert root.locator("[aria-pressed=true]").get_attribute("data-kind") == preset.kind
    assert root.bounding_box()["height"] == height
    root.get_by_text("start again").click()
    settle(lecture, 0)
    next_frame(lecture.page)
    assert root.locator("[aria-pressed=true]").count() == 0


@pytest.mark.parametrize("order", [2, 3, 4])
def test_orders(fresh, order):
    lecture, _ = fresh
    lecture.ask("widget.angle = -30")
    lecture.page.locator(f".ck-choice input[value='{order}']").first.check(force=True)
    next_frame(lecture.page)
    lecture.becomes("print(widget.order)", f"{order}\n")
    assert lecture.page.locator(".ck-part").count() == order + 1
    assert_canvas_is_the_picture(lecture)


def test_another_photograph(fresh):
    lecture, _ = fresh
    root = lecture.page.locator(".ck").first
    height = root.bounding_box()["height"]
    root.locator("select").select_option("coins")
    lecture.page.wait_for_function(f"document.querySelector('{RESPONSE}').height === 303")
    assert_canvas_is_the_picture(lecture)
    assert root.bounding_box()["height"] == height


def test_own_picture(fresh):
    lecture, _ = fresh
    lecture.ask("import numpy as np")
    lecture.ask("widget.image = np.random.default_rng(5).random((67, 91))")
    lecture.page.wait_for_function(f"document.querySelector('{RESPONSE}').height === 67")
    assert_canvas_is_the_picture(lecture)
    assert lecture.page.locator(".ck select").first.input_value() == "your own"


def test_errors_are_shown_in_the_widget(fresh):
    lecture, slider = fresh
    lecture.ask("def broken(_): raise RuntimeError('the callback is broken')")
    lecture.ask("widget.observe(broken, 'angle')")
    slider.focus()
    lecture.page.keyboard.press("ArrowRight")
    error = lecture.page.locator(".ck-error").first
    error.wait_for(state="visible")
    assert error.inner_text() == "RuntimeError: the callback is broken"
    lecture.ask("widget.unobserve(broken, 'angle')")
    lecture.page.keyboard.press("ArrowRight")
    error.wait_for(state="hidden")


def test_console_is_silent(lecture):
    assert lecture.problems == []
