"""Checks of 08_training_on_digits, tasks 1 to 4: loss, update, network, counts of hits.

Rows are examples: x (n, d), scores (n, K), labels (n,) from 0 to K − 1. A weight is (d_out, d_in).
"""

import numpy as np

from coursekit import nn
from coursekit.checks import task

NAMES = ("W0", "b0", "W1", "b1")


@task("08_1_loss", points=4)
def loss_task(one_hot, softmax, cross_entropy, t):
    with t.part("one-hot rows and probabilities", points=1):
        scores, labels = draw_scores(t)
        right = np.eye(scores.shape[1])[labels]
        slips = {"the transpose: a row for each label": right.T}
        t.close(one_hot(labels, scores.shape[1]), right, "one_hot", slips)
        t.close(softmax(scores), shares(scores), "softmax", softmax_slips(scores))

    with t.part("large scores", points=1):
        scores, labels = draw_scores(t)
        scores = 1000 * scores
        t.close(softmax(scores), shares(scores), "softmax", softmax_slips(scores))
        value, _ = t.unpack(cross_entropy(scores, labels), "loss", "dscores")
        t.close(value, loss(scores, labels), "loss")

    with t.part("the loss", points=1):
        scores, labels = draw_scores(t)
        value, _ = t.unpack(cross_entropy(scores, labels), "loss", "dscores")
        right, n = loss(scores, labels), len(labels)
        p = shares(scores)[np.arange(n), labels]
        slips = {
            "a sum; the loss is a mean over the batch": right * n,
            "a mean over all numbers; it is one over the rows": right / scores.shape[1],
            "a missing minus": -right,
            "the probabilities, without a logarithm": 1 - p.mean(),
            "the logarithm of the mean; it is the mean of the logarithms": -np.log(p.mean()),
            "one loss for each row; they are averaged": -np.log(p),
        }
        t.close(value, right, "loss", slips)

    with t.part("its slope", points=1):
        scores, labels = draw_scores(t)
        _, dscores = t.unpack(cross_entropy(scores, labels), "loss", "dscores")
        right, n = loss_slope(scores, labels), len(labels)
        slips = {
            "not dividing by the rows: the loss is a mean": right * n,
            "the probabilities alone: 1 is taken away at the label": shares(scores) / n,
            "a swapped sign": -right,
            "the one-hot rows alone": (right - shares(scores) / n),
        }
        t.gradient(lambda s: loss(s, labels), dscores, scores, "dscores", slips)


@task("08_2_update", points=3)
def update_task(update, t):
    for name, settings in {
        "gradient alone": (0.0, 0.0),
        "weight decay": (0.0, 1.0),
        "momentum, all together": (1.0, 1.0),
    }.items():
        with t.part(name, points=1):
            lr, momentum, decay = t.rng.uniform(0.1, 0.9, 3) * [1, *settings]
            check_update(t, update, float(lr), float(momentum), float(decay))


@task("08_3_network", points=4)
def network_task(forward, backward, t):
    with t.part("forward", points=1):
        x, params, _ = draw_network(t)
        W0, b0, W1, b1 = params
        right = scores_of(x, *params)
        slips = {
            "no ReLU between the layers": (x @ W0.T + b0) @ W1.T + b1,
            "a second ReLU: scores may be below 0": np.maximum(right, 0),
            "a forgotten b0": scores_of(x, W0, 0, W1, b1),
            "a forgotten b1": right - b1,
            "the transpose: a row for each example": right.T,
        }
        t.close(forward(x, *params), right, "scores", slips)

    with t.part("slopes of the second layer", points=1):
        check_slopes(t, backward, ("W1", "b1"))

    with t.part("slopes of the first layer", points=2):
        check_slopes(t, backward, ("W0", "b0"))


@task("08_4_metrics", points=2)
def metrics_task(accuracy, confusion, t):
    with t.part("accuracy", points=1):
        scores, labels = draw_answers(t)
        right = nn.accuracy(scores, labels)
        slips = {
            "the number of hits; divide by the rows": right * len(labels),
            "the share of mistakes": 1 - right,
            "the best of each column; take that of each row": np.mean(
                np.resize(scores.argmax(axis=0), labels.shape) == labels
            ),
        }
        t.close(accuracy(scores, labels), right, "accuracy", slips)

    with t.part("confusion matrix", points=1):
        scores, labels = draw_answers(t)
        right = nn.confusion_matrix(scores, labels)
        rows = right.sum(axis=1, keepdims=True)
        slips = {
            "the transpose: rows are the right labels": right.T,
            "shares of each row; counts are wanted": right / np.maximum(rows, 1),
            "shares of all; counts are wanted": right / len(labels),
            "mistakes alone; hits belong on the diagonal": right - np.diag(right.diagonal()),
            "ones and zeros: count how often": np.minimum(right, 1),
        }
        t.close(confusion(scores, labels), right, "the matrix", slips)


