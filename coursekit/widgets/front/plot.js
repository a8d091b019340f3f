// Plots: axes, lines, dots, contours, and what the lines are called.

/** Axes and what is drawn on them, in SVG: sharp at any zoom, in the theme's own colours. */
class Plot {
  constructor(page, title) {
    this.page = page;
    this.svg = svg("svg", { class: "ck-plot", role: "img" });
    this.guides = svg("g", {});
    Object.assign(this, figure(title, this.svg));
    page.resized.observe(this.svg);
    this.svg.addEventListener("pointermove", (event) => this.#read(this.place(event)));
    this.svg.addEventListener("pointerleave", () => this.#read(null));
  }

  /** The place [x, y] under the mouse, in the numbers of the axes, or null outside of them. */
  place({ clientX, clientY }) {
    if (!this.box) return null; // nothing has been drawn yet
    const outer = this.svg.getBoundingClientRect();
    const { left, top, width, height } = this.box;
    const parts = [(clientX - outer.left - left) / width, 1 - (clientY - outer.top - top) / height];
    if (parts.some((part) => part < 0 || part > 1)) return null;
    return parts.map((part, i) => between(this.ranges[i], part));
  }

  /** What the read-out says of a place. */
  tell([x, y]) {
    return `${number(x)}, ${number(y)}`;
  }

  #read(place) {
    this.readout.textContent = place ? this.tell(place) : "";
  }

  /** Begin anew: x and y are { label, low, high, log }; words tell what there is to see. */
  axes(x, y, words) {
    const { width, height } = this.page.sizes.get(this.svg) ?? {};
    const letter = this.page.get("large") ? 1.5 : 1; // as style.css has it
    const margin = 58 * letter;
    const [w, h] = [(width || 400) - margin - 12, (height || 300) - 8 - 46 * letter];
    this.box = this.room(margin, Math.max(w, 10), Math.max(h, 10)); // a page in the making is narrow
    this.ranges = [x, y];
    this.x = scale(x, 0, this.box.width);
    this.y = scale(y, this.box.height, 0);
    this.svg.setAttribute("aria-label", words);
    const drawn = JSON.stringify([x, y, this.box, letter]);
    if (drawn !== this.drawn) this.#drawAxes(x, y, letter);
    this.drawn = drawn; // texts take long, and most axes stay
    this.ink.replaceChildren(this.guides);
  }

  #drawAxes(x, y, letter) {
    const { left, top, width: w, height: h } = this.box;
    const inside = { x: left, y: top, width: w, height: h };
    this.ink = svg("svg", { ...inside, role: "none" }); // clips what leaves the axes
    this.guides.replaceChildren();
    this.svg.replaceChildren(svg("rect", { ...inside, class: "ck-axes" }), this.ink);
    for (const [value, words] of ticks(x)) {
      this.#text(left + this.x(value), top + h + 18 * letter, words, "middle");
      this.#guide(this.x(value), 0, this.x(value), h);
    }
    for (const [value, words] of ticks(y)) {
      this.#text(left - 6, top + this.y(value) + 4 * letter, words, "end");
      this.#guide(0, this.y(value), w, this.y(value));
    }
    this.#text(left + w / 2, top + h + 40 * letter, x.label, "middle");
    const middle = `rotate(-90) translate(${-top - h / 2} ${14 * letter})`;
    this.svg.append(svg("text", { transform: middle, "text-anchor": "middle" }, y.label));
  }

  /** The place of the axes, in pixels, with room for width × height right of the margin. */
  room(left, width, height) {
    return { left, top: 8, width, height };
  }

  /** points [[x, y], …] joined by a line. */
  line(points, look) {
    const path = points.map(([x, y]) => `${this.#near(this.x(x))},${this.#near(this.y(y))}`);
    this.ink.append(svg("polyline", { points: path.join(" "), class: look }));
  }

