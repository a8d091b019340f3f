// Pooling: what a window yields, and the part of its slope that each of its pixels gets.

/** The number of a window, and d number / d pixel for each pixel. */
function pool(seen, kind) {
  if (kind === "average") {
    const y = seen.reduce((sum, value) => sum + value, 0) / seen.length;
    return { y, slopes: seen.map(() => 1 / seen.length) };
  }
  if (kind === "L2") {
    const y = Math.hypot(...seen);
    return { y, slopes: seen.map((value) => (y ? value / y : 0)) };
  }
  const y = kind === "max" ? Math.max(...seen) : Math.min(...seen);
  return { y, slopes: seen.map((_, i) => (i === seen.indexOf(y) ? 1 : 0)) }; // the first of equals
}

/** All windows of a picture, row by row: where each begins and what it sees. */
function windows(image, size, stride) {
  const begins = Array.from(image, (_, i) => i * stride).filter((i) => i + size <= image.length);
  const offsets = Array.from({ length: size }, (_, i) => i);
  return begins.flatMap((y) =>
    begins.map((x) => ({ y, x, seen: offsets.flatMap((i) => offsets.map((j) => image[y + i][x + j])) })),
  );
}

/** Slopes of the pixels when the outputs 0 … place have the slopes 1, 2, 3, … */
function sendBack(image, all, kind, size, place) {
  const slopes = image.map((row) => row.map(() => 0));
  all.slice(0, place + 1).forEach(({ y, x, seen }, k) => {
    pool(seen, kind).slopes.forEach((slope, i) => {
      slopes[y + Math.floor(i / size)][x + (i % size)] += (k + 1) * slope;
    });
  });
  return slopes;
}

/** Who gets the slope of a window, in words. */
function share({ y, x, seen }, kind, size, slope) {
  const n = seen.length;
  if (kind === "average") return `Each of its ${n} pixels gets ${slope} / ${n} of the slope ${slope}.`;
  if (kind === "L2") return `Each pixel gets its value / L2 of the slope ${slope}.`;
  const best = pool(seen, kind).y;
  const [first, many] = [seen.indexOf(best), seen.filter((value) => value === best).length];
  const place = `at y ${y + Math.floor(first / size)}, x ${x + (first % size)}`;
  const word = { max: "largest", min: "smallest" }[kind];
  const who = many > 1 ? `${many} are equal, and the first` : `The ${word}`;
  return `${who}, ${place}, gets the whole slope ${slope}.`;
}

function pooling(page) {
  const { images } = page.facts;
  const now = {};
  page.before(() => {
    const [size, stride] = [page.get("size"), page.get("stride")];
    now.image = images[page.get("image")];
    now.all = windows(now.image, size, stride);
    now.side = Math.sqrt(now.all.length);
  });
  const last = () => now.all.length - 1;
  page.stepper("place", { label: "Place", last });
  page.choice("kind", { label: "Kind", values: ["max", "average", "min", "L2"] });
  page.choice("size", { label: "Window", values: [2, 3, 4], words: (n) => `${n}×${n}` });
  page.choice("stride", { label: "Stride", values: [1, 2, 3] });
  page.menu("image", { label: "Picture", values: () => Object.keys(images) });
  const words = (n) => (n === 1 ? "none" : `${n}×${n}`);
  page.choice("kernel", { label: "Convolution before it", values: [1, 3, 5], words });

  const drag = (row, column) => {
    const middle = (page.get("size") - 1) / 2;
    const nearest = (at) => Math.round((at - middle) / page.get("stride"));
    const [y, x] = [row, column].map((at) => Math.max(0, Math.min(now.side - 1, nearest(at))));
    page.set({ place: y * now.side + x });
  };
  const pick = (row, column) => page.set({ place: row * now.side + column });
  const input = new Grid("Picture", { pick: drag });
  const output = new Grid("Output", { pick });
  const upstream = new Grid("Slope of the output", { pick });
  const slopes = new Grid("Slope of the picture");
  page.pictures.classList.add("ck-between");
  page.pictures.append(input.element, output.element, upstream.element, slopes.element);

  return function draw() {
    const [kind, size, kernel] = ["kind", "size", "kernel"].map((name) => page.get(name));
    const place = Math.min(page.get("place"), last());
    const { image, all, side } = now;
    const here = all[place];
    const values = all.map(({ seen }) => pool(seen, kind).y);
    const field = size + kernel - 1;
    const sees = ` Behind a ${kernel}×${kernel} convolution it sees ${field} × ${field} pixels.`;
    const said = [
      `The ${kind} of the window at y ${here.y}, x ${here.x} is ${number(values[place])}.`,
      share(here, kind, size, place + 1) + (kernel > 1 ? sees : ""),
    ];
    const later = (i) => (i > place ? "ck-later" : "");
    input.numbers(image.flat(), [8, 8], `Picture and window. ${said.join(" ")}`);
    input.mark(here.y, here.x, size, size, "ck-window");
    if (kernel > 1) markField(input, here, size, (kernel - 1) / 2);
    output.numbers(values, [side, side], `Output. ${said.join(" ")}`, later);
    output.mark(Math.floor(place / side), place % side, 1, 1, "ck-window");
    const sent = values.map((_, i) => i + 1);
    upstream.numbers(sent, [side, side], `Slope of the output, sent up to ${place + 1}`, later);
    upstream.mark(Math.floor(place / side), place % side, 1, 1, "ck-window");
    const arrived = sendBack(image, all, kind, size, place).flat();
    slopes.numbers(arrived, [8, 8], `Slope of the picture: ${arrived.map(number).join(", ")}`);
    slopes.mark(here.y, here.x, size, size, "ck-window");
    page.say(...said);
  };
}

/** What a window has seen behind a convolution, as far as it is within the 8 × 8 pixels. */
function markField(grid, { y, x }, size, radius) {
  const [top, left] = [y, x].map((at) => Math.max(0, at - radius));
  const [bottom, right] = [y, x].map((at) => Math.min(8, at + size + radius));
  grid.mark(top, left, bottom - top, right - left, "ck-inside");
}

export { pool, sendBack, windows };
export default widget(pooling);
