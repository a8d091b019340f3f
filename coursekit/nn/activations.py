"""Pointwise functions, each next to its derivative. x, y, dy and dx have one shape."""

import warnings

import numpy as np

from coursekit.nn.expect import expect_count, expect_floats
from coursekit.nn.module import Module


class Identity(Module):
    """The linear unit y = x, slope 1."""

    def forward(self, x):
        return expect_floats("Identity", x)

    def backward(self, dy):
        return dy


class Step(Module):
    """The perceptron's unit: y = 1 where x > 0, else 0 (Rosenblatt 1958; deck 001, line 1157).

    Its slope is 0 wherever it has one, so nothing below it learns by gradient descent; backward
    returns these zeros and warns. The perceptron rule trains it, or put Sigmoid in its place.
    """

    def forward(self, x):
        return (expect_floats("Step", x) > 0).astype(x.dtype)

    def backward(self, dy):
        warnings.warn(
            "Step has slope 0 everywhere, so that no layer below it learns; "
            "train it by the perceptron rule, or use Sigmoid",
            stacklevel=2,
        )
        return np.zeros_like(dy)


class Sigmoid(Module):
    """The logistic function y = 1 / (1 + e⁻ˣ), slope y (1 − y)."""

    def forward(self, x):
        self.y = sigmoid(expect_floats("Sigmoid", x))
        return self.y

    def backward(self, dy):
        return dy * self.y * (1 - self.y)


def sigmoid(x):
    """1 / (1 + e⁻ˣ), written with tanh because that never overflows."""
    return 0.5 * np.tanh(0.5 * x) + 0.5


class Tanh(Module):
    """Hyperbolic tangent y = tanh x, slope 1 − y²."""

    def forward(self, x):
        self.y = np.tanh(expect_floats("Tanh", x))
        return self.y

    def backward(self, dy):
        return dy * (1 - self.y**2)


class ReLU(Module):
    """Rectified linear unit y = max(0, x), slope 1 where x > 0, else 0 (Nair and Hinton 2010)."""

    def forward(self, x):
        self.y = np.maximum(expect_floats("ReLU", x), 0)
        return self.y

    def backward(self, dy):
        return dy * (self.y > 0)


class LeakyReLU(Module):
    """y = x where x > 0, else αx: a ReLU that does not die (Maas, Hannun and Ng 2013).

    α is `negative_slope`; deck 000 (line 716) prints −α, a slip.
    """

    def __init__(self, negative_slope=0.01):
        super().__init__()
        self.negative_slope = negative_slope

    def forward(self, x):
        self.positive = expect_floats("LeakyReLU", x) > 0
        return np.where(self.positive, x, self.negative_slope * x)

    def backward(self, dy):
        return np.where(self.positive, dy, self.negative_slope * dy)


class PReLU(Module):
    """Leaky ReLU whose slope α is learned (He, Zhang, Ren and Sun 2015; P is for parametric).

    Parameter: weight (num_parameters,), one α for all of x or one for each channel. Shapes:
    x (n, c) or (n, c, h, w), with c = num_parameters unless that is 1.
    """

    def __init__(self, num_parameters=1, init=0.25, *, dtype=np.float64):
        super().__init__()
        self.num_parameters = expect_count("PReLU", "num_parameters", num_parameters)
        self.params["weight"] = np.full(num_parameters, init, dtype)

    def forward(self, x):
        self.x = expect_floats("PReLU", x)
        if self.num_parameters > 1 and (x.ndim < 2 or x.shape[1] != self.num_parameters):
            raise ValueError(
                f"PReLU expects x of shape (n, {self.num_parameters}, …); got {x.shape}"
            )
        return np.where(x > 0, x, self.alpha() * x)

    def backward(self, dy):
        dalpha = dy * np.minimum(self.x, 0)  # dy·x where x < 0
        if self.num_parameters == 1:
            self.grads["weight"] = dalpha.sum(keepdims=True).reshape(1)
        else:
            self.grads["weight"] = dalpha.sum(axis=(0, *range(2, dy.ndim)))
        return np.where(self.x > 0, dy, self.alpha() * dy)

    def alpha(self):
        """The slopes, shaped to be multiplied with x: (1,) or (c, 1, 1)."""
        alpha = self.param("weight", self.x.dtype)
        return alpha if len(alpha) == 1 else alpha.reshape(-1, *[1] * (self.x.ndim - 2))


class Softmax(Module):
    """Probabilities y_k = e^{x_k} / Σ_j e^{x_j} along axis `dim`, by default the classes of (n, K).

    Slope: dx = y ∘ (dy − ⟨dy, y⟩). The largest x is taken off first, so that nothing overflows.
    """

    def __init__(self, dim=1):
        super().__init__()
        self.dim = dim

    def forward(self, x):
        expect_floats("Softmax", x)
        if not -x.ndim <= self.dim < x.ndim:
            raise ValueError(f"Softmax(dim={self.dim}) expects x with that axis; got {x.shape}")
        self.y = np.exp(log_softmax(x, self.dim))
        return self.y

    def backward(self, dy):
        return self.y * (dy - (dy * self.y).sum(axis=self.dim, keepdims=True))


def log_softmax(x, axis):
    """log of softmax, exact where the probability itself would round to 0 or 1."""
    shifted = x - x.max(axis=axis, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))
