"""Checks of 06_backpropagation, second half: slopes measured, a circuit, the δ of any depth.

A weight is (d_out, d_in) everywhere. Rows are examples, as in coursekit.nn; in 06_6_deltas columns.
"""

import numpy as np

from coursekit import nn
from coursekit.checks import task

# Deck 001, the sigmoid circuit.
DECK_W, DECK_X = np.array([2.0, -3.0, -3.0]), np.array([-1.0, -2.0])


@task("06_4_gradcheck", points=3)
def gradcheck_task(numeric_gradient, backprop_gradient, relative_error, t):
    with t.part("central differences", points=1):
        W, x, y = draw_layer(t)
        for h in (
            1.0,
            0.1,
            1e-5,
        ):  # with a large h it is no gradient yet, and tells the schemes apart
            right = nn.numeric_gradient(lambda V: layer_loss(V, x, y), W, h)
            forward = nn.numeric_gradient(lambda V: layer_loss(V, x, y), W, h, scheme="forward")
            slips = {
                "dividing by h: the two sides are 2h apart": 2 * right,
                "one side only: (L(W + h) − L(W)) / h": forward,
                "the sides swapped: L(W + h) comes first": -right,
                "the exact gradient; here the quotient is asked for, for any h": layer_slope(
                    W, x, y
                ),
                "moving all weights at once": np.full(W.shape, together(W, x, y, h)),
            }
            t.close(numeric_gradient(W, x, y, h), right, "the quotient", slips)

    with t.part("the exact gradient", points=1):
        W, x, y = draw_layer(t)
        a = np.tanh(x @ W.T)
        slips = usual_slips(layer_slope(W, x, y), examples=len(x)) | {
            "a missing slope of tanh": (a - y).T @ x,
            "a missing error: a − y is the first factor": (1 - a**2).T @ x,
        }
        name = "the exact gradient"
        t.gradient(lambda V: layer_loss(V, x, y), backprop_gradient(W, x, y), W, name, slips)

    with t.part("relative error", points=1):
        a = t.normal(*t.sizes(2))
        for b in (a + 0.01 * t.normal(*a.shape), 100 * a, a / 7, -a, a):
            apart = np.abs(a - b).max()
            scale = max(np.abs(a).max(), np.abs(b).max())
            slips = {
                "not dividing by the larger of the two": apart,
                "the mean of the differences, not the largest": np.abs(a - b).mean() / scale,
                "dividing by a alone: take the larger of the two": apart / np.abs(a).max(),
                "dividing by b alone: take the larger of the two": apart / np.abs(b).max(),
                "differences without their absolute values": (a - b).max() / scale,
            }
            t.close(relative_error(a, b), apart / scale, "the error", slips)


@task("06_5_circuit", points=2)
def circuit_task(circuit, t):
    names = ("dot", "neg", "ex", "den", "out")
    with t.part("forward, node by node", points=1):
        for w, x in ((DECK_W, DECK_X), (t.normal(3), t.normal(2))):
            found, _, _ = t.unpack(circuit(w, x), "the nodes", "dw", "dx")
            nodes = t.unpack(found, *names)
            for name, got, right in zip(names, nodes, nodes_of(w, x), strict=True):
                t.close(got, right, name)

    with t.part("backward", points=1):
        for w, x in ((DECK_W, DECK_X), (t.normal(3), t.normal(2))):
            _, dw, dx = t.unpack(circuit(w, x), "the nodes", "dw", "dx")
            check_slopes(t, dw, dx, w, x)


