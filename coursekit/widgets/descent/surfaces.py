"""Surfaces to walk down: height, slope and curvature of each, where to start, and the bottom."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np


class Surface(NamedTuple):
    """L(w) as functions of w (…, d), with the picture's frame and contours."""

    formula: str
    start: tuple[float, ...]
    bottom: tuple[float, ...]
    height: Callable  # w (…, d) -> (…)
    gradient: Callable  # w (d,) -> (d,)
    hessian: Callable  # w (d,) -> (d, d)
    x: tuple[float, float] = (-5, 5)
    y: tuple[float, float] = (-3.5, 3.5)
    levels: tuple[float, ...] = (0.5, 2, 5, 10, 20, 40)


def quadratic(formula, curvature, start, **frame):
    """L = ½ Σ curvature · w²."""
    c = np.array(curvature)
    return Surface(
        formula,
        start,
        tuple(0.0 for _ in start),
        lambda w: (w**2 * c).sum(axis=-1) / 2,
        lambda w: c * w,
        lambda w: np.diag(c),
        **frame,
    )


def saddle():
    """Two valleys at y = ±1, and between them a pass where the slope is 0, too."""
    return Surface(
        "L = ½ x² + ¼ (y² − 1)²",
        (3.0, 0.05),
        (0.0, 1.0),
        lambda w: w[..., 0] ** 2 / 2 + (w[..., 1] ** 2 - 1) ** 2 / 4,
        lambda w: np.array([w[0], w[1] ** 3 - w[1]]),
        lambda w: np.diag([1, 3 * w[1] ** 2 - 1]),
        x=(-3.5, 3.5),
        y=(-2, 2),
        levels=(0.02, 0.1, 0.24, 0.5, 1, 2, 4),
    )


def rosenbrock():
    """A curved valley with steep sides (Rosenbrock, 1960)."""

    def gradient(w):
        x, y = w
        return np.array([2 * (x - 1) - 400 * x * (y - x**2), 200 * (y - x**2)])

    def hessian(w):
        x, y = w
        return np.array([[2 - 400 * (y - 3 * x**2), -400 * x], [-400 * x, 200]])

    return Surface(
        "L = (1 − x)² + 100 (y − x²)²",
        (-1.2, 1.0),
        (1.0, 1.0),
        lambda w: (1 - w[..., 0]) ** 2 + 100 * (w[..., 1] - w[..., 0] ** 2) ** 2,
        gradient,
        hessian,
        x=(-2, 2),
        y=(-0.8, 2),
        levels=(1, 4, 20, 80, 250),
    )


# Sixteen examples near a line, drawn once: what a mini-batch is taken from.
FIT_X = np.array(
    [-0.9, -0.7, -0.4, -0.2, 0.0, 0.3, 0.5, 0.7, 1.0, 1.2, 1.4, 1.7, 1.9, 2.1, 2.3, 2.5]
)
FIT_T = np.array(
    [-1.2, 0.9, -0.6, 1.3, -0.4, 1.1, 0.1, 2.2, 0.6, 2.4, 1.2, 3.2, 1.7, 3.6, 2.2, 3.9]
)


def line_fit():
    """The mean of ½ (x u + y − t)² over sixteen examples (u, t): a bowl, tilted."""
    design = np.column_stack([FIT_X, np.ones(16)])  # (16, 2)
    bottom = np.linalg.lstsq(design, FIT_T, rcond=None)[0]
    return Surface(
        "L = mean of ½ (x u + y − t)²",
        (-3.0, -2.5),
        tuple(bottom.tolist()),
        lambda w: ((w @ design.T - FIT_T) ** 2).mean(axis=-1) / 2,
        lambda w: design.T @ (design @ w - FIT_T) / 16,
        lambda w: design.T @ design / 16,
        levels=(0.1, 0.5, 2, 5, 10, 20),
    )


SURFACES = {
    "x²": quadratic("L = x²", (2.0,), (3.0,), y=(-1, 17)),  # deck 001, descent in one dimension
    "bowl": quadratic("L = ½ (x² + 20 y²)", (1.0, 20.0), (-4.0, 1.2)),
    "saddle": saddle(),
    "Rosenbrock": rosenbrock(),
    "line fit": line_fit(),
}
