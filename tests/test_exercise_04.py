"""04_neurons_and_networks: changed solutions are rejected, usual slips called by their names."""

from pathlib import Path

import numpy as np
import pytest
import right_04 as right
from mutants import reports_of_slip, survivors

from coursekit import data, nn

SOLUTION = Path(__file__).parent.parent / "solutions" / "04_neurons_and_networks.ipynb"

HARMLESS = {  # as right as the solution
    "04_3_slopes": {"return (dx, np.sum(dy * np.minimum(0, x)))"},
    "04_4_perceptron": {  # more passes, larger steps, another start or corner: lines all the same
        "corners = np.array([[0, 0], [0, 1], [1, 0], [2, 1]])",
        "corners = np.array([[0, 0], [0, 1], [2, 0], [1, 1]])",
        "for _ in range(101):",
        "w, b = (np.ones(2), 0)",
        "w, b = (np.zeros(2), 1)",
        "w, b = perceptron_pass(w, b, corners, target, 2)",
    },
    "04_5_xor": {"return (W1, b1, np.array([1, -2]), -0.5)"},
    "04_6_network": {"x = np.maximum(0, x @ W.T + b)"},
}


def test_every_changed_solution_is_rejected():
    count, passing = survivors(SOLUTION)
    assert count >= 100
    assert passing == {(task, line) for task, lines in HARMLESS.items() for line in lines}


def linear(x, W, b):
    return x @ W.T + b


def prelu(change):
    """The right dx and dalpha, changed by a function of x, alpha, dy, dx and dalpha."""
    return lambda x, alpha, dy: change(x, alpha, dy, *right.prelu_backward(x, alpha, dy))


def without_bias(w, b, x, target, lr):
    return right.perceptron_pass(w, b, x, target, lr)[0], b


def every_example(w, b, x, target, lr):
    return w + lr * target @ x, b + lr * target.sum()


def all_at_once(w, b, x, target, lr):
    errors = target - (x @ w + b > 0)
    return w + lr * errors @ x, b + lr * errors.sum()


def in_place(w, b, x, target, lr):
    for row, wanted in zip(x, target, strict=True):
        error = wanted - (row @ w + b > 0)
        w += lr * error * row
        b += lr * error
    return w, b


def least_squares(target):
    """A line of least squares: right for many of the 16, but never None."""
    corners = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
    return np.linalg.lstsq(corners, 2 * target - 1, rcond=None)[0]


def relu_everywhere(x, weights, biases):
    return np.maximum(right.forward(x, weights, biases), 0)


def no_relu(x, weights, biases):
    for W, b in zip(weights, biases, strict=True):
        x = x @ W.T + b
    return x


