"""A network of one input, h tanh units and a linear output, fitted to 50 points of a curve.

Bishop, *Pattern Recognition and Machine Learning*, 2006, figure 5.3 (deck 000).
"""

from typing import NamedTuple

import numpy as np

from coursekit import data, nn
from coursekit.widgets.words import number

LAST = 150  # steps
N_SEEDS = 20
MOST_UNITS = 8
DAMPING, LEAST_DAMPING = 1e-2, 1e-8
CURVES = {
    "x²": "x2",
    "sin x": "sin_x",
    "sin πx": "sin_pi_x",
    "|x|": "abs",
    "Heaviside": "heaviside",
}
# Largest errors that 20 starts of a quasi-Newton method (L-BFGS) left with three units, the best.
REACHED = {
    "x²": 5.76e-4,
    "sin x": 3.01e-4,
    "sin πx": 6.04e-4,
    "|x|": 3.82e-2,
    "Heaviside": 5.15e-5,
}


class Fit(NamedTuple):
    """Weights in a row (3h + 1,), as `nn.parameters_to_vector` has them: w, b, v and c."""

    theta: np.ndarray
    damping: float


def points(curve):
    """x and y, 50 of each: (50,)."""
    x, y = data.curves()[CURVES[curve]]
    return x[:, 0], y[:, 0]


def start(units, seed):
    """The first weights, drawn by nn."""
    model = nn.models.mlp((1, units, 1), "Tanh", rng=np.random.default_rng(seed))
    return Fit(nn.parameters_to_vector(model), DAMPING)


def uniforms():
    """What the first weights of each seed are made of: (N_SEEDS, 25), from 0 to 1."""
    most = 3 * MOST_UNITS + 1
    return np.array([np.random.default_rng(seed).random(most) for seed in range(N_SEEDS)])


def hidden(theta, x):
    """What each unit answers: x (n,) -> tanh(w x + b) (n, h)."""
    units = len(theta) // 3
    return np.tanh(np.outer(x, theta[:units]) + theta[units : 2 * units])


def predict(theta, x):
    """x (n,) -> y (n,): the units' answers times their weights v, and c."""
    units = len(theta) // 3
    return hidden(theta, x) @ theta[2 * units : 3 * units] + theta[-1]


def slopes(theta, x):
    """∂y/∂θ of every point: (n, 3h + 1)."""
    units, h = len(theta) // 3, hidden(theta, x)  # (n, h)
    back = theta[2 * units : 3 * units] * (1 - h**2)
    return np.hstack([back * x[:, None], back, h, np.ones((len(x), 1))])


def improve(fit, x, y):
    """One step of Newton's method, damped, with JᵀJ for the curvature; a worse place is refused.

    (JᵀJ + μI) Δθ = Jᵀ(y − f). A step that helps divides μ by 3, another one multiplies it
    (Levenberg 1944, Marquardt 1963). Gradient descent would need thousands of steps here.
    """
    error = y - predict(fit.theta, x)
    jacobian = slopes(fit.theta, x)
    curvature = jacobian.T @ jacobian + fit.damping * np.eye(len(fit.theta))
    there = fit.theta + np.linalg.solve(curvature, jacobian.T @ error)
    if ((y - predict(there, x)) ** 2).sum() < (error**2).sum():
        return Fit(there, max(fit.damping / 3, LEAST_DAMPING))
    return Fit(fit.theta, fit.damping * 3)


def train(curve, units, seed, steps):
    """The weights (3h + 1,) after some steps, and the largest error after each, (steps + 1,)."""
    x, y = points(curve)
    fit = start(units, seed)
    errors = [abs(y - predict(fit.theta, x)).max()]
    for _ in range(steps):
        fit = improve(fit, x, y)
        errors.append(abs(y - predict(fit.theta, x)).max())
    return fit.theta, np.array(errors)


def sentence(curve, units, seed, step):
    """How near the curve is, with how many numbers, and what others reached."""
    error = train(curve, units, seed, step)[1][-1]
    steps, many = f"{step} step{'s'[: step != 1]}", f"{units} hidden unit{'s'[: units != 1]}"
    made = f"after {steps}, with {many} and {3 * units + 1} numbers in all."
    reached = f"The best of 20 other starts left {number(REACHED[curve])} with three units."
    return f"Largest error {number(error)} {made} {reached}"
