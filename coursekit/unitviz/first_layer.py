"""What a network learnt first, next to what was designed: filters and steerable kernels."""

import math
from typing import NamedTuple

import numpy as np

from coursekit.filters import gaussian_derivative_basis, steer
from coursekit.nn.expect import expect_floats

ORDERS = (1, 2)
SIGMAS = tuple(np.arange(0.7, 2.6, 0.1))  # pixels
ANGLES = tuple(np.arange(180) * (math.pi / 180))


class FilterFit(NamedTuple):
    """The derivative of a Gaussian that is most like a learnt filter.

    kernel (kh, kw), scaled to the filter; order of the derivative; angle of its direction in
    radians, from x (right) towards y (down), in [0, π); sigma in pixels; frequency in cycles per
    pixel, where the derivative answers most; explained: the share of the filter's squares, less
    its mean, that the kernel explains, 0 to 1.
    """

    kernel: np.ndarray
    order: int
    angle: float
    sigma: float
    frequency: float
    explained: float


def fit_filters(weight):
    """Fit a steered derivative of a Gaussian to each filter: "could they be learnt from data?"

    weight (out, c, kh, kw) of a first layer -> one `FilterFit` for each of the `out` filters. Of
    several channels the pattern that explains most of them is fitted. Compared are all directions
    in steps of 1°, orders 1 and 2, and sizes σ in steps of 0.1 pixel; of two that explain as much,
    the one of lower order, then smaller σ, then smaller angle is taken. |ω|ᴺ exp(−σ²ω²/2), the
    spectrum of the N-th derivative, peaks at ω = √N/σ. Deck 000; Freeman and Adelson 1991.
    """
    expect_floats("fit_filters", weight, "weight")
    if weight.ndim != 4:
        raise ValueError(f"fit_filters expects weight (out, c, kh, kw); got {weight.shape}")
    settings, kernels = candidates(weight.shape[2:])
    return [best_fit(main_pattern(filters), settings, kernels) for filters in weight]


def main_pattern(filters):
    """(c, kh, kw) -> the pattern (kh, kw) that best explains all channels, up to a factor each."""
    if len(filters) == 1:
        return filters[0].astype(np.float64)
    flat = filters.reshape(len(filters), -1).astype(np.float64)
    _, strength, patterns = np.linalg.svd(flat, full_matrices=False)
    return strength[0] * patterns[0].reshape(filters.shape[1:])


def candidates(shape):
    """Every (order, sigma, angle), and its kernel cut to shape: (m, kh·kw) of mean 0, length 1."""
    settings = [(order, sigma, angle) for order in ORDERS for sigma in SIGMAS for angle in ANGLES]
    kernels = np.stack(
        [
            steer(cut(gaussian_derivative_basis(order, sigma), shape), angle)
            for order in ORDERS
            for sigma in SIGMAS
            for angle in ANGLES
        ]
    )
    kernels = kernels.reshape(len(settings), -1)
    kernels -= kernels.mean(axis=1, keepdims=True)
    return settings, kernels / np.linalg.norm(kernels, axis=1, keepdims=True)


def cut(kernels, shape):
    """The middle (n, kh, kw) of kernels (n, k, k), with zeros around where they are smaller."""
    grow = max(0, (max(shape) - kernels.shape[1] + 1) // 2)
    kernels = np.pad(kernels, [(0, 0), (grow, grow), (grow, grow)])
    top, left = ((kernels.shape[1] - size) // 2 for size in shape)
    return kernels[:, top : top + shape[0], left : left + shape[1]]


def best_fit(pattern, settings, kernels):
    centred = (pattern - pattern.mean()).ravel()
    strength = kernels @ centred
    # A saddle explains as much along either diagonal: the first of the best, not of the last bits.
    size = np.abs(strength)
    best = int(np.argmax(size >= (1 - 1e-9) * size.max()))
    order, sigma, angle = settings[best]
    energy = float(centred @ centred)
    return FilterFit(
        kernel=(strength[best] * kernels[best]).reshape(pattern.shape),
        order=order,
        angle=float(angle),
        sigma=float(sigma),
        frequency=math.sqrt(order) / (2 * math.pi * sigma),
        explained=float(strength[best] ** 2 / energy) if energy > 0 else 0.0,
    )
