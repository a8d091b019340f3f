"""Steering: a rotated derivative is a weighted sum of a few fixed ones."""

import math

import numpy as np


def steer(basis, angle):
    """Derivative along `angle` from the N + 1 derivatives along x and y.

    basis (N + 1, ...): the kernels of `gaussian_derivative_basis`, or the images filtered with
    them, because filtering is linear; the result has the shape and type of one of them.
    angle: in radians, from x (right) towards y (down). Since (cos α ∂x + sin α ∂y)^N opens like
    a power of a sum, kernel k weighs C(N, k) cos^(N−k) α sin^k α; for N = 1 this is deck 000's
    g^α = cos α g_x + sin α g_y. Raises ValueError for |angle| > 2π, which looks like degrees.
    Freeman & Adelson 1991, eq. 10.
    """
    basis = np.asarray(basis)
    if basis.dtype.kind in "iub":  # weights cut down to whole numbers would be zeros
        basis = basis.astype(float)
    if basis.ndim < 2:
        raise ValueError(f"steer expects basis of shape (N + 1, ...); got {basis.shape}")
    n = len(basis) - 1
    c, s = math.cos(_check_angle(angle)), math.sin(angle)
    weights = [math.comb(n, k) * c ** (n - k) * s**k for k in range(n + 1)]
    return np.tensordot(np.array(weights, basis.dtype), basis, axes=1)


def _check_angle(angle):
    if not abs(angle) <= 2 * math.pi:
        raise ValueError(
            f"steer expects angle in radians, between −2π and 2π; got {angle}, which looks like "
            "degrees: use np.deg2rad(angle)"
        )
    return angle
