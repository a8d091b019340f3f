// One step down and one step up a pyramid, as coursekit.pyramids does them; a picture is
// { values, shape: [rows, columns] } here. Only for pages that ask for this file.

const TAPS = [1, 4, 6, 4, 1];

/** Position of a sample beyond the edge, mirrored at the edge sample (numpy.pad's "reflect"). */
function mirrored(i, length) {
  return i < 0 ? -i : i >= length ? 2 * (length - 1) - i : i;
}

/** Rows become columns, so that all the work is done along rows. */
function transposed({ values, shape: [height, width] }) {
  const out = new Float64Array(values.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) out[x * height + y] = values[y * width + x];
  return { values: out, shape: [width, height] };
}

/** Every row blurred with [1 4 6 4 1]/16 and every second sample of it kept. */
function narrowed({ values, shape: [height, width] }) {
  const half = Math.ceil(width / 2);
  const out = new Float64Array(height * half);
  for (let x = 0; x < half; x++) {
    const [a, b, c, d, e] = TAPS.map((_, i) => mirrored(2 * x + i - 2, width));
    for (let y = 0, row = 0; y < height; y++, row += width) {
      const sides = values[row + a] + values[row + e] + 4 * (values[row + b] + values[row + d]);
      out[y * half + x] = (sides + 6 * values[row + c]) / 16;
    }
  }
  return { values: out, shape: [height, half] };
}

/** Zeros put between the samples of every row, blurred with [1 4 6 4 1]/8. */
function widened({ values, shape: [height, half] }, width) {
  const out = new Float64Array(height * width);
  const at = (x) => mirrored(x, width) / 2; // of an even x
  for (let x = 0; x < width; x++) {
    const odd = x % 2;
    const [a, b, c] = odd ? [at(x - 1), at(x + 1), 0] : [at(x - 2), at(x), at(x + 2)];
    for (let y = 0, row = 0; y < height; y++, row += half) {
      const [first, second] = [values[row + a], values[row + b]];
      out[y * width + x] = odd ? (first + second) / 2 : (first + 6 * second + values[row + c]) / 8;
    }
  }
  return { values: out, shape: [height, width] };
}

/** Blur and keep every second sample of every second row. */
function reduce(image) {
  return transposed(narrowed(transposed(narrowed(image))));
}

/** Back to the size `shape`, smoothly: a constant stays a constant. */
function expand(image, [height, width]) {
  return transposed(widened(transposed(widened(image, width)), height));
}

function gaussianPyramid(image, levels) {
  const pyramid = [image];
  while (pyramid.length < levels) pyramid.push(reduce(pyramid.at(-1)));
  return pyramid;
}

/** What each blur takes away, finest first, and the last blur. */
function laplacianPyramid(image, levels) {
  const blurred = gaussianPyramid(image, levels);
  return blurred.map((level, k) => {
    if (k === levels - 1) return level;
    const coarse = expand(blurred[k + 1], level.shape).values;
    return { values: level.values.map((value, i) => value - coarse[i]), shape: level.shape };
  });
}

/** The picture of a Laplacian pyramid: from the coarsest level, one band after the other. */
function reconstruct(pyramid) {
  return pyramid.reduceRight((coarse, band) => {
    const { values, shape } = expand(coarse, band.shape);
    band.values.forEach((value, i) => (values[i] += value));
    return { values, shape };
  });
}

/** Level k at the size of the first: expanded k times. */
function fullResolution(pyramid) {
  const back = (level, k) =>
    pyramid.slice(0, k).reduceRight((image, finer) => expand(image, finer.shape), level);
  return pyramid.map(back);
}

/** Numbers that came as bytes: 0…255 for 0…1, or 16 bits with a sign, times `unit`. */
function unpacked({ data, shape, unit = 0 }) {
  const bytes = data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength);
  const values = Float64Array.from(unit ? new Int16Array(bytes) : new Uint8Array(bytes));
  for (let i = 0; i < values.length; i++) values[i] = unit ? values[i] * unit : values[i] / 255;
  return { values, shape };
}
