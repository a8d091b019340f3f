"""Keypoints: blobs found again when the picture is turned or scaled.

The first half of SIFT: Lowe 2004, "Distinctive image features from scale-invariant keypoints",
sections 3 to 5; deck 000 names it among the uses of pyramids.
"""

import math

import numpy as np

from coursekit._shared.ties import ranked
from coursekit.filters import check_image, correlate2d, gaussian
from coursekit.pyramids import expand

SCALES = 3  # steps from one octave to the next; each octave has three more images than that
SIGMA = 1.6  # blur of an octave's first image, in its own pixels
DOUBLED = 1.0  # blur of a picture that `expand` made twice as large: [1 4 6 4 1] has variance 1
SMALLEST = 8  # pixels of the shorter side of the last octave
FIELDS = ("y", "x", "sigma", "angle", "response")
BINS = 36  # of 10° each, in the histogram of gradient directions
ROUNDING = 32  # times eps and the largest value: more than two equal numbers can be apart


def scale_space(image):
    """Ever more blurred copies of a picture, an octave at a time.

    image (h, w), or (h, w, c) whose colours are averaged. Returns a list of arrays (6, h', w'):
    image i of octave o is blurred by 1.6 · 2^(i/3) of its pixels, which are 2^(o−1) pixels of
    the picture wide: octave 0 is twice as large as the picture. Pixel (j, k) lies at
    (j, k) · 2^(o−1). Lowe 2004, section 3.
    """
    image = check_image("scale_space", image)
    if image.ndim == 3:
        image = image.mean(axis=2)
    doubled = expand(image, (2 * image.shape[0], 2 * image.shape[1]))
    sigmas = SIGMA * 2 ** (np.arange(SCALES + 3) / SCALES)
    octaves: list[np.ndarray] = []
    first = _blur(doubled, DOUBLED, SIGMA)
    while not octaves or min(first.shape) >= SMALLEST:
        images = [first]
        for has, wanted in zip(sigmas, sigmas[1:], strict=False):
            images.append(_blur(images[-1], has, wanted))
        octaves.append(np.stack(images))
        first = images[SCALES][::2, ::2]  # its blur is 2 · SIGMA: SIGMA again in wider pixels
    return octaves


def keypoints(image, *, contrast=0.013, edge=10):
    """Extrema of the difference of Gaussians over position and scale, with their orientation.

    image (h, w), or (h, w, c) whose colours are averaged; with values 0…1 the default `contrast`
    fits. contrast: least |response|, in the picture's units. edge: largest ratio of the two
    curvatures; a point on a straight edge has one large and one small. Returns a record array
    sorted from strong to weak, with the fields y, x and sigma in pixels, angle of the gradient
    in radians from x towards y, and response, which is above 0 for dark blobs: `p.sigma` are all
    sizes, `p[0]` is the strongest point. A place with two orientations appears twice.
    Lowe 2004, sections 3 to 5.
    """
    image = check_image("keypoints", image)
    _check_tests(contrast, edge)
    rows, rounding = [], _rounding(image)
    for o, images in enumerate(scale_space(image)):
        pixel = 2.0 ** (o - 1)  # of this octave, in pixels of the picture
        dog = images[1:] - images[:-1]  # (5, h', w')
        places, values = _refine(dog, _extrema(dog, 0.8 * contrast, rounding), contrast, edge)
        for (layer, y, x), value in zip(places, values, strict=True):
            sigma = SIGMA * 2 ** (layer / SCALES)
            for angle in _orientations(images[round(layer)], y, x, 1.5 * sigma):
                rows.append((y * pixel, x * pixel, sigma * pixel, angle, value))
    table = np.array(rows, image.dtype).reshape(-1, len(FIELDS))
    order, strength = ranked(-abs(table[:, -1]), rounding)
    table = table[order]
    table[:, -1] = np.copysign(strength, table[:, -1])
    return np.rec.fromarrays(table.T, dtype=[(name, table.dtype) for name in FIELDS])


def _rounding(image):
    """How far apart two numbers can be that would be equal without rounding."""
    return ROUNDING * np.finfo(image.dtype).eps * float(abs(image).max())


def _check_tests(contrast, edge):
    if not contrast >= 0:
        raise ValueError(f"keypoints expects contrast of at least 0; got {contrast}")
    if not edge >= 1:
        raise ValueError(f"keypoints expects edge, a ratio, of at least 1; got {edge}")


def _blur(image, has, wanted):
    g = gaussian(np.sqrt(wanted**2 - has**2))
    return correlate2d(image, np.outer(g, g))


def _extrema(dog, least, rounding):
    """Places (n, 3) in a stack (5, h, w) that exceed all their neighbours in space and scale.

    Where the middle of a blob lies between samples, two or more of them are equally high, and
    their last bits must not decide how many of them count: the first one does.
    """
    inner = dog[1:-1, 1:-1, 1:-1]
    highest = _exceeds_neighbours(dog, rounding) & (inner > least)
    lowest = _exceeds_neighbours(-dog, rounding) & (inner < -least)
    return np.argwhere(highest | lowest) + 1


