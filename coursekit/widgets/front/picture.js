// Pictures: arrays of numbers on a canvas, grey or in the course's two colours.

const WHITE = [255, 255, 255];
const BLUE = [31, 111, 180]; // positive
const ORANGE = [217, 95, 2]; // negative

/** A titled place for a picture or a plot; `readout` is beside the title. */
function figure(title, content, ...below) {
  const readout = make("span", { class: "ck-readout" });
  const caption = make("figcaption", {}, make("span", {}, title), readout);
  return { readout, element: make("figure", {}, caption, content, ...below) };
}

/** Colours from one to the next in equal steps, each packed as a canvas wants it: ABGR. */
function ramp(steps, ...colours) {
  const table = new Uint32Array(steps * (colours.length - 1) + 1);
  table.forEach((_, i) => {
    const part = Math.min(Math.floor(i / steps), colours.length - 2);
    const [from, to] = [colours[part], colours[part + 1]];
    const [r, g, b] = from.map((c, k) => Math.round(c + (to[k] - c) * (i / steps - part)));
    table[i] = (255 << 24) | (b << 16) | (g << 8) | r;
  });
  return table;
}

/** The numbers of an array from Python; depth says whether bytes or 32-bit floats were sent. */
function numbersOf({ data, depth }) {
  const bytes = data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength);
  return depth === 32 ? new Float32Array(bytes) : new Uint8Array(bytes);
}

/** factor·(n − zero) for every number n; `from` with a function takes ten times as long. */
function scaledBy(factor, numbers, zero = 0) {
  const out = new Float32Array(numbers.length);
  for (let i = 0; i < out.length; i++) out[i] = factor * (numbers[i] - zero);
  return out;
}

/** Positive and negative numbers that came as bytes: 128 is 0, 128 ± 127 is ± strength. */
function signedOf(array, strength) {
  return scaledBy(strength / 127, numbersOf(array), 128);
}

const GREYS = ramp(255, [0, 0, 0], WHITE);
const SIGNED = ramp(255, ORANGE, WHITE, BLUE);

/** Call pick(row, column) for a pixel of a picture that the mouse presses, and all along a drag. */
function dragged(picture, pick) {
  const { canvas } = picture;
  canvas.classList.add("ck-pick");
  const go = (event) => {
    const cell = event.buttons & 1 && picture.pixel(event);
    if (cell) pick(...cell);
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    go(event);
  });
  canvas.addEventListener("pointermove", go);
}

/** A raster picture: one canvas pixel for each number, scaled by the page; the pixel under the
 * mouse is read out. */
class Picture {
  constructor(title, { pixelated = false, scaled = false } = {}) {
    this.canvas = make("canvas", { role: "img" });
    if (pixelated) this.canvas.classList.add("ck-pixelated");
    this.strongest = make("span");
    const bar = make("div", { class: "ck-scale", "aria-hidden": "true" });
    bar.append(make("i"), this.strongest);
    const frame = make("div", { class: "ck-frame" }, this.canvas);
    Object.assign(this, figure(title, frame, ...(scaled ? [bar] : [])), { frame });
    this.canvas.addEventListener("pointermove", (event) => this.#read(this.pixel(event)));
    this.canvas.addEventListener("pointerleave", () => this.#read(null));
  }

  /** [row, column] of the pixel under the mouse, or null; the canvas may have empty borders. */
  pixel({ clientX, clientY }) {
    const { canvas } = this;
    const box = canvas.getBoundingClientRect();
    const size = Math.min(box.width / canvas.width, box.height / canvas.height); // of a pixel
    const row = Math.floor((clientY - box.top - box.height / 2) / size + canvas.height / 2);
    const column = Math.floor((clientX - box.left - box.width / 2) / size + canvas.width / 2);
    const inside = row >= 0 && row < canvas.height && column >= 0 && column < canvas.width;
    return inside ? [row, column] : null;
  }

  /** Tell the value at a place, now and whenever the picture changes under a resting mouse. */
  #read(place) {
    this.place = place;
    const value = place && this.value?.(place[0] * this.canvas.width + place[1]);
    const known = place && value !== undefined && !Number.isNaN(value);
    this.readout.textContent = known ? `y ${place[0]}, x ${place[1]}: ${number(value)}` : "";
  }

  /** values in [0, 1], black to white; shape is [rows, columns]; words tell what there is. */
  grey(values, shape, words) {
    this.#paint(values, shape, words, GREYS, 0, 1);
  }

  /** White is 0, blue is +scale, orange is −scale. */
  signed(values, shape, scale, words) {
    this.#paint(values, shape, words, SIGNED, -scale, scale);
    write(this.strongest, `±${number(scale)}`);
  }

  /** u·a + v·b, as `signed` shows it, summed while it is painted: for what follows a hand. */
  mixed([u, v], [a, b], shape, scale, words) {
    this.#size(shape);
    const { pixels } = this;
    const slope = 255 / scale;
    for (let i = 0; i < pixels.length; i++) {
      const index = (u * a[i] + v * b[i]) * slope + 255.5;
      pixels[i] = SIGNED[index < 0 ? 0 : index > 510 ? 510 : index | 0];
    }
    this.#show((i) => u * a[i] + v * b[i], words);
    write(this.strongest, `±${number(scale)}`);
  }

  /** Planes of red, green and blue with values in [0, 1]; their mean is read out. */
  colour([red, green, blue], shape, words) {
    this.grey(red.map((value, i) => (value + green[i] + blue[i]) / 3), shape, words);
    const byte = (value) => (value < 0 ? 0 : value > 1 ? 255 : (value * 255 + 0.5) | 0);
    for (let i = 0; i < red.length; i++)
      this.pixels[i] = (255 << 24) | (byte(blue[i]) << 16) | (byte(green[i]) << 8) | byte(red[i]);
    this.canvas.getContext("2d").putImageData(this.image, 0, 0);
  }

  #paint(values, shape, words, table, low, high) {
    this.#size(shape);
    const { pixels } = this; // a name of the function's own makes the loop twice as fast
    const last = table.length - 1;
    const slope = last / (high - low);
    const offset = 0.5 - low * slope;
    for (let i = 0; i < pixels.length; i++) {
      const index = values[i] * slope + offset;
      pixels[i] = table[index < 0 ? 0 : index > last ? last : index | 0];
    }
    this.#show((i) => values[i], words);
  }

  #size([height, width]) {
    const { canvas } = this; // a view may have emptied it by another size
    if (this.image && canvas.width === width && canvas.height === height) return;
    Object.assign(canvas, { width, height });
    this.image = new ImageData(width, height);
    this.pixels = new Uint32Array(this.image.data.buffer);
  }

  #show(value, words) {
    this.canvas.getContext("2d").putImageData(this.image, 0, 0);
    this.canvas.setAttribute("aria-label", words);
    this.value = value; // of a pixel by its number
    this.#read(this.place);
  }
}
