"""One small matrix slid along an axis: how filtering is done here.

Filtering a signal is a product with a banded matrix (deck 000, "as a matrix multiply"), and all
blocks on the band are equal. So one block times overlapping windows of the signal, which NumPy
shows without copying, filters at the speed of a matrix product:

    rows i·r … (i+1)·r of the output  =  block (r, c)  @  input rows i·step … i·step + c
"""

from functools import lru_cache

import numpy as np
from numpy.lib.stride_tricks import as_strided

BLOCK = 8  # outputs (or inputs, when expanding) a block: wide enough for the hardware's vectors


def pad(image, margins, edges):
    """Copy an image into a larger one, colours first, and fill the margins.

    image (h, w) or (h, w, c), margins (my, mx) -> (h + 2my, w + 2mx) or (c, h + 2my, w + 2mx).
    The same as numpy.pad with mode=edges, but quick for small images too.
    """
    planes = np.moveaxis(image, -1, 0) if image.ndim == 3 else image
    (*colours, h, w), (my, mx) = planes.shape, margins
    make = np.zeros if edges == "constant" else np.empty
    out = make((*colours, h + 2 * my, w + 2 * mx), image.dtype)
    inside = slice(mx, mx + w)
    out[..., my : my + h, inside] = planes
    if edges != "constant":
        rows, columns = _sources(h, my, edges), _sources(w, mx, edges)
        out[..., :my, inside] = planes[..., rows[:my], :]
        out[..., my + h :, inside] = planes[..., rows[my + h :], :]
        out[..., :mx] = out[..., mx + columns[:mx]]
        out[..., mx + w :] = out[..., mx + columns[mx + w :]]
    return out


def picture(planes):
    """Undo what `pad` does to colours: (h, w) stays, (c, h, w) -> (h, w, c), a view."""
    return np.moveaxis(planes, 0, -1) if planes.ndim == 3 else planes


@lru_cache(maxsize=256)
def _sources(n, margin, edges):
    """Which of n samples numpy.pad shows at each of n + 2·margin places."""
    return np.pad(np.arange(n), margin, mode=edges)


def slide_down(block, x, step, n):
    """Slide a block (r, c) down the columns of x (..., h, w) -> (..., n, w).

    x must hold every row that the n outputs look at; columns of the block past its end are not
    used, so they must be zero there.
    """
    *lead, _, w = x.shape
    r, c = block.shape
    full = n // r
    out = np.empty_like(x, shape=(*lead, n, w))  # in memory as x is: both directions run alike
    if full:
        blocks = out[..., : full * r, :].reshape(*lead, full, r, w)
        np.matmul(block, _windows(x, c, step, full), out=blocks)  # (r, c) @ (..., full, c, w)
    if n > full * r:
        rest = x[..., full * step : full * step + c, :]
        np.matmul(block[: n - full * r, : rest.shape[-2]], rest, out=out[..., full * r :, :])
    return out


def _windows(x, c, step, count):
    """Rows i·step … i·step + c of x (..., h, w) for i < count, as a view (..., count, c, w)."""
    *lead, h, w = x.shape
    if (count - 1) * step + c > h:
        raise IndexError(f"{count} windows of {c} rows, {step} apart, do not fit into {h} rows")
    *strides, down, along = x.strides
    return as_strided(x, (*lead, count, c, w), (*strides, step * down, down, along))


def slide_along(block, x, step, n):
    """Slide a block along the rows of x (..., h, w) -> (..., h, n)."""
    return slide_down(block, x.swapaxes(-1, -2), step, n).swapaxes(-1, -2)


def slide_both(block, x, step, shape):
    """Slide a block down the columns and then along the rows: (..., h, w) -> (..., *shape)."""
    return slide_along(block, slide_down(block, x, step, shape[0]), step, shape[1])


def correlation_block(taps):
    """The block of a 1-D correlation with taps (k,): (BLOCK, BLOCK + k − 1), step BLOCK."""
    block = np.zeros((BLOCK, BLOCK + len(taps) - 1), taps.dtype)
    for i in range(BLOCK):
        block[i, i : i + len(taps)] = taps
    return block
