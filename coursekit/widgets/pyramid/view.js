// Pyramids: what each part gives to the picture is kept at full size, so that a part switched on
// or off is one sum over pictures.

/** Names of a pyramid's parts, finest first; the last is the last blur. */
function names(kind, levels) {
  const numbers = Array.from({ length: levels }, (_, k) => k);
  if (kind === "Gaussian") return numbers.map((k) => `G${k}`);
  if (kind === "Laplacian") return [...numbers.slice(1).map((k) => `L${k - 1}`), "rest"];
  const bands = numbers.flatMap((k) => [0, 45, 90, 135].map((angle) => `B${k}-${angle}`));
  return ["high", ...bands, "low"];
}

/** The photograph and its steerable pyramids as numbers; these come part by part. */
function unpack({ name, photograph, steerable }) {
  const parts = steerable.map(({ name, part, given }) => [
    name,
    { kept: unpacked(part), given: unpacked(given) },
  ]);
  return { name, image: unpacked(photograph), steerable: new Map(parts) };
}

/** The parts of a photograph's pyramid, and what each gives to the picture at full size. */
function takeApart({ image, steerable }, kind, levels) {
  const parts = names(kind, levels);
  if (kind === "steerable") {
    const sent = (name) => steerable.get(name === "low" ? `low${levels}` : name);
    return parts.map((name) => ({ name, ...sent(name) }));
  }
  const kept = (kind === "Gaussian" ? gaussianPyramid : laplacianPyramid)(image, levels);
  const given = fullResolution(kept);
  return parts.map((name, k) => ({ name, kept: kept[k], given: given[k] }));
}

/** The parts that the picture is made of; of a Gaussian pyramid the finest that is on. */
function used(parts, kind, off) {
  const on = parts.filter(({ name }) => !off.includes(name));
  return kind === "Gaussian" ? on.slice(0, 1) : on;
}

function total(pictures, length) {
  const sum = new Float64Array(length);
  for (const { values } of pictures) for (let i = 0; i < length; i++) sum[i] += values[i];
  return sum;
}

/** Root of the mean square, and the most, in grey levels of 255. */
function size(gap) {
  let [squares, most] = [0, 0];
  for (const value of gap) {
    squares += value * value;
    most = Math.max(most, Math.abs(value));
  }
  return [255 * Math.sqrt(squares / gap.length), 255 * most];
}

/** A verdict and its sentence. */
function describe(parts, on, kind, levels, off, pixels, [rms, most]) {
  const count = (some) => some.reduce((sum, { kept }) => sum + kept.values.length, 0);
  const missing = parts.map(({ name }) => name).filter((name) => off.includes(name));
  let without = missing.length ? `without ${missing.join(", ")}` : "with every part on";
  if (kind === "Gaussian") without = on.length ? `from ${on[0].name} alone` : "without any level";
  const whole = count(parts);
  const title = kind[0].toUpperCase() + kind.slice(1);
  const rounding = kind === "steerable" && rms < 0.05 ? " The page has its bands in 16 bits." : "";
  return [
    `RMS error ${number(rms)}, at most ${number(most)} of 255.`,
    `${title} pyramid of ${levels} ${levels === 1 ? "level" : "levels"}, ${without}: ${count(on)} of its ${whole} numbers; the photograph has ${pixels}, so the whole pyramid is ${number(whole / pixels)} times as large.${rounding}`,
  ];
}

/** A level in its place, with a box to switch it off; a click on the picture does it, too. */
class Tile {
  constructor(turn) {
    this.picture = new Picture("", { pixelated: true });
    this.box = make("input", { type: "checkbox" });
    this.words = make("span");
    this.element = this.picture.element;
    const label = make("label", {}, this.box, this.words);
    this.element.querySelector("figcaption").firstChild.replaceWith(label);
    this.box.addEventListener("change", () => turn(this.name));
    this.picture.canvas.addEventListener("click", () => !this.box.disabled && turn(this.name));
  }

  /** Leave the place empty, its size as it was. */
  clear() {
    this.element.style.visibility = "hidden";
    Object.assign(this.picture.canvas, { width: 1, height: 1 });
  }

