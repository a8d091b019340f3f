"""Checks of 04_neurons_and_networks: layers, shapes, bends, the perceptron, XOR, dead units.

Rows are examples and a weight is (units, inputs) everywhere, as in coursekit.nn.
"""

import numpy as np

from coursekit.checks import task
from coursekit.checks.answers import NotPassed

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
NO_LINE = {(0, 1, 1, 0), (1, 0, 0, 1)}  # XOR and its opposite; Minsky & Papert 1969


@task("04_1_unit", points=3)
def unit_task(layer, fold_bias, t):
    with t.part("one unit", points=1):
        n, d = t.sizes(2)
        check_layer(t, layer, t.normal(n, d), t.normal(1, d), t.normal(1))

    with t.part("a layer of 3 units with 4 inputs", points=1):
        n = int(t.rng.integers(5, 9))
        check_layer(t, layer, t.normal(n, 4), t.normal(3, 4), t.normal(3))

    with t.part("bias as a weight", points=1):
        m, d = t.sizes(2)
        W, b = t.normal(m, d), t.normal(m)
        slips = {
            "the bias in the last column; its input 1 comes first": np.c_[W, b],
            "the transpose: a row for each unit": np.c_[b, W].T,
        }
        t.close(fold_bias(W, b), np.c_[b, W], "the weight with its bias", slips)


@task("04_2_shapes", points=3)
def shapes_task(factor_shapes, product_shape, count_parameters, t):
    with t.part("shapes of the factors", points=1):
        for count in (3, 5):
            sizes = t.sizes(count)
            right = [(m, n) for n, m in zip(sizes, sizes[1:], strict=False)][::-1]
            slips = {
                "the first layer first; its factor stands last": right[::-1],
                "rows and columns swapped": [(n, m) for m, n in right],
            }
            t.close(factor_shapes(list(sizes)), right, "the list of shapes", slips)

    with t.part("shape of a product", points=1):
        sizes = t.sizes(5)
        shapes = list(zip(sizes, sizes[1:], strict=False))
        rows, columns = sizes[0], sizes[-1]
        swaps = {"rows and columns swapped": (columns, rows), "the first matrix": shapes[0]}
        t.close(product_shape(list(shapes)), (rows, columns), "the shape", swaps)
        for k in (1, 2, 3):
            misfit = list(shapes)
            misfit[k] = (shapes[k][0] + 1, shapes[k][1])
            if product_shape(misfit) is not None:
                message = f"matrices {k} and {k + 1} do not fit, so it should return None"
                raise NotPassed("wrong", message)

    with t.part("number of parameters", points=1):
        sizes = t.sizes(4)
        pairs = list(zip(sizes, sizes[1:], strict=False))
        weights, biases = sum(n * m for n, m in pairs), sum(sizes[1:])
        slips = {
            "no biases": weights,
            "a bias for each input, not for each unit": weights + sum(sizes[:-1]),
        }
        t.close(count_parameters(list(sizes)), weights + biases, "the number", slips)


@task("04_3_slopes", points=4)
def slopes_task(logistic, logistic_derivative, prelu_backward, t):
    with t.part("the logistic function", points=1):
        x = np.append(3 * t.normal(t.sizes(1)[0]), [-700.0, 700.0])
        slips = {
            "a lost minus sign: e^x in place of e^-x": sigma(-x),
            "tanh": np.tanh(x),
        }
        t.close(logistic(x), sigma(x), slips=slips)

    with t.part("its slope", points=1):
        x = t.normal(*t.sizes(2))
        y = sigma(x)
        slips = {
            "1 − σ²: that is tanh's pattern": 1 - y**2,
            "x(1 − x): the formula wants σ(x) there": x * (1 - x),
            "a minus sign": -y * (1 - y),
        }
        t.gradient(lambda v: sigma(v).sum(), logistic_derivative(x), x, slips=slips)

    with t.part("dx of the parametric ReLU", points=1):
        x, alpha, dy = draw_prelu(t)
        dx, _ = t.unpack(prelu_backward(x, alpha, dy), "dx", "dalpha")
        slips = {
            "−α on the left, as the slide prints": np.where(x > 0, dy, -alpha * dy),
            "0 on the left, a plain ReLU": dy * (x > 0),
            "a missing dy": np.where(x > 0, 1, alpha),
        }
        t.gradient(lambda v: np.vdot(prelu(v, alpha), dy), dx, x, "dx", slips)

    with t.part("dalpha of the parametric ReLU", points=1):
        x, alpha, dy = draw_prelu(t)
        _, dalpha = t.unpack(prelu_backward(x, alpha, dy), "dx", "dalpha")
        each = dy * np.minimum(x, 0)
        slips = {
            "a number for each x: they all share α, so add up": each,
            "x above 0 counted too: α does nothing there": np.vdot(dy, x),
            "the wrong half: α acts where x is below 0": np.vdot(dy, np.maximum(x, 0)),
            "a missing dy": np.minimum(x, 0).sum(),
            "a minus sign": -each.sum(),
            "α times too much": alpha * each.sum(),
        }
        t.gradient(lambda a: np.vdot(prelu(x, a), dy), dalpha, np.array(alpha), "dalpha", slips)


