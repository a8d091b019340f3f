// Layers: Python sends every number of both examples once; only the update depends on η.

const product = (a, b) =>
  a.map((row) => b[0].map((_, j) => row.reduce((sum, value, k) => sum + value * b[k][j], 0)));
const FUNCTIONS = { tanh: Math.tanh, "σ": (a) => 0.5 * Math.tanh(0.5 * a) + 0.5 };

/** The weights after W ← W − η (∂L/∂W)ᵀ, and the values and the loss that they give. */
function updated({ w0, w1, x0, y, slopes, function: name }, eta) {
  const move = (w, slope) => w.map((row, i) => row.map((value, j) => value - eta * slope[j][i]));
  const [new0, new1] = [move(w0, slopes.w0), move(w1, slopes.w1)];
  const x1 = product(new0, x0.map((value) => [value]));
  const x2 = x1.map(([value]) => [FUNCTIONS[name](value)]);
  const x3 = product(new1, x2);
  return { w0: new0, w1: new1, x1, x2, x3, loss: [[(x3[0][0] - y) ** 2 / 2]] };
}

const written = (rows) => `(${rows.map((row) => row.map(number).join(" ")).join("; ")})`;

/** A verdict and its sentence. */
function describe(example, step, eta, last) {
  if (step < last - 1) return example.words[step];
  const now = updated(example, eta);
  if (step === last - 1) {
    const both = `W₁ = ${written(now.w1)}, W₀ = ${written(now.w0)}`;
    return ["Update.", `W ← W − η (∂L/∂W)ᵀ with η = ${number(eta)}: ${both}.`];
  }
  const [before, after] = [example.values.loss[0][0], now.loss[0][0]];
  const change = after < before ? "falls" : after > before ? "rises" : "stays";
  const told = `x₃ = ${number(now.x3[0][0])}, and the loss ${change}`;
  return ["Again.", `${told} from ${number(before)} to ${number(after)}.`];
}

// What each step makes known, and where it stands: x, y of its centre.
const RESULTS = ["", "x1", "x2", "x3", "loss", "dx3", "dw1", "dx2", "dx1", "dw0", "new", "after"];
const ACROSS = { x0: 55, w0: 190, x1: 325, f: 440, x2: 555, w1: 690, x3: 815, loss: 930 };
const CELL_WIDTH = 70; // room for −0.0545
const NAMES = { x0: "x₀", x1: "x₁", x2: "x₂", x3: "x₃", w0: "W₀", w1: "W₁", loss: "L" };

class Boxes {
  constructor() {
    this.svg = svg("svg", { class: "ck-boxes", role: "img", viewBox: "0 40 1000 425" });
    Object.assign(this, figure("Weights above, values between the boxes, slopes below", this.svg));
  }

  draw(example, step, eta, last, words) {
    const known = RESULTS.slice(1, step + 1);
    const now = step >= last - 1 ? updated(example, eta) : {};
    this.here = RESULTS[step];
    this.svg.replaceChildren(svg("path", { d: "M55 235H930", class: "ck-wire" }));
    this.svg.setAttribute("aria-label", `Boxes. ${words}`);
    for (const key of ["w0", "f", "w1", "loss"]) this.#box(example, key);
    for (const key of ["w0", "w1"]) {
      const title = `${NAMES[key]}${now[key] ? " new" : ""}`;
      this.#matrix(now[key] ?? example[key], ACROSS[key], 115, title, this.here === "new");
    }
    const after = step === last ? now : {};
    this.#matrix(example.values.x0, ACROSS.x0, 235, "x₀", false);
    for (const key of ["x1", "x2", "x3", "loss"].filter((name) => known.includes(name))) {
      const lit = this.here === key || this.here === "after";
      const y = key === "loss" ? 150 : 235;
      this.#matrix(after[key] ?? example.values[key], ACROSS[key], y, NAMES[key], lit);
    }
    for (const key of ["x3", "x2", "x1", "w1", "w0"].filter((name) => known.includes(`d${name}`))) {
      const y = key[0] === "w" ? 425 : 335;
      this.#matrix(example.slopes[key], ACROSS[key], y, `∂L/∂${NAMES[key]}`, this.here === `d${key}`, true);
    }
  }

  #box(example, key) {
    const words = { f: example.function, loss: "½ (·)²", w0: "W₀ ·", w1: "W₁ ·" }[key];
    const place = { x: ACROSS[key] - 40, y: 212, width: 80, height: 46, class: "ck-node", rx: 5 };
    this.svg.append(svg("rect", place), svg("text", { x: ACROSS[key], y: 241 }, words));
  }

  /** Numbers in rows between brackets, under a title with the shape. */
  #matrix(rows, x, y, title, lit, slope = false) {
    const [wide, high] = [CELL_WIDTH * rows[0].length, 25 * rows.length];
    const [left, top] = [x - wide / 2, y - high / 2];
    const frame = { x: left - 5, y: top - 24, width: wide + 10, height: high + 29, rx: 5 };
    const look = lit ? "ck-here" : "ck-blank";
    const add = (...parts) => this.svg.append(svg(...parts));
    add("rect", { ...frame, class: look, fill: "var(--ck-paper)" });
    add("text", { x, y: top - 8, class: "ck-quiet" }, `${title} ${rows.length}×${rows[0].length}`);
    for (const [side, inwards] of [[left - 1, 5], [left + wide + 1, -5]]) {
      const d = `M${side + inwards} ${top}H${side}V${top + high}H${side + inwards}`;
      add("path", { d, class: "ck-bracket" });
    }
    rows.forEach((row, i) =>
      row.forEach((value, j) => {
        const place = { x: left + CELL_WIDTH * (j + 0.5), y: top + 25 * (i + 0.5) + 6 };
        const colour = slope ? (value < 0 ? "ck-negative" : "ck-slope") : "";
        add("text", { ...place, class: colour }, number(value));
      }),
    );
  }
}

function layers(page) {
  const { examples, last } = page.facts;
  page.stepper("step", { label: "Step", last: () => last });
  page.slider("eta", { label: "Learning rate η", step: 0.01 });
  page.choice("example", { label: "Example", values: Object.keys(examples) });
  const boxes = new Boxes();
  page.pictures.append(boxes.element);

  return function draw() {
    const [step, eta] = [page.get("step"), page.get("eta")];
    const example = examples[page.get("example")];
    const said = describe(example, step, eta, last);
    boxes.draw(example, step, eta, last, `${said.join(" ")} η = ${number(eta)}.`);
    page.say(...said);
  };
}

export { updated };
export default widget(layers);
