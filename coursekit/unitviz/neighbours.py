"""Which pictures a network finds alike: nearest neighbours by its features (deck 000)."""

import hashlib
from typing import NamedTuple

import numpy as np

from coursekit._shared.ties import ranked
from coursekit.nn.expect import expect_count
from coursekit.unitviz.units import check_x, layers_up_to, run

METRICS = ("cosine", "euclidean")
ROUNDING = 8  # times eps and a row's length: features computed twice were up to 6 apart


class Neighbours(NamedTuple):
    """indices (m, k) into the gallery, nearest first, and their distances (m, k)."""

    indices: np.ndarray
    distances: np.ndarray


def nearest(model, queries, gallery, layer, *, k=5, metric="cosine"):
    """The k pictures of a gallery whose features are nearest to those of each query.

    queries x (m, c, h, w), gallery x (n, c, h, w); features are the outputs of `layer`, in a row.
    metric "cosine": 1 − cos of the angle between features, "euclidean": the length of their
    difference. Of equally near pictures the first in the gallery comes first; distances that
    differ by no more than rounding are equal, and are returned as one number.
    """
    if metric not in METRICS:
        raise ValueError(f"nearest expects metric as one of {', '.join(METRICS)}; got {metric!r}")
    expect_count("nearest", "k", k)
    if k > len(gallery):
        raise ValueError(f"nearest expects k of at most {len(gallery)}, the gallery; got {k}")
    near, far = features(model, queries, layer), features(model, gallery, layer)
    if metric == "cosine":
        near, far = unit_length(near), unit_length(far)
    near_ones = [nearest_rows(row, far) for row in near]
    indices, lengths = (np.stack(each)[:, :k] for each in zip(*near_ones, strict=True))
    return Neighbours(indices, lengths**2 / 2 if metric == "cosine" else lengths)


def nearest_rows(row, rows):
    """Indices of rows (n, d), those nearest to row (d,) first, and their distances: both (n,)."""
    distances = np.linalg.norm(rows - row, axis=1)
    # Rounding errors of features grow with their lengths, of which none exceeds this sum.
    lengths = np.linalg.norm(row) + distances
    return ranked(distances, ROUNDING * np.finfo(distances.dtype).eps * lengths)


def features(model, x, layer, batch_size=64):
    """Outputs of a layer as one row per picture: x (n, c, h, w) -> (n, d).

    Equal pictures get equal rows. Computed twice they would differ in their last bits, because
    a matrix product adds up in another order at the end of a batch: so each is computed once.
    """
    layers = layers_up_to(model, layer)
    model.eval()
    x = check_x("nearest", model, x)
    first, copy_of = different(x)
    parts = [run(layers, x[first[i : i + batch_size]]) for i in range(0, len(first), batch_size)]
    return np.concatenate(parts).reshape(len(first), -1)[copy_of]


def different(x):
    """Where each different picture of x comes first, and which of these every picture equals."""
    seen: dict[bytes, int] = {}
    digests = [hashlib.sha256(picture.tobytes()).digest() for picture in x]
    copy_of = np.array([seen.setdefault(digest, len(seen)) for digest in digests])
    return np.unique(copy_of, return_index=True)[1], copy_of


def unit_length(rows):
    """Rows of length 1, between which ½ distance² = 1 − cos; rows of zeros stay."""
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(length > 0, length, 1)
