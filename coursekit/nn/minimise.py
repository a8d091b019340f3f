"""Ways down a surface f(x), by what they know of it: its height, its slope, its curvature.

Deck 002, lines 82–105: black box, first order, second order. Each returns the whole path,
(n_steps + 1, d) with the start in row 0, so that paths can be drawn on one surface.
"""

import numpy as np

from coursekit.nn.expect import expect_count, expect_generator, expect_number


def random_search(f, x, n_steps, *, scale, rng):
    """Zeroth order: try a normal step of deviation `scale`, and keep it when f is lower."""
    expect_number("random_search", "scale", scale)
    expect_generator("random_search", rng)

    def step(x):
        there = x + scale * rng.standard_normal(x.shape)
        return there if f(there) < f(x) else x

    return path_of("random_search", step, x, n_steps)


def gradient_descent(f, gradient, x, n_steps, *, lr=None):
    """First order: x ← x − lr·∇f(x); without an lr each step finds its own by `line_search`."""
    if lr is not None:
        expect_number("gradient_descent", "lr", lr)

    def step(x):
        slope = gradient(x)
        return x - (line_search(f, x, -slope, slope) if lr is None else lr) * slope

    return path_of("gradient_descent", step, x, n_steps)


def newton(gradient, hessian, x, n_steps):
    """Second order: x ← x − H(x)⁻¹∇f(x), which lands on the bottom of any bowl in one step.

    It goes to where the slope is zero: near a saddle or a top, there. A flat place, with a
    singular H, raises ValueError. Solving takes d³ operations, so d should be small.
    """

    def step(x):
        try:
            return x - np.linalg.solve(hessian(x), gradient(x))
        except np.linalg.LinAlgError:
            raise ValueError(f"newton cannot step from {x}: the Hessian is singular") from None

    return path_of("newton", step, x, n_steps)


def line_search(f, x, direction, slope, *, lr=1.0, shrink=0.5, enough=1e-4):
    """The first of lr, lr·shrink, lr·shrink², … that brings f down by enough.

    Enough is the given share of what a straight line of this slope promises:
    f(x + t p) ≤ f(x) + enough · t ⟨∇f, p⟩ (Armijo, 1966). `direction` p must lead downhill.
    """
    here, promised = f(x), np.vdot(slope, direction)
    if promised > 0:
        raise ValueError("line_search expects a direction that leads downhill; it leads uphill")
    expect_number("line_search", "shrink", shrink, below=1.0)
    while lr > 1e-16 and not f(x + lr * direction) <= here + enough * lr * promised:
        lr *= shrink
    return lr


def path_of(owner, step, x, n_steps):
    """The start and the n_steps places that follow it, (n_steps + 1, d)."""
    expect_count(owner, "n_steps", n_steps, least=0)
    path = [np.array(x, np.float64)]
    if path[0].ndim != 1:
        raise ValueError(f"{owner} expects x of shape (d,); got {path[0].shape}")
    for _ in range(n_steps):
        path.append(step(path[-1]))
    return np.stack(path)