# task, answer, what stands in its place, points that are left, words of the message
SLIPS = [
    ("unit", "layer", linear, 1, "no tanh"),
    ("unit", "layer", lambda x, W, b: np.tanh(x @ W.T), 1, "forgotten bias"),
    ("unit", "layer", lambda x, W, b: np.tanh(x @ W + b), 1, "ValueError"),
    ("unit", "layer", lambda x, W, b: np.array(right.layer(x, W, b)).T, 1, "transposed"),
    ("unit", "layer", lambda x, W, b: 1 / (1 + np.exp(-x @ W.T - b)), 1, "logistic function"),
    ("unit", "fold_bias", lambda W, b: np.c_[W, b], 2, "last column"),
    ("unit", "fold_bias", lambda W, b: right.fold_bias(W, b).T, 2, "the transpose"),
    ("shapes", "factor_shapes", lambda d: right.factor_shapes(d)[::-1], 2, "stands last"),
    ("shapes", "factor_shapes", lambda d: [(b, a) for a, b in right.factor_shapes(d)], 2, "swap"),
    ("shapes", "product_shape", lambda s: (s[0][0], s[-1][1]), 2, "do not fit"),
    ("shapes", "product_shape", lambda s: (s[-1][1], s[0][0]), 2, "swapped"),
    ("shapes", "product_shape", lambda s: s[0], 2, "the first matrix"),
    ("shapes", "count_parameters", lambda d: np.dot(d[1:], d[:-1]), 2, "no biases"),
    (
        "shapes",
        "count_parameters",
        lambda d: sum(n * m + n for n, m in zip(d, d[1:], strict=False)),
        2,
        "a bias for each input",
    ),
    ("slopes", "logistic", lambda x: 1 / (1 + np.exp(x)), 3, "lost minus sign"),
    ("slopes", "logistic", lambda x: np.exp(x) / (1 + np.exp(x)), 4, ""),
    ("slopes", "logistic", np.tanh, 3, "tanh"),
    ("slopes", "logistic_derivative", lambda x: x * (1 - x), 3, "the formula wants σ(x) there"),
    ("slopes", "logistic_derivative", lambda x: 1 - right.logistic(x) ** 2, 3, "tanh's pattern"),
    ("slopes", "logistic_derivative", right.logistic, 3, "off by"),
    (
        "slopes",
        "prelu_backward",
        prelu(lambda x, a, dy, dx, da: (np.where(x > 0, dy, -a * dy), da)),
        3,
        "as the slide prints",
    ),
    ("slopes", "prelu_backward", prelu(lambda x, a, dy, dx, da: (dy * (x > 0), da)), 3, "plain"),
    ("slopes", "prelu_backward", prelu(lambda x, a, dy, dx, da: (dx / dy, da)), 3, "missing dy"),
    (
        "slopes",
        "prelu_backward",
        prelu(lambda x, a, dy, dx, da: (dx, dy * np.minimum(x, 0))),
        3,
        "they all share α",
    ),
    (
        "slopes",
        "prelu_backward",
        prelu(lambda x, a, dy, dx, da: (dx, np.sum(dy * x))),
        3,
        "counted too",
    ),
    ("slopes", "prelu_backward", prelu(lambda x, a, dy, dx, da: (dx, -da)), 3, "a minus sign"),
    ("slopes", "prelu_backward", prelu(lambda x, a, dy, dx, da: dx), 2, "dx, dalpha; got"),
    ("perceptron", "perceptron_pass", without_bias, 2, "a bias that does not learn"),
    ("perceptron", "perceptron_pass", every_example, 2, "also after a right answer"),
    ("perceptron", "perceptron_pass", all_at_once, 3, "each example meets the newest"),
    ("perceptron", "perceptron_pass", in_place, 2, "in place"),
    (
        "perceptron",
        "perceptron_pass",
        lambda w, b, x, target, lr: right.perceptron_pass(w, b, x, target, -lr),
        2,
        "learns the opposite",
    ),
    (
        "perceptron",
        "perceptron_pass",
        lambda w, b, x, target, lr: right.perceptron_pass(w, b, x, target, 1),
        2,
        "missing learning rate",
    ),
    ("perceptron", "separating_line", least_squares, 3, "wanted is None"),
    ("perceptron", "separating_line", lambda v: right.separating_line(v[::-1]), 2, "is wrong at"),
    (
        "perceptron",
        "separating_line",
        lambda v: right.separating_line(v) and (1, 1),
        2,
        "the shape",
    ),
    ("xor", "xor_network", lambda: ([[1, 1], [1, 1]], [0, -1], [1, -1], 0), 1, "it says"),
    ("xor", "xor_network", lambda: ([[1, 1], [1, 1]], [-0.5, -1.5], [1, 1], -0.5), 0, "it says"),
    ("xor", "xor_network", lambda: right.xor_network()[:3], 0, "W1, b1, w2, b2; got 3"),
    ("network", "forward", relu_everywhere, 0, "it stays linear"),
    ("network", "forward", no_relu, 0, "no ReLU at all"),
    ("network", "forward", lambda x, W, b: right.forward(x, W, b).T, 0, "transposed"),
    ("network", "forward", lambda x, W, b: right.forward(x, W, [0 * c for c in b]), 0, "forgotten"),
    ("network", "forward", lambda x, W, b: right.forward(x, W[:2], b[:2]), 1, "the shape"),
    ("dead", "kill", lambda x, W: right.kill(x, W) - 1, 1, "off by"),
    ("dead", "kill", lambda x, W: -right.kill(x, W), 0, "wakes unit"),
    ("dead", "kill", lambda x, W: np.full(len(W), -np.max(x @ W.T)), 1, "each unit has its own"),
    ("dead", "kill", lambda x, W: np.full(len(W), -np.inf), 0, "infinite"),
]


@pytest.mark.parametrize(("task", "name", "wrong", "points", "words"), SLIPS)
def test_slips_cost_their_points_and_are_named(task, name, wrong, points, words):
    for report in reports_of_slip(right.RIGHT, task, name, wrong):
        assert report.points == points, report
        assert words in " ".join(report.messages), report


def test_the_librarys_perceptron_finds_the_same_lines():
    for name, (x, target) in data.boolean_functions().items():
        unit = nn.Perceptron(2)
        mistakes = [unit.learn(x, target) for _ in range(50)]
        assert (mistakes[-1] == 0) == (right.separating_line(target) is not None), name
