"""09_what_did_it_learn: changed solutions are rejected, the usual slips called by name."""

from pathlib import Path

import numpy as np
import pytest
import right_09 as right
from mutants import reports_of_slip, survivors

from coursekit import unitviz

SOLUTION = Path(__file__).parent.parent / "solutions" / "09_what_did_it_learn.ipynb"

HARMLESS = {  # as right as the solution: 1 / ±1 is ±1, and one step more does no harm
    "09_5_fool": {
        "picture = np.clip(picture + 0.01 / np.sign(slope), x - 0.1, x + 0.1).clip(0, 1)",
        "picture = np.clip(picture + 1.01 * np.sign(slope), x - 0.1, x + 0.1).clip(0, 1)",
        "for _ in range(41):",
    }
}


def test_every_changed_solution_is_rejected():
    count, passing = survivors(SOLUTION)
    assert count >= 100
    assert passing == {(task, line) for task, lines in HARMLESS.items() for line in lines}


def no_slope(x, W1, W2, unit):
    return (W2[unit] @ W1).reshape(x.shape)


def at_the_mean(x, W1, W2, unit, noise):
    return right.saliency(x + noise.mean(axis=0), W1, W2, unit)


def change(name, number, how):
    """A right pair of answers with one of the two changed."""

    def answer(*args):
        pair = list(getattr(right, name)(*args))
        pair[number] = how(pair[number])
        return pair

    return answer


def own_root(x, weight, epsilon):
    r, b = np.diff(x, axis=1, append=x[:, -1:]), np.diff(x, axis=0, append=x[-1:])
    root = np.sqrt(r**2 + b**2 + epsilon)
    return weight * root.mean(), -weight * (r + b) / root / x.size


def sizes_added(x, weight, epsilon):
    r, b = np.diff(x, axis=1), np.diff(x, axis=0)
    value = weight * (np.abs(r).sum() + np.abs(b).sum()) / x.size
    return value, right.total_variation(x, weight, epsilon)[1]


def no_epsilon(x, weight, epsilon):
    r, b = np.diff(x, axis=1, append=x[:, -1:]), np.diff(x, axis=0, append=x[-1:])
    return weight * np.hypot(r, b).mean(), own_root(x, weight, epsilon)[1]


def unclipped(x, slope, charge, lam, lr):
    return x + lr * (slope - lam * charge)


def quick(distances, k):
    return np.argsort(distances, axis=1)[:, :k]


def last_first(distances, k):
    n = distances.shape[1]
    return n - 1 - np.argsort(distances[:, ::-1], axis=1, kind="stable")[:, :k]


def too_far(x, W, unit):
    return np.clip(x + 10 * (right.fool(x, W, unit) - x), 0, 1)


def no_limits(x, W, unit):
    others = np.delete(W, unit, axis=0).mean(axis=0)
    return x + 0.0999 * np.sign(W[unit] - others).reshape(x.shape)


