"""Checks of 05_learning: losses, penalties, descent, batches, momentum, stopping.

Rows are examples. A learning rate is above 0, and every update goes downhill.
"""

import numpy as np

from coursekit import nn
from coursekit.checks import task
from coursekit.checks.answers import NotPassed
from coursekit.nn.optim import soft_threshold


@task("05_1_losses", points=4)
def losses_task(quadratic, binary_cross_entropy, cross_entropy, t):
    with t.part("quadratic", points=1):
        shape = t.sizes(2)
        y, target = t.normal(*shape), t.normal(*shape)
        total = np.sum((y - target) ** 2)
        slips = {
            "no half before the sum": total,
            "the mean: this loss is half the sum": total / y.size,
        }
        t.close(quadratic(y, target), total / 2, "the loss", slips)

    with t.part("binary cross-entropy", points=1):
        z, target = draw_logits(t)
        right = nn.BCELoss().forward(z, target)
        slips = {
            "a missing minus sign, as on the slide": -right,
            "the sum: this loss is a mean": right * len(z),
            "the part of target 1 alone": np.mean(target * np.logaddexp(0, -z)),
            "1 − p and p swapped": nn.BCELoss().forward(-z, target),
        }
        t.close(binary_cross_entropy(z, target), right, "the loss", slips)

    with t.part("cross-entropy", points=1):
        z, labels = draw_scores(t)
        right, picked = nn.CrossEntropyLoss().forward(z, labels), (np.arange(len(z)), labels)
        slips = {
            "a missing minus sign": -right,
            "the sum: this loss is a mean": right * len(z),
            "softmax over examples": -np.log(nn.Softmax(dim=0).forward(z))[picked].mean(),
        }
        t.close(cross_entropy(z, labels), right, "the loss", slips)

    with t.part("both with logits of ±1000", points=1):
        z, target = draw_logits(t, scale=1000)
        right = nn.BCELoss().forward(z, target)
        t.close(binary_cross_entropy(z, target), right, "the first loss")
        z, labels = draw_scores(t, scale=1000)
        right = nn.CrossEntropyLoss().forward(z, labels)
        t.close(cross_entropy(z, labels), right, "the second loss")


@task("05_2_decay", points=3)
def decay_task(decay_step, l1_step, t):
    with t.part("L2", points=1):
        w, gradient, lr, decay = draw_weights(t)
        plain = w - lr * gradient
        slips = {
            "a plus sign before the decay": plain + lr * decay * w,
            "a plus sign before the gradient: it climbs": w + lr * gradient - lr * decay * w,
            "2λw: the penalty has a half, so its slope is λw": plain - 2 * lr * decay * w,
            "a decay without the learning rate": plain - decay * w,
        }
        t.close(decay_step(w, gradient, lr, decay), plain - lr * decay * w, slips=slips)

    with t.part("L1 of large weights", points=1):
        w, gradient, lr, l1 = draw_weights(t)
        check_l1(t, l1_step, w + 2 * np.sign(w), gradient, lr, l1)

    with t.part("L1 stops at exactly 0", points=1):
        w, gradient, lr, l1 = draw_weights(t)
        v = lr * l1 * t.rng.uniform(-1, 1, w.shape)  # so small that they become zeros
        v[0, 0], v[1, 1] = 3 * lr * l1, -2 * lr * l1
        check_l1(t, l1_step, v + lr * gradient, gradient, lr, l1)


@task("05_3_descent", points=4)
def descent_task(descend, best_rate, t):
    for d, words in (1, "in one dimension"), (4, "in four dimensions"):
        with t.part(words, points=1):
            check_path(t, descend, *draw_bowl(t, d))

        with t.part(f"the best rate {words}", points=1):
            check_rate(t, best_rate, *draw_bowl(t, d))


