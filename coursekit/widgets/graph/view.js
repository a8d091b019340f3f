// Graph: Python sends a formula's nodes with their values and slopes; the page walks them.

/** The places of the nodes that compute something, in the order of computing. */
function operations(nodes) {
  return nodes.flatMap((node, i) => (node.inputs.length ? [i] : []));
}

/** What has arrived at each node after a step of the way back; null where nothing has yet. */
function slopes(nodes, step) {
  const ops = operations(nodes);
  const arrived = nodes.map(() => null);
  if (step > ops.length) arrived[nodes.length - 1] = 1;
  for (const i of [...ops].reverse().slice(0, Math.max(0, step - ops.length - 1)))
    nodes[i].inputs.forEach((source, k) => {
      arrived[source] = (arrived[source] ?? 0) + nodes[i].local[k] * nodes[i].upstream;
    });
  return arrived;
}

/** The node that a step is about, or undefined at the start. */
function active(nodes, step) {
  const ops = operations(nodes);
  if (step <= ops.length) return nodes[ops[step - 1]];
  return nodes[ops[Math.min(ops.length - 1, 2 * ops.length + 1 - step)]];
}

function computed(nodes, { op, inputs, value }) {
  const values = inputs.map((i) => number(nodes[i].value));
  if ("+×".includes(op)) return `${values.join(` ${op} `)} = ${number(value)}.`;
  return `${op} of ${values.join(", ")} is ${number(value)}.`;
}

function passedOn(nodes, { name, inputs, local, upstream }) {
  const up = number(upstream);
  const parts = inputs.map((i, k) => {
    return `${nodes[i].name} gets ${up} · ${number(local[k])} = ${number(upstream * local[k])}`;
  });
  return `${name} has the slope ${up}: ${parts.join(", ")}.`;
}

function describe(nodes, step) {
  const count = operations(nodes).length;
  if (step === 0) return ["Start.", "The inputs are known; every step computes one node."];
  if (step <= count) return ["Forward.", computed(nodes, active(nodes, step))];
  if (step === count + 1) return ["Turn.", "The slope of the output to itself is 1."];
  return ["Backward.", passedOn(nodes, active(nodes, step))];
}

const [WIDTH, HEIGHT, RADIUS] = [1000, 500, 26];

/** Draw the nodes, with values above and slopes below. */
function drawGraph(drawing, nodes, step) {
  const places = nodes.map(({ x, y }) => [60 + (WIDTH - 120) * x, HEIGHT * y]);
  const ops = operations(nodes);
  const arrived = slopes(nodes, step);
  const here = active(nodes, step);
  drawing.replaceChildren();
  nodes.forEach((node, k) => {
    node.inputs.forEach((i, n) => {
      const [[x1, y1], [x2, y2]] = [places[i], places[k]];
      const bow = node.inputs.filter((other) => other === i).length > 1 ? 90 * (n - 0.5) : 0;
      const d = `M${x1} ${y1}Q${(x1 + x2) / 2} ${(y1 + y2) / 2 + bow} ${x2} ${y2}`;
      drawing.append(svg("path", { d, class: node === here ? "ck-edge-here" : "ck-edge" }));
    });
  });
  nodes.forEach((node, k) => {
    const [x, y] = places[k];
    const text = (dy, words, look) =>
      drawing.append(svg("text", { x, y: y + dy, class: look }, words));
    const look = node === here ? "ck-node ck-node-here" : "ck-node";
    drawing.append(svg("circle", { cx: x, cy: y, r: RADIUS, class: look }));
    const given = ["input", "constant"].includes(node.op);
    text(6, given ? node.name : node.op, "ck-name");
    if (node.op !== "constant" && !ops.slice(step).includes(k)) text(-32, number(node.value), "ck-value");
    if (arrived[k] === null) return;
    text(46, `∂ ${number(arrived[k])}`, arrived[k] < 0 ? "ck-slope ck-negative" : "ck-slope");
  });
}

function graph(page) {
  const { traces, longest } = page.facts;
  const now = { formula: page.facts.start.formula };
  page.before(() => {
    const [formula, { formula: sent, nodes }] = [page.get("formula"), page.get("trace")];
    const known = traces[formula] ?? (sent === formula ? nodes : null);
    if (known) Object.assign(now, { formula, nodes: known });
    now.last = 2 * operations(now.nodes).length + 1;
  });
  page.stepper("step", { label: "Step", last: () => now.last });
  page.text("formula", { label: "Formula", longest });
  const drawing = svg("svg", { class: "ck-graph", role: "img", viewBox: `0 0 ${WIDTH} ${HEIGHT}` });
  page.pictures.append(figure("Values above, slopes ∂ of the output below", drawing).element);
  const awaitTrace = page.patience(
    () => now.formula === page.get("formula"),
    () => ({ formula: now.formula }),
    () => `“${page.get("formula")}” must be taken apart by Python`,
  );

  return function draw() {
    const step = Math.min(page.get("step"), now.last);
    const said = describe(now.nodes, step);
    drawGraph(drawing, now.nodes, step);
    const final = step === now.last ? ` ${now.nodes.map((n) => `${n.name} ∂ ${number(n.upstream)}`).join(", ")}` : "";
    drawing.setAttribute("aria-label", `Graph of ${now.formula}. ${said.join(" ")}${final}`);
    page.say(...said);
    awaitTrace();
  };
}

export { slopes };
export default widget(graph);
