"""The masks of the steerable pyramid over the frequency plane.

A real image needs only half the plane: rows are the signed frequencies of fftfreq, columns those
of rfftfreq, in units of the highest frequency, so r = 1 is half a cycle a pixel. Every mask is a
function of the octave log₂ r times one of the direction.
"""

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy.fft import fftfreq, rfftfreq


class Masks(NamedTuple):
    """Real masks: highpass (h, w//2 + 1), bands[level] (order + 1, h', w'//2 + 1), lowpass."""

    highpass: np.ndarray
    bands: list[np.ndarray]
    lowpass: np.ndarray


@lru_cache(maxsize=4)
def steerable_masks(shape, n_levels, order, dtype):
    """Masks for images (h, w); their squares, summed where they lie, are one at every frequency.

    Level k lives on the two octaves below r = 2^−k and so on the lowest ⌈h/2^k⌉ × ⌈w/2^k⌉
    frequencies: nothing is lost when only those are kept, whatever the size.
    """
    octave, x, y = _polar(shape)
    shapes = level_shapes(shape, n_levels)
    bands = []
    for level, size in enumerate(shapes[:-1]):
        radial = _rise(1 - np.abs(lowest(octave, size) + level + 1))
        bands.append((radial * _angular(lowest(x, size), lowest(y, size), order)).astype(dtype))
    highpass = _rise(1 + octave).astype(dtype)
    lowpass = _rise(-lowest(octave, shapes[-1]) - n_levels).astype(dtype)
    return Masks(highpass, bands, lowpass)


@lru_cache(maxsize=4)
def quadrature_masks(shape, n_levels, order, dtype):
    """The masks of the bands times the sign of the frequency along their direction.

    Times −i they give the Hilbert transform along that direction: cosines become sines.
    """
    _, x, y = _polar(shape)
    masks = steerable_masks(shape, n_levels, order, dtype).bands
    signs = np.sign(_along(x, y, order))  # (order + 1, h, w//2 + 1)
    return [
        mask * lowest(signs, size).astype(dtype)
        for mask, size in zip(masks, level_shapes(shape, n_levels), strict=False)
    ]


def level_shapes(shape, n_levels):
    """Sizes of the n_levels bands and of the low-pass residual: each half the last, rounded up."""
    h, w = shape[:2]
    return [(-(-h // 2**k), -(-w // 2**k)) for k in range(n_levels + 1)]


def lowest(spectrum, size):
    """Cut the lowest frequencies out of half a plane: (..., h, w//2 + 1) -> those of `size`."""
    h, (m, n) = spectrum.shape[-2], size
    columns = spectrum[..., : n // 2 + 1]
    if m == h:
        return columns
    return np.concatenate([columns[..., : (m + 1) // 2, :], columns[..., h - m // 2 :, :]], axis=-2)


def add_lowest(spectrum, part, size):
    """Add to the lowest frequencies of a spectrum, in place: what `lowest` cut, given back."""
    h, (m, n) = spectrum.shape[-2], size
    columns = spectrum[..., : n // 2 + 1]
    columns[..., : (m + 1) // 2, :] += part[..., : (m + 1) // 2, :]
    columns[..., h - m // 2 :, :] += part[..., (m + 1) // 2 :, :]


def _polar(shape):
    """log₂ r (−∞ in the middle), and the direction as a unit vector (x, y)."""
    y, x = np.meshgrid(2 * fftfreq(shape[0]), 2 * rfftfreq(shape[1]), indexing="ij")
    r = np.hypot(x, y)
    with np.errstate(divide="ignore"):
        octave = np.log2(r)
    r[0, 0] = 1
    return octave, x / r, y / r


def _rise(t):
    """sin(π/2 · t) with t held to 0…1: squares of _rise(t) and _rise(1 − t) sum to one."""
    return np.sin(np.pi / 2 * np.clip(t, 0, 1))


def _along(x, y, order):
    """cos(θ − θₖ) for θₖ = k·π/(order + 1): (order + 1, h, w//2 + 1)."""
    angles = np.arange(order + 1)[:, None, None] * np.pi / (order + 1)
    return x * np.cos(angles) + y * np.sin(angles)


def _angular(x, y, order):
    """cos(θ − θₖ)^order, scaled so that the squares sum to one over k."""
    n = order
    scale = 4**n * math.factorial(n) ** 2 / ((n + 1) * math.factorial(2 * n))
    return math.sqrt(scale) * _along(x, y, n) ** n
