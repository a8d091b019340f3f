"""Checks of 06_backpropagation: tanh, one iteration by hand, the linear module, stuck weights.

Rows are examples and a weight is (d_out, d_in) everywhere, as in coursekit.nn.
"""

import numpy as np

from coursekit.checks import task
from coursekit.checks.answers import NotPassed

# Deck 002, "Backpropagation example": one input, its target, and the first weights.
DECK_X0 = np.array([[1.0, 0.1]])
DECK_Y = np.array([[0.5]])
DECK_W0 = np.array([[1.0, -3.0], [0.2, 1.0]])
DECK_W1 = np.array([[1.0, -1.0]])
DECK_LR = 0.2  # the deck writes −0.2 and adds


@task("06_1_tanh", points=4)
def tanh_task(tanh, tanh_derivative, t):
    with t.part("values of tanh", points=1):
        x = t.normal(*t.sizes(2))
        slips = {
            "the logistic function": 1 / (1 + np.exp(-x)),
            "tan, the one of triangles": np.tan(x),
            "sinh, so the division is missing": np.sinh(x),
            "a swapped sign in the numerator": -np.tanh(x),
        }
        t.close(tanh(x), np.tanh(x), slips=slips)

    with t.part("tanh far from zero", points=1):
        x = np.array([-900.0, -30.0, 0.5, 30.0, 900.0]) + t.normal(5)
        t.close(tanh(x), np.tanh(x))

    with t.part("tanh′ is the slope of tanh", points=2):
        x = t.normal(*t.sizes(2))
        y = np.tanh(x)
        slips = {
            "1 − tanh, without the square": 1 - y,
            "1 + tanh²": 1 + y**2,
            "tanh² alone": y**2,
            "the slope of the logistic function": y * (1 - y),
            "1 − x²: the formula wants tanh(x) there": 1 - x**2,
        }
        t.gradient(lambda v: np.tanh(v).sum(), tanh_derivative(x), x, slips=slips)


@task("06_2_iteration", points=6)
def iteration_task(forward, backward, update, t):
    with t.part("forward", points=1):
        x0, W0, W1, _ = draw_network(t)
        x1, x2, x3 = t.unpack(forward(x0, W0, W1), "x1", "x2", "x3")
        t.close(x1, x0 @ W0.T, "x1")
        t.close(x2, np.tanh(x0 @ W0.T), "x2")
        right = run(x0, W0, W1)[1]
        t.close(x3, right, "x3", slips={"a second tanh: the output is linear": np.tanh(right)})

    with t.part("backward to W1", points=1):
        x0, W0, W1, y = draw_network(t)
        x2, x3 = run(x0, W0, W1)
        _, dW1 = t.unpack(backward(x0, x2, x3, y, W1), "dW0", "dW1")
        slips = usual_slips((x3 - y).T @ x2, rows=len(x0))
        t.gradient(lambda W: loss(x0, W0, W, y), dW1, W1, "dW1", slips)

    with t.part("backward to W0", points=2):
        x0, W0, W1, y = draw_network(t)
        x2, x3 = run(x0, W0, W1)
        dW0, _ = t.unpack(backward(x0, x2, x3, y, W1), "dW0", "dW1")
        dx2 = (x3 - y) @ W1
        slips = usual_slips((dx2 * (1 - x2**2)).T @ x0, rows=len(x0)) | {
            "a missing slope of tanh": dx2.T @ x0,
            "tanh taken twice: x2 is a tanh already": (dx2 * (1 - np.tanh(x2) ** 2)).T @ x0,
        }
        t.gradient(lambda W: loss(x0, W, W1, y), dW0, W0, "dW0", slips)

    with t.part("update goes downhill", points=1):
        W, dW = t.normal(2, *t.sizes(2))
        lr = float(t.rng.uniform(0.1, 0.5))
        slips = {"a plus sign, which climbs": W + lr * dW, "a missing learning rate": W - dW}
        t.close(update(W, dW, lr), W - lr * dW, "the new weight", slips)

    with t.part("one iteration on the deck's numbers", points=1):
        _, x2, x3 = t.unpack(forward(DECK_X0, DECK_W0, DECK_W1), "x1", "x2", "x3")
        grads = t.unpack(backward(DECK_X0, x2, x3, DECK_Y, DECK_W1), "dW0", "dW1")
        new = [update(W, dW, DECK_LR) for W, dW in zip((DECK_W0, DECK_W1), grads, strict=True)]
        for name, got, want in zip(("W0", "W1"), new, deck_iteration(), strict=True):
            t.close(got, want, f"the new {name}")