  /** A level { values, shape }, grey or signed; without a box when it cannot be switched. */
  show(name, words, { values, shape }, grey, switched) {
    this.element.style.visibility = "visible";
    this.name = name;
    this.words.textContent = words;
    this.box.hidden = !switched;
    const squares = values.reduce((sum, value) => sum + value * value, 0);
    this.told = `${words}, ${shape.join(" × ")} numbers`;
    if (grey) this.picture.grey(values, shape, this.told);
    else this.picture.signed(values, shape, 4 * Math.sqrt(squares / values.length) || 1, this.told);
  }

  turn(on) {
    this.box.checked = on;
    this.element.classList.toggle("ck-off", !on);
    this.picture.canvas.setAttribute("aria-label", `${this.told}${on ? "" : ", off"}`);
  }
}

const ROW = 7; // places in a row of levels

function pyramids(page) {
  const { most, images, seen } = page.facts;
  const levels = () => Math.min(page.get("n_levels"), most[page.get("kind")]);
  const off = () => page.get("off").split(/\s+/).filter(Boolean);
  const turn = (name) => {
    const known = names(page.get("kind"), levels());
    const now = off();
    const wanted = known.filter((one) => now.includes(one) !== (one === name));
    page.set({ off: wanted.join(" ") });
  };
  page.choice("kind", { label: "Pyramid", values: Object.keys(most) });
  page.menu("image", { label: "Photograph", values: () => images });
  page.slider("n_levels", { label: "Levels", step: 1, last: () => most[page.get("kind")] });
  const photograph = new Picture("Photograph");
  const again = new Picture("Put together");
  const lost = new Picture("Error", { scaled: true });
  const tiles = Array.from({ length: 2 * ROW }, () => new Tile(turn));
  for (const tile of tiles) tile.box.disabled = page.facts.hidden.includes("off");
  const list = make("div", { class: "ck-tiles", role: "group", "aria-label": "Levels" });
  list.append(...tiles.map((tile) => tile.element));
  page.pictures.classList.add("ck-pyramids");
  page.pictures.append(photograph.element, again.element, lost.element, list);
  const awaitPhoto = page.patience(
    () => page.get("image") === page.get("photo").name,
    () => ({ image: page.get("photo").name }),
    () => `“${page.get("image")}” must be sent by Python`,
  );
  let ready = {};

  /** All tiles; a steerable pyramid fills both rows, another has its full-size view below. */
  function showTiles(parts, kind) {
    for (const tile of tiles) tile.clear();
    parts.forEach(({ name, kept, given }, k) => {
      const grey = kind === "Gaussian" || k === parts.length - 1;
      const brighter = name === "low" ? 2 ** levels() : 1; // its numbers count for so many pixels
      const level = { ...kept, values: kept.values.map((value) => value / brighter) };
      const words = name.startsWith("B") ? `${name.replace("-", " ")}°` : name;
      tiles[k].show(name, words, level, grey, true);
      if (kind !== "steerable") tiles[ROW + k].show(name, "full size", given, grey, false);
    });
  }

  /** What depends on the photograph, and on the pyramid, is done again when these change. */
  function prepare(photo, kind) {
    if (ready.photo?.name !== photo.name) {
      ready = { photo: unpack(photo) };
      const { values, shape } = ready.photo.image;
      photograph.grey(values, shape, `The photograph “${photo.name}”`);
    }
    const pyramid = `${kind} ${levels()}`;
    if (ready.pyramid === pyramid) return;
    Object.assign(ready, { pyramid, parts: takeApart(ready.photo, kind, levels()) });
    showTiles(ready.parts, kind);
  }

  return function draw() {
    const [kind, missing] = [page.get("kind"), off()];
    prepare(page.get("photo"), kind);
    const { parts } = ready;
    const { image } = ready.photo;
    const on = used(parts, kind, missing);
    const whole = total(on.map(({ given }) => given), image.values.length);
    const gap = whole.map((value, i) => value - image.values[i]);
    const pixels = image.values.length;
    const said = describe(parts, on, kind, levels(), missing, pixels, size(gap));
    const words = said.join(" ");
    if (kind === "Gaussian" || !missing.includes(parts.at(-1).name))
      again.grey(whole, image.shape, `Put together. ${words}`);
    else again.signed(whole, image.shape, seen, `Put together, without the last blur. ${words}`);
    lost.signed(gap, image.shape, seen, `What is wrong with it. ${words}`);
    for (const tile of tiles) tile.turn(!missing.includes(tile.name));
    page.say(...said);
    awaitPhoto();
  };
}

export { describe, names, number, reconstruct, size, takeApart, total, unpacked, used };
export default widget(pyramids);
