// Boundary: the learner is trained here, step by step, and every step that was reached is kept.

/** The points [x, y] and the classes of a state, those of the hand last. */
function examples({ data, function: number, points }, toys) {
  const corners = [[0, 0], [0, 1], [1, 0], [1, 1]];
  const given = corners.map(([u, v], i) => [u, v, (number >> (3 - i)) & 1]);
  const rows = [...(data === "Boolean" ? given : (toys[data] ?? [])), ...points];
  return { x: rows.map(([u, v]) => [u, v]), y: rows.map(([, , kind]) => kind) };
}

/** The first weights as coursekit.nn draws them, in a row: W (h, 2), b (h), v (h), c. */
function firstWeights(unit, hidden, uniforms) {
  if (unit === "perceptron") return [0, 0, 0];
  const bounded = (from, to, inputs) =>
    uniforms.slice(from, to).map((u) => (2 * u - 1) / Math.sqrt(inputs));
  if (unit === "logistic") return bounded(0, 3, 2);
  return [...bounded(0, 3 * hidden, 2), ...bounded(3 * hidden, 4 * hidden + 1, hidden)];
}

/** The score of a place, which is above 0 for class 1; a plain loop, for it runs 10,000 times. */
function score(theta, hidden, u, v, units = []) {
  if (!hidden) return sumOf(theta[0] * u, theta[1] * v, theta[2]);
  let sum = theta[4 * hidden];
  for (let j = 0; j < hidden; j++) {
    units[j] = Math.tanh(theta[2 * j] * u + theta[2 * j + 1] * v + theta[2 * hidden + j]);
    sum += theta[3 * hidden + j] * units[j];
  }
  return sum;
}

/** Slope of the mean cross-entropy of all points, in the order of theta. */
function slope(theta, hidden, { x, y }) {
  const out = theta.map(() => 0);
  x.forEach(([u, v], i) => {
    const units = []; // filled by score
    const logit = score(theta, hidden, u, v, units);
    const d = (0.5 * Math.tanh(0.5 * logit) + 0.5 - y[i]) / x.length;
    if (!hidden) return [u, v, 1].forEach((input, k) => (out[k] += d * input));
    units.forEach((h, j) => {
      const back = d * theta[3 * hidden + j] * (1 - h * h);
      out[2 * j] += back * u;
      out[2 * j + 1] += back * v;
      out[2 * hidden + j] += back;
      out[3 * hidden + j] += d * h;
    });
    out[4 * hidden] += d;
  });
  return out;
}

/** A learner that remembers its weights and its mistakes after every step it has made. */
class Learner {
  constructor({ unit, hidden, seed, ...state }, { toys, uniforms, lr }) {
    this.points = examples(state, toys);
    this.hidden = unit === "network" ? hidden : 0;
    this.step = unit === "perceptron" ? (theta, k) => this.rule(theta, k) : this.adam(lr);
    this.thetas = [firstWeights(unit, hidden, uniforms[seed])];
    this.wrong = [this.mistakes(this.thetas[0])];
  }

  /** The weights after a number of steps. */
  at(step) {
    while (this.thetas.length <= step) {
      const [theta, made] = [this.thetas.at(-1), this.thetas.length - 1];
      const next = this.points.x.length ? this.step(theta, made) : theta;
      this.thetas.push(next);
      this.wrong.push(this.mistakes(next));
    }
    return this.thetas[step];
  }

  score(theta, [u, v]) {
    return score(theta, this.hidden, u, v);
  }

  /** Whether each point is on the wrong side. */
  misses(theta) {
    const { x, y } = this.points;
    return x.map((place, i) => this.score(theta, place) > 0 !== (y[i] === 1));
  }

  mistakes(theta) {
    return this.misses(theta).filter(Boolean).length;
  }

  /** The perceptron rule, for the next point: w += (target − y) x and b += target − y. */
  rule([a, b, c], made) {
    const { x, y } = this.points;
    const [u, v] = x[made % x.length];
    const error = y[made % x.length] - (sumOf(a * u, b * v, c) > 0 ? 1 : 0);
    return [a + error * u, b + error * v, c + error];
  }

  adam(lr) {
    let [mean, square, steps] = [null, null, 0];
    return (theta) => {
      const d = slope(theta, this.hidden, this.points);
      mean ??= d.map(() => 0);
      square ??= d.map(() => 0);
      steps++;
      const [first, second] = [1 - 0.9 ** steps, 1 - 0.999 ** steps];
      mean = mean.map((m, i) => m + (1 - 0.9) * (d[i] - m));
      square = square.map((s, i) => s + (1 - 0.999) * (d[i] ** 2 - s));
      return theta.map((w, i) => w - (lr * (mean[i] / first)) / (Math.sqrt(square[i] / second) + 1e-8));
    };
  }
}

