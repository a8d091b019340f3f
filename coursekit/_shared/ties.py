"""Order among numbers that are equal but for their last bits.

The last bits of a computed number depend on the order of its additions, and that on the
processor, on the shape of the array and on the number of threads. So what is equal in exact
arithmetic comes out as two numbers, and a plain sort would let their rounding errors decide.
"""

import numpy as np


def ranked(values, tolerance):
    """Sort numbers, smallest first, and keep the order of those that differ by rounding alone.

    Parameters
    ----------
    values : ndarray, shape (n,)
    tolerance : float or ndarray, shape (n,)
        How far apart two neighbours in the sorted row may be and still count as equal. With one
        tolerance a value, that of the larger neighbour counts.

    Returns
    -------
    order : ndarray, shape (n,)
        Indices into `values`; of equal ones the smaller index comes first.
    ordered : ndarray, shape (n,)
        The values in that order, equal ones as exactly the same number, that of the smallest.

    Examples
    --------
    >>> order, ordered = ranked(np.array([0.3, 0.1, 0.1 + 0.2, 0.1]), 1e-12)
    >>> order.tolist(), ordered.tolist()
    ([1, 3, 0, 2], [0.1, 0.1, 0.3, 0.3])
    """
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    apart = np.diff(ordered) > np.broadcast_to(tolerance, values.shape)[order][1:]
    group = np.concatenate([np.zeros(min(len(values), 1), int), np.cumsum(apart)])
    first = np.searchsorted(group, group)  # where the group of each begins
    return order[np.lexsort((order, group))], ordered[first]


def cancelled(total, size):
    """A sum, as exactly 0 where its terms cancel but for rounding.

    Parameters
    ----------
    total : float or ndarray
        Computed in float64.
    size : float or ndarray
        The sum of the sizes of the terms: what `total` would be, did nothing cancel.

    Returns
    -------
    float or ndarray
        `total`, or 0 where it is at most a 10⁻¹² of `size`: a thousand roundings make less.

    Examples
    --------
    >>> float(cancelled(0.1 + 0.2 - 0.3, 0.6))
    0.0
    """
    return np.where(np.abs(total) > 1e-12 * size, total, 0.0)[()]
