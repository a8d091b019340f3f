"""Picture widgets drawn in a bare page: what their canvases show is what Python computes."""

import base64
import io
import json

import numpy as np
import pytest
from jupyter_page import next_frame, pixels
from PIL import Image

from coursekit.widgets import BlendWidget, CoringWidget, MotionWidget, PyramidWidget
from coursekit.widgets.motion import model as motion_model

# A stand-in for Jupyter's model: the state, and who wants to hear of it.
PAGE = """async ([source, style, state]) => {
  const bytes = (text) => new DataView(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
  const revive = (key, value) => (value?.bytes64 !== undefined ? bytes(value.bytes64) : value);
  const values = JSON.parse(state, revive);
  const heard = {};
  window.sent = [];
  window.model = {
    get: (name) => values[name],
    set(name, value) {
      values[name] = value;
      window.sent.push(name);
      for (const event of [`change:${name}`, "change"]) heard[event]?.forEach((f) => f());
    },
    on: (event, f) => (heard[event] ??= new Set()).add(f),
    off: (event, f) => heard[event]?.delete(f),
    save_changes() {},
    send() {},
  };
  const module = new Blob([source], { type: "text/javascript" });
  window.view = await import(URL.createObjectURL(module));
  document.head.append(Object.assign(document.createElement("style"), { textContent: style }));
  window.view.default.render({ model: window.model, el: document.body });
}"""
FIGURE = """(title) => {
  const all = [...document.querySelectorAll("figure")];
  const named = (e) => e.querySelector("figcaption").firstChild.textContent === title;
  document.querySelectorAll("#wanted").forEach((e) => e.removeAttribute("id"));
  all.find(named).querySelector("canvas").id = "wanted";
}"""


def state_of(widget):
    """The whole state as text, its bytes in base64."""

    def text(value):
        return {"bytes64": base64.b64encode(bytes(value)).decode()}

    state = {key: value for key, value in widget.get_state().items() if key[:1] != "_"}
    return json.dumps(state | {"_page": widget._page, "_error": ""}, default=text)


class Drawn:
    """A widget's page without Jupyter; `show` gives it another state, as Python would."""

    def __init__(self, browser, widget):
        self.widget, self.page = widget, browser.new_page(viewport={"width": 1150, "height": 1200})
        self.problems = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.evaluate(PAGE, [widget._esm, widget._css, state_of(widget)])
        next_frame(self.page)

    def show(self, **state):
        for name, value in state.items():
            setattr(self.widget, name, value)
            self.page.evaluate("([name, value]) => model.set(name, value)", [name, value])
        next_frame(self.page)

    def canvas(self, title):
        """Colours of the canvas with this title, (h, w, 3)."""
        self.page.evaluate(FIGURE, title)
        return pixels(self.page, "#wanted")

    def words(self):
        return self.page.locator(".ck-status").inner_text()


@pytest.fixture
def drawn(browser):
    pages = []

    def draw(widget):
        pages.append(Drawn(browser, widget))
        return pages[-1]

    yield draw
    for one in pages:
        assert one.problems == []
        assert one.page.locator(".ck-error").is_hidden()
        one.page.close()


def assert_shows(drawing, title, picture):
    """A grey or coloured picture with values in [0, 1], within one grey level."""
    shown = drawing.canvas(title).astype(int)
    wanted = np.rint(255 * np.clip(picture, 0, 1)).astype(int)
    wanted = wanted if wanted.ndim == 3 else wanted[..., None]
    assert shown.shape[:2] == wanted.shape[:2]
    assert abs(shown - wanted).max() <= 1


def frames_of(page, code, n=20):
    """Median milliseconds of a change of the state until it is drawn."""
    return page.evaluate(
        f"""async () => {{
          const spent = [];
          for (let i = 0; i < {n}; i++) {{
            const before = performance.now();
            ({code})(i);
            await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
            spent.push(performance.now() - before);
          }}
          return spent.sort((a, b) => a - b)[{n // 2}];
        }}"""
    )


# Pyramids.


