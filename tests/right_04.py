"""Right answers of 04_neurons_and_networks, each written in another way than in the solution."""

import math

import numpy as np


def layer(x, W, b):
    """Unit by unit and example by example, as a list."""
    return [
        [math.tanh(sum(w * v for w, v in zip(row, example, strict=True)) + bias)
         for row, bias in zip(W.tolist(), b.tolist(), strict=True)]
        for example in x.tolist()
    ]  # fmt: skip


def fold_bias(W, b):
    folded = np.zeros((W.shape[0], W.shape[1] + 1), W.dtype)
    folded[:, 1:] = W
    folded[:, 0] = b
    return folded


def factor_shapes(sizes):
    backwards = sizes[::-1]
    return [[m, n] for m, n in zip(backwards, backwards[1:], strict=False)]


def product_shape(shapes):
    """Multiply matrices of ones, and see."""
    try:
        product = np.eye(shapes[0][0])
        for shape in shapes:
            product = product @ np.ones(shape)
    except ValueError:
        return None
    return product.shape


def count_parameters(sizes):
    return int(np.dot(np.array(sizes[:-1]) + 1, sizes[1:]))


def logistic(x):
    return np.where(x > 0, 1, np.exp(-np.abs(x))) / (1 + np.exp(-np.abs(x)))


def logistic_derivative(x):
    return 1 / (2 * np.cosh(x / 2)) ** 2


def prelu_backward(x, alpha, dy):
    dx, dalpha = dy.copy(), 0
    for place in np.ndindex(x.shape):
        if x[place] <= 0:
            dx[place] *= alpha
            dalpha = dalpha + dy[place] * x[place]
    return [dx, dalpha]


def perceptron_pass(w, b, x, target, lr):
    """Only mistakes change anything."""
    w = w.copy()
    for example, wanted in zip(x, target, strict=True):
        said = 1 if np.dot(w, example) > -b else 0
        if said < wanted:
            w, b = w + lr * example, b + lr
        elif said > wanted:
            w, b = w - lr * example, b - lr
    return w, b


def separating_line(target):
    """Try all small whole numbers."""
    for w1 in range(-2, 3):
        for w2 in range(-2, 3):
            for b in np.arange(-2, 2, 0.5):
                sums = [b, w2 + b, w1 + b, w1 + w2 + b]
                if all((s > 0) == (v > 0) for s, v in zip(sums, target, strict=True)):
                    return [w1, w2, b]
    return None


def xor_network():
    """Not that of the solution: "the first alone" or "the second alone"."""
    return [[1, -1], [-1, 1]], [-0.5, -0.5], [3.0, 3.0], -1


def forward(x, weights, biases):
    """One more input that is always 1, and recursion."""
    W = np.concatenate([weights[0], biases[0][:, None]], axis=1)
    a = np.einsum("ni,mi->nm", np.concatenate([x, np.ones((len(x), 1))], axis=1), W)
    return forward(a * (a > 0), weights[1:], biases[1:]) if weights[1:] else a


def kill(x, W):
    return np.array([min(-row @ example for example in x) for row in W])


RIGHT = {
    "04_1_unit": (layer, fold_bias),
    "04_2_shapes": (factor_shapes, product_shape, count_parameters),
    "04_3_slopes": (logistic, logistic_derivative, prelu_backward),
    "04_4_perceptron": (perceptron_pass, separating_line),
    "04_5_xor": (xor_network,),
    "04_6_network": (forward,),
    "04_7_dead": (kill,),
}
