"""Right answers of 06_backpropagation, each written in another way than in the solution."""

import math

import numpy as np

from coursekit import nn

# 06_1 to 06_3


def tanh(x):
    e = np.exp(-2 * np.abs(x))
    return np.sign(x) * (1 - e) / (1 + e)


def tanh_derivative(x):
    return (1 + np.tanh(x)) * (1 - np.tanh(x))


def forward(x0, W0, W1):
    x1 = np.einsum("ni,oi->no", x0, W0)
    x2 = np.tanh(x1)
    return [x1, x2, (W1 @ x2.T).T]


def backward(x0, x2, x3, y, W1):
    dW0, dW1 = 0, 0
    for a, b, error in zip(x0, x2, x3 - y, strict=True):
        dW1 = dW1 + np.outer(error, b)
        dW0 = dW0 + np.outer((W1.T @ error) * (1 - b * b), a)
    return dW0, dW1


def update(W, dW, lr):
    new = W.copy()
    new -= lr * dW
    return new


def linear_forward(x, weight):
    return [[float(row @ w) for w in weight] for row in x]


def linear_backward(x, weight, dy):
    layer = nn.Linear(*weight.shape[::-1], bias=False, rng=np.random.default_rng(0))
    layer.params["weight"] = weight
    layer.forward(x)
    return layer.backward(dy), layer.grads["weight"]


# 06_4 to 06_7


def numeric_gradient(W, x, y, h):
    """All moved weights at once, as a stack (d_out, d_in, d_out, d_in); float64 throughout."""
    W, x, y = (np.asarray(each, np.float64) for each in (W, x, y))
    step = h * np.eye(W.size).reshape(*W.shape, *W.shape)

    def losses(weights):
        a = np.tanh(np.einsum("abij,nj->abni", weights, x))
        return ((a - y) ** 2).sum(axis=(2, 3)) / 2

    return (losses(W + step) - losses(W - step)) / h / 2


def backprop_gradient(W, x, y):
    layer = nn.Linear(*W.shape[::-1], bias=False, rng=np.random.default_rng(0))
    layer.params["weight"] = W
    model, loss = nn.Sequential(layer, nn.Tanh()), nn.EuclideanLoss()
    loss.forward(model.forward(x), y)
    model.backward(loss.backward())
    return layer.grads["weight"]


def relative_error(a, b):
    pairs = list(zip(a.ravel().tolist(), b.ravel().tolist(), strict=True))
    return max(abs(p - q) for p, q in pairs) / max(max(abs(p), abs(q)) for p, q in pairs)


def circuit(w, x):
    dot = float(w[:2] @ x + w[2])
    ex = math.exp(-dot)
    out = 1 / (ex + 1)
    slope = out - out**2
    return [[dot, -dot, ex, ex + 1, out], [slope * x[0], slope * x[1], slope], slope * w[:-1]]


def shapes(d, n):
    return [[[d[k], n], [d[k], d[k - 1]]] for k in range(1, len(d))]


def deltas(a, weights, y):
    """From the last layer to the first, every example on its own."""
    columns = []
    for i in range(y.shape[1]):
        error, found = a[-1][:, i] - y[:, i], []
        for k in range(len(weights), 0, -1):
            found = [error - error * a[k][:, i] ** 2, *found]
            error = found[0] @ weights[k - 1]
        columns.append(found)
    return tuple(np.stack(each, axis=1) for each in zip(*columns, strict=True))


def gradients(delta, a):
    pairs = zip(delta, a[:-1], strict=True)
    return tuple(np.einsum("in,jn->ij", each, below) for each, below in pairs)


def stuck(x0, W1, y):
    return 1e9 * np.random.default_rng(0).standard_normal((W1.shape[1], x0.shape[1]))


RIGHT = {
    "06_1_tanh": (tanh, tanh_derivative),
    "06_2_iteration": (forward, backward, update),
    "06_3_linear": (linear_forward, linear_backward),
    "06_4_gradcheck": (numeric_gradient, backprop_gradient, relative_error),
    "06_5_circuit": (circuit,),
    "06_6_deltas": (shapes, deltas, gradients),
    "06_7_stuck": (stuck,),
}
