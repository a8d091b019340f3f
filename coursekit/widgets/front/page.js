// What every widget's page is made of: labelled controls, pictures, plots and words.
// base.py puts the files of this folder in front of a widget's view.js: one ES module, no bundler.
//
// A view is a function that receives a Page, adds its controls and pictures once, and returns
// draw(), which shows the model's present state. Whoever changes the state (a hand here, a line
// of Python there) causes the same draw().

/** An element with attributes and children: make("p", { class: "ck-note" }, "text"). */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** A number in three digits, with a true minus and a power of ten when it is far from one. */
function number(value) {
  if (!Number.isFinite(value)) return value > 0 ? "∞" : value < 0 ? "−∞" : "no number";
  const [digits, exponent] = value.toExponential(2).split("e");
  const near = value === 0 || (+exponent > -4 && +exponent < 5);
  if (near) return String(+value.toPrecision(3)).replace("-", "−");
  const factor = { 1: "", "-1": "−" }[+digits] ?? `${+digits}·`;
  return `${factor}10${superscript(+exponent)}`.replace("-", "−");
}

function superscript(exponent) {
  return [...String(exponent)].map((c) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[c] ?? "⁻").join("");
}

/** a + b + c, and 0 where they cancel but for rounding: 0.1 + 0.2 − 0.3 is not above 0. */
function sumOf(a, b, c) {
  const sum = a + b + c;
  return Math.abs(sum) > 1e-12 * (Math.abs(a) + Math.abs(b) + Math.abs(c)) ? sum : 0;
}

/** Write a text; to write the same again would cost a layout of the page. */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

const PAUSE = 200; // milliseconds between two messages to Python, so that a drag is not slowed

/** The anywidget module of a view. */
function widget(view) {
  function render({ model, el }) {
    const page = new Page(model);
    el.append(page.root);
    page.start(view);
    return () => page.close();
  }
  return { render };
}

class Page {
  constructor(model) {
    this.model = model;
    this.facts = model.get("_page"); // what never changes: title, presets, limits, …
    this.note = ""; // a failure to tell until the next move of a hand
    this.ahead = {}; // the part of the state that Python has yet to hear of
    this.refreshers = []; // each brings one control to the model's state
    this.refreshers.push(() => this.root.classList.toggle("ck-large", this.get("large")));
    this.controls = make("div", { class: "ck-controls" });
    this.pictures = make("div", { class: "ck-pictures" });
    this.status = make("p", { class: "ck-status", role: "status" });
    this.error = make("p", { class: "ck-error", role: "alert", hidden: "" });
    this.root = make("div", { class: "ck", role: "group", "aria-label": this.facts.title });
    this.root.append(...presets(this), this.controls, this.pictures, this.status, this.error);
    this.root.addEventListener("pointerup", () => this.#catchUp()); // the end of a drag
    this.changed = () => this.redraw();
    this.sizes = new Map(); // of what `resized` observes: to ask for a size at a drawing is slow
    this.resized = new ResizeObserver((entries) => {
      for (const { target, contentRect } of entries) this.sizes.set(target, contentRect);
      this.redraw();
    });
  }

  start(view) {
    this.draw = guard(this, () => {
      for (const refresh of this.refreshers) refresh();
      this.show();
      this.fail(this.get("_error") || this.note);
    });
    guard(this, () => (this.show = view(this)))();
    if (!this.show) return;
    // JupyterLab moves between cells with the arrow keys unless the control itself forbids it.
    for (const control of this.root.querySelectorAll("input, select, button"))
      control.setAttribute("data-lm-suppress-shortcuts", "true");
    // It also swallows the event by which a browser says that Enter has ended the typing.
    this.root.addEventListener("keydown", ({ key, target }) => {
      if (key === "Enter" && target.matches("[type=text], [type=number]"))
        target.dispatchEvent(new Event("change"));
    });
    this.draw();
    this.model.on("change", this.changed);
    this.resized.observe(this.root);
  }

  /** Run f before the controls are brought to a new state, for what they need to know of it. */
  before(f) {
    this.refreshers.unshift(f);
  }

  close() {
    if (this.get("playing")) this.set({ playing: false }); // what nobody sees need not go on
    clearInterval(this.playing);
    clearTimeout(this.waiting);
    this.model.off("change", this.changed);
    this.resized.disconnect();
    cancelAnimationFrame(this.frame);
    this.root.remove();
  }

  get(name) {
    return name in this.ahead ? this.ahead[name] : this.model.get(name);
  }

  /** Change the state: here at once, in Python soon. What needs a new run begins it at its first
   * step. */
  set(changes) {
    this.note = "";
    if (this.facts.fresh?.some((name) => name in changes)) changes = { steps: 0, ...changes };
    Object.assign(this.ahead, changes);
    if (this.saving) this.redraw();
    else this.#catchUp();
  }

  /** Tell Python; then not again for a while, unless its answer is the picture. */
  #catchUp() {
    clearTimeout(this.saving);
    this.saving = null;
    if (!Object.keys(this.ahead).length) return;
    for (const [name, value] of Object.entries(this.ahead)) this.model.set(name, value);
    this.ahead = {};
    this.model.save_changes();
    if (!this.get("frame")) this.saving = setTimeout(() => this.#catchUp(), PAUSE);
  }

  /** Go to a state as a whole, with a run of its own where the widget has runs. */
  move(state) {
    const run = this.get("_run");
    this.set(run === undefined ? state : { ...state, _run: run + 1 });
  }

  /** Draw before the next frame, once, however many changes arrive until then. */
  redraw() {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(this.draw);
  }

  /** Say in words what there is to see: a verdict and its sentence. */
  say(verdict, sentence) {
    if (this.status.textContent === `${verdict} ${sentence}`) return; // nothing new to read aloud
    this.status.replaceChildren(make("b", {}, verdict), ` ${sentence}`);
  }

  /** Put a control in its place, unless the widget was made without it. */
  #add(name, element) {
    if (!this.facts.hidden.includes(name)) this.controls.append(element);
  }

