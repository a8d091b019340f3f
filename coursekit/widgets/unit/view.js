// Unit: one sum and one function; the curves, the point on them, and the answers over the plane.

/** f(a) and f′(a). */
function activation(name, alpha, a) {
  const below = { ReLU: 0, "leaky ReLU": alpha, PReLU: alpha }[name];
  if (below !== undefined) return a > 0 ? [a, 1] : [below * a, below];
  if (name === "linear") return [a, 1];
  if (name === "step") return [a > 0 ? 1 : 0, 0];
  if (name === "tanh") return [Math.tanh(a), 1 - Math.tanh(a) ** 2];
  const y = 0.5 * Math.tanh(0.5 * a) + 0.5; // the logistic function, without overflow
  return [y, y * (1 - y)];
}

/** One of the words of model.py's VERDICTS. */
function verdict(name, a, slope, { largest, saturated }) {
  if (name === "linear" || name === "step") return name;
  if (name === "logistic" || name === "tanh")
    return slope / (largest[name] ?? 1) < saturated ? "saturated" : "sloped";
  if (a > 0) return "on";
  return { ReLU: "off", "leaky ReLU": "leaking", PReLU: "learning α" }[name];
}

/** What the unit answers, and whether it can learn from this example. */
function describe({ x1, x2, function: name }, a, y, slope, facts) {
  const part = (100 * slope) / (facts.largest[name] ?? 1);
  const known = { a: number(a), slope: number(slope), part: number(part) };
  const words = facts.verdicts[verdict(name, a, slope, facts)];
  const said = words.replace(/\{(\w+)\}/g, (_, key) => known[key]);
  const parts = { "w₁": slope * x1, "w₂": slope * x2, b: slope };
  const slopes = Object.entries(parts).map(([key, value]) => `∂y/\u2060∂${key} = ${number(value)}`);
  return [`a = ${number(a)} and y = ${number(y)}.`, `${said} ${slopes.join(", ")}.`];
}

/** A curve over a from −10 to 10 with the present point on it. */
function drawCurve(plot, f, [a, value], y, words) {
  plot.axes({ label: "a", low: -10, high: 10 }, y, words);
  const places = Array.from({ length: 401 }, (_, i) => (i - 200) / 20);
  plot.line(places.map((place) => [place, f(place)]), "ck-curve ck-strong");
  plot.line([[a, y.low], [a, y.high]], "ck-curve");
  plot.dots([[a, value]], 7, "ck-dot");
}

/** The answers over the plane, the line a = 0, and the example as a ring. */
function drawPlane(plane, { x1, x2, w1, w2, b }, f, words) {
  const range = { low: -2, high: 2 };
  plane.axes({ label: "x₁", ...range }, { label: "x₂", ...range }, words);
  const sum = ([u, v]) => sumOf(w1 * u, w2 * v, b);
  const corners = [-2, 2].flatMap((u) => [-2, 2].map((v) => Math.abs(f(sum([u, v])))));
  plane.fill((place) => f(sum(place)), Math.max(1, ...corners));
  plane.border([w1, w2], b, "ck-border-line");
  plane.dots([[x1, x2]], 7, "ck-ring");
}

function unit(page) {
  const { functions, withAlpha } = page.facts;
  const bends = () => withAlpha.includes(page.get("function"));
  page.controls.classList.add("ck-two");
  page.slider("w1", { label: "Weight w₁", step: 0.01 });
  page.slider("x1", { label: "Input x₁", step: 0.01 });
  page.slider("w2", { label: "Weight w₂", step: 0.01 });
  page.slider("x2", { label: "Input x₂", step: 0.01 });
  page.slider("b", { label: "Bias b", step: 0.01 });
  page.slider("alpha", { label: "Slope α", step: 0.01, enabled: bends });
  page.choice("function", { label: "Function f", values: functions });
  const curve = new Plot(page, "Answer y = f(a)");
  const slopes = new Plot(page, "Slope f′(a)");
  const point = ([x1, x2]) => page.set({ x1, x2 });
  const plane = new Plane(page, "y over x₁, x₂; line: a = 0", { point, drag: true });
  page.pictures.classList.add("ck-three");
  page.pictures.append(curve.element, slopes.element, plane.element);

  return function draw() {
    const names = ["w1", "w2", "b", "x1", "x2", "alpha", "function"];
    const now = Object.fromEntries(names.map((name) => [name, page.get(name)]));
    const f = (a) => activation(now.function, now.alpha, a);
    const a = sumOf(now.w1 * now.x1, now.w2 * now.x2, now.b);
    const [y, slope] = f(a);
    const said = describe(now, a, y, slope, page.facts);
    const words = said.join(" ");
    const bounded = ["logistic", "tanh", "step"].includes(now.function);
    const [low, high] = bounded ? [-1.2, 1.2] : [-10, 10];
    drawCurve(curve, (v) => f(v)[0], [a, y], { label: "y", low, high }, `Function. ${words}`);
    const range = { label: "slope", low: -0.1, high: 1.15 };
    drawCurve(slopes, (v) => f(v)[1], [a, slope], range, `Slope. ${words}`);
    const where = `Answers over x₁ and x₂, the example at ${number(now.x1)}, ${number(now.x2)}. `;
    drawPlane(plane, now, (v) => f(v)[0], where + words);
    page.say(...said);
  };
}

export { activation, verdict };
export default widget(unit);
