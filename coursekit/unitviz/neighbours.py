"""Which pictures a network finds alike: nearest neighbours by its features (deck 000)."""

from typing import NamedTuple

import numpy as np

from coursekit.nn.expect import expect_count
from coursekit.unitviz.units import check_x, layers_up_to, run

METRICS = ("cosine", "euclidean")


class Neighbours(NamedTuple):
    """indices (m, k) into the gallery, nearest first, and their distances (m, k)."""

    indices: np.ndarray
    distances: np.ndarray


def nearest(model, queries, gallery, layer, *, k=5, metric="cosine"):
    """The k pictures of a gallery whose features are nearest to those of each query.

    queries x (m, c, h, w), gallery x (n, c, h, w); features are the outputs of `layer`, in a row.
    metric "cosine": 1 − cos of the angle between features, "euclidean": the length of their
    difference. Of equally near pictures the first in the gallery comes first.
    """
    if metric not in METRICS:
        raise ValueError(f"nearest expects metric as one of {', '.join(METRICS)}; got {metric!r}")
    expect_count("nearest", "k", k)
    if k > len(gallery):
        raise ValueError(f"nearest expects k of at most {len(gallery)}, the gallery; got {k}")
    near, far = features(model, queries, layer), features(model, gallery, layer)
    if metric == "cosine":
        near, far = unit_length(near), unit_length(far)
    squares = np.stack([((far - row) ** 2).sum(axis=1) for row in near])  # (m, n)
    distances = squares / 2 if metric == "cosine" else np.sqrt(squares)
    order = np.argsort(distances, axis=1, kind="stable")[:, :k]
    return Neighbours(order, np.take_along_axis(distances, order, axis=1))


def features(model, x, layer, batch_size=64):
    """Outputs of a layer as one row per picture: x (n, c, h, w) -> (n, d)."""
    layers = layers_up_to(model, layer)
    model.eval()
    x = check_x("nearest", model, x)
    parts = [run(layers, x[i : i + batch_size]) for i in range(0, len(x), batch_size)]
    return np.concatenate(parts).reshape(len(x), -1)


def unit_length(rows):
    """Rows of length 1, between which ½ distance² = 1 − cos; rows of zeros stay."""
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(length > 0, length, 1)