@task("04_4_perceptron", points=4)
def perceptron_task(perceptron_pass, separating_line, t):
    with t.part("one example, right or wrong", points=1):
        for target, says in ((1, 0), (0, 1), (0, 0), (1, 1)):
            w, x = draw_examples(t, 1)
            check_pass(t, perceptron_pass, w, float(2 * says - 1 - w @ x[0]), x, np.array([target]))

    with t.part("a pass over many examples", points=1):
        for n in (17, 13, 19):
            w, x = draw_examples(t, n)
            check_pass(t, perceptron_pass, w, float(t.normal()), x, t.rng.permutation(n) % 2)

    with t.part("a line where there is one", points=1):
        for target in draw_functions(t):
            if tuple(target) not in NO_LINE:
                check_line(t, separating_line, target)

    with t.part("None where there is none", points=1):
        functions = sorted(draw_functions(t), key=lambda target: tuple(target) not in NO_LINE)
        for target in functions[:5]:  # both without a line, and three that have one
            check_line(t, separating_line, target)


@task("04_5_xor", points=2)
def xor_task(xor_network, t):
    with t.part("bits", points=1):
        check_xor(t, xor_network, CORNERS)

    with t.part("bits that are wrong by up to 0.2", points=1):
        away = 0.2 * t.rng.uniform(-1, 1, (200, 2))
        # The worst: both wrong by all, but for a little, so that no rounding decides.
        away[:16] = (0.2 - 1e-9) * np.repeat(2 * CORNERS - 1, 4, axis=0)
        check_xor(t, xor_network, np.tile(CORNERS, (50, 1)) + away)


@task("04_6_network", points=2)
def network_task(forward, t):
    with t.part("one hidden layer", points=1):
        check_forward(t, forward, t.sizes(4))

    with t.part("any number of layers", points=1):
        for count in (6, 5, 3):
            check_forward(t, forward, t.sizes(count))


@task("04_7_dead", points=2)
def dead_task(kill, t):
    with t.part("no example wakes a unit", points=1):
        sums, b = draw_sums(t, kill)
        awake = np.flatnonzero((sums + b).max(axis=0) > 1e-4)
        if len(awake):
            raise NotPassed("wrong", f"some example still wakes unit {awake[0]}")

    with t.part("and only just", points=1):
        sums, b = draw_sums(t, kill)
        slips = {"one maximum for all; each unit has its own": np.full(len(b), -sums.max())}
        t.close(b, -sums.max(axis=0), "b", slips)


def sigma(x):
    return 0.5 * np.tanh(0.5 * x) + 0.5


def prelu(x, alpha):
    return np.where(x > 0, x, alpha * x)


def check_layer(t, layer, x, W, b):
    right = np.tanh(x @ W.T + b)
    slips = {
        "no tanh around the sum": x @ W.T + b,
        "a forgotten bias": np.tanh(x @ W.T),
        "a minus sign at the bias": np.tanh(x @ W.T - b),
        "the logistic function": sigma(x @ W.T + b),
        "y transposed: rows are examples": right.T,
    }
    t.close(layer(x, W, b), right, "y", slips)


def draw_prelu(t):
    """x and dy (n, d), and α."""
    n, d = t.sizes(2)
    x = t.normal(n, d)
    x[0, 0], x[1, 1] = 1.5, -0.7  # at least one of each sign
    return x, float(t.rng.uniform(0.1, 0.6)), t.normal(n, d)


def draw_examples(t, n):
    """Weights (d,) and examples (n, d)."""
    d = t.sizes(1)[0]
    return t.normal(d), t.normal(n, d)


def check_pass(t, perceptron_pass, w, b, x, target, lr=0.3):
    right = run_pass(w, b, x, target, lr)
    errors = target - (x @ w + b > 0)  # of all examples under the first weights
    slips = {
        "a minus sign: it learns the opposite": run_pass(w, b, x, target, -lr),
        "adding every example, also after a right answer": (w + lr * target @ x, b),
        "a missing learning rate": run_pass(w, b, x, target, 1.0),
        "the sum in place of the answer 0 or 1": run_pass(w, b, x, target, lr, bend=lambda a: a),
        "answers under the first weights: each example meets the newest": (w + lr * errors @ x, 0),
        "a bias that is not used": run_pass(w, 0 * b, x, target, lr),
    }
    new_w, new_b = t.unpack(perceptron_pass(w, b, x, target, lr), "w", "b")
    t.close(new_w, right[0], "w", {words: value[0] for words, value in slips.items()})
    t.close(new_b, right[1], "b", {"a bias that does not learn": b})