  fail(message) {
    this.error.textContent = message;
    this.error.hidden = !message;
  }

  /** A slider for a number; `log` moves in equal ratios; `words` is the read-out; it is off while
   * `enabled` says that it has no part in the picture. */
  slider(name, { label, step, log = false, words = number, last = null, enabled = () => true }) {
    const position = log ? Math.log10 : (value) => value;
    const [min, max] = this.facts.limits[name].map(position);
    const input = make("input", { type: "range", min, max, step, name });
    const readout = make("output");
    input.addEventListener("input", () => {
      const value = +input.value;
      this.set({ [name]: log ? +(10 ** value).toPrecision(3) : value });
    });
    this.refreshers.push(() => {
      if (last) input.max = last();
      input.disabled = !enabled();
      const value = last ? Math.min(this.get(name), last()) : this.get(name);
      const said = words(value);
      if (said === readout.textContent && +input.value === position(value)) return;
      input.value = position(value); // before the words: it looks at the layout
      readout.textContent = said;
      input.setAttribute("aria-valuetext", said);
    });
    this.#add(name, make("label", { class: "ck-slider" }, label, input, readout));
  }

  /** A slider through the steps 0 … last(), with buttons to go on, to go back and to play; playing
   * goes on by `by` steps every `pause` milliseconds. */
  stepper(name, { label, last, words, by = 1, pause = 600 }) {
    this.slider(name, { label, step: 1, words, last });
    const go = (by) => {
      const now = Math.min(this.get(name), last());
      this.set({ [name]: Math.max(0, Math.min(last(), now + by)) });
    };
    const play = pressed("Play", "▶", () => (this.playing ? stop() : start()));
    const stop = () => {
      this.playing = clearInterval(this.playing);
      play.textContent = "▶";
    };
    const start = () => {
      if (this.get(name) >= last()) this.set({ [name]: 0 });
      play.textContent = "❚❚";
      this.playing = setInterval(() => (this.get(name) < last() ? go(by) : stop()), pause);
    };
    const back = pressed("One step back", "‹", () => go(-1));
    const on = pressed("One step on", "›", () => go(1));
    this.#add(name, make("div", { class: "ck-steps" }, back, on, play));
  }

  /** A button to another seed: other weights, or other noise. */
  renew(name, { label, enabled = () => true }) {
    const [low, high] = this.facts.limits[name];
    const button = make("button", { type: "button", class: "ck-renew" });
    button.addEventListener("click", () => {
      this.set({ [name]: this.get(name) < high ? this.get(name) + 1 : low });
    });
    this.refreshers.push(() => {
      write(button, `${label} (seed ${this.get(name)})`);
      button.disabled = !enabled();
    });
    this.#add(name, button);
  }

  /** Buttons of which one is down; `words` is what a value is called. */
  choice(name, { label, values, words = String, enabled = () => true }) {
    const group = make("fieldset", { class: "ck-choice" }, make("legend", {}, label));
    const unique = `ck-${name}-${Math.random()}`; // ten widgets on one page must not share it
    for (const value of values) {
      const input = make("input", { type: "radio", name: unique, value });
      input.addEventListener("change", () => this.set({ [name]: value }));
      this.refreshers.push(() => (input.checked = this.get(name) === value));
      group.append(make("label", {}, input, make("span", {}, words(value))));
    }
    this.refreshers.push(() => (group.disabled = !enabled()));
    this.#add(name, group);
  }