@task("05_4_batches", points=3)
def batches_task(batches, t):
    with t.part("every example once", points=1):
        n, size, seed = draw_epoch(t, extra=2)
        all_of(t, batches(n, size, seed), n)

    with t.part("sizes of the batches", points=1):
        for extra in (0, int(t.rng.integers(1, 4))):
            n, size, seed = draw_epoch(t, extra)
            got = [len(batch) for batch in batches(n, size, seed)]
            right = [size] * (n // size) + [extra] * (extra > 0)
            even = [len(part) for part in np.array_split(range(n), len(right))]
            slips = {"batches as equal as possible": even, "an empty batch": [*right, 0]}
            slips["a last batch that was thrown away"] = right[:-1]
            t.close(got, right, "the list of sizes", slips)

    with t.part("shuffled, by the seed", points=1):
        n, size, seed = draw_epoch(t, extra=2)
        first, again, other = (all_of(t, batches(n, size, s), n) for s in (seed, seed, seed + 1))
        if np.array_equal(first, np.arange(n)) or np.array_equal(first, other):
            raise NotPassed("wrong", "each seed should give another order; shuffle by the seed")
        if not np.array_equal(first, again):
            raise NotPassed("wrong", "the same seed should give the same batches; it does not")


@task("05_5_momentum", points=3)
def momentum_task(update, t):
    with t.part("the first step, without decay", points=1):
        w, gradient, lr, _ = draw_weights(t)
        check_update(t, update, w, np.zeros(w.shape), gradient, lr, 0.9, 0.0)

    with t.part("with momentum and decay", points=1):
        w, gradient, lr, decay = draw_weights(t)
        momentum = float(t.rng.uniform(0.3, 0.8))
        check_update(t, update, w, t.normal(*w.shape), gradient, lr, momentum, decay)

    with t.part("ten steps down a bowl", points=1):
        w, bottom, lr, decay = draw_weights(t)
        got_w = right_w = w
        got_delta = right_delta = np.zeros(w.shape)
        for _ in range(10):
            pair = update(got_w, got_delta, got_w - bottom, lr, 0.8, decay)
            got_w, got_delta = (t.shape(each, w.shape) for each in t.unpack(pair, "w", "delta"))
            right_delta = bottom - right_w - decay * right_w + 0.8 * right_delta
            right_w = right_w + lr * right_delta
        t.close(got_w, right_w, "w after ten steps")


@task("05_6_stopping", points=2)
def stopping_task(stopping, t):
    with t.part("stopped in time", points=1):
        for patience in (2, 3, 4):
            losses, right = draw_losses(t, patience)
            check_stop(t, stopping, losses, patience, right)

    with t.part("never stopped, and equal losses", points=1):
        n = int(t.rng.integers(5, 9))
        falling = np.sort(t.rng.random(n))[::-1].copy()
        check_stop(t, stopping, falling, 2, (n, n))
        falling[-2:] += 1
        check_stop(t, stopping, falling, 3, (n, n - 2))
        check_stop(t, stopping, np.array([2.0, 2.0, 2.0, 1.0]), 2, (3, 1))


@task("05_7_diverge", points=2)
def diverge_task(too_fast, t):
    with t.part("too fast", points=1):
        check_climbs(t, too_fast)

    with t.part("and only just", points=1):
        A, lr = check_climbs(t, too_fast)
        factor = np.abs(1 - 0.99 * lr * np.linalg.eigvalsh(A)).max()
        if not factor < 1 - 1e-6:
            message = f"with 0.99 η the longest factor is still {factor:.3f}, not below 1"
            raise NotPassed("wrong", message)


def draw_logits(t, scale=2.0):
    """z (n,) and targets (n,) of 0 and 1, some of them very wrong."""
    n = int(t.rng.integers(6, 12))
    return scale * t.normal(n), t.rng.permutation(np.arange(n) % 2).astype(float)


def draw_scores(t, scale=2.0):
    """z (n, K) and labels (n,), every class among them."""
    n, K = int(t.rng.integers(9, 14)), t.sizes(1)[0] + 1
    return scale * t.normal(n, K), t.rng.permutation(np.arange(n) % K)


def draw_weights(t):
    """w and gradient (n, d), a learning rate, a factor."""
    shape = t.sizes(2)
    w, gradient = t.normal(*shape), t.normal(*shape)
    return w, gradient, float(t.rng.uniform(0.05, 0.2)), float(t.rng.uniform(0.2, 0.8))


def check_l1(t, l1_step, w, gradient, lr, l1):
    v = w - lr * gradient
    right = soft_threshold(v, lr * l1)
    slips = {
        "jumping over zero: the step stops there": v - lr * l1 * np.sign(v),
        "the slope of |w|, which jumps over zero": v - lr * l1 * np.sign(w),
        "λ without the learning rate": soft_threshold(v, l1),
        "a forgotten gradient": soft_threshold(w, lr * l1),
    }
    got = l1_step(w, gradient, lr, l1)
    t.close(got, right, slips=slips)
    if np.any(np.asarray(got)[right == 0]):
        raise NotPassed("wrong", "weights that stop at zero should be exactly 0; they are not")


def draw_bowl(t, d):
    """A (d, d) with eigenvalues from 0.5 to 3, b (d,), x (d,)."""
    axes, _ = np.linalg.qr(t.normal(d, d))
    return axes * t.rng.uniform(0.5, 3, d) @ axes.T, t.normal(d), 3 * t.normal(d)


def check_path(t, descend, A, b, x):
    lr, n_steps = float(t.rng.uniform(0.05, 0.2)), int(t.rng.integers(8, 12))
    right = path_of(A, b, x, lr, n_steps)
    slips = {
        "a plus sign: it climbs": path_of(-A, -b, x, lr, n_steps),
        "a path without its start": right[1:],
        "the last place alone; wanted is the path": right[-1],
        "a forgotten b": path_of(A, 0 * b, x, lr, n_steps),
        "a missing learning rate": path_of(A, b, x, 1.0, n_steps),
    }
    t.close(descend(A, b, x, lr, n_steps), right, "the path", slips)


def path_of(A, b, x, lr, n_steps):
    return nn.gradient_descent(None, lambda v: A @ v - b, x, n_steps, lr=lr)


def check_rate(t, best_rate, A, b, x):
    g = A @ x - b
    right = (g @ g) / (g @ A @ g)
    t.close(best_rate(A, b, x), right, "the rate", {"the quotient turned over": 1 / right})


def draw_epoch(t, extra):
    """n examples, extra more than a multiple of the batch size; batch size; seed."""
    size = int(t.rng.integers(4, 9))
    return int(t.rng.integers(3, 7)) * size + extra, size, int(t.rng.integers(1000))


def all_of(t, got, n):
    """The numbers of all batches in a row, which must be 0 … n − 1, each once."""
    if not isinstance(got, list | tuple):
        raise NotPassed("wrong", f"it should return a list of batches; got a {type(got).__name__}")
    row = np.concatenate([t.shape(batch, np.shape(batch), "a batch") for batch in got])
    for example in range(n):
        if np.sum(row == example) != 1:
            message = f"example {example} should come once; it comes {np.sum(row == example)} times"
            raise NotPassed("wrong", message)
    return t.shape(row, (n,), "all batches together")


def check_update(t, update, w, delta, gradient, lr, momentum, decay):
    def step(g, d, m, old):
        new = -g - d * w + m * old
        return w + lr * new, new

    right = step(gradient, decay, momentum, delta)
    slips = {
        "a plus sign before the gradient: it climbs": step(-gradient, decay, momentum, delta),
        "a plus sign before the decay": step(gradient, -decay, momentum, delta),
        "a forgotten decay": step(gradient, 0, momentum, delta),
        "a forgotten momentum": step(gradient, decay, 0, delta),
        "η inside Δw; it stands before it": (w + lr * right[1], lr * right[1]),
        "the old Δw in the step": (w + lr * delta, right[1]),
    }
    got_w, got_delta = t.unpack(update(w, delta, gradient, lr, momentum, decay), "w", "delta")
    t.close(got_delta, right[1], "Δw", {words: pair[1] for words, pair in slips.items()})
    t.close(got_w, right[0], "w", {words: pair[0] for words, pair in slips.items()})


def draw_losses(t, patience):
    """Losses with one bad epoch early and `patience` after the best; the right answer."""
    best = int(t.rng.integers(3, 6))  # counted from 0
    losses = 10 - np.arange(best + patience + 4) - 0.5 * t.rng.random(best + patience + 4)
    losses[1] = 11
    losses[best + 1 : best + 1 + patience] += 2 * patience
    return losses, (best + 1 + patience, best + 1)


def check_stop(t, stopping, losses, patience, right):
    stop, best = t.unpack(stopping(losses, patience), "epoch of stopping", "best epoch")
    slips = {
        "counting from 0": right[0] - 1,
        "one epoch more of patience": right[0] + 1,
    }
    t.close(stop, right[0], "the epoch of stopping", slips)
    slips = {
        "counting from 0": right[1] - 1,
        "the best of all epochs, also of those that never come": int(np.argmin(losses)) + 1,
        "the last of equal losses": len(losses) - int(np.argmin(losses[::-1])),
    }
    t.close(best, right[1], "the best epoch", slips)


def check_climbs(t, too_fast):
    """A bowl and the learner's rate, with which descent must climb."""
    A, _, _ = draw_bowl(t, t.sizes(1)[0])
    lr = float(t.shape(too_fast(A), (), "the learning rate"))
    if not 0 < lr < np.inf:
        raise NotPassed("wrong", f"the learning rate should be above 0 and finite; it is {lr}")
    factor = np.abs(1 - lr * np.linalg.eigvalsh(A)).max()
    if not factor > 1 + 1e-6:
        raise NotPassed("wrong", f"the longest factor |1 − ηλ| is {factor:.3f}, not above 1")
    return A, lr