@task("06_3_linear", points=5)
def linear_task(linear_forward, linear_backward, t):
    with t.part("forward", points=1):
        x, weight, _ = draw_linear(t)
        y = x @ weight.T
        t.close(linear_forward(x, weight), y, "y", slips={"y transposed": y.T})

    with t.part("dx: backward is the transpose of forward", points=2):
        x, weight, _ = draw_linear(t)
        probe = t.normal(*x.shape)

        def backward(dy):
            return t.unpack(linear_backward(x, weight, dy), "dx", "dweight")[0]

        t.adjoint(lambda v: v @ weight.T, backward, probe, "dx")

    with t.part("dweight is the slope of the loss", points=2):
        x, weight, dy = draw_linear(t)
        _, dweight = t.unpack(linear_backward(x, weight, dy), "dx", "dweight")
        slips = usual_slips(dy.T @ x, rows=len(x))
        t.gradient(lambda W: np.vdot(dy, x @ W.T), dweight, weight, "dweight", slips)


@task("06_7_stuck", points=2)
def stuck_task(stuck, t):
    with t.part("no gradient comes back", points=1):
        check_stuck(*draw_stuck(t, stuck))

    with t.part("though the loss is large", points=1):
        x0, W0, W1, y = draw_stuck(t, stuck)
        if loss(x0, W0, W1, y) <= 0.1:
            raise NotPassed("wrong", "this network is right already: the loss should be above 0.1")
        check_stuck(x0, W0, W1, y)


def draw_linear(t):
    """x (n, d_in), weight (d_out, d_in), dy (n, d_out), with three sizes that differ."""
    n, d_in, d_out = t.sizes(3)
    return t.normal(n, d_in), t.normal(d_out, d_in), t.normal(n, d_out)


def draw_network(t):
    """x0 (n, d0), W0 (d1, d0), W1 (d2, d1), y (n, d2), with four sizes that differ."""
    n, d0, d1, d2 = t.sizes(4)
    return t.normal(n, d0), t.normal(d1, d0) / 2, t.normal(d2, d1) / 2, t.normal(n, d2)


def run(x0, W0, W1):
    """x2 and x3 of the network of deck 002."""
    x2 = np.tanh(x0 @ W0.T)
    return x2, x2 @ W1.T


def loss(x0, W0, W1, y):
    return 0.5 * np.sum((run(x0, W0, W1)[1] - y) ** 2)


def usual_slips(right, rows):
    """What the usual mistakes make of a gradient with respect to a weight."""
    return {
        "the transpose: a gradient has the shape of its weight": right.T,
        "averaging over the rows: this loss is a sum": right / rows,
        "y − x3 in place of x3 − y: the sign": -right,
    }


def deck_iteration():
    """New W0 and W1 after one step on the deck's numbers."""
    x2, x3 = run(DECK_X0, DECK_W0, DECK_W1)
    dx3 = x3 - DECK_Y
    dx1 = (dx3 @ DECK_W1) * (1 - x2**2)
    return DECK_W0 - DECK_LR * dx1.T @ DECK_X0, DECK_W1 - DECK_LR * dx3.T @ x2


def draw_stuck(t, stuck):
    """x0, the learner's W0, W1, y; the targets are out of reach of the usual start."""
    x0, W0, W1, y = draw_network(t)
    y = 3 * np.sign(y) + y
    return x0, t.shape(stuck(x0, W1, y), W0.shape, "W0"), W1, y


def check_stuck(x0, W0, W1, y):
    x2, x3 = run(x0, W0, W1)
    slope = np.abs((((x3 - y) @ W1) * (1 - x2**2)).T @ x0).max()
    if not slope <= 1e-9:
        raise NotPassed("wrong", f"the largest number of ∂L/∂W0 is {slope:.2g}, above a billionth")
