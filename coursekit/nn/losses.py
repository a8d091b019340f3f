"""Losses: forward compares a prediction with its target, backward says how to mend it.

A loss is no Module: forward(prediction, target) -> float and backward() -> d prediction, of the
shape and type of the prediction. All are means over the batch but EuclideanLoss, the decks' sum.
"""

import numpy as np

from coursekit.nn.activations import log_softmax, sigmoid
from coursekit.nn.expect import expect, expect_floats


class EuclideanLoss:
    """L = ½ ‖prediction − target‖², summed over everything (deck 002, Euclidean cost module).

    Shapes: prediction and target alike, any. The slope is the plain difference.
    """

    def forward(self, prediction, target):
        self.error = prediction - alike("EuclideanLoss", prediction, target)
        return 0.5 * float(np.vdot(self.error, self.error))

    def backward(self):
        return self.error


class MSELoss:
    """L = mean of (prediction − target)² over everything. Shapes: alike, any."""

    def forward(self, prediction, target):
        self.error = prediction - alike("MSELoss", prediction, target)
        return float(np.vdot(self.error, self.error)) / self.error.size

    def backward(self):
        return 2 / self.error.size * self.error


class BCELoss:
    """Binary cross-entropy of logits z: L = mean of −t log σ(z) − (1 − t) log(1 − σ(z)).

    Shapes: prediction (logits) and target (probabilities, 0 to 1) alike, any. The slope is
    (σ(z) − t) / size. It takes logits, as torch.nn.BCEWithLogitsLoss does, because log σ(z) can
    then be written max(z, 0) − z t + log(1 + e^−|z|), which is exact at z = ±1000 too.
    Deck 001, line 1023, where the minus sign is missing.
    """

    def forward(self, prediction, target):
        t = self.target = alike("BCELoss", prediction, target)
        if not ((t >= 0) & (t <= 1)).all():
            raise ValueError(f"BCELoss expects targets from 0 to 1; got {first_outside(t, 0, 1)}")
        z = self.prediction = prediction
        return float(np.mean(np.maximum(z, 0) - z * t + np.log1p(np.exp(-np.abs(z)))))

    def backward(self):
        return (sigmoid(self.prediction) - self.target) / self.target.size


class NLLLoss:
    """Negative log-likelihood: the mean over the batch of −log p[label].

    Shapes: prediction (n, K), logarithms of probabilities; target (n,), labels 0…K−1.
    """

    def forward(self, prediction, target):
        self.shape = expect("NLLLoss", prediction, ("n", "K"), "prediction").shape
        self.dtype = prediction.dtype
        target = labels("NLLLoss", target, self.shape)
        self.picked = np.arange(len(target)), target
        return -float(prediction[self.picked].mean())

    def backward(self):
        slope = np.zeros(self.shape, self.dtype)
        slope[self.picked] = -1 / self.shape[0]
        return slope


class CrossEntropyLoss:
    """Softmax and NLL in one: the mean over the batch of −log softmax(z)[label].

    Shapes: prediction (n, K), logits z of any size; target (n,), labels 0…K−1. The slope is
    (softmax(z) − one-hot(label)) / n.
    """

    def forward(self, prediction, target):
        expect("CrossEntropyLoss", prediction, ("n", "K"), "prediction")
        target = labels("CrossEntropyLoss", target, prediction.shape)
        self.picked = np.arange(len(target)), target
        self.log_p = log_softmax(prediction, axis=1)
        return -float(self.log_p[self.picked].mean())

    def backward(self):
        slope = np.exp(self.log_p)
        slope[self.picked] -= 1
        slope /= len(slope)
        return slope


def alike(owner, prediction, target):
    """The target in the prediction's type, after asking that both have one shape."""
    expect_floats(owner, prediction, "prediction")
    target = np.asarray(target)
    if target.dtype.kind in "biu":
        target = target.astype(prediction.dtype)
    expect(owner, target, prediction.shape, "target")
    return target.astype(prediction.dtype, copy=False)


def labels(owner, target, shape):
    """The target as class numbers, after asking that there are n and that all are 0…K−1."""
    n, n_classes = shape
    target = np.asarray(target)
    if target.dtype.kind not in "iu":
        raise TypeError(f"{owner} expects labels as whole numbers; got {target.dtype}")
    if target.shape != (n,):
        raise ValueError(f"{owner} expects labels of shape ({n},); got {target.shape}")
    if ((target < 0) | (target >= n_classes)).any():
        offender = first_outside(target, 0, n_classes - 1)
        raise ValueError(f"{owner} expects labels from 0 to {n_classes - 1}; got {offender}")
    return target


def first_outside(target, least, most):
    """Words for the first entry that is not in least…most: "target[3] = 12"."""
    place = np.argwhere(~((target >= least) & (target <= most)))[0]
    return f"target[{', '.join(map(str, place))}] = {target[*place]}"
