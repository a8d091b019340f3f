"""05_learning: changed solutions are rejected, and the usual slips are called by their names."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import right_05 as right
from mutants import reports_of_slip, survivors

from coursekit import nn

SOLUTION = Path(__file__).parent.parent / "solutions" / "05_learning.ipynb"

HARMLESS = {  # as right as the solution: both functions do not mind the order of their arguments
    "05_1_losses": {
        "return np.mean(t * np.logaddexp(-z, 0) + (1 - t) * np.logaddexp(0, z))",
        "return np.mean(t * np.logaddexp(0, -z) + (1 - t) * np.logaddexp(z, 0))",
    },
    "05_2_decay": {"return np.sign(v) * np.maximum(0, np.abs(v) - lr * l1)"},
}


def test_every_changed_solution_is_rejected():
    count, passing = survivors(SOLUTION)
    assert count >= 75
    assert passing == {(task, line) for task, lines in HARMLESS.items() for line in lines}


def sigma(z):
    return 1 / (1 + np.exp(-z))


def from_probabilities(z, t):
    return -np.mean(t * np.log(sigma(z)) + (1 - t) * np.log(1 - sigma(z)))


def softmax_first(z, labels):
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    return -np.mean(np.log(p[np.arange(len(z)), labels]))


def over_examples(z, labels):
    p = np.exp(z) / np.exp(z).sum(axis=0)
    return -np.mean(np.log(p[np.arange(len(z)), labels]))


def jumping(w, gradient, lr, l1):
    return w - lr * gradient - lr * l1 * np.sign(w)


def nearly_zero(w, gradient, lr, l1):
    new = right.l1_step(w, gradient, lr, l1)
    return np.where(new == 0, 1e-9, new)


def in_place(w, gradient, lr, decay):
    w -= lr * (gradient + decay * w)
    return w


def unordered(n, size, seed):
    return [np.arange(k, min(k + size, n)) for k in range(0, n, size)]


def no_seed(n, size, seed):
    return right.batches(n, size, 0)


def fresh_seed(n, size, seed):
    return right.batches(n, size, np.random.default_rng().integers(2**31))


def with_replacement(n, size, seed):
    draws = np.random.default_rng(seed).integers(n, size=n)
    return [draws[k : k + size] for k in range(0, n, size)]


def rate_inside(w, delta, gradient, lr, momentum, decay):
    delta = lr * (-gradient - decay * w) + momentum * delta
    return w + delta, delta


def old_delta(w, delta, *rest):
    return w + rest[1] * delta, right.update(w, delta, *rest)[1]


def changed(**signs):
    """An update with some terms multiplied by other numbers than 1."""
    g, d, m = (signs.get(name, 1) for name in ("gradient", "decay", "momentum"))

    def update(w, delta, gradient, lr, momentum, decay):
        return right.update(w, delta, g * gradient, lr, m * momentum, d * decay)

    return update


def at_first_rise(losses, patience):
    k = 1 + int(np.argmax(np.append(np.diff(losses) > 0, True)))
    return k + 1, k


def best_of_all(losses, patience):
    return right.stopping(losses, patience)[0], int(np.argmin(losses)) + 1


# task, answer, what stands in its place, points that are left, words of the message
SLIPS = [
    ("losses", "quadratic", lambda y, t: np.sum((y - t) ** 2), 3, "no half"),
    ("losses", "quadratic", lambda y, t: np.mean((y - t) ** 2), 3, "the mean"),
    ("losses", "quadratic", lambda y, t: (y - t) ** 2 / 2, 3, "the shape"),
    ("losses", "binary_cross_entropy", from_probabilities, 3, "not finite"),
    (
        "losses",
        "binary_cross_entropy",
        lambda z, t: -from_probabilities(z, t),
        2,
        "as on the slide",
    ),
    ("losses", "binary_cross_entropy", lambda z, t: len(z) * from_probabilities(z, t), 2, "a mean"),
    ("losses", "binary_cross_entropy", lambda z, t: from_probabilities(z, 1 - t), 2, "swapped"),
    (
        "losses",
        "binary_cross_entropy",
        lambda z, t: np.mean(t * np.logaddexp(0, -z)),
        2,
        "the part of target 1",
    ),
    ("losses", "cross_entropy", softmax_first, 3, "not finite"),
    ("losses", "cross_entropy", over_examples, 2, "softmax over examples"),
    ("losses", "cross_entropy", lambda z, k: -right.cross_entropy(z, k), 2, "minus sign"),
    ("losses", "cross_entropy", lambda z, k: len(z) * right.cross_entropy(z, k), 2, "a mean"),
    ("decay", "decay_step", lambda w, g, lr, d: w - lr * g - d * w, 2, "without the learning rate"),
    ("decay", "decay_step", lambda w, g, lr, d: w - lr * (g - d * w), 2, "before the decay"),
    ("decay", "decay_step", lambda w, g, lr, d: w - lr * (g + 2 * d * w), 2, "2λw"),
    ("decay", "decay_step", lambda w, g, lr, d: w + lr * (g - d * w), 2, "it climbs"),
    ("decay", "decay_step", in_place, 2, "in place"),
    ("decay", "l1_step", jumping, 2, "jumps over zero"),
    ("decay", "l1_step", nearly_zero, 2, "exactly 0"),
    ("decay", "l1_step", lambda w, g, lr, k: right.l1_step(w, g, lr, k / lr), 1, "learning rate"),
    ("decay", "l1_step", lambda w, g, lr, k: right.l1_step(w, 0 * g, lr, k), 1, "forgotten grad"),
    ("descent", "descend", lambda A, b, x, r, n: right.descend(-A, -b, x, r, n), 2, "climbs"),
    (
        "descent",
        "descend",
        lambda A, b, x, r, n: right.descend(A, 0 * b, x, r, n),
        2,
        "forgotten b",
    ),
    ("descent", "descend", lambda *a: right.descend(*a)[1:], 2, "without its start"),
    ("descent", "descend", lambda *a: right.descend(*a)[-1], 2, "the last place alone"),
    (
        "descent",
        "descend",
        lambda A, b, x, r, n: right.descend(A, b, x, 1.0, n),
        2,
        "learning rate",
    ),
    ("descent", "descend", lambda *a: right.descend(*a).T, 2, "the shape"),
    ("descent", "best_rate", lambda *a: 1 / right.best_rate(*a), 2, "turned over"),
    ("descent", "best_rate", lambda A, b, x: 1 / A[0, 0], 3, "off by"),
    ("descent", "best_rate", lambda A, b, x: right.best_rate(A, 0 * b, x), 3, "off by"),
    ("batches", "batches", unordered, 2, "shuffle by the seed"),
    ("batches", "batches", no_seed, 2, "another order"),
    ("batches", "batches", fresh_seed, 2, "the same seed"),
    ("batches", "batches", with_replacement, 1, "should come once"),
    ("batches", "batches", lambda n, b, s: right.batches(n, b, s)[: n // b], 0, "thrown away"),
    (
        "batches",
        "batches",
        lambda n, b, s: np.array_split(np.random.default_rng(s).permutation(n), -(-n // b)),
        2,
        "as equal as possible",
    ),
    ("batches", "batches", lambda *a: np.concatenate(right.batches(*a)), 0, "a list of batches"),
    ("momentum", "update", changed(gradient=-1), 0, "before the gradient"),
    ("momentum", "update", changed(decay=0), 1, "forgotten decay"),
    ("momentum", "update", changed(decay=-1), 1, "before the decay"),
    ("momentum", "update", changed(momentum=0), 1, "forgotten momentum"),
    ("momentum", "update", rate_inside, 1, "η inside Δw"),  # the walk is the same
    ("momentum", "update", old_delta, 0, "the old Δw"),
    ("momentum", "update", lambda *a: right.update(*a)[0], 0, "w, delta; got"),
    ("momentum", "update", lambda *a: right.update(*a)[::-1], 0, "off by"),
    ("stopping", "stopping", lambda k, p: (right.stopping(k, p)[0] - 1, 1), 0, "counting from 0"),
    ("stopping", "stopping", lambda k, p: right.stopping(k, p + 1), 0, "one epoch more"),
    ("stopping", "stopping", best_of_all, 0, "also of those that never come"),
    ("stopping", "stopping", at_first_rise, 0, "off by"),
    ("stopping", "stopping", lambda k, p: right.stopping(k, p)[0], 0, "best epoch; got"),
    ("diverge", "too_fast", lambda A: 2 * right.too_fast(A), 1, "not below 1"),
    ("diverge", "too_fast", lambda A: right.too_fast(A) / 2, 0, "not above 1"),
    ("diverge", "too_fast", lambda A: -right.too_fast(A), 0, "above 0"),
    ("diverge", "too_fast", lambda A: 2.01 / np.linalg.eigvalsh(A)[0], 1, "not below 1"),
]


@pytest.mark.parametrize(("task", "name", "wrong", "points", "words"), SLIPS)
def test_slips_cost_their_points_and_are_named(task, name, wrong, points, words):
    with np.errstate(all="ignore"):
        reports = reports_of_slip(right.RIGHT, task, name, wrong)
    for report in reports:
        assert report.points == points, report
        assert words in " ".join(report.messages), report


def test_the_update_and_the_rule_for_stopping_are_the_librarys():
    rng = np.random.default_rng(0)
    layer = nn.Linear(4, 3, bias=False, rng=rng)
    sgd = nn.SGD(layer, lr=0.1, momentum=0.7, weight_decay=0.2)
    w, delta = layer.params["weight"].copy(), np.zeros((3, 4))
    for _ in range(5):
        layer.grads["weight"] = rng.normal(size=(3, 4))
        w, delta = right.update(w, delta, layer.grads["weight"], 0.1, 0.7, 0.2)
        sgd.step()
    np.testing.assert_allclose(layer.params["weight"], w, atol=1e-14)

    losses, rule = rng.random(30), nn.patience(4)
    stops = [k for k in range(1, 31) if rule(SimpleNamespace(validation_loss=losses[:k]))]
    assert right.stopping(losses, 4)[0] == stops[0]


def test_the_worked_example_of_decay_is_what_the_library_computes():
    w, gradient, lr, penalty = np.array([2, -1, 0.1]), np.array([0, -2, 0.7]), 0.1, 0.5
    rows = {"2 | `-0.8` | `0.03`": w - lr * gradient}
    rows["`1.9` | `-0.75` | `0.025`"] = w - lr * (gradient + penalty * w)
    rows["`1.95` | `-0.75` | 0"] = nn.optim.soft_threshold(w - lr * gradient, lr * penalty)
    text = SOLUTION.read_text(encoding="utf-8")
    for row, wanted in rows.items():
        assert f"| {row} |" in text
        np.testing.assert_allclose([float(x.strip("` ")) for x in row.split("|")], wanted)
