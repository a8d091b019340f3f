"""Checks of 09_what_did_it_learn: saliency, penalties, climbing a score.

Pictures are (h, w); flattened, row after row. A weight is (d_out, d_in).
"""

import numpy as np

from coursekit.checks import task
from coursekit.nn import numeric_gradient


@task("09_1_saliency", points=5)
def saliency_task(scores, saliency, smooth_gradient, t):
    with t.part("scores", points=1):
        x, W1, W2, _ = draw_network(t)
        right = scores_of(x, W1, W2)
        slips = {
            "the columns of the picture one after the other; rows come first": scores_of(
                x.T, W1, W2
            ),
            "a second tanh: the scores are linear": np.tanh(right),
            "no tanh between the layers": W2 @ W1 @ x.ravel(),
        }
        t.close(scores(x, W1, W2), right, "the scores", slips)

    with t.part("saliency is the slope of one score", points=2):
        for k in range(2):  # another unit each time
            x, W1, W2, unit = draw_network(t, unit=k)
            a = np.tanh(W1 @ x.ravel())
            slips = {
                "a missing slope of tanh": (W2[unit] @ W1).reshape(x.shape),
                "the slope of all scores together": slope_of(x, W1, W2.sum(axis=0, keepdims=True)),
                "tanh taken twice: a is a tanh already": (
                    (W2[unit] * (1 - np.tanh(a) ** 2)) @ W1
                ).reshape(x.shape),
                "sizes of slopes: keep the signs": np.abs(slope_of(x, W1, W2, unit)),
            }
            t.gradient(
                lambda v, W1=W1, W2=W2, unit=unit: scores_of(v, W1, W2)[unit],
                saliency(x, W1, W2, unit),
                x,
                "the saliency",
                slips,
            )

    with t.part("SmoothGrad", points=2):
        x, W1, W2, unit = draw_network(t)
        noise = t.normal(9, *x.shape)
        each = np.array([slope_of(x + n, W1, W2, unit) for n in noise])
        slips = {
            "a sum: divide by the number of copies": each.sum(axis=0),
            "the slope at the mean picture: take the mean of the slopes": slope_of(
                x + noise.mean(axis=0), W1, W2, unit
            ),
            "the slope without noise": slope_of(x, W1, W2, unit),
            "noise without the picture": np.mean([slope_of(n, W1, W2, unit) for n in noise], 0),
        }
        got = smooth_gradient(x, W1, W2, unit, noise)
        t.close(got, each.mean(axis=0), "the mean slope", slips)


@task("09_2_penalties", points=5)
def penalties_task(l2, total_variation, t):
    with t.part("R of l2", points=1):
        x, weight, _ = draw_picture(t)
        value, _ = t.unpack(l2(x, weight), "R", "slope")
        square = np.sum((x - 0.5) ** 2)
        slips = {
            "a sum: R is a mean over the pixels": weight * square,
            "towards black: take ½ away first": weight * np.mean(x**2),
            "a missing weight": square / x.size,
            "half of it: there is no ½ before this one": weight * square / x.size / 2,
        }
        t.close(value, weight * square / x.size, "R", slips)

    with t.part("slope of l2", points=1):
        x, weight, _ = draw_picture(t)
        _, slope = t.unpack(l2(x, weight), "R", "slope")
        right = 2 * weight * (x - 0.5) / x.size
        slips = {
            "a missing 2, from the square": right / 2,
            "a sum: R is a mean over the pixels": right * x.size,
            "a missing weight": right / weight,
            "the sign: R falls towards grey": -right,
        }
        t.gradient(lambda v: weight * np.mean((v - 0.5) ** 2), slope, x, "the slope", slips)

    with t.part("R of total variation", points=1):
        x, weight, epsilon = draw_picture(t)
        value, _ = t.unpack(total_variation(x, weight, epsilon), "R", "slope")
        right = variation(x, weight, epsilon)
        slips = {
            "a sum: R is a mean over the pixels": right * x.size,
            "a missing weight": right / weight,
            "sizes of steps added: squares under one root": weight
            * np.mean(sum(np.abs(step) for step in steps(x))),
            "the last pixels wrapped around: a step beyond the edge is 0": weight
            * np.mean(np.sqrt(np.sum(wrapped(x), axis=0) + epsilon)),
            "a missing ε": variation(x, weight, 0.0),
            "a missing root": weight * np.mean(sum(s**2 for s in steps(x)) + epsilon),
        }
        t.close(value, right, "R", slips)

    with t.part("slope of total variation", points=2):
        x, weight, epsilon = draw_picture(t)
        _, slope = t.unpack(total_variation(x, weight, epsilon), "R", "slope")
        right, down = steps(x)
        own = -weight * (right + down) / np.sqrt(right**2 + down**2 + epsilon) / x.size
        whole = variation_slope(x, weight, epsilon)
        slips = {
            "each pixel's own root alone: it stands in two more": own,
            "the sign": -whole,
            "a sum: R is a mean over the pixels": whole * x.size,
        }
        t.gradient(lambda v: variation(v, weight, epsilon), slope, x, "the slope", slips)


