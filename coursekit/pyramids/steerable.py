"""The steerable pyramid, built in the frequency domain.

Masks over the Fourier transform split an image into a high-pass residual, N + 1 oriented bands at
each of some scales, and a low-pass residual. The squares of the masks sum to one: the same masks
put the image together again ("self-inverting"), and the coefficients hold exactly the image's
energy. The image's edges wrap around. Simoncelli & Freeman 1995; Karasaridis & Simoncelli 1996;
deck 000, "Steerable Pyramid".
"""

import itertools
from dataclasses import dataclass

import numpy as np

from coursekit.filters import check_image
from coursekit.filters.banded import picture
from coursekit.filters.steering import check_angle, combine
from coursekit.pyramids.laplacian import check_levels
from coursekit.pyramids.masks import (
    add_lowest,
    level_shapes,
    lowest,
    quadrature_masks,
    steerable_masks,
)
from coursekit.pyramids.spectrum import image_of, spectrum_of

RESIDUALS = ("residual_highpass", "residual_lowpass")


@dataclass
class SteerablePyramid:
    """Bands and residuals of one image; change the arrays as you like and reconstruct.

    bands[level] has shape (N + 1, h, w) or (N + 1, h, w, c), h and w halved (rounded up) from
    level to level. bands[level][k] is the N-th derivative of two octaves of the image along
    angles[k] = k·π/(N + 1), in radians from x (right) towards y (down). It is real, or complex
    with its quadrature partner as the imaginary part. residual_highpass has the image's shape,
    residual_lowpass that of the level after the last.
    """

    bands: list[np.ndarray]
    residual_highpass: np.ndarray
    residual_lowpass: np.ndarray

    @property
    def n_levels(self):
        return len(self.bands)

    @property
    def order(self):
        return len(self.bands[0]) - 1

    @property
    def angles(self):
        return np.arange(self.order + 1) * np.pi / (self.order + 1)


def steerable_pyramid(image, n_levels, order, *, complex=False):
    """Split an image into oriented band-pass images at n_levels scales, and two residuals.

    image (h, w) or (h, w, c), any sizes from 3 up; order N: 0 to 15, for N + 1 orientations.
    Returns a `SteerablePyramid`. With complex=True every band b becomes b + iq with its partner q
    a quarter period on: |b + iq| is the local amplitude, its angle the local phase. The squares
    of all coefficients sum to those of the pixels (for complex bands take half of |b + iq|²).
    Masks are kept for the next image of the same size. Raises ValueError for too many levels,
    another order or a bad image.
    """
    image = check_image("steerable_pyramid", image)
    masks = _masks("steerable_pyramid", image, n_levels, order)
    key = image.shape[:2], n_levels, order, image.dtype
    partners = quadrature_masks(*key) if complex else [None] * n_levels
    *shapes, low_shape = level_shapes(image.shape, n_levels)
    spectrum = spectrum_of(image)  # ([c,] h, w//2 + 1)
    high = image_of(spectrum * masks.highpass, shapes[0])
    low = image_of(lowest(spectrum, low_shape) * masks.lowpass, low_shape)
    spectrum *= 1j**order  # a derivative of order N turns the phase N times by 90°
    bands = [
        _bands(lowest(spectrum, shape), mask, partner, shape)
        for shape, mask, partner in zip(shapes, masks.bands, partners, strict=True)
    ]
    return SteerablePyramid(bands, picture(high), picture(low))


def reconstruct_steerable(pyramid, levels=None, bands=None):
    """Put an image together from a steerable pyramid, or from a part of it.

    levels: which of 0…n_levels − 1, "residual_highpass" and "residual_lowpass" to use, all by
    default; bands: which of 0…N. The parts add up to the whole. Complex bands count by their real
    part. Returns the image, (h, w) or (h, w, c). Raises ValueError for a level, a band or a
    shape that does not belong to the pyramid.
    """
    owner, n, order = "reconstruct_steerable", pyramid.n_levels, pyramid.order
    levels = _chosen(owner, "levels", levels, [*range(n), *RESIDUALS])
    bands = _chosen(owner, "bands", bands, range(order + 1))
    high, low = pyramid.residual_highpass, pyramid.residual_lowpass
    masks, shapes = _masks(owner, high, n, order), level_shapes(high.shape, n)
    _check_shapes(owner, pyramid, shapes)
    spectrum = spectrum_of(high) if "residual_highpass" in levels else 0 * spectrum_of(high)
    spectrum *= masks.highpass
    spectrum *= 1j**order  # as the bands are, until all are in
    for level, k in itertools.product(set(levels) & set(range(n)), bands):
        part = spectrum_of(pyramid.bands[level][k].real)
        add_lowest(spectrum, np.multiply(part, masks.bands[level][k], out=part), shapes[level])
    spectrum *= (-1j) ** order
    if "residual_lowpass" in levels:
        add_lowest(spectrum, spectrum_of(low) * masks.lowpass, shapes[n])
    return picture(image_of(spectrum, shapes[0]))