def _exceeds_neighbours(stack, rounding):
    """Where a sample is above the 13 neighbours before it, and not below the 13 after it."""
    rows = _of_three(stack, 2)  # (5, h, w − 2), the highest of each and its neighbours along x
    planes = _of_three(rows, 1)  # (5, h − 2, w − 2), of all nine in its plane
    inner, middle = stack[1:-1, 1:-1, 1:-1], stack[1:-1, 1:-1]
    before = np.maximum(np.maximum(planes[:-2], rows[1:-1, :-2]), middle[..., :-2])
    after = np.maximum(np.maximum(planes[2:], rows[1:-1, 2:]), middle[..., 2:])
    return (inner > before + rounding) & (inner >= after - rounding)


def _of_three(stack, axis):
    a = stack.swapaxes(0, axis)
    return np.maximum(np.maximum(a[:-2], a[1:-1]), a[2:]).swapaxes(0, axis)


def _refine(dog, places, contrast, edge):
    """Fit a parabola through each place: positions (n, 3) between samples, and values (n,).

    A place whose summit is nearer to another sample moves there, at most five times; 0.6 in
    place of 0.5 keeps summits halfway from going to and fro. What finds no summit, has little
    contrast or lies on an edge is dropped. Lowe 2004, section 4.
    """
    last = np.array(dog.shape) - 2
    for _ in range(5):
        offset, _, _ = _summit(dog, places)
        steps = np.where(abs(offset) > 0.6, np.sign(offset), 0).astype(int)
        places = np.unique(np.clip(places + steps, 1, last), axis=0)
    offset, value, hessian = _summit(dog, places)
    yy, yx, xx = hessian[:, 1, 1], hessian[:, 1, 2], hessian[:, 2, 2]
    good = (abs(offset) <= 0.6).all(axis=1) & (abs(value) >= contrast)
    good &= (yy + xx) ** 2 * edge < (edge + 1) ** 2 * (yy * xx - yx**2)
    return (places + offset)[good], value[good]


def _summit(dog, places):
    """Where the parabola at each sample is level (n, 3), its value there (n,), its hessian."""
    gradient, hessian = _derivatives(dog, places)
    offset = -(np.linalg.pinv(hessian) @ gradient[:, :, None])[:, :, 0]
    return offset, dog[tuple(places.T)] + (gradient * offset).sum(axis=1) / 2, hessian


def _derivatives(dog, places):
    """Gradient (n, 3) and second derivatives (n, 3, 3) at samples of the stack."""
    steps = np.eye(3, dtype=int)

    def at(shift):
        return dog[tuple((places + shift).T)]

    gradient = np.stack([(at(s) - at(-s)) / 2 for s in steps], axis=1)
    hessian = np.empty((len(places), 3, 3))
    for i, s in enumerate(steps):
        for j, t in enumerate(steps):
            if i == j:
                hessian[:, i, i] = at(s) - 2 * at(0) + at(-s)
            else:
                hessian[:, i, j] = (at(s + t) - at(s - t) - at(t - s) + at(-s - t)) / 4
    return gradient, hessian


def _orientations(image, y, x, sigma):
    """Directions in which most of the gradient near (y, x) points: one, or more if nearly equal."""
    rows, columns, dy, dx = _gradient_near(image, y, x, round(3 * sigma))
    window = np.exp(-((rows - y) ** 2 + (columns - x) ** 2) / (2 * sigma**2))
    weight = (np.hypot(dy, dx) * window).ravel()
    place = np.arctan2(dy, dx).ravel() * BINS / (2 * np.pi)
    bins = np.floor(place).astype(int)
    share = weight * (place - bins)  # of the next bin: what points between two counts for both
    histogram = np.bincount(bins % BINS, weight - share, BINS)
    histogram += np.bincount((bins + 1) % BINS, share, BINS)
    rounding = _rounding(image) * np.sqrt(window.sum())  # of a sum of that many gradients
    return _peaks(histogram, rounding) * 2 * np.pi / BINS


def _peaks(histogram, rounding):
    """Where a circular histogram is highest, to a part of a bin; in −BINS/2 … BINS/2.

    Of two equally high bins side by side the first counts. A histogram without a peak, of a blob
    that is as round as rounding lets it be, names the direction 0.
    """
    before, here, after = np.roll(histogram, 1), histogram, np.roll(histogram, -1)
    for _ in range(6):
        here = (before + here + after) / 3
        before, after = np.roll(here, 1), np.roll(here, -1)
    rises, falls = here > before + rounding, here >= after - rounding
    peaks = np.flatnonzero(rises & falls & (here >= 0.8 * here.max()))
    if not len(peaks):
        return np.zeros(1)
    b, h, a = before[peaks], here[peaks], after[peaks]
    places = peaks + (b - a) / (b - 2 * h + a) / 2  # of the summit of a parabola
    return (places + BINS / 2) % BINS - BINS / 2


def _gradient_near(image, y, x, radius):
    """Rows (m, 1), columns (1, n) and derivatives dy, dx (m, n) within a radius of (y, x)."""
    row, column = _sample(y), _sample(x)
    top, left = max(row - radius, 1), max(column - radius, 1)
    part = image[top - 1 : row + radius + 2, left - 1 : column + radius + 2]
    dy = (part[2:, 1:-1] - part[:-2, 1:-1]) / 2
    dx = (part[1:-1, 2:] - part[1:-1, :-2]) / 2
    m, n = dy.shape
    return top + np.arange(m)[:, None], left + np.arange(n)[None], dy, dx


def _sample(place):
    """The nearest sample; halfway, where symmetric blobs lie, always the next."""
    return math.floor(place + 0.501)
