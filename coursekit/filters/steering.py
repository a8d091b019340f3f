"""Steering: a rotated derivative is a weighted sum of a few fixed ones."""

import math

import numpy as np


def steer(basis, angle):
    """Derivative along `angle` from the N + 1 derivatives along x and y.

    basis (N + 1, ...): the kernels of `gaussian_derivative_basis`, or the images filtered with
    them, because filtering is linear. angle: in radians, from x (right) towards y (down); a
    number, or an array that broadcasts against basis[0], such as one angle a pixel. The result
    has the shape of one kernel or image, and its type. Since (cos α ∂x + sin α ∂y)^N opens like
    a power of a sum, basis[k] weighs C(N, k) cos^(N−k) α sin^k α; for N = 1 this is deck 000's
    g^α = cos α g_x + sin α g_y. Raises ValueError for |angle| > 2π, which looks like degrees.
    Freeman & Adelson 1991, section II.
    """
    basis = np.asarray(basis)
    if basis.ndim < 2:
        raise ValueError(f"steer expects basis of shape (N + 1, ...); got {basis.shape}")
    if basis.dtype.kind not in "fc":
        basis = basis.astype(np.float64)
    angle, n = check_angle("steer", angle, basis.shape[1:]), len(basis) - 1
    c, s = np.cos(angle), np.sin(angle)
    return combine([math.comb(n, k) * c ** (n - k) * s**k for k in range(n + 1)], basis)


def combine(weights, basis):
    """Σ weights[k] · basis[k], in the type of basis; every weight a number or an array."""
    weights = [np.asarray(w, basis.dtype) for w in weights]
    if weights[0].ndim == 0:
        return np.tensordot(np.stack(weights), basis, axes=1)
    return sum(w * b for w, b in zip(weights, basis, strict=True))


def check_angle(owner, angle, shape):
    """Return an angle as an array of radians that broadcasts against `shape`, or raise."""
    angle = np.asarray(angle, dtype=np.float64)
    worst = angle.flat[np.argmax(~(np.abs(angle) <= 2 * np.pi))] if angle.size else 0
    if not abs(worst) <= 2 * np.pi:
        raise ValueError(
            f"{owner} expects angle in radians, between −2π and 2π; got {worst:g}, which looks "
            "like degrees: use np.deg2rad(angle)"
        )
    try:
        np.broadcast_shapes(angle.shape, shape)
    except ValueError:
        raise ValueError(
            f"{owner} expects angle as a number or of shape {shape}; got {angle.shape}"
        ) from None
    return angle