  /** A menu of names; `values` is asked at every drawing, for the list may grow; `words` names
   * a value that is not a name itself. */
  menu(name, { label, values, words = String }) {
    const select = make("select", { name });
    select.addEventListener("change", () => this.set({ [name]: select.value }));
    this.refreshers.push(() => {
      if (select.length !== values().length)
        select.replaceChildren(...values().map((value) => make("option", {}, value)));
      if (select.value !== words(this.get(name))) select.value = words(this.get(name));
    });
    this.#add(name, make("label", { class: "ck-menu" }, label, select));
  }

  /** A line of text, taken over with Enter or when it is left. */
  text(name, { label, longest }) {
    const input = make("input", { type: "text", name, maxlength: longest, spellcheck: "false" });
    input.addEventListener("change", () => this.set({ [name]: input.value }));
    this.refreshers.push(() => {
      if (input.value !== this.get(name)) input.value = this.get(name);
    });
    this.#add(name, make("label", { class: "ck-text" }, label, input));
  }

  /** What only Python can send; where none answers, take the wish back and say so. Call the
   * returned function at every drawing: has it arrived? what to set if not? what was wanted? */
  patience(arrived, takeBack, wanted, rest = "Everything else here moves without it.") {
    const giveUp = () => {
      const words = wanted();
      this.set(takeBack());
      this.note = `${words}, and no running Python answers. ${rest}`;
    };
    return () => {
      clearTimeout(this.waiting);
      const busy = !arrived();
      if (busy) this.waiting = setTimeout(giveUp, 4000);
      this.root.setAttribute("aria-busy", busy); // read aloud when the picture has come, not before
    };
  }

  /** For pictures that Python computes: call the returned function at every drawing. */
  answered() {
    const asked = () => this.get("frame").of;
    const same = ([name, value]) => JSON.stringify(this.get(name)) === JSON.stringify(value);
    const arrived = () => Object.entries(asked()).every(same);
    return this.patience(arrived, asked, () => "This must be computed by Python", "");
  }

  /** For runs: play, one step on, and the step that is reached or, when written, to go to. */
  player() {
    const play = pressed("Play", "▶", () => this.set({ playing: !this.get("playing") }));
    const on = pressed("One step on", "›", () => this.model.send({ step: 1 }));
    const input = make("input", { type: "number", name: "steps", min: 0, step: 1 });
    input.addEventListener("change", () => this.set({ steps: +input.value }));
    this.refreshers.push(() => {
      write(play, this.get("playing") ? "❚❚" : "▶");
      play.setAttribute("aria-label", this.get("playing") ? "Pause" : "Play");
      play.title = play.getAttribute("aria-label");
      if (input.getRootNode().activeElement !== input || this.get("playing"))
        input.value = this.get("frame").step;
    });
    const step = make("label", { class: "ck-number" }, "Step", input);
    this.#add("steps", make("div", { class: "ck-steps" }, play, on, step));
  }

  /** A box to tick; `words` may change with the state. */
  tick(name, { words }) {
    const input = make("input", { type: "checkbox", name });
    const text = make("span");
    input.addEventListener("change", () => this.set({ [name]: input.checked }));
    this.refreshers.push(() => {
      input.checked = this.get(name);
      write(text, words());
    });
    this.#add(name, make("label", { class: "ck-tick" }, input, text));
  }
}

/** A small button. */
function pressed(title, words, click) {
  const button = make("button", { type: "button", title, "aria-label": title }, words);
  button.addEventListener("click", click);
  return button;
}

/** Run f; what it throws is shown in the widget, and in the console for who develops it. */
function guard(page, f) {
  return () => {
    try {
      f();
    } catch (error) {
      page.fail(`This picture could not be drawn. ${error}`);
      console.error(error);
    }
  };
}

/** The row of presets and the sentence of the one that is shown. */
function presets(page) {
  const { question, start, hidden } = page.facts;
  const presets = hidden.includes("presets") ? [] : page.facts.presets;
  const row = make("div", { class: "ck-presets", role: "group", "aria-label": "Presets" });
  // All sentences lie in one place, so that the tallest gives the height and nothing jumps.
  const sentences = make("div", { class: "ck-sentences" }, make("p", {}, question));
  for (const { kind, title, sentence, state } of presets) {
    const button = make("button", { type: "button", "data-kind": kind });
    button.append(make("b", {}, kind), ` ${title}`);
    button.addEventListener("click", () => page.move(state));
    row.append(button);
    sentences.append(make("p", {}, sentence));
  }
  const again = make("button", { type: "button", class: "ck-again" }, "start again");
  again.addEventListener("click", () => page.move(start));
  row.append(again);
  const holds = ({ state }) => Object.entries(state).every(([k, v]) => page.get(k) === v);
  page.refreshers.push(() => {
    const shown = presets.findIndex(holds); // -1: none, then the question is shown
    presets.forEach((_, i) => row.children[i].setAttribute("aria-pressed", i === shown));
    [...sentences.children].forEach((p, i) => p.classList.toggle("ck-shown", i === shown + 1));
  });
  return [row, sentences];
}
