// Fit: a network of one input is trained here, and every step that was reached is kept.

/** The first weights as coursekit.nn draws them, in a row: w (h), b (h), v (h), c. */
function firstWeights(units, uniforms) {
  const most = 2 * units;
  const bounded = (u, i) => (2 * u - 1) / (i < most ? 1 : Math.sqrt(units));
  return uniforms.slice(0, 3 * units + 1).map(bounded);
}

/** What each unit answers at x. */
function hidden(theta, x) {
  const units = (theta.length - 1) / 3;
  return theta.slice(0, units).map((w, j) => Math.tanh(w * x + theta[units + j]));
}

function predict(theta, x) {
  const units = (theta.length - 1) / 3;
  return hidden(theta, x).reduce((sum, h, j) => sum + theta[2 * units + j] * h, theta.at(-1));
}

/** ∂y/∂θ at x, in the order of theta. */
function slopes(theta, x) {
  const units = (theta.length - 1) / 3;
  const h = hidden(theta, x);
  const back = h.map((value, j) => theta[2 * units + j] * (1 - value * value));
  return [...back.map((value) => value * x), ...back, ...h, 1];
}

/** The solution of A z = b, by elimination with the largest pivot; rows are [A | b]. */
function solve(rows) {
  const n = rows.length;
  for (let k = 0; k < n; k++) {
    let best = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(rows[i][k]) > Math.abs(rows[best][k])) best = i;
    [rows[k], rows[best]] = [rows[best], rows[k]];
    for (let i = k + 1; i < n; i++) {
      const part = rows[i][k] / rows[k][k];
      for (let j = k; j <= n; j++) rows[i][j] -= part * rows[k][j];
    }
  }
  const z = new Array(n).fill(0);
  for (let i = n - 1; i >= 0; i--) {
    const known = z.reduce((sum, value, j) => (j > i ? sum + rows[i][j] * value : sum), 0);
    z[i] = (rows[i][n] - known) / rows[i][i];
  }
  return z;
}

/** A network that remembers its weights and its largest error after every step it has made. */
class Fit {
  constructor({ curve, units, seed }, { curves, uniforms, damping }) {
    this.points = curves[curve];
    [this.damping, this.least] = damping;
    this.thetas = [];
    this.errors = [];
    this.#keep(firstWeights(units, uniforms[seed]));
  }

  /** The weights after a number of steps. */
  at(step) {
    while (this.thetas.length <= step) this.#keep(this.improve(this.thetas.at(-1)));
    return this.thetas[step];
  }

  #keep(theta) {
    this.thetas.push(theta);
    this.errors.push(Math.max(...this.misses(theta).map(Math.abs)));
  }

  misses(theta) {
    return this.points.map(([x, y]) => y - predict(theta, x));
  }

  /** (JᵀJ + μI) Δθ = Jᵀ(y − f), as model.py tells; a worse place is refused. */
  improve(theta) {
    const error = this.misses(theta);
    const jacobian = this.points.map(([x]) => slopes(theta, x));
    const rows = theta.map((_, i) => {
      const row = new Array(theta.length + 1).fill(0);
      row[i] = this.damping;
      jacobian.forEach((d, k) => {
        for (let j = 0; j < d.length; j++) row[j] += d[i] * d[j];
        row[d.length] += d[i] * error[k];
      });
      return row;
    });
    const there = solve(rows).map((change, i) => theta[i] + change);
    const squares = (values) => values.reduce((sum, value) => sum + value * value, 0);
    const better = squares(this.misses(there)) < squares(error);
    this.damping = better ? Math.max(this.damping / 3, this.least) : this.damping * 3;
    return better ? there : theta;
  }
}

/** How near the curve is, with how many numbers, and what others reached. */
function describe(error, { curve, units }, step, { reached }) {
  const many = (n, word) => `${n} ${word}${n === 1 ? "" : "s"}`;
  const net = `with ${many(units, "hidden unit")} and ${3 * units + 1} numbers in all.`;
  const made = `after ${many(step, "step")}, ${net}`;
  const others = `The best of 20 other starts left ${number(reached[curve])} with three units.`;
  return [`Largest error ${number(error)}`, `${made} ${others}`];
}

/** The points, the fit, and each hidden unit as a dashed curve. */
function drawFit(plot, fit, theta, words) {
  plot.axes({ label: "x", low: -1.05, high: 1.05 }, { label: "y", low: -1.25, high: 1.25 }, words);
  const fine = Array.from({ length: 201 }, (_, i) => (i - 100) / 100);
  const answers = fine.map((x) => hidden(theta, x));
  answers[0].forEach((_, j) => {
    plot.line(fine.map((x, i) => [x, answers[i][j]]), "ck-curve ck-dashed");
  });
  plot.dots(fit.points, 4, "ck-target");
  plot.line(fine.map((x) => [x, predict(theta, x)]), "ck-run");
}

function fitting(page) {
  const { last, curves, reached } = page.facts;
  const now = { fit: null, key: "" };
  page.controls.classList.add("ck-two");
  page.stepper("step", { label: "Steps", last: () => last, pause: 80 });
  page.renew("seed", { label: "new weights" });
  page.slider("units", { label: "Hidden units", step: 1 });
  page.choice("curve", { label: "Curve", values: Object.keys(curves) });
  const picture = new Plot(page, "Points, fit, hidden units dashed");
  const progress = new Plot(page, "Largest error; dashed: the best of 20");
  page.pictures.classList.add("ck-pair");
  page.pictures.append(picture.element, progress.element);

  return function draw() {
    const state = Object.fromEntries(["curve", "units", "seed"].map((n) => [n, page.get(n)]));
    const [step, key] = [page.get("step"), JSON.stringify(state)];
    if (key !== now.key) Object.assign(now, { key, fit: new Fit(state, page.facts) });
    const { fit } = now;
    const theta = fit.at(step);
    const said = describe(fit.errors[step], state, step, page.facts);
    const words = said.join(" ");
    drawFit(picture, fit, theta, `Fit of ${state.curve}. ${words}`);
    const y = { label: "largest error", low: 1e-5, high: 10, log: true };
    progress.axes({ label: "step", low: 0, high: last }, y, `Largest error after each step. ${words}`);
    const best = reached[state.curve];
    progress.line([[0, best], [last, best]], "ck-curve ck-dashed");
    const errors = fit.errors.slice(0, step + 1);
    progress.line(errors.map((error, k) => [k, error]), "ck-run");
    progress.dots([[step, fit.errors[step]]], 6, "ck-end");
    page.say(...said);
  };
}

export { Fit };
export default widget(fitting);
