// Coring: the pyramid of the noisy photograph is made when the noise changes; the threshold only
// changes which of its numbers go into the sum.

/** Small numbers become 0; soft coring also moves the others towards 0. */
function core(values, threshold, kind) {
  const out = new Float64Array(values.length);
  for (let i = 0; i < out.length; i++) {
    const size = Math.abs(values[i]);
    if (size > threshold) out[i] = kind === "hard" ? values[i] : values[i] * (1 - threshold / size);
  }
  return out;
}

/** Every band cored at its own share of the threshold; the last blur stays. */
function cored(pyramid, gains, threshold, kind) {
  return pyramid.map(({ values, shape }, k) => {
    const blur = k === gains.length;
    return { values: blur ? values : core(values, threshold * gains[k], kind), shape };
  });
}

/** Peak signal to noise in decibels; the peak is 1. */
function psnr(picture, truth) {
  let squares = 0;
  for (let i = 0; i < truth.length; i++) squares += (picture[i] - truth[i]) ** 2;
  return -10 * Math.log10(squares / truth.length);
}

/** The part of the bands' numbers that is not 0. */
function kept(pyramid) {
  const bands = pyramid.slice(0, -1).map(({ values }) => values);
  const left = bands.reduce((sum, values) => sum + values.reduce((n, v) => n + (v !== 0), 0), 0);
  return left / bands.reduce((sum, values) => sum + values.length, 0);
}

/** A verdict and its sentence. */
function describe(before, after, part, kind) {
  const gain = Math.round(100 * (after - before)) / 100;
  return [
    `${number(Math.abs(gain))} dB ${gain < 0 ? "lost" : "won"}.`,
    `PSNR ${number(before)} dB with noise, ${number(after)} dB after ${kind} coring, which leaves ${number(100 * part)} % of the numbers in the bands.`,
  ];
}

function coring(page) {
  const { images, gains, thresholds } = page.facts;
  page.slider("noise", { label: "Noise, of 255", step: 1 });
  page.slider("threshold", { label: "Threshold / σ", step: 0.05 });
  page.choice("kind", { label: "Kind", values: ["soft", "hard"] });
  page.menu("image", { label: "Photograph", values: () => images });
  page.renew("seed", { label: "new noise" });
  const noisy = new Picture("With noise");
  const clean = new Picture("Cleaned");
  const taken = new Picture("Taken away", { scaled: true });
  const plot = new Plot(page, "Won at other thresholds");
  const beside = make("div", {}, taken.element, plot.element);
  page.controls.classList.add("ck-two");
  page.pictures.classList.add("ck-coring");
  page.pictures.append(noisy.element, clean.element, beside);
  const awaitPictures = page.patience(
    () => ["image", "seed"].every((name) => page.get(name) === page.get("sent")[name]),
    () => ({ image: page.get("sent").image, seed: page.get("sent").seed }),
    () => "Other photographs and other noise must be sent by Python",
  );
  let ready = {};

  /** The noisy photograph, its pyramid, and what each threshold would win. */
  function prepare(sent, sigma, kind) {
    if (ready.sent !== sent || ready.sigma !== sigma) {
      const { shape } = sent.photograph;
      const truth = Float64Array.from(numbersOf(sent.photograph), (value) => value / 255);
      const noise = numbersOf(sent.noise);
      const values = truth.map((value, i) => value + sigma * noise[i]);
      const pyramid = laplacianPyramid({ values, shape }, gains.length + 1);
      ready = { sent, sigma, truth, values, shape, pyramid, before: psnr(values, truth) };
    }
    if (ready.kind === kind) return;
    const won = (times) => {
      const { values } = reconstruct(cored(ready.pyramid, gains, times * sigma, kind));
      return psnr(values, ready.truth) - ready.before;
    };
    Object.assign(ready, { kind, curve: thresholds.map((times) => [times, won(times)]) });
  }

  return function draw() {
    const [sigma, kind, times] = [page.get("noise") / 255, page.get("kind"), page.get("threshold")];
    prepare(page.get("sent"), sigma, kind);
    const { truth, values, shape, pyramid, before, curve } = ready;
    const left = cored(pyramid, gains, times * sigma, kind);
    const cleaned = reconstruct(left).values;
    const after = psnr(cleaned, truth);
    const said = describe(before, after, kept(left), kind);
    const words = said.join(" ");
    noisy.grey(values, shape, `Photograph “${ready.sent.image}” with noise of ${page.get("noise")}`);
    clean.grey(cleaned, shape, `Cleaned. ${words}`);
    const gone = values.map((value, i) => value - cleaned[i]);
    taken.signed(gone, shape, 3 * sigma, `What coring took away. ${words}`);
    const [x, y] = [{ label: "threshold / σ", low: 0, high: 5 }, { label: "dB won", low: -8, high: 12 }];
    plot.axes(x, y, `Decibels won at each threshold. ${words}`);
    plot.line([[0, 0], [5, 0]], "ck-curve");
    plot.line(curve, "ck-path");
    plot.dots([[times, after - before]], 5, "ck-end");
    page.say(...said);
    awaitPictures();
  };
}

export { core, cored, describe, kept, number, psnr };
export default widget(coring);