def run_pass(w, b, x, target, lr, bend=lambda a: float(a > 0)):
    for row, wanted in zip(x, target, strict=True):
        error = wanted - bend(row @ w + b)
        w, b = w + lr * error * row, b + lr * error
    return w, b


def draw_functions(t):
    """All 16 functions of two bits, (16, 4), in random order."""
    return t.rng.permutation(np.indices((2, 2, 2, 2)).reshape(4, 16).T)


def check_line(t, separating_line, target):
    name = "the function with the values " + " ".join(map(str, target))
    got = separating_line(target)
    if tuple(target) in NO_LINE:
        if got is not None:
            raise NotPassed("wrong", f"no line separates {name}; wanted is None")
        return
    if got is None:
        raise NotPassed("wrong", f"a line separates {name}; it returned None")
    w1, w2, b = t.shape(got, (3,), "w1, w2, b")
    wrong = np.flatnonzero(wrong_side(w1, w2, b, target))
    if len(wrong):
        corner = tuple(map(int, CORNERS[wrong[0]]))
        raise NotPassed("wrong", f"the line for {name} is wrong at {corner}")


def wrong_side(w1, w2, b, target):
    """Which corners (4,) the line has on the wrong side, however its three terms are added up.

    A learner with lr = 0.1 ends with terms like 0.1 + 0.2 − 0.3, which is 0, or above it by
    rounding alone. Such a corner is right where the class is 0, and where the class is 1 if any
    order of adding makes it so, because that may be the learner's.
    """
    first, second = CORNERS.T * [[w1], [w2]]
    sums = np.array([first + second + b, first + b + second, second + b + first])  # (3, 4)
    rounding = 1e-12 * (np.abs(first) + np.abs(second) + abs(b))
    return np.where(target, sums.max(axis=0) <= 0, sums.min(axis=0) > rounding)


def check_xor(t, xor_network, x):
    """The learner's step units must say XOR of the bits that the rows of x are nearest to."""
    W1, b1, w2, b2 = t.unpack(xor_network(), "W1", "b1", "w2", "b2")
    W1, b1 = t.shape(W1, (2, 2), "W1"), t.shape(b1, (2,), "b1")
    w2, b2 = t.shape(w2, (2,), "w2"), t.shape(b2, (), "b2")
    hidden = (x @ W1.T + b1 > 0).astype(float)
    said = hidden @ w2 + b2 > 0
    bits = np.rint(x)
    wrong = np.flatnonzero(said != (bits[:, 0] != bits[:, 1]))
    if len(wrong):
        x1, x2 = x[wrong[0]]
        raise NotPassed("wrong", f"at ({x1:.2f}, {x2:.2f}) it says {int(said[wrong[0]])}")


def check_forward(t, forward, sizes):
    """sizes: the number of examples, then those of the layers."""
    n, *units = sizes
    pairs = list(zip(units, units[1:], strict=False))
    weights, biases = [t.normal(m, d) for d, m in pairs], [t.normal(m) for _, m in pairs]
    x = t.normal(n, units[0])
    right = run(x, weights, biases)
    slips = {
        "a ReLU after the last layer too: it stays linear": np.maximum(right, 0),
        "no ReLU at all": run(x, weights, biases, bend=lambda a: a),
        "tanh in place of the ReLU": run(x, weights, biases, bend=np.tanh),
        "forgotten biases": run(x, weights, [0 * b for b in biases]),
        "y transposed: rows are examples": right.T,
    }
    copies = [w.copy() for w in weights], [b.copy() for b in biases]
    t.close(forward(x, *copies), right, "y", slips)


def run(x, weights, biases, bend=lambda a: np.maximum(a, 0)):
    for W, b in zip(weights[:-1], biases[:-1], strict=True):
        x = bend(x @ W.T + b)
    return x @ weights[-1].T + biases[-1]


def draw_sums(t, kill):
    """Sums (n, m) of units without their biases, and the learner's biases (m,)."""
    n, d, m = t.sizes(3)
    x, W = t.normal(n + 6, d), t.normal(m, d)
    b = t.shape(kill(x, W), (m,), "b")
    if not np.isfinite(b).all():
        raise NotPassed("wrong", "b should be numbers, neither infinite nor NaN")
    return x @ W.T, b
