// Brings the widgets of a saved page to life from the state that is saved in it. A widget that
// cannot live here (it needs Python, or is no anywidget) keeps its still picture.

/** What anywidget's views need of a model, without a kernel behind it. */
class SavedModel {
  #listeners = [];
  #changed = false;

  constructor({ state, buffers = [] }) {
    this.state = state;
    for (const { path, data } of buffers) {
      const owner = path.slice(0, -1).reduce((part, key) => part[key], state);
      const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
      owner[path.at(-1)] = new DataView(bytes.buffer);
    }
  }

  get(name) {
    return this.state[name];
  }

  set(name, value) {
    if (this.state[name] === value) return;
    this.state[name] = value;
    this.#changed = true;
    this.#tell(`change:${name}`);
  }

  save_changes() {
    if (this.#changed) this.#tell("change");
    this.#changed = false;
  }

  send() {} // nobody listens

  on(event, listener) {
    this.#listeners.push({ event, listener });
  }

  off(event, listener) {
    const same = (entry) => entry.event === event && (!listener || entry.listener === listener);
    this.#listeners = this.#listeners.filter((entry) => !same(entry));
  }

  #tell(event) {
    for (const entry of this.#listeners) if (entry.event === event) entry.listener();
  }
}

async function bring(place, model) {
  const source = new Blob([model.get("_esm")], { type: "text/javascript" });
  const module = await import(URL.createObjectURL(source));
  const style = document.createElement("style");
  style.textContent = model.get("_css") ?? "";
  place.replaceChildren(style);
  module.default.render({ model, el: place });
  place.dispatchEvent(new CustomEvent("alive", { detail: model, bubbles: true }));
}

const saved = document.querySelector('script[type="application/vnd.jupyter.widget-state+json"]');
const records = saved ? JSON.parse(saved.textContent).state : (globalThis.savedWidgets ?? {});
const models = {}; // one for all views of a widget
// Each when it comes near the window, so that the first does not wait for the last.
const near = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target: place } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(place);
      const id = place.dataset.model;
      bring(place, (models[id] ??= new SavedModel(records[id])));
    }
  },
  { rootMargin: "50%" },
);
for (const place of document.querySelectorAll(".saved-widget"))
  if (records[place.dataset.model]?.state._esm) near.observe(place);
