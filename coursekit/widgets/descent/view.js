// Descent: every path is a few dozen small steps, so all are walked anew at every move.

/** The surfaces of surfaces.py: height, slope and curvature at w; `w.length` is 1 or 2. */
function landscape([u, t]) {
  const mean = (f) => u.reduce((sum, _, i) => sum + f(i), 0) / u.length;
  const bowl = (c) => ({
    height: (w) => w.reduce((sum, v, i) => sum + (v * v * c[i]) / 2, 0),
    gradient: (w) => w.map((v, i) => c[i] * v),
    hessian: () => c.map((v, i) => c.map((_, k) => (i === k ? v : 0))),
  });
  const fit = (seen) => {
    const share = (f) => seen.reduce((sum, i) => sum + f(i), 0) / seen.length;
    return ([x, y]) => {
      const error = (i) => x * u[i] + y - t[i];
      return [share((i) => error(i) * u[i]), share(error)];
    };
  };
  return {
    "x²": bowl([2]),
    bowl: bowl([1, 20]),
    saddle: {
      height: ([x, y]) => x ** 2 / 2 + (y ** 2 - 1) ** 2 / 4,
      gradient: ([x, y]) => [x, y ** 3 - y],
      hessian: ([, y]) => [[1, 0], [0, 3 * y ** 2 - 1]],
    },
    Rosenbrock: {
      height: ([x, y]) => (1 - x) ** 2 + 100 * (y - x ** 2) ** 2,
      gradient: ([x, y]) => [2 * (x - 1) - 400 * x * (y - x ** 2), 200 * (y - x ** 2)],
      hessian: ([x, y]) => [[2 - 400 * (y - 3 * x ** 2), -400 * x], [-400 * x, 200]],
    },
    "line fit": {
      height: ([x, y]) => mean((i) => (x * u[i] + y - t[i]) ** 2) / 2,
      gradient: fit(u.map((_, i) => i)),
      part: fit,
      hessian: () => [[mean((i) => u[i] ** 2), mean((i) => u[i])], [mean((i) => u[i]), 1]],
    },
  };
}

const minus = (a, b) => a.map((v, i) => v - b[i]);
const dot = (a, b) => a.reduce((sum, v, i) => sum + v * b[i], 0);
const size = (w) => Math.max(...w.map(Math.abs));

/** A surface with its decay: cost, slope and curvature of L + ½ λ ‖w‖², and how to go on it. */
class Hill {
  constructor(surface, { start, bottom }, settings, facts) {
    Object.assign(this, { surface, start, settings, facts });
    const { decay } = settings;
    this.cost = (w) => surface.height(w) + (decay / 2) * dot(w, w);
    this.slope = (w) => surface.gradient(w).map((v, i) => v + decay * w[i]);
    this.bottom = decay ? this.walk(bottom, 20, (w) => this.newton(w)).at(-1) : bottom;
    this.least = this.cost(this.bottom);
  }

  /** Cost above the least. */
  above(w) {
    return Math.max(this.cost(w) - this.least, 0);
  }

  walk(start, steps, step) {
    const points = [start];
    for (let k = 0; k < steps; k++) points.push(step(points[k], k));
    return points;
  }

  /** The points of one of model.py's RACE. */
  path(runner) {
    const step = {
      "gradient descent": this.descend(this.settings.momentum),
      "with momentum": this.descend(this.settings.momentum),
      Adam: this.adam(),
      "line search": (w) => this.lineSearch(w),
      Newton: (w) => this.newton(w),
      "random search": (w, k) => this.attempt(w, k),
    }[runner];
    return this.walk(this.start, this.facts.steps, step);
  }

  /** The slope of all examples, or of the batch of a step. */
  seen(w, k) {
    const { batch, seed } = this.settings;
    if (!this.surface.part || batch === 16) return this.surface.gradient(w);
    return this.surface.part(this.facts.orders[seed].slice(k * batch, (k + 1) * batch))(w);
  }

  /** Δw = −∂L − λw + mΔw; w += ηΔw. */
  descend(momentum) {
    const { lr, decay } = this.settings;
    let dw = this.start.map(() => 0);
    return (w, k) => {
      if (!(size(w) < this.facts.far)) return w;
      const slope = this.seen(w, k);
      dw = dw.map((d, i) => momentum * d - slope[i] - decay * w[i]);
      return w.map((v, i) => v + lr * dw[i]);
    };
  }