  dots(points, radius, look) {
    for (const [x, y] of points) {
      const centre = { cx: this.#near(this.x(x)), cy: this.#near(this.y(y)) };
      this.ink.append(svg("circle", { ...centre, r: radius, class: look }));
    }
  }

  squares(points, radius, look) {
    const side = { width: 2 * radius, height: 2 * radius, class: look };
    for (const [x, y] of points) {
      const corner = { x: this.#near(this.x(x)) - radius, y: this.#near(this.y(y)) - radius };
      this.ink.append(svg("rect", { ...corner, ...side }));
    }
  }

  /** Lines where f([x, y]) is one of the levels, found in the small squares of a grid. The text
   * `name` stands for f: while it and the axes stay, nothing is computed again. */
  contours(name, f, levels, look, n = 96) {
    const known = JSON.stringify([name, levels, this.ranges, this.box]);
    if (known !== this.known) this.found = this.#contours(f, levels, n);
    this.known = known;
    this.ink.append(svg("path", { d: this.found, class: look }));
  }

  #contours(f, levels, n) {
    const [x, y] = this.ranges.map(({ low, high }) => (i) => low + (i / n) * (high - low));
    const side = Array.from({ length: n + 1 }, (_, i) => i);
    const values = side.map((i) => side.map((k) => f([x(k), y(i)])));
    const at = ([i, k]) => `${this.#near(this.x(x(k)))} ${this.#near(this.y(y(i)))}`;
    const pieces = levels.flatMap((level) => crossings(values, level));
    return pieces.map(([from, to]) => `M${at(from)}L${at(to)}`).join("");
  }

  #text(x, y, words, anchor) {
    this.svg.append(svg("text", { x, y, "text-anchor": anchor }, words));
  }

  #guide(x1, y1, x2, y2) {
    this.guides.append(svg("line", { x1, y1, x2, y2, class: "ck-guide" }));
  }

  /** Far outside is as good as infinitely far, and browsers draw it. */
  #near(pixel) {
    return Math.round(10 * Math.max(-1e4, Math.min(1e4, pixel))) / 10;
  }
}

/** Where a level is crossed in each square of a grid of values: pairs of places [row, column]. */
function crossings(values, level) {
  const corners = [[0, 0], [0, 1], [1, 1], [1, 0]];
  const found = [];
  for (let i = 0; i < values.length - 1; i++)
    for (let k = 0; k < values.length - 1; k++) {
      const side = values[i][k] > level;
      const far = values[i + 1];
      if (values[i][k + 1] > level === side && far[k] > level === side && far[k + 1] > level === side)
        continue; // as nearly everywhere
      const heights = corners.map(([di, dk]) => values[i + di][k + dk] - level);
      const cuts = corners.flatMap(([di, dk], c) => {
        const [here, next] = [heights[c], heights[(c + 1) % 4]];
        if (here > 0 === next > 0) return [];
        const [ei, ek] = corners[(c + 1) % 4];
        const part = here / (here - next);
        return [[i + di + part * (ei - di), k + dk + part * (ek - dk)]];
      });
      for (let c = 0; c + 1 < cuts.length; c += 2) found.push([cuts[c], cuts[c + 1]]);
    }
  return found;
}

/** What each kind of line is called: look-0, look-1, …; show(which) lets the others vanish. */
function keys(names, look) {
  const items = names.map((name, i) => {
    const line = svg("line", { x1: 0, y1: 6, x2: 44, y2: 6, class: `${look} ${look}-${i}` });
    const sample = svg("svg", { width: 44, height: 12, "aria-hidden": "true" }, line);
    return make("span", {}, sample, name);
  });
  const show = (which) =>
    items.forEach((item, i) => (item.style.visibility = which.includes(i) ? "" : "hidden"));
  return { element: make("div", { class: "ck-keys" }, ...items), show };
}

function svg(tag, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** From numbers on an axis to pixels. */
function scale({ low, high, log }, start, end) {
  const f = log ? Math.log10 : (value) => value;
  return (value) => start + ((f(value) - f(low)) / (f(high) - f(low))) * (end - start);
}

/** The number at a part of an axis, 0 to 1. */
function between({ low, high, log }, part) {
  if (log) return low * (high / low) ** part;
  return low + part * (high - low);
}

/** About five round numbers on an axis, each with its words. */
function ticks({ low, high, log }) {
  if (log) {
    const [first, last] = [Math.ceil(Math.log10(low)), Math.floor(Math.log10(high))];
    const every = Math.ceil((last - first) / 5);
    const exponents = Array.from({ length: last - first + 1 }, (_, i) => first + i);
    const shown = exponents.filter((e) => e % every === 0);
    return shown.map((e) => [10 ** e, e === 0 ? "1" : `10${superscript(e)}`]);
  }
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((m) => m * power >= rough);
  const multiples = Array.from({ length: 11 }, (_, i) => (Math.ceil(low / step) + i) * step);
  return multiples.filter((v) => v <= high).map((v) => [v, number(v)]);
}
