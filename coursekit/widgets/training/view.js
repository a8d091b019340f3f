// Training: Python learns and sends pictures of the newest step; the page draws them.

const TRAINING = "ck-path"; // classes of the two curves
const VALIDATION = "ck-path ck-other";
const READABLE = 200; // milliseconds that digits and table stay while it plays

/** Rows of an array (n, k). */
function rows(array) {
  const values = numbersOf(array);
  const [n, k] = array.shape;
  return Array.from({ length: n }, (_, i) => [...values.subarray(i * k, (i + 1) * k)]);
}

/** The end of an axis that reaches to a step: 100, 200, 500, 1000, … */
function roundUp(step) {
  const power = 10 ** Math.max(2, Math.floor(Math.log10(step || 1)));
  return power * [1, 2, 5, 10].find((m) => m * power >= step);
}

/** One measured quantity over the steps: training as a line, validation as a dashed one. */
function drawCurves(plot, marks, columns, step, y, words) {
  plot.axes({ label: "step", low: 0, high: roundUp(step) }, y, words);
  columns.forEach((column, i) => {
    const known = marks.filter((mark) => !Number.isNaN(mark[column]));
    const points = known.map((mark) => [mark[0], mark[column]]);
    plot.line(points, i ? VALIDATION : TRAINING);
    plot.dots(points.slice(-1), 4, i ? "ck-dot ck-other" : "ck-dot");
  });
}

/** Digits that were taken for others, each with what it is and what was read. */
class Misread {
  constructor(most) {
    this.list = make("div", { class: "ck-digits" });
    this.pictures = Array.from({ length: most }, () => new Picture("", { pixelated: true }));
    for (const { frame } of this.pictures) this.list.append(make("div", {}, frame, make("span")));
    Object.assign(this, figure("Misread: what it is → what was read", this.list));
  }

  draw({ misread, labels, read }) {
    const values = scaledBy(-1 / 255, numbersOf(misread), 255); // dark on white
    this.pictures.forEach((picture, i) => {
      const card = this.list.children[i];
      card.classList.toggle("ck-empty", i >= labels.length);
      if (i >= labels.length) return;
      const ink = values.subarray(784 * i, 784 * (i + 1));
      const words = `A ${labels[i]}, read as ${read[i]}`;
      picture.grey(ink, [28, 28], words);
      write(card.lastChild, `${labels[i]} → ${read[i]}`);
    });
  }
}

/** The runs tried so far, the present one last. */
class Runs {
  constructor(most) {
    const names = ["network", "η", "momentum", "decay", "seed", "steps", "right"];
    const head = make("tr", {}, ...names.map((name) => make("th", { scope: "col" }, name)));
    const row = () => make("tr", {}, ...names.map(() => make("td")));
    this.body = make("tbody", {}, ...Array.from({ length: most }, row));
    const table = make("table", { class: "ck-table" }, make("thead", {}, head), this.body);
    Object.assign(this, figure("Runs tried, the present one last", table));
  }

  draw(runs) {
    [...this.body.children].forEach((row, i) => {
      row.classList.toggle("ck-now", i === runs.length - 1);
      [...row.children].forEach((cell, k) => write(cell, runs[i]?.[k] ?? "\u00a0"));
    });
  }
}

/** What the colours of the curves mean. */
function legend() {
  const entry = (look, words) => {
    const line = svg("svg", { viewBox: "0 0 30 6", class: "ck-stroke", "aria-hidden": "true" });
    line.append(svg("path", { d: "M0 3h30", class: look }));
    return make("span", {}, line, ` ${words}`);
  };
  return make("div", { class: "ck-legend" }, entry(TRAINING, "training"), entry(VALIDATION, "validation"));
}

function training(page) {
  page.controls.classList.add("ck-three-sliders");
  page.player();
  page.renew("seed", { label: "new weights" });
  page.choice("network", { label: "Network", values: page.facts.networks });
  page.slider("lr", { label: "Learning rate η", step: 0.02, log: true });
  page.slider("momentum", { label: "Momentum", step: 0.01 });
  page.slider("weight_decay", { label: "Weight decay", step: 0.001 });
  const loss = new Plot(page, "Loss");
  const right = new Plot(page, "Digits that are right");
  loss.element.append(legend());
  right.element.append(legend());
  const filters = new Picture("Weights of the first layer", { pixelated: true, scaled: true });
  const misread = new Misread(12);
  const runs = new Runs(page.facts.rows);
  page.pictures.classList.add("ck-training");
  page.pictures.append(...[loss, right, filters, misread, runs].map((part) => part.element));
  const awaitPython = page.answered();
  let looked = 0; // when the digits and the table were drawn

  return function draw() {
    const frame = page.get("frame");
    const words = frame.words.join(" ");
    const marks = rows(frame.marks);
    const height = { label: "loss", low: 0.01, high: 10, log: true };
    drawCurves(loss, marks, [1, 3], frame.step, height, `Loss. ${words}`);
    loss.line(rows(frame.losses), "ck-curve");
    const share = { label: "share", low: 0, high: 1 };
    drawCurves(right, marks, [2, 4], frame.step, share, `Share of digits that are right. ${words}`);
    const weights = signedOf(frame.filters, frame.strength);
    filters.signed(weights, frame.filters.shape, frame.strength, `First layer. ${words}`);
    if (!page.get("playing") || performance.now() > looked + READABLE) {
      looked = performance.now();
      misread.draw(frame);
      runs.draw(frame.runs);
    }
    page.say(...frame.words);
    awaitPython();
  };
}

export default widget(training);
