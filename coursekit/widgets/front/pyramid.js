// One step down and one step up a pyramid, as coursekit.pyramids does them; a picture is
// { values, shape: [rows, columns] } here. Only for pages that ask for this file.

const TAPS = [1, 4, 6, 4, 1];

/** Position of a sample beyond the edge, mirrored at the edge sample (numpy.pad's "reflect"). */
function mirrored(i, length) {
  return i < 0 ? -i : i >= length ? 2 * (length - 1) - i : i;
}

/** Rows of G: which samples [i, weight] make every second one of `length`, blurred. */
function rowsOfG(length) {
  return Array.from({ length: Math.ceil(length / 2) }, (_, k) =>
    TAPS.map((tap, j) => [mirrored(2 * k + j - 2, length), tap / 16]),
  );
}

/** Rows of F: zeros between the samples, blurred with twice the weight; zeros are left out. */
function rowsOfF(length) {
  return Array.from({ length }, (_, i) =>
    TAPS.map((tap, j) => [mirrored(i + j - 2, length) / 2, tap / 8]).filter(([k]) => k % 1 === 0),
  );
}

/** New rows of a picture from its rows: as many as the matrix has, each a weighted sum. */
function mixed(matrix, { values, shape: [, width] }) {
  const out = new Float64Array(matrix.length * width);
  matrix.forEach((row, y) => {
    for (const [from, weight] of row)
      for (let x = 0, i = y * width, j = from * width; x < width; x++, i++, j++)
        out[i] += weight * values[j];
  });
  return { values: out, shape: [matrix.length, width] };
}

/** Rows become columns. */
function transposed({ values, shape: [height, width] }) {
  const out = new Float64Array(values.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) out[x * height + y] = values[y * width + x];
  return { values: out, shape: [width, height] };
}

/** Blur and keep every second sample of every second row. */
function reduce(image) {
  const [height, width] = image.shape;
  return transposed(mixed(rowsOfG(width), transposed(mixed(rowsOfG(height), image))));
}

/** Back to the size `shape`, smoothly: a constant stays a constant. */
function expand(image, [height, width]) {
  return transposed(mixed(rowsOfF(width), transposed(mixed(rowsOfF(height), image))));
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