/** Whether a straight line parts the classes: model.py tells why this is so. */
function separable({ x, y }) {
  const [ones, zeros] = [1, 0].map((kind) => x.filter((_, i) => y[i] === kind));
  const differences = ones.flatMap(([a, b]) => zeros.map(([c, d]) => [a - c, b - d]));
  if (!differences.length) return true;
  if (differences.some(([u, v]) => u === 0 && v === 0)) return false;
  const angles = differences.map(([u, v]) => Math.atan2(v, u)).sort((a, b) => a - b);
  const after = [...angles.slice(1), angles[0] + 2 * Math.PI];
  return Math.max(...after.map((angle, i) => angle - angles[i])) > Math.PI + 1e-9;
}

/** How many points are wrong, and whether a line could have them all right. */
function describe(learner, unit, step, { heads, lines }) {
  const [wrong, line] = [learner.wrong[step], separable(learner.points)];
  const failed = unit === "network" || line ? "not yet" : "never";
  const kind = !step ? "untrained" : wrong ? failed : "solved";
  const steps = `${step} step${step === 1 ? "" : "s"}`;
  const count = `${wrong} of ${learner.points.x.length} points are on the wrong side`;
  return [`${heads[kind]}:`, `after ${steps}, ${count}. ${lines[line ? "one" : unit]}`];
}

/** The colours of the sides, the lines of the hidden units, the border and the points. */
function drawPoints(plane, learner, theta, { data, unit, brush, key }, frames, words) {
  const [left, right, bottom, top] = frames[data];
  const logit = (place) => learner.score(theta, place);
  plane.axes({ label: "x₁", low: left, high: right }, { label: "x₂", low: bottom, high: top }, words);
  const side = unit === "perceptron" ? Math.sign : (a) => Math.tanh(a / 2);
  const told = (place) => `class ${logit(place) > 0 ? 1 : 0}`;
  plane.fill((place) => side(logit(place)), PALE, told);
  const { hidden } = learner;
  if (hidden) plane.contours(key, logit, [0], "ck-band", 56);
  else plane.border(theta.slice(0, 2), theta[2], "ck-band");
  for (let j = 0; j < hidden; j++)
    plane.border(theta.slice(2 * j, 2 * j + 2), theta[2 * hidden + j], "ck-hidden-line");
  const { x, y } = learner.points;
  const misses = learner.misses(theta);
  plane.dots(x.filter((_, i) => misses[i]), 11, "ck-miss");
  plane.dots(x.filter((_, i) => y[i] === 1), 6, "ck-one");
  plane.squares(x.filter((_, i) => y[i] === 0), 5.5, "ck-zero");
  plane.drawCross(brush);
}

function boundary(page) {
  const { last, names, units, frames, most } = page.facts;
  const now = { learner: null, key: "" };
  const is = (name, value) => page.get(name) === value;
  page.stepper("step", { label: "Steps", last: () => last, pause: 50 });
  page.renew("seed", { label: "new weights", enabled: () => !is("unit", "perceptron") });
  page.choice("data", { label: "Points", values: Object.keys(frames) });
  page.choice("unit", { label: "Learner", values: units });
  page.controls.classList.add("ck-two");
  page.slider("function", {
    label: "Function",
    step: 1,
    words: (n) => names[n],
    enabled: () => is("data", "Boolean"),
  });
  page.slider("hidden", { label: "Hidden units", step: 1, enabled: () => is("unit", "network") });
  const kinds = (kind) => (kind ? "● class 1" : "■ class 0");
  page.choice("brush", { label: "A click adds", values: [1, 0], words: kinds });

  const put = (place, near) => {
    const points = page.get("points").filter((point) => !near(point));
    const added = points.length === page.get("points").length; // none was there to take away
    if (added && points.length < most) points.push([...place, page.get("brush")]);
    page.set({ points });
  };
  const plane = new Plane(page, "Points; hidden units dashed", { point: put, keys: true });
  const curve = new Plot(page, "Points on the wrong side");
  page.pictures.classList.add("ck-pair");
  page.pictures.append(plane.element, curve.element);

  return function draw() {
    const of = ["data", "function", "points", "unit", "hidden", "seed"];
    const state = Object.fromEntries(of.map((name) => [name, page.get(name)]));
    const [step, key] = [page.get("step"), JSON.stringify(state)];
    if (key !== now.key) Object.assign(now, { key, learner: new Learner(state, page.facts) });
    const { learner } = now;
    const theta = learner.at(step);
    const said = describe(learner, state.unit, step, page.facts);
    const words = said.join(" ");
    const shown = { ...state, brush: page.get("brush"), key: `${step} ${key}` };
    drawPoints(plane, learner, theta, shown, frames, `Plane of points. ${words}`);
    const most = Math.max(4, learner.points.x.length);
    const y = { label: "points", low: -0.02 * most, high: most };
    curve.axes({ label: "step", low: 0, high: last }, y, `Mistakes after each step. ${words}`);
    curve.line(learner.wrong.slice(0, step + 1).map((wrong, k) => [k, wrong]), "ck-path");
    curve.dots([[step, learner.wrong[step]]], 6, "ck-end");
    page.say(...said);
  };
}

export { Learner, separable };
export default widget(boundary);
