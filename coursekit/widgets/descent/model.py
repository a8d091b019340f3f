"""Gradient descent as numbers: the path, its losses, and what became of it."""

from typing import NamedTuple

import numpy as np

N_STEPS = 50
ARRIVED = 1e-4  # part of the first loss below which a path counts as arrived


class Surface(NamedTuple):
    """L(w) = ½ Σ curvature · w², a start, and its formula in words."""

    curvature: tuple[float, ...]
    start: tuple[float, ...]
    formula: str


SURFACES = {
    "x²": Surface((2.0,), (3.0,), "L = x²"),  # deck 001, gradient descent in one dimension
    "bowl": Surface((1.0, 20.0), (-4.0, 1.2), "L = ½ (x² + 20 y²)"),
}

VERDICTS = {
    "diverging": "Diverging: the steps are too long, and the loss grows instead of falling.",
    "oscillating": "Oscillating: back and forth; after {steps} steps {left} % of the loss is left.",
    "too slow": "Too slow: after {steps} steps {left} % of the first loss is left.",
    "converged": "Converged: from step {arrival} on, the loss stays below 0.01 % of the first.",
    "converged, oscillating": (
        "Converged, but oscillating: from step {arrival} on, the loss stays below 0.01 % of the "
        "first."
    ),
}


def descend(surface, lr, momentum, n_steps=N_STEPS):
    """Points of gradient descent with momentum, start included: (n_steps + 1, d).

    Δw = −∂L + m Δw; w += η Δw. Deck 004, "Momentum: speeding up SGD".
    """
    curvature, w = np.array(surface.curvature), np.array(surface.start)
    step, points = np.zeros_like(w), [w]
    for _ in range(n_steps):
        step = -curvature * w + momentum * step
        w = w + lr * step
        points.append(w)
    return np.array(points)


def losses(surface, points):
    """L at each point, (n_steps + 1,)."""
    return (points**2 * surface.curvature).sum(axis=1) / 2


def arrival(loss):
    """Number of steps after which the loss stays arrived; len(loss) when it never does."""
    far = np.flatnonzero(loss > ARRIVED * loss[0])
    return int(far[-1]) + 1


def swings(points):
    """How often the path overshoots the bottom by 5 % of its start, where it does so most."""
    crossed = points[1:] * points[:-1] < 0  # (n_steps, d)
    far = abs(points[1:]) > 0.05 * abs(points[0])
    return int((crossed & far).sum(axis=0).max())


def verdict(points, loss):
    """One of the words of `VERDICTS`."""
    if not loss[-10:].max() <= loss[0] * (1 + 1e-9):
        return "diverging"
    arrived, oscillating = arrival(loss) < len(loss), swings(points) > 3
    if arrived:
        return "converged, oscillating" if oscillating else "converged"
    return "oscillating" if oscillating else "too slow"


def sentence(surface, lr, momentum):
    """What became of the path, in words."""
    points = descend(surface, lr, momentum)
    loss = losses(surface, points)
    left = f"{100 * loss[-1] / loss[0]:.3g}"
    words = VERDICTS[verdict(points, loss)]
    return words.format(steps=N_STEPS, left=left, arrival=arrival(loss))
