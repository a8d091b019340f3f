"""The masks of the steerable pyramid over the frequency plane.

A real image needs only half the plane: rows are the signed frequencies of fftfreq, columns those
of rfftfreq, in units of the highest frequency, so r = 1 is half a cycle a pixel. Every mask is a
function of the octave, log₂ r, times one of the direction.
"""

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np


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
    *shapes, low = level_shapes(shape, n_levels)
    bands = [_band_masks(shape, size, k, order, dtype) for k, size in enumerate(shapes)]
    highpass = _rise(1 + _octave(_radius(*_frequencies(shape, shape))))
    lowpass = _rise(-n_levels - _octave(_radius(*_frequencies(shape, low))))
    return Masks(highpass.astype(dtype), bands, lowpass.astype(dtype))


@lru_cache(maxsize=4)
def quadrature_masks(shape, n_levels, order, dtype):
    """The masks of the bands times the sign of the frequency along their direction.

    Times −i they give the Hilbert transform along that direction: cosines become sines.
    """
    masks = steerable_masks(shape, n_levels, order, dtype).bands
    partners = []
    for mask, size in zip(masks, level_shapes(shape, n_levels), strict=False):
        x, y = _frequencies(shape, size)
        signs = [np.sign(u) for u in _along(x, y, order)]
        partners.append(mask * np.stack(signs).astype(dtype))
    return partners


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


def _frequencies(shape, size):
    """The lowest frequencies along x (n//2 + 1,) and y (m, 1) of an image, for size (m, n)."""
    (h, w), (m, n) = shape, size
    y = lowest(2 * np.fft.fftfreq(h)[:, None], (m, 1))
    return 2 * np.fft.rfftfreq(w)[: n // 2 + 1], y


def _radius(x, y):
    return np.sqrt(x**2 + y**2)  # (m, n//2 + 1); np.hypot is slow


def _octave(r):
    """log₂ of the distance from the middle, where it is −∞."""
    with np.errstate(divide="ignore"):
        return np.log2(r)


def _rise(t):
    """sin(π/2 · t) with t held to 0…1: squares of _rise(t) and _rise(1 − t) sum to one."""
    return np.sin(np.pi / 2 * np.clip(t, 0, 1))


def _along(x, y, order):
    """Frequencies along each of the bands' angles, r cos(θ − θₖ), one after the other."""
    for k in range(order + 1):
        angle = k * math.pi / (order + 1)
        yield math.cos(angle) * x + math.sin(angle) * y


def _band_masks(shape, size, level, order, dtype):
    """Half a wave over two octaves times cos^N(θ − θₖ): (N + 1, m, n//2 + 1).

    The factor makes the squares of the cosines sum to one over k.
    """
    x, y = _frequencies(shape, size)
    r, n = _radius(x, y), order
    radial = _rise(1 - np.abs(_octave(r) + level + 1))
    r[0, 0] = 1
    factor = 4**n * math.factorial(n) ** 2 / ((n + 1) * math.factorial(2 * n))
    radial *= math.sqrt(factor) / r**n
    masks = np.empty((n + 1, *r.shape), dtype)
    for mask, u in zip(masks, _along(x, y, n), strict=True):
        np.multiply(radial, _power(u, n), out=mask, casting="same_kind")
    return masks


def _power(u, n):
    """uⁿ; powers of negative numbers are slow in NumPy."""
    power = np.abs(u) ** n
    return np.copysign(power, u) if n % 2 else power
