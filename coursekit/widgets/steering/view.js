// Steering: the basis responses are computed here once for a photograph and an order; turning
// the kernel is then a weighted sum, done again at every move of the slider.

/** Position of a pixel beyond the edge, mirrored at the edge pixel (numpy.pad's "reflect"). */
function mirror(i, length) {
  return i < 0 ? -i : i >= length ? 2 * (length - 1) - i : i;
}

/** Convolve an image with the kernel whose entries are column[i]·row[j]. */
function convolveSeparable(image, [height, width], column, row) {
  [column, row] = [[...column].reverse(), [...row].reverse()]; // else it would be correlation
  const radius = (row.length - 1) / 2;
  const across = new Float64Array(height * width);
  const line = new Float64Array(width + 2 * radius);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < line.length; x++) line[x] = image[y * width + mirror(x - radius, width)];
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let j = 0; j < row.length; j++) sum += row[j] * line[x + j];
      across[y * width + x] = sum;
    }
  }
  const out = new Float32Array(height * width);
  const total = new Float64Array(width);
  for (let y = 0; y < height; y++) {
    total.fill(0);
    for (let i = 0; i < column.length; i++) {
      const start = mirror(y + i - radius, height) * width;
      for (let x = 0; x < width; x++) total[x] += column[i] * across[start + x];
    }
    out.set(total, y * width);
  }
  return out;
}

/** Weights of the basis ∂x^(N−k) ∂y^k, k = 0…N, for a kernel turned by an angle in degrees. */
function steeringWeights(order, angle) {
  const [c, s] = [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)];
  const weights = [];
  for (let k = 0, binomial = 1; k <= order; k++) {
    weights.push(binomial * c ** (order - k) * s ** k);
    binomial = (binomial * (order - k)) / (k + 1);
  }
  return weights;
}

/** Σ weights[k]·arrays[k], written into `sum`; two arrays at a time, as the walk takes the time. */
function combine(weights, arrays, sum = new Float32Array(arrays[0].length)) {
  for (let k = 0; k < weights.length; k += 2) {
    const [a, b] = [arrays[k], arrays[k + 1] ?? arrays[k]];
    const [u, v] = [weights[k], weights[k + 1] ?? 0];
    if (k === 0) for (let i = 0; i < sum.length; i++) sum[i] = u * a[i] + v * b[i];
    else for (let i = 0; i < sum.length; i++) sum[i] += u * a[i] + v * b[i];
  }
  return sum;
}

/** The photograph as numbers in [0, 1]. */
function brightness(photo) {
  const values = numbersOf(photo);
  return photo.depth === 32 ? values : scaledBy(1 / 255, values);
}

/** Strength at the ends of the colours: four times the typical response along the two axes. */
function strength(first, last) {
  let sum = 0;
  for (let i = 0; i < first.length; i++) sum += first[i] ** 2 + last[i] ** 2;
  return 4 * Math.sqrt(sum / (2 * first.length)) || 1;
}

const SIDE = 17; // pixels of a kernel that are shown: the rest is too pale to see
const middle = (profile) => profile.slice((profile.length - SIDE) / 2, (profile.length + SIDE) / 2);
const outer = (column, row) => column.flatMap((c) => row.map((r) => c * r));

/** All that depends on the photograph and the order alone. */
function prepare(photo, separable) {
  const image = brightness(photo);
  const responses = separable.map(([column, row]) =>
    convolveSeparable(image, photo.shape, column, row),
  );
  const kernels = separable.map((profiles) => outer(...profiles.map(middle)));
  return {
    image,
    responses,
    kernels, // as they are shown
    sum: new Float32Array(image.length), // written anew at every move
    responseScale: strength(responses[0], responses.at(-1)),
    kernelScale: Math.max(...kernels[0].map(Math.abs)),
  };
}

/** The row that shows what the kernel is made of: each basis kernel with its weight. */
class Recipe {
  constructor() {
    const attributes = { class: "ck-recipe", role: "group", "aria-label": "Basis kernels" };
    this.element = make("div", attributes);
  }