@pytest.mark.parametrize(
    "state",
    [
        {"kind": "Laplacian", "n_levels": 4, "off": ""},
        {"kind": "Laplacian", "n_levels": 7, "off": "L0 L2"},
        {"kind": "Gaussian", "n_levels": 5, "off": "G0 G1"},
        {"kind": "steerable", "n_levels": 3, "off": ""},
        {"kind": "steerable", "n_levels": 7, "off": "B0-0 B1-0 high"},
        {"kind": "steerable", "n_levels": 1, "off": "B0-135"},
    ],
    ids=lambda state: " ".join(map(str, state.values())),
)
def test_pyramids_page_is_the_library(drawn, state):
    drawing = drawn(PyramidWidget())
    drawing.show(**state)
    widget = drawing.widget
    assert_shows(drawing, "Photograph", widget.photograph())
    assert_shows(drawing, "Put together", widget.picture())
    most = widget.error()[1]
    if most > 1:
        assert drawing.words() == widget.sentence().split("the error. ")[1]
    else:
        assert "RMS error 0.00" in drawing.words() or "·10⁻" in drawing.words()
    gap = drawing.canvas("Error").astype(int)
    assert (np.ptp(gap) > 20) == (most > 1)


def test_levels_are_switched_by_box_and_by_click(drawn):
    drawing = drawn(PyramidWidget())
    boxes = drawing.page.locator(".ck-tiles input:visible")
    assert boxes.count() == 5
    boxes.first.focus()
    drawing.page.keyboard.press("Space")
    assert drawing.page.evaluate("model.get('off')") == "L0"
    drawing.page.locator(".ck-tiles canvas").nth(2).click()
    assert drawing.page.evaluate("model.get('off')") == "L0 L2"
    next_frame(drawing.page)
    assert "without L0, L2" in drawing.words()
    drawing.page.locator(".ck-tiles canvas").first.click()
    assert drawing.page.evaluate("model.get('off')") == "L2"
    assert "without" not in PyramidWidget(off="G0").sentence()  # names of others do nothing


def test_levels_stay_on_when_their_boxes_are_left_out(drawn):
    drawing = drawn(PyramidWidget(hide="off"))
    assert drawing.page.locator(".ck-tiles input:visible").first.is_disabled()
    drawing.page.locator(".ck-tiles canvas").first.click()
    assert drawing.page.evaluate("model.get('off')") == ""


# Blending.


@pytest.mark.parametrize(
    "state",
    [
        {"n_levels": 5, "angle": 0},
        {"n_levels": 1, "cut": 0.3, "angle": 45, "strokes": "+80,40 -20,100 +0,159"},
        {"n_levels": 7, "a": "coffee", "b": "moon", "angle": -135, "cut": 0.62},
        {"n_levels": 4, "cut": 1, "b": "rocket"},
    ],
    ids=lambda state: " ".join(map(str, state.values())),
)
def test_blending_page_is_the_library(drawn, state):
    drawing = drawn(BlendWidget())
    drawing.show(**state)
    widget = drawing.widget
    assert_shows(drawing, "Blend", widget.picture())
    assert_shows(drawing, "Mask", widget.mask())
    assert_shows(drawing, "First", widget.pictures()[0])
    assert_shows(drawing, "Second", widget.pictures()[1])
    assert drawing.words() == widget.sentence().split("the blend. ")[1]


def drag(page, canvas, *way):
    """Press the mouse in a canvas and move it along places given in parts of its size."""
    box = canvas.bounding_box()
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in way]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=8)
    page.mouse.up()
    next_frame(page)


def test_cut_is_dragged_and_mask_is_painted(drawn):
    drawing = drawn(BlendWidget(angle=0))
    page, canvas = drawing.page, drawing.page.locator("canvas").first
    drag(page, canvas, (0.5, 0.5), (0.75, 0.2))
    assert page.evaluate("model.get('cut')") == pytest.approx(0.75, abs=0.02)
    assert abs(drawing.canvas("Mask")[80, 100:118].astype(int) - 255).max() == 0
    page.get_by_text("paints the second").click()
    drag(page, canvas, (0.1, 0.5), (0.4, 0.5))
    strokes = page.evaluate("model.get('strokes')")
    assert 4 < len(strokes.split()) < 30
    assert drawing.canvas("Mask")[80, 20:60].max() == 0
    drawing.widget.strokes, drawing.widget.cut = strokes, page.evaluate("model.get('cut')")
    assert_shows(drawing, "Blend", drawing.widget.picture())
    page.get_by_text("wipe off").click()
    assert page.evaluate("model.get('strokes')") == ""


def test_mask_is_painted_with_keys(drawn):
    drawing = drawn(BlendWidget(cut=0, hand="paints the first"))
    canvas = drawing.page.locator("canvas").first
    for key in ("Space", "ArrowLeft", "ArrowLeft", "ArrowLeft", "ArrowUp", "Space"):
        canvas.press(key)
    drawing.page.wait_for_function("model.get('strokes') === '+80,80 +71,77'")
    assert drawing.page.locator(".ck-brush").is_visible()
    assert drawing.canvas("Mask")[80, 80].max() == 255
    drawing.page.locator("select").first.focus()
    assert drawing.page.locator(".ck-brush").is_hidden()


