"""Texture synthesis: noise is given the histograms of a texture's bands. Heeger & Bergen 1995."""

import math

import numpy as np

from coursekit.filters import check_image
from coursekit.pyramids import SteerablePyramid, reconstruct_steerable, steerable_pyramid
from coursekit.pyramids.laplacian import most_levels

ORDER = 3  # four orientations
MOST_LEVELS = 5  # fewer for small pictures


def synthesize_texture(image, shape, *, rng, n_iterations=10, progress=True):
    """A new picture that looks like more of the same texture.

    image (h, w) or (h, w, c); shape: (h', w') of the result, each side 3 or more; rng: a numpy
    Generator. Noise gets the histogram of the image's pixels, then of each of its steerable bands
    and residuals, then of its pixels again, n_iterations times; with 0 it stays noise. Colours are
    rotated first so that they do not correlate, each of the new ones is made on its own, and what
    leaves the image's range on the way back is cut off. progress=False hides the bar.

    Histograms know how strong edges are and not how they go on: grass comes out well, gravel
    without the outlines of its stones, and bricks fall into strokes. The pyramid wraps around, so
    that the result can be laid as tiles, and so that an image whose opposite sides differ gets a
    seam's edges too. Raises ValueError or TypeError for a bad image,
    shape, number or rng. Deck 000, "Texture synthesis".
    """
    owner = "synthesize_texture"
    image, shape = check_image(owner, image), _check_shape(owner, image, shape)
    _check_run(owner, rng, n_iterations)
    with _bar(n_iterations * image[0, 0].size, progress) as bar:
        if image.ndim == 2:
            return _synthesize(image, shape, rng, n_iterations, bar)
        forward, backward = decorrelation(image)
        channels = [
            _synthesize(channel, shape, rng, n_iterations, bar)
            for channel in np.moveaxis(forward(image), -1, 0)
        ]
    return np.clip(backward(np.stack(channels, axis=-1)), image.min(), image.max())


def _synthesize(image, shape, rng, n_iterations, bar):
    n_levels = _n_levels(image.shape, shape)
    target = steerable_pyramid(image, n_levels, ORDER)
    made = match_histogram(rng.standard_normal(shape).astype(image.dtype), image)
    for _ in range(n_iterations):
        pyramid = steerable_pyramid(made, n_levels, ORDER)
        made = match_histogram(reconstruct_steerable(_match_bands(pyramid, target)), image)
        bar.update()
    return made


def _match_bands(pyramid, target):
    """The pyramid with the histogram of every band and residual matched to the target's."""

    def match(band, wanted):
        return match_histogram(band, wanted * (_gain(pyramid, band) / _gain(target, wanted)))

    bands = [
        np.stack([match(*pair) for pair in zip(level, wanted, strict=True)])
        for level, wanted in zip(pyramid.bands, target.bands, strict=True)
    ]
    highpass = match(pyramid.residual_highpass, target.residual_highpass)
    return SteerablePyramid(
        bands, highpass, match(pyramid.residual_lowpass, target.residual_lowpass)
    )


def _gain(pyramid, band):
    """Coefficients grow where they are fewer than pixels, because the pyramid keeps the energy."""
    return math.sqrt(pyramid.residual_highpass.size / band.size)


def match_histogram(values, reference):
    """The values, changed so that they are distributed as those of reference; their order stays.

    Both of any shape and size; returns the shape and type of values. The k-th smallest of n
    values becomes what a share (k + ½)/n of the reference lies below, read from the sorted
    reference, linearly between two of its values. Of equal values the first, row by row, becomes
    the smallest.
    """
    steps = np.sort(reference, axis=None)
    ranks = (np.arange(values.size) + 0.5) / values.size * steps.size - 0.5
    out = np.empty(values.size, values.dtype)
    order = np.argsort(values, axis=None, kind="stable")  # others differ with the processor
    out[order] = np.interp(ranks, np.arange(steps.size), steps)
    return out.reshape(values.shape)


