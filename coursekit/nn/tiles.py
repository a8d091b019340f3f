"""The columns of im2col, a few at a time: a tile is small enough for the processor's cache."""

import math

import numpy as np

from coursekit.nn.threads import in_threads
from coursekit.nn.windows import add_columns

TILE = 2**18  # numbers in a tile: 1 MB of float32, the second-level cache of a small processor
UNPACKED = 10**6  # multiplications up to which OpenBLAS reads its factors where they lie


def band_height(rows, products, numbers):
    """How many rows of the output make a band: a divisor of rows, so that bands are alike.

    A row takes `products` multiplications and its columns hold `numbers` numbers. The highest
    band that OpenBLAS multiplies without packing the factors first, which makes narrow layers
    20 % faster; where even one row is too much for that, the highest band that fills a tile.
    """
    divisors = [height for height in range(rows, 0, -1) if rows % height == 0]
    small = [height for height in divisors if height * products <= UNPACKED]
    fitting = [height for height in divisors if height * numbers <= TILE]
    return next(iter(small or fitting), 1)


class Tiles:
    """Windows (n, c, kh, kw, oh, ow) as columns, tile by tile, for a product with m rows.

    The output's rows are cut into bands, the channels into groups. `windows` is the view
    (n, bands, groups, c/groups, kh, kw, rows, ow) of the windows given.
    """

    def __init__(self, windows, kernel, groups, m):
        n, c, *size = windows.shape
        out = size[len(kernel) :]
        self.groups, self.kernel = groups, kernel
        self.n_rows = c // groups * math.prod(kernel)  # of the columns of one group
        numbers = self.n_rows * math.prod(out[1:])
        height = band_height(out[0], numbers * (m // groups), numbers * groups)
        self.length = height * math.prod(out[1:])  # of a row of the columns of one band
        cut = windows.reshape(n, groups, c // groups, *kernel, -1, height, *out[1:])
        self.windows = np.moveaxis(cut, 3 + len(kernel), 1)

    def bands(self, y):
        """y (n, m, oh, ow) -> the same numbers as (n, bands, groups, m/groups, rows·ow)."""
        n, m = y.shape[:2]
        return y.reshape(n, self.groups, m // self.groups, -1, self.length).transpose(0, 3, 1, 2, 4)

    def empty(self, images):
        """Yield (at, columns) with columns (images, bands, groups, rows of columns, rows·ow).

        `at` is the place of the tile in `windows` and in `bands(y)`. The columns are one buffer,
        used again and again, and hold whatever the tile before left.
        """
        n_bands = self.windows.shape[1]
        shape = (self.groups, self.n_rows, self.length)
        at_once = max(1, TILE // math.prod(shape))  # bands in a tile
        buffer = np.empty(
            (max(1, at_once // n_bands), min(at_once, n_bands), *shape), self.windows.dtype
        )
        for i in range(images.start, images.stop, buffer.shape[0]):
            for b in range(0, n_bands, buffer.shape[1]):
                at = slice(i, min(i + len(buffer), images.stop)), slice(b, b + buffer.shape[1])
                yield at, buffer[: at[0].stop - i, : n_bands - b]

    def filled(self, images):
        """Yield (at, columns) as `empty` does, with the windows copied into the columns."""
        for at, columns in self.empty(images):
            seen = self.windows[at]
            columns.reshape(seen.shape)[...] = seen
            yield at, columns


def filter_windows(weight, tiles, y, bias=0.0):
    """y = weight · columns + bias.

    Shapes: weight (groups, m/groups, rows of columns), bias (groups, m/groups, 1) or a number,
    y (n, m, oh, ow).
    """
    y_bands = tiles.bands(y)

    def work(images):
        for at, columns in tiles.filled(images):
            np.matmul(weight, columns, out=y_bands[at])
            y_bands[at] += bias  # now, while it is in the cache

    in_threads(work, len(y))


def correlate_windows(tiles, dy):
    """Σ columns · dyᵀ over all images and bands, (groups, rows of columns, m/groups)."""
    dy_bands = tiles.bands(dy)

    def work(images):
        total = 0.0
        for at, columns in tiles.filled(images):
            transposed = np.ascontiguousarray(dy_bands[at].swapaxes(-1, -2))
            total = total + (columns @ transposed).sum(axis=(0, 1))
        return total

    return sum(in_threads(work, len(dy)))


def spread_windows(weight, tiles, dy):
    """Add weightᵀ · dy to what the windows see: the adjoint of filter_windows."""
    dy_bands = tiles.bands(dy)

    def work(images):
        for at, columns in tiles.empty(images):
            np.matmul(weight.swapaxes(-1, -2), dy_bands[at], out=columns)
            seen = tiles.windows[at]
            add_columns(seen, columns.reshape(seen.shape), tiles.kernel)

    in_threads(work, len(dy))
