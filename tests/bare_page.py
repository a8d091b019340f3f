"""A page of its own for one widget, with neither Jupyter nor Python behind it."""

import json

LOAD = """async (source) => {
  window.view = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
}"""

RENDER = """(state) => {
  window.state = state;
  window.move = (changes) => (Object.assign(state, changes), changed());
  let changed;
  const on = (_, f) => (changed = f);
  const set = (name, value) => (state[name] = value);
  const model = { get: (name) => state[name], set, save_changes: () => changed(), on, off() {} };
  view.default.render({ model, el: document.body });
}"""


def rendered(browser, widget, **state):
    """A page with nothing but the widget, and its state as `state`, without Python behind it."""
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.add_style_tag(content=widget._css)
    page.evaluate(LOAD, widget._esm)
    shared = ("_page", "_error", "large")
    names = [*shared, *widget.controls, *(["trace"] if widget.has_trait("trace") else [])]
    known = {name: getattr(widget, name) for name in names}
    page.evaluate(RENDER, json.loads(json.dumps(known | state)))
    return page
