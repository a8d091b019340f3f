"""Pyramids as matrices: one step in 1-D, a whole 1-D pyramid, any transform of small images.

Deck 000, "as a matrix multiply (1D case)" and "Image transformations".
"""

import numpy as np

from coursekit.filters import check_edges
from coursekit.pyramids.laplacian import (
    check_levels,
    gaussian_pyramid,
    laplacian_pyramid,
    most_levels,
)
from coursekit.pyramids.resample import expand_columns, reduce_columns
from coursekit.pyramids.steerable import steerable_pyramid


def reduce_matrix(n, *, edges="reflect"):
    """G with G x = `reduce` of a signal x of n samples: (⌈n/2⌉, n), rows [1 4 6 4 1]/16."""
    return reduce_columns(np.eye(_check_n("reduce_matrix", n)), check_edges("reduce_matrix", edges))


def expand_matrix(n, *, edges="reflect"):
    """F with F x = `expand` of x to n samples: (n, ⌈n/2⌉), columns [1 4 6 4 1]/8.

    Deck 000 prints 8F for n = 8 and edges="constant", where F = 2Gᵀ.
    """
    m = (_check_n("expand_matrix", n) + 1) // 2
    return expand_columns(np.eye(m), n, check_edges("expand_matrix", edges))


def laplacian_matrix(n, n_levels, *, edges="reflect"):
    """All levels of a 1-D Laplacian pyramid under each other: (sum of the levels' sizes, n).

    Rows of I − F₁G₁ first, then (I − F₂G₂)G₁, …, last the product of all G.
    """
    _check_n("laplacian_matrix", n)
    check_levels("laplacian_matrix", n_levels, most_levels(n), f"a signal of {n} samples")
    blur, rows = np.eye(n), []
    for _ in range(n_levels - 1):
        smaller = reduce_matrix(len(blur), edges=edges) @ blur
        rows.append(blur - expand_matrix(len(blur), edges=edges) @ smaller)
        blur = smaller
    return np.concatenate([*rows, blur])


def transform_matrix(transform, shape):
    """The matrix of a linear transform of images: (number of coefficients, h·w).

    transform: a function from an image with colours (h, w, c) to an array or a list of arrays
    whose last axis is c; it gets every image with a single 1, all at once, as colours. Column j
    holds the coefficients of pixel j, row i the weights of coefficient i.
    """
    h, w = shape
    pixels = np.eye(h * w).reshape(h, w, h * w)
    out = transform(pixels)
    arrays = out if isinstance(out, list | tuple) else [out]
    return np.concatenate([np.reshape(a, (-1, h * w)) for a in arrays])


def transform_matrices(shape, n_levels=2, order=1):
    """The four transforms of deck 000, "Image transformations", as matrices on small images.

    shape (h, w). Returns a dict of name -> matrix (coefficients, h·w), finest level first: the
    DFT (complex, orthonormal), the Gaussian and Laplacian pyramids of n_levels + 1 arrays, and the
    steerable pyramid of n_levels levels and `order` with its residuals first and last.
    """

    def steerable(image):
        p = steerable_pyramid(image, n_levels, order)
        return [p.residual_highpass, *p.bands, p.residual_lowpass]

    transforms = {
        "DFT": lambda image: np.fft.fft2(image, axes=(0, 1), norm="ortho"),
        "Gaussian pyramid": lambda image: gaussian_pyramid(image, n_levels + 1),
        "Laplacian pyramid": lambda image: laplacian_pyramid(image, n_levels + 1),
        "steerable pyramid": steerable,
    }
    return {name: transform_matrix(f, shape) for name, f in transforms.items()}


def _check_n(owner, n):
    if not isinstance(n, int | np.integer) or n < 1:
        raise ValueError(f"{owner} expects n as a whole number of at least 1; got {n!r}")
    return int(n)