# task, answer, what stands in its place, points that are left, words of the message
SLIPS = [
    ("saliency", "scores", lambda x, W1, W2: W2 @ W1 @ x.ravel(), 4, "no tanh"),
    ("saliency", "scores", lambda x, W1, W2: right.scores(x.T, W1, W2), 4, "rows come first"),
    ("saliency", "scores", lambda *a: np.tanh(right.scores(*a)), 4, "a second tanh"),
    ("saliency", "saliency", no_slope, 3, "a missing slope of tanh"),
    ("saliency", "saliency", lambda *a: right.saliency(*a).ravel(), 3, "should have the shape"),
    ("saliency", "saliency", lambda *a: np.abs(right.saliency(*a)), 3, "keep the signs"),
    ("saliency", "saliency", lambda x, V, W, u: right.saliency(x, V, W, 0), 3, "off by"),
    ("saliency", "smooth_gradient", at_the_mean, 3, "take the mean of the slopes"),
    ("saliency", "smooth_gradient", lambda *a: 9 * right.smooth_gradient(*a), 3, "divide by"),
    ("saliency", "smooth_gradient", lambda *a: right.saliency(*a[:4]), 3, "without noise"),
    ("penalties", "l2", change("l2", 0, lambda v: v / 2), 4, "half of it"),
    ("penalties", "l2", lambda x, w: right.l2(x, 1.0), 3, "a missing weight"),
    ("penalties", "l2", lambda x, w: right.l2(x, w * x.size), 3, "a sum"),
    ("penalties", "l2", lambda x, w: right.l2(x + 0.5, w), 3, "towards black"),
    ("penalties", "l2", change("l2", 1, lambda s: s / 2), 4, "a missing 2"),
    ("penalties", "l2", change("l2", 1, np.negative), 4, "the sign"),
    ("penalties", "l2", lambda x, w: right.l2(x, w)[1], 3, "R, slope; got"),
    ("penalties", "total_variation", own_root, 3, "own root alone"),
    ("penalties", "total_variation", sizes_added, 4, "squares under one root"),
    (
        "penalties",
        "total_variation",
        no_epsilon,
        2,
        "missing ε",
    ),
    ("penalties", "total_variation", change("total_variation", 1, np.negative), 3, "the sign"),
    ("penalties", "total_variation", change("total_variation", 1, np.transpose), 3, "the shape"),
    ("climb", "step", lambda x, s, c, lam, lr: right.step(x, s, -c, lam, lr), 2, "a plus before λ"),
    ("climb", "step", lambda x, s, c, lam, lr: right.step(x, s, c, lam, -lr), 2, "a step down"),
    ("climb", "step", unclipped, 3, "not cut off"),
    ("climb", "step", lambda x, s, c, lam, lr: right.step(x, s, c, 1.0, lr), 2, "a missing λ"),
    ("climb", "step", lambda x, s, c, lam, lr: right.step(x, s, c, lam, 1.0), 2, "learning rate"),
    ("climb", "climb", lambda *a: right.climb(*a[:4], a[4] + 1), 3, "one step more"),
    ("climb", "climb", lambda *a: right.climb(*a[:4], a[4] - 1), 3, "one step less"),
    ("climb", "climb", lambda x, w, lam, lr, n: right.climb(x, w, 0.0, lr, n), 2, "left out"),
    ("climb", "climb", lambda x, w, lam, lr, n: right.climb(x, w, lam, lr * n, 1), 2, "one long"),
    ("climb", "climb", lambda x, w, lam, lr, n: right.climb(x, -w, lam, lr, n), 2, "climb down"),
    ("nearest", "cosine_distances", lambda q, g: 1 - q @ g.T, 2, "without lengths"),
    (
        "nearest",
        "cosine_distances",
        lambda q, g: 1 - right.cosine_distances(q, g),
        2,
        "the cosine itself",
    ),
    ("nearest", "cosine_distances", lambda q, g: right.cosine_distances(g, q), 2, "swapped"),
    ("nearest", "nearest", lambda d, k: np.sort(d)[:, :k], 2, "wanted are the numbers"),
    ("nearest", "nearest", lambda d, k: np.argsort(-d, axis=1)[:, :k], 2, "the farthest first"),
    ("nearest", "nearest", lambda d, k: np.argsort(d, axis=0)[:, :k], 2, "n"),
    ("nearest", "nearest", quick, 3, "off by"),
    ("nearest", "nearest", last_first, 3, "the last of equals"),
    ("fool", "fool", lambda x, W, u: x, 0, "should have the largest score"),
    ("fool", "fool", too_far, 0, "no pixel should move by more"),
    ("fool", "fool", no_limits, 1, "from 0 to 1"),
    ("fool", "fool", lambda x, W, u: np.nan * x, 0, "one moved by nan"),
]


@pytest.mark.parametrize(("task", "name", "wrong", "points", "words"), SLIPS)
def test_slips_cost_their_points_and_are_named(task, name, wrong, points, words):
    for report in reports_of_slip(right.RIGHT, task, name, wrong):
        assert report.points == points, report
        assert words in " ".join(report.messages), report


def test_the_charges_are_the_librarys(rng):
    x = rng.random((6, 9))
    for ours, theirs in [
        (right.l2(x, 3.0), unitviz.l2(3.0)(x)),
        (right.total_variation(x, 3.0, 1e-4), unitviz.total_variation(3.0)(x)),
    ]:
        np.testing.assert_allclose(ours[0], theirs[0], rtol=1e-12)
        np.testing.assert_allclose(ours[1], theirs[1], atol=1e-12)
