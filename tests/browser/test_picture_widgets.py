"""Picture widgets drawn in a bare page: what their canvases show is what Python computes."""

import base64
import json

import numpy as np
import pytest
from jupyter_page import next_frame, pixels

from coursekit.widgets import PyramidWidget

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
