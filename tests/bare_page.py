"""A page of its own for one widget, with neither Jupyter nor Python behind it."""

import base64
import json

import anywidget

LOAD = """async (source) => {
  window.view = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
}"""

RENDER = """(state) => {
  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const revived = (value) => {
    if (value?.bytes !== undefined) return bytes(value.bytes);
    for (const key in value) if (typeof value[key] === "object") value[key] = revived(value[key]);
    return value;
  };
  window.state = revived(state);
  window.move = (changes) => (Object.assign(state, revived(changes)), changed());
  let changed;
  const on = (_, f) => (changed = f);
  const set = (name, value) => (state[name] = value);
  const model = { get: (name) => state[name], set, save_changes: () => changed(), on, off() {} };
  view.default.render({ model, el: document.body });
}"""


MACHINERY = {*anywidget.AnyWidget.class_trait_names(), "_esm", "_css", "_anywidget_id"}


def known(widget):
    """All that the page knows of a widget's state, as JSON."""

    def text(value):
        return {"bytes": base64.b64encode(value).decode()}

    state = {name: getattr(widget, name) for name in widget.keys if name not in MACHINERY}
    return json.loads(json.dumps(state, default=text))


def rendered(browser, widget, **state):
    """A page with nothing but the widget, and its state as `state`, without Python behind it."""
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.add_style_tag(content=widget._css)
    page.evaluate(LOAD, widget._esm)
    page.evaluate(RENDER, known(widget) | json.loads(json.dumps(state)))
    return page