@task("06_6_deltas", points=4)
def deltas_task(shapes, deltas, gradients, t):
    with t.part("the dimensions work", points=1):
        d, n = t.sizes(4), int(t.rng.integers(8, 12))
        right = [((d[k], n), (d[k], d[k - 1])) for k in range(1, 4)]
        slips = {
            "shapes turned over: examples are columns here": [(p[::-1], q[::-1]) for p, q in right],
            "dW turned over: it has the shape of its weight": [(p, q[::-1]) for p, q in right],
            "a pair for the input as well, which has no weight": [
                ((d[0], n), (d[0], d[0])),
                *right,
            ],
        }
        t.close(shapes(list(d), n), right, "the list of shapes", slips)

    with t.part("the last δ", points=1):
        a, weights, y = draw_deep(t)
        delta = deltas_of(t, deltas, a, weights, y)
        right = right_deltas(a, weights, y)
        slips = {
            "a missing slope of tanh": a[-1] - y,
            "y − a: the sign": -right[-1],
            "tanh taken twice: a is a tanh already": (a[-1] - y) * (1 - np.tanh(a[-1]) ** 2),
        }
        t.close(delta[-1], right[-1], "the last δ", slips)

    with t.part("δ of every layer", points=1):
        a, weights, y = draw_deep(t)
        delta = deltas_of(t, deltas, a, weights, y)
        right = right_deltas(a, weights, y)
        for k in (1, 0):
            without = weights[k + 1].T @ right[k + 1]
            slips = {
                "a missing slope of tanh": without,
                "the slope of the wrong layer's tanh": without * (1 - np.tanh(a[k + 1]) ** 2),
            }
            t.close(delta[k], right[k], f"δ{k + 1}", slips)

    with t.part("gradients of every layer", points=1):
        a, weights, y = draw_deep(t)
        delta = right_deltas(a, weights, y)
        names = [f"dW{k}" for k in range(1, len(a))]
        found = t.unpack(gradients(delta, a), *names)
        for k, (name, got) in enumerate(zip(names, found, strict=True)):
            slips = usual_slips(delta[k] @ a[k].T, examples=y.shape[1])
            t.gradient(
                lambda W, k=k: deep_loss(weights, k, W, a[0], y), got, weights[k], name, slips
            )


def draw_layer(t):
    """W (d_out, d_in), x (n, d_in), y (n, d_out) of one layer of tanh."""
    n, d_in, d_out = t.sizes(3)
    return t.normal(d_out, d_in) / 2, t.normal(n, d_in), t.normal(n, d_out)


def layer_loss(W, x, y):
    return 0.5 * np.sum((np.tanh(x @ W.T) - y) ** 2)


def layer_slope(W, x, y):
    a = np.tanh(x @ W.T)
    return ((a - y) * (1 - a**2)).T @ x


def together(W, x, y, h):
    return (layer_loss(W + h, x, y) - layer_loss(W - h, x, y)) / (2 * h)


def nodes_of(w, x):
    """dot, neg, ex, den, out."""
    dot = w[0] * x[0] + w[1] * x[1] + w[2]
    return dot, -dot, np.exp(-dot), 1 + np.exp(-dot), 1 / (1 + np.exp(-dot))


def check_slopes(t, dw, dx, w, x):
    """The slopes of the circuit's output, by differences."""
    out = nodes_of(w, x)[-1]
    slope = out * (1 - out)
    slips = {
        "a lost sign on the way: two of the nodes turn it": -slope * np.append(x, 1),
        "the slope of dot alone: the rest of the circuit has slopes, too": np.append(x, 1),
        "w in place of x: a product hands on the other factor": slope * w,
    }
    t.gradient(lambda v: nodes_of(v, x)[-1], dw, w, "dw", slips)
    slips = {"a lost sign on the way: two of the nodes turn it": -slope * w[:2]}
    t.gradient(lambda v: nodes_of(w, v)[-1], dx, x, "dx", slips)


def draw_deep(t):
    """Activations [a0, …, a3] with examples as columns, weights [W1, W2, W3], y (d3, n)."""
    n, *d = t.sizes(5)
    weights = [t.normal(d[k + 1], d[k]) / 2 for k in range(3)]
    a = [t.normal(d[0], n)]
    for W in weights:
        a.append(np.tanh(W @ a[-1]))
    return a, weights, t.normal(d[3], n)


def right_deltas(a, weights, y):
    delta = [(a[-1] - y) * (1 - a[-1] ** 2)]
    for k in (2, 1):
        delta.insert(0, (weights[k].T @ delta[0]) * (1 - a[k] ** 2))
    return delta


def deltas_of(t, deltas, a, weights, y):
    """The learner's δ of the three layers; the lists are copies."""
    found = deltas([each.copy() for each in a], [W.copy() for W in weights], y)
    return t.unpack(found, "δ1", "δ2", "δ3")


def deep_loss(weights, k, W, x, y):
    """½‖a − y‖² with W in place of weights[k]."""
    for each in [*weights[:k], W, *weights[k + 1 :]]:
        x = np.tanh(each @ x)
    return 0.5 * np.sum((x - y) ** 2)


def usual_slips(right, examples):
    """What the usual mistakes make of a gradient with respect to a weight."""
    return {
        "the transpose: a gradient has the shape of its weight": right.T,
        "averaging over the examples: this loss is a sum": right / examples,
        "y − a in place of a − y: the sign": -right,
    }
