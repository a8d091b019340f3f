// Blending: b plus the pyramid of a − b, weighed level by level with the mask's Gaussian pyramid.

/** 1 where the first picture is, 0 where the second is; strokes are dabs on top of the cut. */
function maskOf(side, cut, angle, strokes, brush) {
  const [c, s] = [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)];
  const edge = (cut - 0.5) * side * (Math.abs(c) + Math.abs(s));
  const values = new Float64Array(side * side);
  const middle = side / 2 - 0.5;
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++)
      values[y * side + x] = (x - middle) * c + (y - middle) * s < edge - 1e-9 ? 1 : 0;
  for (const dab of strokes.split(/\s+/).filter(Boolean)) {
    const [left, top] = dab.slice(1).split(",").map(Number);
    paint(values, side, left, top, brush, dab[0] === "+" ? 1 : 0);
  }
  return { values, shape: [side, side] };
}

/** Set all pixels of a disc whose middles are not farther than `brush`. */
function paint(values, side, left, top, brush, value) {
  const range = (at) => [Math.max(0, at - brush - 1), Math.min(side - 1, at + brush)];
  const [[x0, x1], [y0, y1]] = [range(left), range(top)];
  for (let y = y0; y <= y1; y++)
    for (let x = x0; x <= x1; x++)
      if ((x + 0.5 - left) ** 2 + (y + 0.5 - top) ** 2 <= brush ** 2) values[y * side + x] = value;
}

/** Pixels of three bytes each as a plane for each colour, with values in [0, 1]. */
function planes(bytes, side) {
  const data = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return [0, 1, 2].map((c) => {
    const values = new Float64Array(side * side);
    for (let i = 0; i < values.length; i++) values[i] = data[3 * i + c] / 255;
    return { values, shape: [side, side] };
  });
}

/** One plane of the blend: levels of a − b where the mask lets them through, on top of b. */
function blended(levels, masks, { values: b }) {
  const through = levels.map(({ values, shape }, k) => {
    const weights = masks[k].values;
    const out = new Float64Array(values.length);
    for (let i = 0; i < out.length; i++) out[i] = values[i] * weights[i];
    return { values: out, shape };
  });
  const { values, shape } = reconstruct(through);
  const out = new Float64Array(values.length);
  for (let i = 0; i < out.length; i++) out[i] = values[i] + b[i];
  return { values: out, shape };
}

/** Mean difference of neighbours across the cut (null without one) and elsewhere, of 255. */
function steps(colours, mask, side) {
  const [sums, counts] = [new Float64Array(2), new Float64Array(2)];
  for (const { values } of colours)
    for (const next of [1, side])
      for (let i = 0; i + next < values.length; i++) {
        if (next === 1 && (i + 1) % side === 0) continue; // the end of a row
        const cut = mask[i] === mask[i + next] ? 0 : 1;
        sums[cut] += Math.abs(values[i] - values[i + next]);
        counts[cut]++;
      }
  const mean = (k) => (counts[k] ? (255 * sums[k]) / counts[k] : null);
  return [mean(1), mean(0)];
}

/** A verdict and its sentence. */
function describe(a, b, levels, [across, elsewhere]) {
  if (across === null) return ["No cut.", `All of the picture is ${a} or ${b}.`];
  const many = levels === 1 ? "1 level, a hard cut" : `${levels} levels`;
  return [
    `Step at the cut: ${number(across)} of 255.`,
    `Here ${a} and ${b} are blended with ${many}; elsewhere neighbours differ by ${number(elsewhere)}.`,
  ];
}

/** The middle square of a picture file as side·side·3 bytes. */
async function decode(file, side) {
  const image = await createImageBitmap(file);
  const edge = Math.min(image.width, image.height);
  const canvas = make("canvas", { width: side, height: side });
  const ink = canvas.getContext("2d");
  ink.imageSmoothingQuality = "high";
  const [left, top] = [(image.width - edge) / 2, (image.height - edge) / 2];
  ink.drawImage(image, left, top, edge, edge, 0, 0, side, side);
  const { data } = ink.getImageData(0, 0, side, side);
  return Uint8Array.from({ length: side * side * 3 }, (_, i) => data[Math.floor(i / 3) * 4 + (i % 3)]);
}

/** A button that takes a picture file of the reader's own for the picture `name`. */
function upload(page, name, side) {
  const input = make("input", { type: "file", accept: "image/*" });
  input.setAttribute("aria-label", `Your own picture in place of ${name}`);
  input.addEventListener("change", async () => {
    const [file] = input.files;
    input.value = ""; // the same file may be chosen again
    try {
      const pixels = await decode(file, side);
      page.set({ [`own_${name}`]: new DataView(pixels.buffer), [name]: "your own" });
    } catch {
      page.note = `“${file.name}” is no picture that this browser can read.`;
      page.redraw();
    }
  });
  return make("label", { class: "ck-upload" }, input, make("span", {}, "your own …"));
}

const ARROWS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

