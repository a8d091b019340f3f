"""The perceptron of 1958: one threshold unit, and a rule that needs no derivative."""

import numpy as np

from coursekit._shared.ties import cancelled
from coursekit.nn.expect import expect, expect_count, expect_number
from coursekit.nn.module import Module


class Perceptron(Module):
    """y = 1 where w·x + b > 0, else 0.

    Shapes: x (n, d_in), weight (1, d_in), bias (1,), y (n,). All weights start at 0.
    Source: Rosenblatt, "The perceptron", 1958; decks 000 and 001.
    """

    def __init__(self, d_in):
        super().__init__()
        self.d_in = expect_count("Perceptron", "d_in", d_in)
        self.params["weight"] = np.zeros((1, d_in))
        self.params["bias"] = np.zeros(1)

    def forward(self, x):
        return (self.sums(x) > 0).astype(x.dtype)

    def sums(self, x):
        """w·x + b, (n, d_in) -> (n,), as exactly 0 for a point on the line.

        With lr = 0.1 the terms are sums like 0.1 + 0.2, and 0.1 + 0.2 − 0.3 is above 0 in floating
        point: rounding would decide whether a point on the line is a mistake.
        """
        expect("Perceptron", x, ("n", self.d_in))
        weight, bias = self.params["weight"][0], self.params["bias"][0]
        # In float64, as the weights are, whatever x is.
        return cancelled(x @ weight + bias, np.abs(x) @ np.abs(weight) + abs(bias))

    def learn(self, x, target, lr=1.0):
        """Show every example once, in order, and return the number of mistakes.

        After each one: w += lr (target − y) x and b += lr (target − y), which does nothing when
        the answer was right. target (n,) holds 0 and 1. When a line separates the classes, some
        pass makes no mistake any more (Novikoff, 1962); otherwise the weights wander for ever.
        """
        expect_number("Perceptron.learn", "lr", lr)
        mistakes = 0
        for row, t in zip(x, checked_targets(target, len(x)), strict=True):
            error = t - self.forward(row[None])[0]
            self.params["weight"] += lr * error * row
            self.params["bias"] += lr * error
            mistakes += int(error != 0)
        return mistakes

    def output_shape(self, shape):
        return shape[:1]


def checked_targets(target, n):
    target = np.asarray(target)
    if target.shape != (n,):
        raise ValueError(f"Perceptron expects target of shape ({n},); got {target.shape}")
    wrong = np.flatnonzero((target != 0) & (target != 1))
    if wrong.size:
        raise ValueError(
            f"Perceptron expects targets 0 and 1; target {wrong[0]} is {target[wrong[0]]}"
        )
    return target
