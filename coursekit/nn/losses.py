"""Losses: forward compares a prediction with its target, backward says how to mend it.

A loss is no Module: forward(prediction, target) -> float and backward() -> d prediction.
"""

import numpy as np

from coursekit.nn.expect import expect, expect_floats


def difference(owner, prediction, target):
    """prediction − target, after asking that the two have the same shape."""
    expect_floats(owner, prediction, "prediction")
    target = np.asarray(target, prediction.dtype)
    return prediction - expect(owner, target, prediction.shape, "target")


class EuclideanLoss:
    """L = ½ ‖prediction − target‖², summed over everything (deck 002, Euclidean cost module).

    Shapes: prediction and target alike, any. The slope is the plain difference.
    """

    def forward(self, prediction, target):
        self.error = difference("EuclideanLoss", prediction, target)
        return 0.5 * float(np.vdot(self.error, self.error))

    def backward(self):
        return self.error
