// Motion magnification: Python sends all frames for an α and a band, the page plays them.

/** A part of a row of every frame, or for "fast" of a column, below each other. */
function lineOver(frames, [count, height, width], column, { across, along: [from, to] }, times) {
  const length = to - from;
  const values = new Float64Array(times * length);
  for (let t = 0; t < times; t++)
    for (let i = 0; i < length; i++) {
      const [y, x] = column ? [from + i, across] : [across, from + i];
      values[t * length + i] = frames[((t % count) * height + y) * width + x];
    }
  return { values, shape: [times, length] };
}

/** [row, column] under the mouse in a canvas that is stretched over its place. */
function stretchedPixel(canvas, { clientX, clientY }) {
  const box = canvas.getBoundingClientRect();
  const row = Math.floor(((clientY - box.top) / box.height) * canvas.height);
  const column = Math.floor(((clientX - box.left) / box.width) * canvas.width);
  const inside = row >= 0 && row < canvas.height && column >= 0 && column < canvas.width;
  return inside ? [row, column] : null;
}

/** A clip, and below it one of its lines over time. */
class Film {
  constructor(title) {
    this.picture = new Picture(title);
    this.lines = new Picture("One line over time ↓", { pixelated: true });
    this.lines.pixel = (event) => stretchedPixel(this.lines.canvas, event);
    this.element = make("div", { class: "ck-film" }, this.picture.element, this.lines.element);
    this.now = svg("svg", { class: "ck-cells", "aria-hidden": "true", preserveAspectRatio: "none" });
    this.lines.frame.append(this.now);
  }

  /** frames in [0, 1] one after the other; shape [t, rows, columns]; time may go round. */
  show(frames, shape, line, time, times, words) {
    const [count, height, width] = shape;
    const begin = (time % count) * height * width;
    this.picture.grey(frames.subarray(begin, begin + height * width), [height, width], words);
    const { values, shape: size } = lineOver(frames, shape, ...line, times);
    this.lines.grey(values, size, `One line over time. ${words}`);
    this.now.setAttribute("viewBox", `0 0 1 ${times}`);
    this.now.replaceChildren(svg("rect", { x: 0, y: time, width: 1, height: 1, class: "ck-chosen" }));
  }
}

const grey = (packed) => scaledBy(1 / 255, numbersOf(packed));

function motion(page) {
  const { original, lines, fps, n_frames } = page.facts;
  const known = grey(original);
  page.slider("alpha", { label: "α", step: 1 });
  page.stepper("time", { label: "Frame", last: () => n_frames - 1, pause: 1000 / fps });
  page.choice("band", { label: "Tempo", values: Object.keys(lines) });
  const films = [new Film("Original"), new Film("Magnified")];
  page.controls.classList.add("ck-two");
  page.pictures.classList.add("ck-pair");
  page.pictures.append(...films.map(({ element }) => element));
  const awaitPython = page.answered();
  let ready = {};

  return function draw() {
    const frame = page.get("frame");
    if (ready.frame !== frame) ready = { frame, magnified: grey(frame.magnified) };
    const [time, words] = [page.get("time"), frame.words.join(" ")];
    const { band, alpha } = frame.of;
    const line = [band === "fast", lines[band]];
    films[0].show(known, original.shape, line, time, n_frames, `Original, frame ${time}`);
    const told = `Magnified, α ${number(alpha)}, frame ${time}. ${words}`;
    films[1].show(ready.magnified, original.shape, line, time, n_frames, told);
    page.say(...frame.words);
    awaitPython();
  };
}

export { lineOver, number };
export default widget(motion);
