// Descent: the whole path is a few dozen multiplications, so it is walked anew at every move.

/** Points of gradient descent on L = ½ Σ c w²: Δw = −∂L + m Δw; w += η Δw. */
function descend({ curvature, start }, lr, momentum, steps) {
  const points = [start];
  let dw = start.map(() => 0);
  for (let k = 0; k < steps; k++) {
    const w = points.at(-1);
    dw = dw.map((d, i) => -curvature[i] * w[i] + momentum * d);
    points.push(w.map((v, i) => v + lr * dw[i]));
  }
  return points;
}

function loss({ curvature }, point) {
  return point.reduce((sum, v, i) => sum + (v * v * curvature[i]) / 2, 0);
}

/** Number of steps after which the loss stays arrived; losses.length when it never does. */
function arrival(losses, arrived) {
  return losses.findLastIndex((l) => l > arrived * losses[0]) + 1;
}

/** How often the path overshoots the bottom by 5 % of its start, where it does so most. */
function swings(points) {
  const counts = points[0].map((start, i) => {
    const overshoots = (w, k) =>
      k > 0 && w[i] * points[k - 1][i] < 0 && Math.abs(w[i]) > 0.05 * Math.abs(start);
    return points.filter(overshoots).length;
  });
  return Math.max(...counts);
}

/** What became of the path: one of the words of model.py's VERDICTS. */
function verdict(points, losses, arrived) {
  if (!(Math.max(...losses.slice(-10)) <= losses[0] * (1 + 1e-9))) return "diverging";
  const oscillating = swings(points) > 3;
  if (arrival(losses, arrived) < losses.length)
    return oscillating ? "converged, oscillating" : "converged";
  return oscillating ? "oscillating" : "too slow";
}

/** x² as a curve, the bowl as contours; both at the same scale whatever the path does. */
function drawSurface(plot, name, points, words) {
  const x = { label: "x", low: -5, high: 5 };
  if (name === "x²") {
    plot.axes(x, { label: "loss", low: -1, high: 17 }, words);
    const curve = Array.from({ length: 101 }, (_, i) => -5 + i / 10);
    plot.line(curve.map((v) => [v, v * v]), "ck-curve");
    return points.map(([v]) => [v, v * v]);
  }
  plot.axes(x, { label: "y", low: -3.5, high: 3.5 }, words);
  for (const level of [0.5, 2, 5, 10, 20, 40])
    plot.ellipse((2 * level) ** 0.5, (level / 10) ** 0.5, "ck-curve");
  return points;
}

/** A sentence of VERDICTS with its numbers, and where the path ends. */
function report(words, points, losses, arrived) {
  const steps = losses.length - 1;
  const left = number((100 * losses[steps]) / losses[0]);
  const facts = { steps, left, arrival: arrival(losses, arrived) };
  const filled = words.replace(/\{(\w+)\}/g, (_, name) => facts[name]);
  const end = points[steps].map((v, i) => `${"xy"[i]} = ${number(v)}`).join(", ");
  const [verdict, sentence] = filled.split(/(?<=[:]) /);
  return [verdict, `${sentence} End: ${end}, loss ${number(losses[steps])}.`];
}

function descent(page) {
  const { surfaces, steps, arrived, verdicts } = page.facts;
  page.slider("lr", { label: "Learning rate η", step: 0.02, log: true });
  page.slider("momentum", { label: "Momentum m", step: 0.01 });
  const names = Object.keys(surfaces);
  page.choice("surface", { label: "Surface", values: names, words: (n) => surfaces[n].formula });
  const path = new Plot(page, "Path, from ring to dot");
  const curve = new Plot(page, "Loss after each step");
  page.pictures.classList.add("ck-pair");
  page.pictures.append(path.element, curve.element);

  return function draw() {
    const [name, lr, momentum] = ["surface", "lr", "momentum"].map((trait) => page.get(trait));
    const points = descend(surfaces[name], lr, momentum, steps);
    const losses = points.map((point) => loss(surfaces[name], point));
    const kind = verdict(points, losses, arrived);
    const said = report(verdicts[kind], points, losses, arrived);
    const words = said.join(" ");
    const drawn = drawSurface(path, name, points, `Path. ${words}`);
    path.line(drawn, "ck-path");
    path.dots(drawn, 3, "ck-dot");
    path.dots(drawn.slice(0, 1), 7, "ck-ring");
    path.dots(drawn.slice(-1), 6, "ck-end");
    const y = { label: "loss", low: 1e-8, high: 1e4, log: true };
    curve.axes({ label: "step", low: 0, high: steps }, y, `Loss after each step. ${words}`);
    const logged = losses.map((l, k) => [k, Math.max(l, 1e-300)]); // 0 has no logarithm
    curve.line(logged, "ck-path");
    curve.dots(logged, 3, "ck-dot");
    page.say(...said);
  };
}

export { arrival, descend, loss, verdict };
export default widget(descent);