/** The same with keys: arrows move a ring over a picture, the space bar picks where it is. */
function keyed({ canvas, frame }, side, radius, pick) {
  const ring = svg("circle", { r: radius, class: "ck-brush" });
  const ink = svg("svg", { viewBox: `0 0 ${side} ${side}`, class: "ck-cells", "aria-hidden": "true" });
  ink.append(ring);
  frame.append(ink);
  let place = [side / 2, side / 2]; // row, column
  const move = (way) => {
    place = place.map((at, i) => Math.max(0, Math.min(side - 1, at + (way[i] * radius) / 3)));
    ring.setAttribute("cy", place[0]);
    ring.setAttribute("cx", place[1]);
  };
  move([0, 0]);
  canvas.tabIndex = 0;
  canvas.setAttribute("data-lm-suppress-shortcuts", "true");
  canvas.addEventListener("keydown", (event) => {
    if (ARROWS[event.key]) move(ARROWS[event.key]);
    else if (event.key === " ") pick(...place);
    else return;
    event.preventDefault(); // else the page would scroll
  });
}

function blending(page) {
  const { side, brush, hands, photographs } = page.facts;
  const own = (which) => page.get(`own_${which}`);
  const names = () => [...Object.keys(photographs), "your own"];
  page.menu("a", { label: "First", values: names });
  page.menu("b", { label: "Second", values: names });
  page.choice("hand", { label: "The hand", values: Object.keys(hands) });
  page.slider("n_levels", { label: "Levels", step: 1 });
  page.slider("cut", { label: "Cut at", step: 0.01 });
  page.slider("angle", { label: "Angle", step: 1, words: (v) => `${number(v)}°` });
  if (!page.facts.hidden.includes("strokes")) {
    const wipe = make("button", { type: "button", class: "ck-renew" }, "wipe off what is painted");
    wipe.addEventListener("click", () => page.set({ strokes: "" }));
    page.refreshers.push(() => (wipe.disabled = !page.get("strokes")));
    page.controls.append(wipe);
  }
  const [blend, first, second] = ["Blend", "First", "Second"].map((title) => new Picture(title));
  const [mask, coarsest] = ["Mask", "Coarsest mask"].map((title) => new Picture(title));
  const all = [blend, first, second, mask, coarsest];
  page.controls.classList.add("ck-two");
  page.pictures.classList.add("ck-blend");
  page.pictures.append(...all.map(({ element }) => element));
  first.element.append(upload(page, "a", side));
  second.element.append(upload(page, "b", side));

  /** Move the cut, or paint, to a pixel. */
  const drag = (row, column) => {
    const [hand, strokes] = [page.get("hand"), page.get("strokes")];
    if (hand === "moves the cut") {
      const angle = (page.get("angle") * Math.PI) / 180;
      const [c, s] = [Math.cos(angle), Math.sin(angle)];
      const way = (column + 0.5 - side / 2) * c + (row + 0.5 - side / 2) * s;
      const cut = way / (side * (Math.abs(c) + Math.abs(s))) + 0.5;
      return page.set({ cut: Math.round(100 * Math.min(1, Math.max(0, cut))) / 100 });
    }
    const dab = `${hand === "paints the first" ? "+" : "-"}${column},${row}`;
    const last = strokes.split(" ").at(-1);
    const gone = Math.hypot(...[column, row].map((at, i) => at - last.slice(1).split(",")[i]));
    if (last[0] === dab[0] && gone < brush / 3) return; // so near that nothing would change
    page.set({ strokes: `${strokes} ${dab}`.trim() });
  };
  for (const picture of all) dragged(picture, drag);
  keyed(blend, side, brush, drag);
  let ready = {};

  /** What the mask does not change: the pictures, and the levels of their difference. */
  function prepare() {
    const levels = page.get("n_levels");
    const pixels = ["a", "b"].map((which) => photographs[page.get(which)] ?? own(which));
    if (ready.a === pixels[0] && ready.b === pixels[1] && ready.levels === levels) return;
    const [a, b] = pixels.map((bytes) => planes(bytes, side));
    const differences = a.map(({ values, shape }, c) => ({
      values: values.map((value, i) => value - b[c].values[i]),
      shape,
    }));
    const bands = differences.map((difference) => laplacianPyramid(difference, levels));
    ready = { a: pixels[0], b: pixels[1], levels, bands, second: b };
    first.colour(a.map(({ values }) => values), [side, side], `First: ${page.get("a")}`);
    second.colour(b.map(({ values }) => values), [side, side], `Second: ${page.get("b")}`);
  }

  return function draw() {
    prepare();
    const levels = page.get("n_levels");
    const [cut, angle, strokes] = ["cut", "angle", "strokes"].map((name) => page.get(name));
    const weights = maskOf(side, cut, angle, strokes, brush);
    const masks = gaussianPyramid(weights, levels);
    const colours = ready.bands.map((bands, c) => blended(bands, masks, ready.second[c]));
    const measured = steps(colours, weights.values, side);
    const said = describe(page.get("a"), page.get("b"), levels, measured);
    const words = said.join(" ");
    blend.colour(colours.map(({ values }) => values), [side, side], `Blend. ${words}`);
    mask.grey(weights.values, weights.shape, `Mask, white for the first. ${words}`);
    const wide = fullResolution(masks).at(-1);
    coarsest.grey(wide.values, wide.shape, `The coarsest of ${levels} levels of the mask`);
    page.say(said[0], `${said[1]} ${hands[page.get("hand")]}`);
  };
}

export { blended, decode, maskOf, number, planes, steps };
export default widget(blending);
