// Planes: a square plot with colours under it, in which a hand can point at places.

const PLANE_PIXELS = 60; // on each side

class Plane extends Plot {
  /** point([x, y], near) is called for a place that the mouse presses, and along a drag if `drag`;
   * with `keys` also for a cross that the arrow keys move. near(place): is it under the finger? */
  constructor(page, title, { point = null, drag = false, keys = false } = {}) {
    super(page, title);
    this.colours = new Picture("");
    this.canvas = this.colours.canvas;
    this.canvas.removeAttribute("role");
    this.canvas.setAttribute("aria-hidden", "true");
    const frame = make("div", { class: "ck-plane" });
    this.svg.replaceWith(frame);
    frame.append(this.canvas, this.svg);
    if (point) this.#follow(point, drag);
    if (keys) this.#listen(frame, point);
  }

  room(left, width, height) {
    const side = Math.min(width, height);
    return { left, top: 8, width: side, height: side };
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

  /** The colours of f([x, y]) under the axes: blue is +scale, orange −scale, 0 white; words(place)
   * is the read-out. */
  fill(f, scale, words = (place) => number(f(place))) {
    this.words = words;
    this.colours.signed(this.places().map(f), [PLANE_PIXELS, PLANE_PIXELS], scale, "");
  }

  /** The line w·x + b = 0. */
  border([u, v], b, look) {
    const size = u * u + v * v;
    if (!size) return;
    const [x, y] = [(-b * u) / size, (-b * v) / size]; // of the line, nearest to the origin
    const far = 9 / Math.sqrt(size); // out of every frame
    this.line([[x - far * v, y + far * u], [x + far * v, y - far * u]], look);
  }

  /** The cross that the arrow keys move, in the form of what it will add. */
  drawCross(kind) {
    const { cross } = this;
    if (kind) this.dots([this.#at(cross)], 8, "ck-cross");
    else this.squares([this.#at(cross)], 7, "ck-cross");
  }

  /** The place of a cross whose coordinates are parts of the axes. */
  #at(parts) {
    return parts.map((part, i) => +between(this.ranges[i], part).toFixed(2));
  }

  /** The place under the mouse, in hundredths. */
  place(event) {
    return super.place(event)?.map((value) => +value.toFixed(2)) ?? null;
  }

  tell(place) {
    return this.words ? `${super.tell(place)}: ${this.words(place)}` : super.tell(place);
  }

  /** Whether two places are less than the width of a point apart. */
  #near(place) {
    return ([x, y]) => Math.hypot(this.x(x) - this.x(place[0]), this.y(y) - this.y(place[1])) < 10;
  }

  #listen(frame, point) {
    this.cross = [0.5, 0.5];
    const words = "Plane: the arrow keys move the cross, Enter adds a point there or takes it away";
    const notes = { tabindex: 0, role: "group", "aria-label": words };
    for (const [name, value] of Object.entries(notes)) frame.setAttribute(name, value);
    frame.setAttribute("data-lm-suppress-shortcuts", "true");
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    frame.addEventListener("keydown", (event) => {
      if (!ways[event.key] && event.key !== "Enter") return;
      event.preventDefault();
      event.stopPropagation();
      const place = this.#at(this.cross);
      if (event.key === "Enter") return point(place, this.#near(place));
      const move = (part, i) => Math.max(0, Math.min(1, part + 0.025 * ways[event.key][i]));
      this.cross = this.cross.map(move);
      this.page.redraw();
    });
  }

  #follow(point, drag) {
    this.svg.classList.add("ck-pick");
    const go = (event) => {
      const place = event.buttons & 1 && this.place(event);
      if (place) point(place, this.#near(place));
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
