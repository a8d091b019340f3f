"""What a trained model answers, and how often it is right."""

import math

import numpy as np

from coursekit.nn.expect import expect_count


def predict(model, x, batch_size=256):
    """The model's answers to x, in batches that fit into memory and in the mode for use."""
    expect_count("predict", "batch_size", batch_size)
    was_training = model.training
    model.eval()
    answers = [model.forward(x[i : i + batch_size]) for i in range(0, len(x), batch_size)]
    model.train(was_training)
    return np.concatenate(answers)


def labels_of(prediction):
    """The class that each row of scores names: the highest of k, or score > 0 for a single one.

    Shapes: (n, k) -> (n,); (n, 1) or (n,) -> the same, 0 or 1.
    """
    if prediction.ndim == 2 and prediction.shape[1] > 1:
        return prediction.argmax(axis=1)
    return (prediction > 0).astype(np.int64)


def accuracy(prediction, target):
    """Share of right answers; NaN where the targets are no labels, that is, no whole numbers."""
    if np.asarray(target).dtype.kind not in "iub":
        return math.nan
    return float(np.mean(labels_of(prediction).reshape(np.shape(target)) == target))


def confusion_matrix(prediction, target):
    """How often class i (row) was taken for class j (column): prediction (n, k) -> (k, k)."""
    n_classes = prediction.shape[1]
    pairs = n_classes * np.asarray(target) + labels_of(prediction)
    return np.bincount(pairs, minlength=n_classes**2).reshape(n_classes, n_classes)