  adam() {
    const { lr, decay } = this.settings;
    const [mean, square] = [this.start.map(() => 0), this.start.map(() => 0)];
    return (w, k) => {
      const slope = this.seen(w, k).map((v, i) => v + decay * w[i]);
      return w.map((v, i) => {
        mean[i] += (1 - 0.9) * (slope[i] - mean[i]);
        square[i] += (1 - 0.999) * (slope[i] ** 2 - square[i]);
        const [m, s] = [mean[i] / (1 - 0.9 ** (k + 1)), square[i] / (1 - 0.999 ** (k + 1))];
        return v - (lr * m) / (Math.sqrt(s) + 1e-8);
      });
    };
  }

  /** The longest of the steps 1, ½, ¼, … that brings the cost down by enough (Armijo). */
  lineSearch(w) {
    const slope = this.slope(w);
    const [here, promised] = [this.cost(w), -dot(slope, slope)];
    const there = (lr) => w.map((v, i) => v - lr * slope[i]);
    let lr = 1;
    while (lr > 1e-16 && !(this.cost(there(lr)) <= here + 1e-4 * lr * promised)) lr /= 2;
    return there(lr);
  }

  /** Somewhere near, if it is lower there. */
  attempt(w, k) {
    const tried = this.facts.tries[this.settings.seed].slice(k * w.length);
    const there = w.map((v, i) => v + this.facts.try * tried[i]);
    return this.cost(there) < this.cost(w) ? there : w;
  }

  /** To the bottom of the bowl that fits here: w − H⁻¹∇. */
  newton(w) {
    const [[a, b], [, d]] = [...this.surface.hessian(w), [0, 0]].map((row) => [...row, 0]);
    const [{ decay }, [p, q]] = [this.settings, this.slope(w)];
    if (w.length === 1) return [w[0] - p / (a + decay)];
    const [e, f] = [a + decay, d + decay];
    const area = e * f - b * b;
    return minus(w, [(f * p - b * q) / area, (e * q - b * p) / area]);
  }
}

/** {runner: points} of one method, or of all of them in a race. */
function walks(name, method, settings, facts) {
  const surface = landscape(facts.examples)[name];
  const hill = (changed) => new Hill(surface, facts.surfaces[name], { ...settings, ...changed }, facts);
  if (method !== "all") return { [method]: hill({}).path(method) };
  const runners = facts.race.filter((runner) => settings.momentum || runner !== "with momentum");
  const momentum = (runner) => (runner === "with momentum" ? settings.momentum : 0);
  return Object.fromEntries(runners.map((r) => [r, hill({ momentum: momentum(r) }).path(r)]));
}

/** Number of steps after which the loss stays arrived; losses.length when it never does. */
function arrival(losses, arrived) {
  return losses.findLastIndex((l) => l > arrived * losses[0]) + 1;
}

/** How often a path overshoots the bottom by 5 % of its start, where it does so most. */
function swings(offsets) {
  const start = offsets[0].map(Math.abs);
  const counts = start.map((first, i) => {
    const least = 0.05 * Math.max(first, 0.2 * Math.max(...start));
    const overshoots = (w, k) => k > 0 && w[i] * offsets[k - 1][i] < 0 && Math.abs(w[i]) > least;
    return offsets.filter(overshoots).length;
  });
  return Math.max(...counts);
}

/** What became of a path: one of the words of model.py's VERDICTS. */
function verdict(hill, method, points, losses) {
  if (!(Math.max(...losses.slice(-10)) <= losses[0] * (1 + 1e-9))) return "diverging";
  const swinging = swings(points.map((w) => minus(w, hill.bottom))) > 3;
  const oscillating = swinging && method !== "random search";
  if (arrival(losses, hill.facts.arrived) < losses.length)
    return oscillating ? "converged, oscillating" : "converged";
  const part = hill.surface.part && hill.settings.batch < 16;
  if (part && !hill.facts.whole.includes(method)) return "noisy";
  if (size(hill.slope(points.at(-1))) < 1e-6) return "stuck";
  return oscillating ? "oscillating" : "too slow";
}

/** Everything there is to tell about a state: the hill, and of each path its end in a word. */
function outcome(name, method, settings, facts) {
  const hill = new Hill(landscape(facts.examples)[name], facts.surfaces[name], settings, facts);
  const paths = Object.entries(walks(name, method, settings, facts)).map(([runner, points]) => {
    const losses = points.map((w) => hill.above(w));
    const kind = verdict(hill, runner, points, losses);
    return { runner, points, losses, kind, arrival: arrival(losses, facts.arrived) };
  });
  return { hill, paths };
}