def steer_bands(bands, angle):
    """Derivative along `angle` from the N + 1 bands of one level of a real steerable pyramid.

    bands (N + 1, h, w) or (N + 1, h, w, c); angle in radians, a number or an array that
    broadcasts against bands[0]; the result is what a band at that angle would be. The bands are
    cos^N of the angle, which is a sum of N + 1 sinusoids, so band k weighs
    Σ cos(m(angle − kπ/(N + 1)))/(N + 1), m = −N, −N + 2, …, N. Raises ValueError for complex
    bands: their imaginary parts are no such sum. Freeman & Adelson 1991, theorem 1.
    """
    bands = np.asarray(bands)
    if bands.ndim not in (3, 4) or bands.dtype.kind != "f":
        raise ValueError(
            "steer_bands expects bands of one level of a real pyramid, (N + 1, h, w) or "
            f"(N + 1, h, w, c); got {bands.dtype} of shape {bands.shape}"
        )
    angle, n = check_angle("steer_bands", angle, bands.shape[1:]), len(bands)
    weights = [
        sum(np.cos(m * (angle - k * np.pi / n)) for m in range(1 - n, n, 2)) / n for k in range(n)
    ]
    return combine(weights, bands)


def _masks(owner, image, n_levels, order):
    """Check levels and order against the image's size, and return the masks."""
    smallest = min(image.shape[:2])
    if smallest < 3:
        raise ValueError(f"{owner} expects an image of at least 3 × 3 pixels; got {image.shape}")
    if not isinstance(order, int | np.integer) or not 0 <= order <= 15:
        raise ValueError(f"{owner} expects order as a whole number from 0 to 15; got {order!r}")
    # The last level must hold at least one frequency, 1/smallest, below its upper end.
    most = (smallest - 1).bit_length() - 1
    check_levels(owner, n_levels, most, f"an image of {image.shape[:2]}")
    return steerable_masks(image.shape[:2], int(n_levels), int(order), image.dtype)


def _bands(spectrum, masks, partners, shape):
    """Filter with every mask: (..., h, w//2 + 1) -> (order + 1, h, w, ...)."""
    kind = spectrum.real.dtype if partners is None else spectrum.dtype
    out = np.empty((len(masks), *spectrum.shape[:-2], *shape), kind)
    product = np.empty_like(spectrum)
    for k, mask in enumerate(masks):
        out.real[k] = image_of(np.multiply(spectrum, mask, out=product), shape)
    if partners is not None:
        spectrum = -1j * spectrum
        for k, mask in enumerate(partners):
            out.imag[k] = image_of(np.multiply(spectrum, mask, out=product), shape)
    return np.moveaxis(out, 1, -1) if out.ndim == 4 else out


def _chosen(owner, name, chosen, known):
    """The levels or bands that were asked for, all by default; raise for unknown ones."""
    if chosen is None:
        return list(known)
    for one in chosen:
        if one not in known:
            raise ValueError(f"{owner} expects {name} among {[*known]}; got {one!r}")
    return list(chosen)


def _check_shapes(owner, pyramid, shapes):
    """Bands and residuals must have the sizes that `steerable_pyramid` gives them."""
    colours = pyramid.residual_highpass.shape[2:]
    count = pyramid.order + 1
    for k, (bands, shape) in enumerate(zip(pyramid.bands, shapes, strict=False)):
        if np.shape(bands) != (count, *shape, *colours):
            raise ValueError(
                f"{owner} expects bands[{k}] of shape {(count, *shape, *colours)}; "
                f"got {np.shape(bands)}"
            )
    if pyramid.residual_lowpass.shape != (*shapes[-1], *colours):
        raise ValueError(
            f"{owner} expects residual_lowpass of shape {(*shapes[-1], *colours)}; "
            f"got {pyramid.residual_lowpass.shape}"
        )
