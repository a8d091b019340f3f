"""im2col as numbers: which pixel each cell of the columns was copied from."""

import itertools

import numpy as np

from coursekit.nn import col2im, im2col
from coursekit.widgets.words import number

SHAPE = (2, 3, 4)  # channels, rows, columns of the picture
KERNELS, STRIDES, PADDINGS = (1, 2, 3), (1, 2), (0, 1)
PICTURE = np.arange(1.0, 25).reshape(SHAPE)  # each number names its pixel
WEIGHTS = {  # two filters (2, c·k·k) of small whole numbers
    k: np.random.default_rng(k).integers(-2, 3, (2, SHAPE[0] * k * k)).astype(float)
    for k in KERNELS
}


def origins(kernel, stride, padding):
    """For each cell of the columns its pixel, counted from 0, or −1 for padding: (c·k·k, oh·ow)."""
    names = np.arange(1.0, PICTURE.size + 1).reshape(1, *SHAPE)
    return im2col(names, kernel, stride, padding)[0].astype(int) - 1


def tables():
    """All origins, {"kernel stride padding": lists}."""
    ways = itertools.product(KERNELS, STRIDES, PADDINGS)
    return {" ".join(map(str, way)): origins(*way).tolist() for way in ways}


def columns(kernel, stride, padding):
    """The picture's windows as columns, (c·k·k, oh·ow)."""
    return im2col(PICTURE[None], kernel, stride, padding)[0]


def product(kernel, stride, padding):
    """Two filters seen by all windows: one matrix product, (2, oh·ow)."""
    return WEIGHTS[kernel] @ columns(kernel, stride, padding)


def sums(kernel, stride, padding):
    """col2im of the columns: every pixel as often as a window has seen it, (c, h, w)."""
    copies = columns(kernel, stride, padding)[None]
    return col2im(copies, (1, *SHAPE), kernel, stride, padding)[0]


def sentence(kernel, stride, padding, row, column):
    """What a cell of the columns is, and what becomes of its pixel in col2im."""
    table = origins(kernel, stride, padding)
    channel, (ky, kx) = row // kernel**2, divmod(row % kernel**2, kernel)
    across = (SHAPE[2] + 2 * padding - kernel) // stride + 1
    window_y, window_x = (number(i * stride - padding) for i in divmod(column, across))
    cell = (
        f"Row {row} is channel {channel}, ky {ky}, kx {kx}; "
        f"column {column} is the window from y {window_y}, x {window_x}."
    )
    if table[row, column] < 0:
        return f"{cell} This cell is a zero of the padding."
    c, y, x = np.unravel_index(table[row, column], SHAPE)
    copies, value = int((table == table[row, column]).sum()), PICTURE[c, y, x]
    copied = "1 time" if copies == 1 else f"{copies} times"
    return (
        f"{cell} Its {number(value)} is the pixel of channel {c}, y {y}, x {x}, copied {copied}: "
        f"col2im adds up {copies} · {number(value)} = {number(copies * value)}."
    )
