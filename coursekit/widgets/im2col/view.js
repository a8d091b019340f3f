// im2col: Python sends for each setting from which pixel each cell was copied; the page copies,
// multiplies and adds.

/** A table of pixels' places, −1 for padding -> the columns, row by row. */
function copied(table, picture) {
  return table.map((row) => row.map((i) => (i < 0 ? 0 : picture[i])));
}

/** weight (2, rows) times columns (rows, n), row by row. */
function multiplied(weight, columns) {
  const entry = (row, n) => row.reduce((sum, w, i) => sum + w * columns[i][n], 0);
  return weight.map((row) => columns[0].map((_, n) => entry(row, n)));
}

/** Every cell added to the pixel that it was copied from. */
function addedUp(table, columns, size) {
  const sums = new Array(size).fill(0);
  table.forEach((row, i) => row.forEach((pixel, n) => pixel >= 0 && (sums[pixel] += columns[i][n])));
  return sums;
}

/** Channel, row and column of a pixel. */
const placeOf = (pixel, [, h, w]) => [Math.floor(pixel / (h * w)), Math.floor(pixel / w) % h, pixel % w];

function describe({ table, kernel, stride, padding, across, row, column }, picture, shape) {
  const [channel, rest] = [Math.floor(row / kernel ** 2), row % kernel ** 2];
  const [ky, kx] = [Math.floor(rest / kernel), rest % kernel];
  const at = (i) => number(i * stride - padding);
  const window = `the window from y ${at(Math.floor(column / across))}, x ${at(column % across)}`;
  const place = `channel ${channel}, ky ${ky}, kx ${kx}`;
  const cell = `Row ${row} is ${place}; column ${column} is ${window}.`;
  const pixel = table[row][column];
  if (pixel < 0) return [cell, "This cell is a zero of the padding."];
  const [c, y, x] = placeOf(pixel, shape);
  const copies = table.flat().filter((other) => other === pixel).length;
  const value = picture[pixel];
  const often = copies === 1 ? "1 time" : `${copies} times`;
  const from = `Its ${number(value)} is the pixel of channel ${c}, y ${y}, x ${x}, copied ${often}`;
  return [cell, `${from}: col2im adds up ${copies} · ${number(value)} = ${number(copies * value)}.`];
}

/** The two channels of a picture, one below the other, as one place with one title. */
class Channels {
  constructor(title, pick = () => {}) {
    const grid = (channel) => new Grid("", { pick: (y, x) => pick(channel, y, x), aspect: "4 / 3" });
    this.grids = [grid(0), grid(1)];
    const both = make("div", { class: "ck-channels" }, ...this.grids.map(({ frame }) => frame));
    Object.assign(this, figure(title, both));
    for (const grid of this.grids) grid.readout = this.readout;
  }

  /** values (2·h·w) with a border of zeros; the pixel that is chosen is framed. */
  show(values, [, h, w], padding, pixel, words) {
    this.grids.forEach((grid, channel) => {
      const part = { values: values.slice(channel * h * w, (channel + 1) * h * w), shape: [h, w] };
      const { values: shown, shape } = padded(part, padding);
      grid.numbers(shown, shape, `${words}, channel ${channel}: ${part.values.map(number).join(", ")}`);
      if (padding) grid.mark(padding, padding, h, w, "ck-inside");
      const [c, y, x] = placeOf(pixel, [2, h, w]);
      if (pixel >= 0 && c === channel) grid.mark(y + padding, x + padding, 1, 1, "ck-chosen");
    });
  }

  window(y, x, size) {
    for (const grid of this.grids) grid.mark(y, x, size, size, "ck-window");
  }
}

function im2col(page) {
  const { shape, picture, weights, tables } = page.facts;
  const [, h, w] = shape;
  const now = {};
  page.before(() => {
    const [kernel, stride, padding] = ["kernel", "stride", "padding"].map((n) => page.get(n));
    const table = tables[`${kernel} ${stride} ${padding}`];
    Object.assign(now, { kernel, stride, padding, table });
    now.row = Math.min(page.get("row"), table.length - 1);
    now.column = Math.min(page.get("column"), table[0].length - 1);
    now.across = places(w, kernel, stride, padding);
  });
  page.slider("row", { label: "Row", step: 1, last: () => now.table.length - 1 });
  page.stepper("column", { label: "Column", last: () => now.table[0].length - 1 });
  page.choice("kernel", { label: "Kernel", values: [1, 2, 3], words: (k) => `${k}×${k}` });
  page.choice("stride", { label: "Stride", values: [1, 2] });
  page.choice("padding", { label: "Padding", values: [0, 1] });

  /** Choose a cell that a pixel was copied into: in the present column, or else in the first. */
  const choose = (channel, y, x) => {
    const [row, column] = [y - now.padding, x - now.padding];
    if (row < 0 || row >= h || column < 0 || column >= w) return;
    const pixel = (channel * h + row) * w + column;
    const cells = now.table.flatMap((line, i) => line.flatMap((p, n) => (p === pixel ? [[i, n]] : [])));
    cells.sort((a, b) => (a[1] !== now.column) - (b[1] !== now.column) || a[1] - b[1]);
    if (cells.length) page.set({ row: cells[0][0], column: cells[0][1] });
  };
  const source = new Channels("Picture", choose);
  const pick = (row, column) => page.set({ row, column });
  const columns = new Grid("Columns: channel, ky, kx × windows", { pick, aspect: "3 / 2" });
  const sums = new Channels("col2im of the columns", choose);
  const weight = new Grid("Filters", { aspect: "7 / 1" });
  const product = new Grid("Filters × columns", { aspect: "9 / 1" });
  page.pictures.classList.add("ck-im2col");
  const parts = [source, columns, sums, weight, product].map(({ element }) => element);
  page.pictures.append(...parts);

  return function draw() {
    const { table, kernel, stride, padding, row, column, across } = now;
    const copies = copied(table, picture);
    const [n, pixel] = [table[0].length, table[row][column]];
    const said = describe(now, picture, shape);
    source.show(picture, shape, padding, pixel, "Picture");
    source.window(Math.floor(column / across) * stride, (column % across) * stride, kernel);
    columns.numbers(copies.flat(), [table.length, n], `Columns. ${said.join(" ")}`);
    columns.mark(0, column, table.length, 1, "ck-window");
    table.forEach((line, i) =>
      line.forEach((p, k) => p === pixel && p >= 0 && columns.mark(i, k, 1, 1, "ck-copy")),
    );
    columns.mark(row, column, 1, 1, "ck-chosen");
    sums.show(addedUp(table, copies, picture.length), shape, 0, pixel, "col2im of the columns");
    const filters = weights[kernel];
    weight.numbers(filters.flat(), [2, table.length], `Filters: ${filters.flat().join(", ")}`);
    weight.mark(0, row, 2, 1, "ck-window");
    const products = multiplied(filters, copies);
    const entries = products.map((line) => number(line[column])).join(" and ");
    product.numbers(products.flat(), [2, n], `Filters × columns; column ${column}: ${entries}`);
    product.mark(0, column, 2, 1, "ck-window");
    page.say(...said);
  };
}

export { addedUp, copied, multiplied };
export default widget(im2col);
