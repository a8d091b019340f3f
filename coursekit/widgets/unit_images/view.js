// Unit images: Python climbs and sends the newest image; the page draws it.

/** An axis that holds all values: from 0, or below, up to the next round number. */
function reach(values) {
  const round = (most) => {
    const power = 10 ** Math.floor(Math.log10(most));
    return power * [1, 2, 5, 10].find((m) => m * power >= most);
  };
  const [low, high] = [Math.min(0, ...values), Math.max(0.1, ...values)];
  return { low: low < 0 ? -round(-low) : 0, high: round(high) };
}

function unitImages(page) {
  const { networks, layers, regularisers, starts, last } = page.facts;
  page.controls.classList.add("ck-two");
  page.player();
  page.renew("seed", { label: "other noise" });
  page.choice("network", { label: "Network", values: networks });
  page.choice("layer", { label: "Layer", values: layers });
  page.choice("start", { label: "Start from", values: starts });
  page.slider("unit", { label: "Unit", step: 1, last: () => page.get("frame").units - 1 });
  page.slider("lr", { label: "Step size", step: 0.02, log: true });
  page.choice("regulariser", { label: "Kept natural by", values: regularisers });
  const image = new Picture("Image", { pixelated: true });
  const slopes = new Picture("Slope to each pixel", { pixelated: true, scaled: true });
  const curve = new Plot(page, "Activation after each step");
  page.pictures.classList.add("ck-unit-images");
  page.pictures.append(image.element, slopes.element, curve.element);
  const awaitPython = page.answered();

  return function draw() {
    const frame = page.get("frame");
    const words = frame.words.join(" ");
    const [height, width, colours] = frame.image.shape;
    const values = scaledBy(1 / 255, numbersOf(frame.image));
    const channel = (k) => values.filter((_, i) => i % 3 === k);
    if (colours) image.colour([0, 1, 2].map(channel), [height, width], `Image. ${words}`);
    else image.grey(values, [height, width], `Image. ${words}`);
    const slope = signedOf(frame.saliency, frame.strength);
    slopes.signed(slope, frame.saliency.shape, frame.strength, `Slopes. ${words}`);
    const activations = numbersOf(frame.activations);
    const x = { label: "step", low: 0, high: last };
    curve.axes(x, { label: "activation", ...reach(activations) }, `Activation. ${words}`);
    const points = [...activations].map((value, i) => [i + 1, value]);
    curve.line(points, "ck-path");
    curve.dots(points.slice(-1), 4, "ck-dot");
    page.say(...frame.words);
    awaitPython();
  };
}

export default widget(unitImages);
