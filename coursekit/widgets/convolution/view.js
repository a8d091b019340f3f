// Convolution: every number of the output is a few products, all computed anew at every move.

/** What a window sees at row y and column x of a picture, times the kernel: one row after another. */
function products({ values, shape: [, width] }, kernel, y, x) {
  return kernel.flatMap((row, i) => row.map((k, j) => k * values[(y + i) * width + x + j]));
}

/** The kernel as it lies on the picture: convolution turns it by 180°. */
function laid(kernel, operation) {
  if (operation === "correlation") return kernel;
  return [...kernel].reverse().map((row) => [...row].reverse());
}

const total = (numbers) => numbers.reduce((sum, value) => sum + value, 0);

/** The padded picture seen through a kernel as it lies. */
function respond(image, kernel, stride) {
  const shape = image.shape.map((size) => places(size, kernel.length, stride, 0));
  const values = [];
  for (let y = 0; y < shape[0]; y++)
    for (let x = 0; x < shape[1]; x++)
      values.push(total(products(image, kernel, y * stride, x * stride)));
  return { values, shape };
}

/** Cells to write the kernel in: decimals or fractions such as 1/9. */
class Editor {
  constructor(change) {
    this.cells = make("div", { class: "ck-editor" });
    Object.assign(this, figure("Kernel", make("div", { class: "ck-frame" }, this.cells)));
    this.change = change;
  }

  show(kernel) {
    if (this.side !== kernel.length) this.#lay(kernel.length);
    this.kernel = kernel;
    const scale = Math.max(...kernel.flat().map(Math.abs)) || 1;
    kernel.flat().forEach((value, i) => {
      const cell = this.cells.children[i];
      cell.value = number(value);
      const [hue, part] = [value < 0 ? "orange" : "blue", Math.abs(value / scale / PALE)];
      cell.style.background = `color-mix(in srgb, var(--ck-${hue}) ${100 * part}%, #fff)`;
    });
  }

  #lay(side) {
    this.side = side;
    this.cells.style.gridTemplateColumns = `repeat(${side}, 1fr)`;
    const cells = Array.from({ length: side * side }, (_, i) => {
      const label = `Kernel, row ${Math.floor(i / side)}, column ${i % side}`;
      const cell = make("input", { type: "text", "aria-label": label });
      cell.setAttribute("data-lm-suppress-shortcuts", "true");
      cell.addEventListener("change", () => this.#write(i, cell));
      return cell;
    });
    this.cells.replaceChildren(...cells);
  }

  #write(i, cell) {
    const [above, below = 1] = cell.value.replace("−", "-").split("/").map(Number);
    const value = above / below;
    if (!(Math.abs(value) <= 1000)) return this.show(this.kernel); // no number: as it was
    const row = Math.floor(i / this.side);
    const kernel = this.kernel.map((numbers) => [...numbers]);
    kernel[row][i % this.side] = value;
    this.change(kernel);
  }
}

function describe([height, width], side, turned, stride, padding, place, value) {
  const [rows, columns] = [height, width].map((size) => places(size, side, stride, padding));
  const [y, x] = [Math.floor(place / columns), place % columns];
  const rounded = (height + 2 * padding - side) % stride === 0 ? "" : ", rounded down";
  const why = `(${height} + 2·${padding} − ${side}) / ${stride} + 1 = ${rows}${rounded}`;
  const many = side === 1 ? "1 product" : `${side * side} products`;
  return [
    `Output y ${y}, x ${x} is ${number(value)}.`,
    `The sum of ${many}${turned ? " with the turned kernel" : ""}; there are ${rows} × ${columns} places, because ${why}.`,
  ];
}

function convolution(page) {
  const { images, kernels } = page.facts;
  const now = {}; // what the last drawing computed
  const last = () => now.output.values.length - 1;
  page.stepper("place", { label: "Place", last });
  page.menu("image", { label: "Picture", values: () => Object.keys(images) });
  const names = () => [...Object.keys(kernels), ...(now.own ? ["your own"] : [])];
  const called = (kernel) => (typeof kernel === "string" ? kernel : "your own");
  page.menu("kernel", { label: "Kernel", values: names, words: called });
  const operations = ["correlation", "convolution"];
  page.choice("operation", { label: "Operation", values: operations });
  page.choice("padding", { label: "Padding", values: [0, 1, 2] });
  page.choice("stride", { label: "Stride", values: [1, 2, 3] });

  /** Bring the window's middle to a pixel of the padded picture. */
  const drag = (row, column) => {
    const place = [row, column].map((at, i) => {
      const nearest = Math.round((at - (now.side - 1) / 2) / now.stride);
      return Math.max(0, Math.min(now.output.shape[i] - 1, nearest));
    });
    page.set({ place: place[0] * now.output.shape[1] + place[1] });
  };
  const input = new Grid("Picture, with its padding", { pick: drag });
  const editor = new Editor((kernel) => page.set({ kernel }));
  const parts = new Grid("Products");
  const pick = (row, column) => page.set({ place: row * now.output.shape[1] + column });
  const output = new Grid("Output", { pick });
  page.pictures.classList.add("ck-between");
  page.pictures.append(input.element, editor.element, parts.element, output.element);

  /** A small array as numbers, a large one as a photograph. */
  const show = (grid, { values, shape }, words, look) => {
    if (Math.max(...shape) <= MOST) grid.numbers(values, shape, words, look);
    else grid.photograph(values, shape, words, now.signed && grid === output);
  };

  /** Output and its ingredients for all but the place. */
  function compute([name, kernel, operation, padding, stride]) {
    const numbers = typeof kernel === "string" ? kernels[kernel] : kernel;
    const image = padded(images[name], padding);
    const used = laid(numbers, operation);
    const output = respond(image, used, stride);
    const own = now.own || typeof kernel !== "string";
    Object.assign(now, { numbers, image, used, output, stride, own, side: numbers.length });
    now.signed = numbers.flat().some((k) => k < 0);
  }

  page.before(() => {
    const settings = ["image", "kernel", "operation", "padding", "stride"].map((n) => page.get(n));
    const key = JSON.stringify(settings);
    if (now.key !== key) compute(settings);
    now.key = key;
  });

  return function draw() {
    const { numbers, image, used, stride, side } = now;
    const [place, padding] = [Math.min(page.get("place"), last()), page.get("padding")];
    const [y, x] = [Math.floor(place / now.output.shape[1]), place % now.output.shape[1]];
    const summands = products(image, used, y * stride, x * stride);
    const shape = images[page.get("image")].shape;
    const turned = page.get("operation") === "convolution";
    const said = describe(shape, side, turned, stride, padding, place, now.output.values[place]);
    const words = said.join(" ");
    show(input, image, `Picture and window. ${words}`);
    input.mark(padding, padding, ...shape, "ck-inside");
    input.mark(y * stride, x * stride, side, side, "ck-window");
    editor.show(numbers);
    parts.numbers(summands, [side, side], `Products: ${summands.map(number).join(", ")}`);
    show(output, now.output, `Output. ${words}`, (i) => (i > place ? "ck-later" : ""));
    output.mark(y, x, 1, 1, "ck-window");
    page.say(...said);
  };
}

export { laid, number, padded, places, products, respond };
export default widget(convolution);