@task("09_3_climb", points=4)
def climb_task(step, climb, t):
    with t.part("one step", points=1):
        x, slope, charge, lam, lr = draw_step(t, size=0.01)
        check_step(t, step, x, slope, charge, lam, lr)

    with t.part("pixels stay between 0 and 1", points=1):
        x, slope, charge, lam, lr = draw_step(t, size=2.0)
        slips = {"not cut off at 0 and 1": x + lr * (slope - lam * charge)}
        right = np.clip(x + lr * (slope - lam * charge), 0, 1)
        t.close(step(x, slope, charge, lam, lr), right, "the picture", slips)
        check_step(t, step, x, slope, charge, lam, lr)

    with t.part("a few steps", points=1):
        for n_steps in (1, 4):
            x, w, lam, lr = draw_climb(t)
            slips = {
                "one step more than asked": climbed(x, w, lam, lr, n_steps + 1),
                "one step less than asked": climbed(x, w, lam, lr, n_steps - 1),
                "a plus before λ, which rewards what should be charged": climbed(
                    x, w, -lam, lr, n_steps
                ),
                "the charge left out": climbed(x, w, 0.0, lr, n_steps),
                "one long step: the slope changes on the way": climbed(x, w, lam, n_steps * lr, 1),
            }
            right = climbed(x, w, lam, lr, n_steps)
            t.close(climb(x, w, lam, lr, n_steps), right, "the picture", slips)

    with t.part("where the climb ends", points=1):
        x, w, lam, _ = draw_climb(t)
        slips = {"a climb down: x goes towards larger scores": np.clip(0.5 - w / lam, 0, 1)}
        right = np.clip(0.5 + w / lam, 0, 1)
        t.close(climb(x, w, lam, 0.5 / lam, 60), right, "the last picture", slips)


def draw_network(t, unit=None):
    """x (h, w), W1 (d, h·w), W2 (units, d) and the number of a unit."""
    h, w, d, units = t.sizes(4)
    W1, W2 = t.normal(d, h * w) / np.sqrt(h * w), t.normal(units, d)
    return t.rng.random((h, w)), W1, W2, int(t.rng.integers(units)) if unit is None else unit


def scores_of(x, W1, W2):
    return W2 @ np.tanh(W1 @ x.ravel())


def slope_of(x, W1, W2, unit=0):
    a = np.tanh(W1 @ x.ravel())
    return ((W2[unit] * (1 - a**2)) @ W1).reshape(x.shape)


def draw_picture(t):
    """A picture, a weight and ε."""
    return t.rng.random(t.sizes(2)), float(t.rng.uniform(2, 9)), float(t.rng.uniform(0.01, 0.1))


def steps(x):
    """Steps to the right and down, 0 beyond the last pixel."""
    return np.diff(x, axis=1, append=x[:, -1:]), np.diff(x, axis=0, append=x[-1:])


def wrapped(x):
    """Squares of the steps when the other side comes after the last pixel."""
    return [(np.roll(x, -1, axis) - x) ** 2 for axis in (0, 1)]


def variation(x, weight, epsilon):
    right, down = steps(x)
    return weight * np.mean(np.sqrt(right**2 + down**2 + epsilon))


def variation_slope(x, weight, epsilon):
    return numeric_gradient(lambda v: variation(v, weight, epsilon), x)


def draw_step(t, size):
    """x, slope and charge (h, w), λ and η, for steps of about that size."""
    x = t.rng.uniform(0.3, 0.7, t.sizes(2))
    lam = float(t.rng.uniform(2, 4))
    return x, t.normal(*x.shape), t.normal(*x.shape), lam, size


def check_step(t, step, x, slope, charge, lam, lr):
    slips = {
        "a plus before λ, which rewards what should be charged": slope + lam * charge,
        "a step down: the score should grow": -(slope - lam * charge),
        "a missing λ": slope - charge,
        "the charge left out": slope,
        "λ before the score": lam * slope - charge,
    }
    slips = {words: np.clip(x + lr * change, 0, 1) for words, change in slips.items()}
    slips["a missing learning rate"] = np.clip(x + slope - lam * charge, 0, 1)
    right = np.clip(x + lr * (slope - lam * charge), 0, 1)
    t.close(step(x, slope, charge, lam, lr), right, "the picture", slips)


def draw_climb(t):
    """x, w (h, w), λ and η; some pixels end at 0 or at 1."""
    x = t.rng.random(t.sizes(2))
    return x, t.normal(*x.shape), float(t.rng.uniform(2, 4)), float(t.rng.uniform(0.02, 0.1))


def climbed(x, w, lam, lr, n_steps):
    for _ in range(n_steps):
        x = np.clip(x + lr * (w - lam * (x - 0.5)), 0, 1)
    return x
