"""06_backpropagation: changed solutions are rejected, the usual slips called by name."""

from pathlib import Path

import numpy as np
import pytest
import right_06 as right
from mutants import reports_of_slip, survivors

SOLUTION = Path(__file__).parent.parent / "solutions" / "06_backpropagation.ipynb"

HARMLESS = {  # as right as the solution
    "06_4_gradcheck": {
        "gradient = np.ones(W.shape)",  # every number is written over
        # NumPy takes any negative size for the one that is left to find
        "for k, step in enumerate(h * np.eye(W.size).reshape(-2, *W.shape)):",
        "return np.abs(a - b).max() / max(np.abs(b).max(), np.abs(a).max())",
    },
    "06_7_stuck": {  # other large weights
        "return 1000001.0 * np.ones((W1.shape[1], 1)) * along",
        "return 1000000.0 * np.ones((W1.shape[1], 1)) / along",
        "return 1000000.0 / np.ones((W1.shape[1], 1)) * along",
    },
}


def test_every_changed_solution_is_rejected():
    count, passing = survivors(SOLUTION)
    assert count >= 100
    assert passing == {(task, line) for task, lines in HARMLESS.items() for line in lines}


def one_sided(W, x, y, h):
    def loss(V):
        return 0.5 * np.sum((np.tanh(x @ V.T) - y) ** 2)

    slope = np.zeros(W.shape)
    for place in np.ndindex(W.shape):
        moved = W.copy()
        moved[place] += h
        slope[place] = (loss(moved) - loss(W)) / h
    return slope


def no_slope(W, x, y):
    return (np.tanh(x @ W.T) - y).T @ x


def each(change):
    return lambda *a: [change(part) for part in right.gradients(*a)]


def last_delta(a, weights, y):
    return [*right.deltas(a, weights, y)[:-1], a[-1] - y]


def no_slopes(a, weights, y):
    delta = [(a[-1] - y) * (1 - a[-1] ** 2)]
    for W in weights[:0:-1]:
        delta.insert(0, W.T @ delta[0])
    return delta


def fits(x0, W1, y):
    """Nothing comes back because nothing is wrong, as far as that goes."""
    x2 = np.clip(y @ np.linalg.pinv(W1).T, -0.9, 0.9)
    return (np.linalg.pinv(x0) @ np.arctanh(x2)).T


def node(change):
    return lambda w, x: [change(right.circuit(w, x)[0]), *right.circuit(w, x)[1:]]


def slope(change):
    return lambda w, x: [right.circuit(w, x)[0], *map(change, right.circuit(w, x)[1:])]


def dot_alone(w, x):
    return right.circuit(w, x)[0], np.append(x, 1), w[:2]


# task, answer, what stands in its place, points that are left, words of the message
SLIPS = [
    ("gradcheck", "numeric_gradient", lambda W, x, y, h: one_sided(W, x, y, h), 2, "one side only"),
    ("gradcheck", "numeric_gradient", lambda *a: 2 * right.numeric_gradient(*a), 2, "2h apart"),
    ("gradcheck", "numeric_gradient", lambda *a: -right.numeric_gradient(*a), 2, "sides swapped"),
    (
        "gradcheck",
        "numeric_gradient",
        lambda W, x, y, h: right.backprop_gradient(W, x, y),
        2,
        "exact",
    ),
    ("gradcheck", "numeric_gradient", lambda *a: right.numeric_gradient(*a).T, 2, "the shape"),
    ("gradcheck", "backprop_gradient", no_slope, 2, "a missing slope of tanh"),
    ("gradcheck", "backprop_gradient", lambda *a: -right.backprop_gradient(*a), 2, "the sign"),
    ("gradcheck", "backprop_gradient", lambda *a: right.backprop_gradient(*a).T, 2, "transpose"),
    ("gradcheck", "backprop_gradient", lambda W, x, y: 0 * W, 2, "off by"),
    ("gradcheck", "relative_error", lambda a, b: np.abs(a - b).max(), 2, "not dividing"),
    ("gradcheck", "relative_error", lambda a, b: right.relative_error(b - b + a, a), 2, "off by"),
    (
        "gradcheck",
        "relative_error",
        lambda a, b: np.abs(a - b).max() / np.abs(a).max(),
        2,
        "a alone",
    ),
    ("gradcheck", "relative_error", lambda a, b: np.abs(a - b) / np.abs(a), 2, "the shape"),
    ("circuit", "circuit", lambda w, x: right.circuit(w, x)[0][-1], 0, "got a float"),
    ("circuit", "circuit", node(lambda nodes: nodes[::-1]), 1, "dot is off"),
    ("circuit", "circuit", node(lambda nodes: nodes[-1]), 1, "dot, neg, ex, den, out; got"),
    ("circuit", "circuit", slope(lambda d: -np.array(d)), 1, "a lost sign"),
    ("circuit", "circuit", dot_alone, 1, "the slope of dot alone"),
    ("circuit", "circuit", lambda w, x: right.circuit(w, x)[::-1], 0, "shape"),
    ("deltas", "shapes", lambda d, n: right.shapes(d, n)[1:], 3, "shape"),
    ("deltas", "deltas", last_delta, 3, "a missing slope of tanh"),
    ("deltas", "deltas", no_slopes, 3, "a missing slope of tanh"),
    ("deltas", "deltas", lambda *a: [-part for part in right.deltas(*a)], 2, "the sign"),
    ("deltas", "deltas", lambda *a: right.deltas(*a)[-1:], 2, "δ1, δ2, δ3; got 1"),
    ("deltas", "deltas", lambda *a: right.deltas(*a)[::-1], 2, "shape"),
    ("deltas", "gradients", each(np.transpose), 3, "the transpose"),
    ("deltas", "gradients", lambda d, a: right.gradients(d, a[::-1]), 3, "gradients"),
    (
        "deltas",
        "gradients",
        lambda d, a: [p / a[0].shape[1] for p in right.gradients(d, a)],
        3,
        "avera",
    ),
    ("stuck", "stuck", lambda x0, W1, y: np.zeros((W1.shape[1], x0.shape[1])), 0, "a billionth"),
    ("stuck", "stuck", lambda x0, W1, y: 3 * np.ones((W1.shape[1], x0.shape[1])), 0, "a billionth"),
    ("stuck", "stuck", lambda x0, W1, y: right.stuck(x0, W1, y).T, 0, "W0 should have the shape"),
    ("stuck", "stuck", fits, 0, "a billionth"),
    ("stuck", "stuck", lambda x0, W1, y: np.nan * right.stuck(x0, W1, y), 0, "a billionth"),
]


@pytest.mark.parametrize(("task", "name", "wrong", "points", "words"), SLIPS)
def test_slips_cost_their_points_and_are_named(task, name, wrong, points, words):
    for report in reports_of_slip(right.RIGHT, task, name, wrong):
        assert report.points == points, report
        assert words in " ".join(report.messages), report
