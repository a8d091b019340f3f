"""The steps of a 1-D pyramid as matrices. Deck 000, "as a matrix multiply (1D case)"."""

import numpy as np

from coursekit.filters import check_edges
from coursekit.pyramids.laplacian import check_levels, most_levels
from coursekit.pyramids.resample import expand_columns, reduce_columns


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


def _check_n(owner, n):
    if not isinstance(n, int | np.integer) or n < 1:
        raise ValueError(f"{owner} expects n as a whole number of at least 1; got {n!r}")
    return int(n)