def test_own_picture_is_uploaded(drawn, rng):
    drawing = drawn(BlendWidget(angle=0))
    image = np.repeat(np.repeat(rng.integers(0, 256, (8, 12, 3), np.uint8), 40, 0), 40, 1)
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG")
    picture = {"name": "own.png", "mimeType": "image/png", "buffer": file.getvalue()}
    page = drawing.page
    page.locator("input[type=file]").first.set_input_files(picture)
    page.wait_for_function("model.get('a') === 'your own'")
    assert page.locator("select").first.input_value() == "your own"
    pixels = page.evaluate("[...new Uint8Array(model.get('own_a').buffer)]")
    widget = drawing.widget
    widget.set_state({"own_a": memoryview(bytes(pixels)), "a": "your own"})
    assert_shows(drawing, "First", widget.pictures()[0])
    assert_shows(drawing, "Blend", widget.picture())
    widget.own_a = image[..., :3] / 255  # Python takes the same middle
    assert abs(widget.pictures()[0] - np.array(pixels).reshape(160, 160, 3) / 255).mean() < 0.03


def test_a_file_that_is_no_picture_is_refused(drawn):
    drawing = drawn(BlendWidget())
    file = {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"no picture"}
    drawing.page.locator("input[type=file]").first.set_input_files(file)
    error = drawing.page.locator(".ck-error")
    error.wait_for(state="visible")
    assert "notes.txt" in error.inner_text()
    drawing.page.locator("input[type=range]").first.press("ArrowRight")
    error.wait_for(state="hidden")


# Coring.


@pytest.mark.parametrize(
    "state",
    [
        {"noise": 25, "threshold": 1.25, "kind": "soft"},
        {"noise": 25, "threshold": 3, "kind": "hard"},
        {"noise": 80, "threshold": 0, "kind": "soft"},
        {"noise": 13, "threshold": 5, "kind": "soft"},
    ],
    ids=lambda state: " ".join(map(str, state.values())),
)
def test_corings_page_is_the_library(drawn, state):
    drawing = drawn(CoringWidget())
    drawing.show(**state)
    widget = drawing.widget
    assert_shows(drawing, "With noise", widget.noisy())
    assert_shows(drawing, "Cleaned", widget.picture())
    assert drawing.words() == widget.sentence().split("taken away. ")[1]


def test_curve_goes_through_the_present_point(drawn):
    drawing = drawn(CoringWidget())
    for kind, threshold in [("soft", 1.5), ("hard", 2.5), ("hard", 0.5)]:
        drawing.show(kind=kind, threshold=threshold)
        line = drawing.page.locator("polyline.ck-path").get_attribute("points")
        dot = drawing.page.locator("circle.ck-end")
        place = [float(dot.get_attribute(name)) for name in ("cx", "cy")]
        points = np.array([point.split(",") for point in line.split()], float)
        assert abs(points - place).sum(axis=1).min() < 0.5


# Motion magnification.


@pytest.mark.parametrize("band", motion_model.BANDS)
def test_motions_page_shows_what_python_sent(drawn, band):
    drawing = drawn(MotionWidget(alpha=15, band=band, time=20))
    widget = drawing.widget
    assert_shows(drawing, "Original", widget.clip()[4])
    assert_shows(drawing, "Magnified", widget.magnified()[4])
    lines = drawing.page.locator(".ck-film:last-child canvas").last
    lines.evaluate("(canvas) => { canvas.id = 'lines'; }")
    shown = pixels(drawing.page, "#lines")[..., 0].astype(int)
    wanted = motion_model.bytes_of(motion_model.line(widget.magnified(), band))
    assert abs(shown - wanted).max() <= 1
    assert drawing.words() == widget.sentence().split("over time. ", 1)[1]


def test_film_is_played_to_its_end_and_paused(drawn):
    drawing = drawn(MotionWidget(time=50))
    page = drawing.page
    assert page.evaluate("model.get('time')") == 50  # paused at the start
    before = drawing.canvas("Magnified")
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("model.get('time') > 52")
    page.wait_for_function("model.get('time') === 63")
    assert not np.array_equal(drawing.canvas("Magnified"), before)
    page.get_by_role("button", name="Play").click()  # from the beginning
    page.wait_for_function("model.get('time') > 0 && model.get('time') < 60")
    page.get_by_role("button", name="Play").click()
    rest = page.evaluate("model.get('time')")
    page.wait_for_timeout(200)
    assert page.evaluate("model.get('time')") == rest