/** How each runner of a race ended; or a sentence of VERDICTS with its numbers, and the place. */
function report({ paths }, { settings, step, formula }, facts) {
  if (paths.length > 1) {
    const steps = (n) => `${n} step${n === 1 ? "" : "s"}`;
    const end = ({ kind, arrival }) => (kind.startsWith("converged") ? steps(arrival) : kind);
    return ["Race:", `${paths.map((path) => `${path.runner} ${end(path)}`).join(", ")}. Here ${formula}.`];
  }
  const [{ kind, points, losses, arrival }] = paths;
  const left = number((100 * losses.at(-1)) / losses[0]);
  const known = { steps: facts.steps, left, arrival, batch: settings.batch };
  const filled = facts.verdicts[kind].replace(/\{(\w+)\}/g, (_, name) => known[name]);
  const place = points[step].map((v, i) => `${"xy"[i]} = ${number(v)}`).join(", ");
  const when = step === facts.steps ? "End" : `Step ${step}`;
  const [word, sentence] = filled.split(/(?<=[:]) /);
  return [word, `${sentence} ${when}: ${place}, loss ${number(losses[step])}. Here ${formula}.`];
}

/** x² as a curve, the others as contours; the same frame whatever the paths do. */
function drawSurface(plot, { x, y, levels, start, formula }, hill, words) {
  const range = (label, [low, high]) => ({ label, low, high });
  plot.axes(range("x", x), range(start.length === 1 ? "loss" : "y", y), words);
  const known = `${formula} ${hill.settings.decay}`;
  if (start.length > 1) return plot.contours(known, (w) => hill.above(w), levels, "ck-curve");
  const curve = Array.from({ length: 101 }, (_, i) => x[0] + ((x[1] - x[0]) * i) / 100);
  plot.line(curve.map((v) => [v, hill.cost([v])]), "ck-curve");
}

function descent(page) {
  const { facts } = page;
  const { surfaces, steps, race } = facts;
  const [of, method] = [() => page.get("surface"), () => page.get("method")];
  const stepping = () => !facts.whole.includes(method());
  const heavy = () => ["gradient descent", "all"].includes(method());
  const noisy = () => of() === "line fit" && stepping();
  const chance = () => noisy() && page.get("batch") < 16;
  const trying = () => ["random search", "all"].includes(method());
  page.controls.classList.add("ck-two");
  page.slider("lr", { label: "Learning rate η", step: 0.02, log: true, enabled: stepping });
  page.slider("momentum", { label: "Momentum m", step: 0.01, enabled: heavy });
  page.slider("decay", { label: "Weight decay λ", step: 0.01 });
  page.stepper("step", { label: "Steps", last: () => steps, pause: 150 });
  page.choice("surface", { label: "Surface", values: Object.keys(surfaces) });
  page.choice("method", { label: "Method", values: facts.methods });
  const size = (n) => (n === 16 ? "all 16" : n);
  page.choice("batch", { label: "Batch", values: [1, 4, 16], words: size, enabled: noisy });
  page.renew("seed", { label: "new noise", enabled: () => chance() || trying() });
  const path = new Plot(page, "Paths, from ring to dot");
  const curve = new Plot(page, "Loss after each step");
  const legend = keys(race, "ck-run");
  page.pictures.classList.add("ck-pair");
  page.pictures.append(path.element, curve.element, legend.element);

  return function draw() {
    const names = ["lr", "momentum", "decay", "batch", "seed"];
    const settings = Object.fromEntries(names.map((name) => [name, page.get(name)]));
    const [step, frame] = [page.get("step"), surfaces[of()]];
    const all = outcome(of(), method(), settings, facts);
    const { hill, paths } = all;
    const said = report(all, { settings, step, formula: frame.formula }, facts);
    const words = said.join(" ");
    drawSurface(path, frame, hill, `Paths. ${words}`);
    const y = { label: "loss above the least", low: 1e-8, high: 1e4, log: true };
    curve.axes({ label: "step", low: 0, high: steps }, y, `Loss after each step. ${words}`);
    const place = (w) => (w.length === 1 ? [w[0], hill.cost(w)] : w);
    for (const { runner, points, losses } of paths) {
      const look = race.indexOf(runner);
      const drawn = points.slice(0, step + 1).map(place);
      path.line(drawn, `ck-run ck-run-${look}`);
      path.dots(drawn, 3, `ck-dot-${look}`);
      path.dots(drawn.slice(-1), 6, "ck-end");
      const logged = losses.slice(0, step + 1).map((l, k) => [k, Math.max(l, 1e-300)]);
      curve.line(logged, `ck-run ck-run-${look}`); // 0 has no logarithm
      if (paths.length === 1) curve.dots(logged, 3, `ck-dot-${look}`);
    }
    path.dots([place(frame.start)], 7, "ck-ring");
    legend.show(paths.length > 1 ? paths.map(({ runner }) => race.indexOf(runner)) : []);
    page.say(...said);
  };
}

export { Hill, outcome };
export default widget(descent);
