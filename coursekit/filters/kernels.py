"""Designed kernels: binomial, Gaussian, and the derivatives of a Gaussian that can be steered."""

import math

import numpy as np


def binomial(n):
    """Row n of Pascal's triangle with sum 1: binomial(5) is [1 4 6 4 1] / 16.

    n: number of entries, at least 1. Returns (n,) float64; `np.outer(b, b)` blurs in 2-D.
    """
    if not isinstance(n, int | np.integer) or n < 1:
        raise ValueError(f"binomial expects n as a whole number of at least 1; got {n!r}")
    return np.array([math.comb(n - 1, k) for k in range(n)]) / 2.0 ** (n - 1)


def gaussian(sigma):
    """Sampled Gaussian exp(−x²/2σ²) with sum 1, on x = −r … r with r = ⌈5σ⌉.

    sigma: standard deviation in pixels, above 0. Returns (2r + 1,) float64; the 2-D Gaussian is
    `np.outer(g, g)`. What is cut off holds less than 1e-6 of the sum.
    """
    return _gaussian_derivatives(0, check_sigma("gaussian", sigma))[0]


def gaussian_derivative_basis(order, sigma):
    """The N + 1 kernels ∂x^(N−k) ∂y^k G, k = 0…N, whose combinations are G's N-th derivatives.

    order N: 1 to 5; sigma: standard deviation in pixels, above 0, and at least 1 for samples that
    follow the curve. Returns (N + 1, 2r + 1, 2r + 1) float64, r = ⌈(5 + N/4)σ⌉; x is to the right
    (columns), y is down (rows), so order 1 is (g_x, g_y). Every kernel is a column times a row.
    They are samples of the true derivatives: `convolve2d` with them differentiates the smoothed
    image, `correlate2d` gives (−1)^N times that. Raises ValueError for another order or sigma.
    Freeman & Adelson 1991, eq. 1 and appendix; deck 000, "Steerability".
    """
    if not isinstance(order, int | np.integer) or not 1 <= order <= 5:
        raise ValueError(f"gaussian_derivative_basis expects order 1, 2, 3, 4 or 5; got {order!r}")
    d = _gaussian_derivatives(order, check_sigma("gaussian_derivative_basis", sigma))
    return np.stack([np.outer(d[k], d[order - k]) for k in range(order + 1)])


def check_sigma(owner, sigma):
    """Return sigma as a float above 0, or raise."""
    if not isinstance(sigma, int | float | np.integer | np.floating):
        raise TypeError(f"{owner} expects sigma as a number of pixels; got {type(sigma).__name__}")
    if not 0 < sigma < math.inf:
        raise ValueError(f"{owner} expects sigma above 0, in pixels; got {sigma}")
    return float(sigma)


def _gaussian_derivatives(order, sigma):
    """Derivatives 0…order of a 1-D Gaussian: (order + 1, 2r + 1).

    g⁽ⁿ⁾(x) = (−1/σ)ⁿ Heₙ(x/σ) g(x). At x = r every one is below 1e-5 of its peak.
    """
    radius = math.ceil((5 + order / 4) * sigma)
    t = np.arange(-radius, radius + 1) / sigma
    g = np.exp(-(t**2) / 2)
    g /= g.sum()
    hermite = np.polynomial.hermite_e.hermeval(t, np.eye(order + 1))  # (order + 1, 2r + 1)
    scale = (-1 / sigma) ** np.arange(order + 1)
    return scale[:, None] * hermite * g