  /** Basis kernels of a new order. */
  list({ kernels, kernelScale }, order) {
    this.weights = kernels.map(() => make("span"));
    const parts = kernels.map((kernel, k) => {
      const picture = new Picture("", { pixelated: true });
      const name = "x".repeat(order - k) + "y".repeat(k);
      picture.signed(kernel, [SIDE, SIDE], kernelScale, `Basis kernel g ${name}`);
      const words = make("div", {}, this.weights[k], make("i", {}, "g"), make("sub", {}, name));
      return make("div", { class: "ck-part" }, picture.canvas, words);
    });
    this.element.replaceChildren(...parts);
  }

  weigh(weights, missing) {
    weights.forEach((weight, k) => {
      const absent = missing && k === weights.length - 1;
      write(this.weights[k], absent ? "without " : `${number(round(weight))} × `);
      this.element.children[k].classList.toggle("ck-absent", absent);
    });
  }
}

const round = (value) => Math.round(value * 1000) / 1000 + 0; // no −0

/** How far the kernel is from the truly turned one, as a part of its strength. */
function turningError(exact, used, kernels) {
  const gap = combine(exact.map((weight, k) => weight - used[k]), kernels);
  return Math.hypot(...gap) / Math.hypot(...combine(exact, kernels));
}

/** A verdict and its sentence. */
function describe(order, angle, complete, error) {
  const turned = `derivative of order ${order} turned to ${number(angle)}°`;
  const needs = `order ${order} needs ${order + 1} basis kernels`;
  if (complete) return ["Exact.", `This is the ${turned}: ${needs} and has them.`];
  const far = `${Math.round(100 * error)} % off.`;
  return [far, `So far is this kernel from the ${turned}: ${needs} and has ${order}.`];
}

function steering(page) {
  page.slider("angle", { label: "Angle", step: 1, words: (v) => `${number(v)}°` });
  page.choice("order", { label: "Order", values: [1, 2, 3, 4] });
  const all = () => (page.get("order") === 1 ? "both" : `all ${page.get("order") + 1}`);
  page.tick("all_kernels", { words: () => `use ${all()} basis kernels` });
  page.menu("image", { label: "Photograph", values: () => page.get("images") });
  const photograph = new Picture("Photograph");
  const kernel = new Picture("Kernel", { pixelated: true, scaled: true });
  const response = new Picture("Response", { scaled: true });
  const recipe = new Recipe();
  page.pictures.classList.add("ck-steering");
  page.pictures.append(photograph.element, kernel.element, response.element, recipe.element);
  const awaitPhoto = page.patience(
    () => page.get("image") === page.get("photo").name,
    () => ({ image: page.get("photo").name }),
    () => `“${page.get("image")}” must be sent by Python`,
  );
  let ready = {};

  return function draw() {
    const [photo, order, angle] = ["photo", "order", "angle"].map((name) => page.get(name));
    const complete = page.get("all_kernels");
    const separable = page.facts.separable[order];
    if (ready.photo !== photo || ready.order !== order) {
      ready = { photo, order, ...prepare(photo, separable) };
      photograph.grey(ready.image, photo.shape, `The photograph “${photo.name}”`);
      recipe.list(ready, order);
    }
    const exact = steeringWeights(order, angle);
    const used = exact.map((weight, k) => (complete || k < order ? weight : 0));
    const said = describe(order, angle, complete, turningError(exact, used, ready.kernels));
    const words = said.join(" ");
    const { kernelScale, responseScale } = ready;
    kernel.signed(combine(used, ready.kernels), [SIDE, SIDE], kernelScale, `Kernel. ${words}`);
    const { responses, sum } = ready; // all but the last are summed first, if there are more than two
    const two =
      order === 1 ? responses : [combine(used.slice(0, -1), responses, sum), responses[order]];
    const shares = order === 1 ? used : [1, used[order]];
    response.mixed(shares, two, photo.shape, responseScale, `Response of “${photo.name}”. ${words}`);
    recipe.weigh(used, !complete);
    page.say(...said);
    awaitPhoto();
  };
}

export { convolveSeparable, number, steeringWeights };
export default widget(steering);
