// Grids: pictures with so few pixels that each shows its number, and frames around some of them.

const CELL = 100; // units of one cell in the drawing that lies over the pixels
const PALE = 2.5; // black numbers are read on pale colours
const MOST = 30; // rows or columns that still leave room for numbers

class Grid extends Picture {
  /** pick(row, column) is called for a cell that the mouse presses, and all along a drag. */
  constructor(title, { pick = null, aspect = "1" } = {}) {
    super(title, { pixelated: true });
    this.ink = svg("svg", { class: "ck-cells", "aria-hidden": "true" });
    this.frame.classList.add("ck-grid");
    this.frame.append(this.ink);
    this.frame.style.aspectRatio = aspect;
    if (pick) dragged(this, pick);
  }

  /** Numbers on pale colours; an empty cell is NaN; look(i) is a class for the number i. */
  numbers(values, shape, words, look = () => "") {
    const known = values.map((value) => (Number.isNaN(value) ? 0 : value));
    const scale = Math.max(...known.map(Math.abs)) || 1;
    this.signed(known, shape, PALE * scale, words);
    this.values = values;
    this.#begin(shape);
    const [, width] = shape;
    const texts = values.map((value) => (Number.isNaN(value) ? "" : number(value)));
    const size = Math.min(38, 150 / Math.max(...texts.map((text) => text.length)));
    texts.forEach((text, i) => {
      const [x, y] = [((i % width) + 0.5) * CELL, (Math.floor(i / width) + 0.5) * CELL];
      const place = { x, y: y + size * 0.36, "font-size": size, class: look(i) };
      if (text) this.ink.append(svg("text", place, text));
    });
  }

  /** A picture of too many pixels for numbers: black is 0 and white is 255, or it is signed. */
  photograph(values, shape, words, signed = false) {
    const strongest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9);
    if (signed) this.signed(values, shape, strongest, words);
    else this.grey(values.map((value) => value / 255), shape, words);
    this.values = values;
    this.#begin(shape);
  }

  /** A frame around some cells; `look` is its class. */
  mark(row, column, height, width, look) {
    const box = { x: column, y: row, width, height };
    for (const name in box) box[name] *= CELL;
    this.ink.append(svg("rect", { ...box, class: look }));
  }

  #begin([height, width]) {
    this.ink.setAttribute("viewBox", `0 0 ${width * CELL} ${height * CELL}`);
    const edge = svg("rect", { width: width * CELL, height: height * CELL, class: "ck-border" });
    this.ink.replaceChildren(edge);
    if (Math.max(height, width) > MOST) return;
    const across = Array.from({ length: height - 1 }, (_, i) => `M0 ${(i + 1) * CELL}h${width * CELL}`);
    const down = Array.from({ length: width - 1 }, (_, i) => `M${(i + 1) * CELL} 0v${height * CELL}`);
    this.ink.append(svg("path", { d: [...across, ...down].join(""), class: "ck-guide" }));
  }
}

/** How many places a window has along an axis. */
function places(size, side, stride, padding) {
  return Math.floor((size + 2 * padding - side) / stride) + 1;
}

/** A picture with zeros around it. */
function padded({ values, shape: [height, width] }, padding) {
  const shape = [height + 2 * padding, width + 2 * padding];
  const out = new Array(shape[0] * shape[1]).fill(0);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      out[(y + padding) * shape[1] + x + padding] = values[y * width + x];
  return { values: out, shape };
}