def histogram_distances(image, other):
    """How far the histograms of another picture are from the image's, for each band by name.

    image, other: (h, w) or (h, w, c), sizes may differ. Returns {"pixels": …, "highpass": …,
    "level 0, 0°": …, …, "lowpass": …}: the mean distance of the sorted values (Wasserstein's), as
    a part of the standard deviation of the image's. Colours are decorrelated as those of the image
    are, and the largest of their distances counts.
    """
    owner = "histogram_distances"
    image, other = check_image(owner, image, "image"), check_image(owner, other, "other")
    if image.shape[2:] != other.shape[2:]:
        raise ValueError(
            f"{owner} expects pictures of as many colours; got {image.shape} and {other.shape}"
        )
    if image.ndim == 3:
        forward, _ = decorrelation(image)
        planes = (np.moveaxis(forward(x), -1, 0) for x in (image, other))
        each = [histogram_distances(*pair) for pair in zip(*planes, strict=True)]
        return {name: max(one[name] for one in each) for name in each[0]}
    n_levels = _n_levels(image.shape, other.shape)
    pairs = zip(_named_bands(image, n_levels), _named_bands(other, n_levels), strict=True)
    return {name: _distance(mine, theirs) for (name, mine), (_, theirs) in pairs}


def _named_bands(image, n_levels):
    pyramid = steerable_pyramid(image, n_levels, ORDER)
    yield "pixels", image
    yield "highpass", pyramid.residual_highpass
    for k, level in enumerate(pyramid.bands):
        for angle, band in zip(np.rad2deg(pyramid.angles), level, strict=True):
            yield f"level {k}, {angle:g}°", band / _gain(pyramid, band)
    yield "lowpass", pyramid.residual_lowpass / _gain(pyramid, pyramid.residual_lowpass)


def _distance(reference, values):
    moved = match_histogram(values, reference)
    return float(np.abs(moved - values).mean() / (reference.std() or 1))


def decorrelation(image):
    """Two functions: colours -> channels that do not correlate in this image, and back again.

    image (h, w, c). The channels are the colours less their mean, along the eigenvectors of their
    covariance.
    """
    mean = image.mean(axis=(0, 1))
    pixels = (image - mean).reshape(-1, image.shape[2])  # (h · w, c)
    axes = np.linalg.eigh(pixels.T @ pixels)[1]  # (c, c), one in each column
    return lambda colours: (colours - mean) @ axes, lambda channels: channels @ axes.T + mean


def _n_levels(*shapes):
    """As many levels as leave the low-pass residual 8 pixels of the smallest side."""
    smallest = min(side for shape in shapes for side in shape[:2])
    return min(MOST_LEVELS, max(1, most_levels(smallest) - 4))


def _bar(total, progress):
    from tqdm.auto import tqdm  # the bar that suits a notebook or a terminal; slow to import

    return tqdm(total=total, desc="synthesize texture", unit="iteration", disable=not progress)


def _check_shape(owner, image, shape):
    """(h, w) of the result, from (h, w) or (h, w, c)."""
    shape = tuple(shape)
    whole = all(isinstance(side, int | np.integer) for side in shape)
    if not whole or len(shape) not in (2, image.ndim) or shape[2:] not in ((), image.shape[2:]):
        raise ValueError(f"{owner} expects shape as two whole numbers (h, w); got {shape}")
    if min(*shape[:2], *image.shape[:2]) < 3:
        raise ValueError(
            f"{owner} expects sides of at least 3 pixels; got image {image.shape}, shape {shape}"
        )
    return shape[:2]


def _check_run(owner, rng, n_iterations):
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            f"{owner} expects rng as a numpy Generator, such as np.random.default_rng(0); "
            f"got {type(rng).__name__}"
        )
    if not isinstance(n_iterations, int | np.integer) or n_iterations < 0:
        raise ValueError(
            f"{owner} expects n_iterations as a whole number of at least 0; got {n_iterations!r}"
        )
