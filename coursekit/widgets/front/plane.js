// Planes: a square plot with colours under it, in which a hand can point at places.

const PLANE_PIXELS = 60; // on each side

class Plane extends Plot {
  /** point([x, y]) is called for a place that the mouse presses, and along a drag if `drag`. */
  constructor(page, title, { point = null, drag = false } = {}) {
    super(page, title);
    this.colours = new Picture("");
    this.canvas = this.colours.canvas;
    this.canvas.removeAttribute("role");
    this.canvas.setAttribute("aria-hidden", "true");
    const frame = make("div", { class: "ck-plane" });
    this.svg.replaceWith(frame);
    frame.append(this.canvas, this.svg);
    if (point) this.#follow(point, drag);
  }

  room(width, height) {
    const side = Math.min(width, height);
    return { left: 58, top: 8, width: side, height: side };
  }

  axes(x, y, words) {
    super.axes(x, y, words);
    const { left, top, width, height } = this.box;
    Object.assign(this.canvas.style, px({ left, top, width, height }));
  }

  /** The places [x, y] of the pixels, row by row from the top. */
  places() {
    const [x, y] = this.ranges;
    const part = Array.from({ length: PLANE_PIXELS }, (_, i) => (i + 0.5) / PLANE_PIXELS);
    return part.flatMap((v) =>
      part.map((u) => [x.low + u * (x.high - x.low), y.high - v * (y.high - y.low)]),
    );
  }

  /** The colours of f([x, y]) under the axes: blue is +scale, orange −scale, 0 white. */
  fill(f, scale) {
    this.colours.signed(this.places().map(f), [PLANE_PIXELS, PLANE_PIXELS], scale, "");
  }

  /** The place under the mouse, or null outside of the axes. */
  place({ clientX, clientY }) {
    const box = this.canvas.getBoundingClientRect();
    const [u, v] = [(clientX - box.left) / box.width, (box.bottom - clientY) / box.height];
    if (u < 0 || u > 1 || v < 0 || v > 1) return null;
    return [u, v].map((part, i) => {
      const { low, high } = this.ranges[i];
      return +(low + part * (high - low)).toFixed(2);
    });
  }

  #follow(point, drag) {
    this.svg.classList.add("ck-pick");
    const go = (event) => {
      const place = event.buttons & 1 && this.place(event);
      if (place) point(place);
    };
    this.svg.addEventListener("pointerdown", (event) => {
      this.svg.setPointerCapture(event.pointerId);
      go(event);
    });
    if (drag) this.svg.addEventListener("pointermove", go);
  }
}

function px(numbers) {
  return Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, `${value}px`]));
}