def log_shares(scores):
    top = scores.max(axis=1, keepdims=True)
    return scores - top - np.log(np.exp(scores - top).sum(axis=1, keepdims=True))


def shares(scores):
    """softmax(scores), row by row."""
    return np.exp(log_shares(scores))


def loss(scores, labels):
    return -log_shares(scores)[np.arange(len(labels)), labels].mean()


def loss_slope(scores, labels):
    return (shares(scores) - np.eye(scores.shape[1])[labels]) / len(labels)


def draw_scores(t):
    """scores (n, K) and labels (n,)."""
    n, n_classes = t.sizes(2)
    return t.normal(n, n_classes), t.rng.integers(0, n_classes, n)


def softmax_slips(scores):
    with np.errstate(all="ignore"):
        e = np.exp(scores - scores.max())
        return {
            "columns that sum to 1; rows do": shares(scores.T).T,
            "all numbers together; every row sums to 1": e / e.sum(),
            "powers that are not divided by their sum": np.exp(scores),
            "the logarithm of the probabilities": log_shares(scores),
        }


def draw_network(t):
    """x (n, d), the four parameters, and dscores (n, K); all sizes differ."""
    n, d, hidden, n_classes = t.sizes(4)
    shapes = (hidden, d), (hidden,), (n_classes, hidden), (n_classes,)
    return t.normal(n, d), [t.normal(*shape) for shape in shapes], t.normal(n, n_classes)


def scores_of(x, W0, b0, W1, b1):
    return np.maximum(x @ W0.T + b0, 0) @ W1.T + b1


def check_slopes(t, backward, wanted):
    x, params, dscores = draw_network(t)
    W0, b0, W1, _ = params
    got = t.unpack(backward(x, dscores, W0, b0, W1), *("d" + name for name in NAMES))
    hidden = np.maximum(x @ W0.T + b0, 0)
    dhidden = dscores @ W1
    terms = {
        "W0": (dhidden * (hidden > 0), x),
        "b0": (dhidden * (hidden > 0), None),
        "W1": (dscores, hidden),
        "b1": (dscores, None),
    }
    wrong = {
        "W0": {
            "a missing slope of the ReLU": (dhidden, x),
            "the ReLU of the slope; it lets through where its input was above 0": (
                np.maximum(dhidden, 0),
                x,
            ),
        },
        "b0": {"a missing slope of the ReLU": (dhidden, None)},
        "W1": {"x in place of the hidden values": (dscores, x)},
        "b1": {},
    }
    for name in wanted:
        i, right = NAMES.index(name), product(*terms[name])
        slips = {words: product(*pair) for words, pair in wrong[name].items()} | {
            "the transpose: a slope is like its parameter": right.T,
            "a mean over the rows: dscores has that already": right / len(x),
            "a swapped sign": -right,
        }

        def f(value, i=i):
            changed = [*params[:i], value, *params[i + 1 :]]
            return np.vdot(dscores, scores_of(x, *changed))

        t.gradient(f, got[i], params[i], "d" + name, slips)


def product(dy, x):
    """Slope of a weight, dyᵀ x; of a bias when x is None."""
    return dy.sum(axis=0) if x is None else dy.T @ x


def check_update(t, update, lr, momentum, decay):
    _, params, _ = draw_network(t)
    grads, deltas = ([t.normal(*w.shape) for w in params] for _ in range(2))
    given = [[array.copy() for array in arrays] for arrays in (params, grads, deltas)]
    got = t.unpack(update(*given, lr, momentum, decay), "new params", "new deltas")
    new, new_deltas = (t.unpack(each, *NAMES) for each in got)
    for i, (name, w, g, v) in enumerate(zip(NAMES, params, grads, deltas, strict=True)):
        decayed = decay * w if w.ndim > 1 else 0
        right = momentum * v - g - decayed
        slips = {
            "a swapped sign of the gradient": right + 2 * g,
            "a swapped sign of the decay": right + 2 * decayed,
            "decay on a bias: only weights decay": right - decay * w,
            "a learning rate in Δw; it multiplies all of Δw later": momentum * v
            - lr * (g + decayed),
            "a forgotten decay": right + decayed,
            "a forgotten momentum": right - momentum * v,
            "(1 − m) times the gradient: that is another momentum": right + momentum * g,
        }
        t.close(new_deltas[i], right, f"Δ{name}", slips)
        slips = {
            "a minus: Δw leads downhill already": w - lr * right,
            "a forgotten learning rate": w + right,
            "the old Δw": w + lr * v,
        }
        t.close(new[i], w + lr * right, f"the new {name}", slips)


def draw_answers(t):
    """scores (n, K) and labels, one class of which never comes up; the guesses are half right."""
    n, n_classes = 20 + t.sizes(1)[0], 6
    labels = t.rng.integers(0, n_classes - 1, n)
    return t.normal(n, n_classes) + 2 * np.eye(n_classes)[labels], labels
