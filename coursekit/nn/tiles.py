"""The columns of im2col, a few at a time: a tile is small enough for the processor's cache."""

import math
import threading

import numpy as np

from coursekit.nn.threads import in_threads
from coursekit.nn.windows import add_columns

TILE = 2**19  # numbers in a tile: 2 MB of float32
UNPACKED = 10**6  # multiplications up to which OpenBLAS reads its factors where they lie
SKEW = 16  # numbers between rows of columns, as rows 2ᵏ apart share few places in the cache
LONG = 200  # numbers in a row of pixels, beyond which NumPy copies it no faster


kept = threading.local()


def scratch(shape, dtype):
    """Memory for one tile. Each thread keeps its own, as new memory costs more than filling it."""
    n_bytes = math.prod(shape) * dtype.itemsize
    if getattr(kept, "block", np.empty(0)).nbytes < n_bytes:
        kept.block = np.empty(n_bytes, np.uint8)
    return kept.block[:n_bytes].view(dtype).reshape(shape)


def side_by_side(n, width):
    """How many of n small pictures to lay side by side: a divisor of n, for rows of up to LONG.

    It costs about what it saves when rows get eight times longer, so it is eight or none.
    """
    return next((t for t in range(min(n, LONG // width), 7, -1) if n % t == 0), 1)


def lay_beside(x, t):
    """x (n, c, h, w) -> (n/t, c, h, w, t): one pixel of t pictures, then the next pixel."""
    x = x.reshape(-1, t, *x.shape[1:])
    return np.ascontiguousarray(np.moveaxis(x, 1, -1))


def lay_apart(y):
    """y (n/t, c, h, w, t) -> (n, c, h, w), the pictures one after the other again."""
    y = np.moveaxis(y, -1, 1)
    return y.reshape(-1, *y.shape[2:])


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
    """Windows (n, c, kh, kw, oh, ow, t) as columns, tile by tile, for a product with m rows.

    The output's rows are cut into bands, the channels into groups. `windows` is the view
    (n, bands, groups, c/groups, kh, kw, rows, ow, t) of the windows given.
    """

    def __init__(self, windows, kernel, groups, m):
        n, c, *size = windows.shape
        out = size[len(kernel) :]
        self.groups, self.kernel = groups, kernel
        self.n_rows = c // groups * math.prod(kernel)  # of the columns of one group
        self.products = n * m * self.n_rows * math.prod(out)  # multiplications
        numbers = self.n_rows * math.prod(out[1:])
        height = band_height(out[0], numbers * (m // groups), numbers * groups)
        self.length = height * math.prod(out[1:])  # of a row of the columns of one band
        cut = windows.reshape(n, groups, c // groups, *kernel, -1, height, *out[1:])
        self.windows = np.moveaxis(cut, 3 + len(kernel), 1)

    def bands(self, y):
        """y (n, m, oh, ow, t) -> the same numbers as (n, bands, groups, m/groups, rows·ow·t)."""
        n, m = y.shape[:2]
        return y.reshape(n, self.groups, m // self.groups, -1, self.length).transpose(0, 3, 1, 2, 4)

    def empty(self, images):
        """Yield (at, columns) with columns (images, bands, groups, c/groups·kh·kw, rows·ow·t).

        `at` is the place of the tile in `windows` and in `bands(y)`. The columns are one buffer,
        used again and again, and hold whatever the tile before left.
        """
        n_bands = self.windows.shape[1]
        picture = self.groups * self.n_rows * self.length * n_bands  # numbers in its columns
        n_images = max(1, TILE // picture)
        n_bands_at_once = -(-n_bands // max(1, round(picture / TILE)))
        shape = (n_images, n_bands_at_once, self.groups, self.n_rows, self.length + SKEW)
        buffer = scratch(shape, self.windows.dtype)[..., : self.length]
        for i in range(images.start, images.stop, n_images):
            for b in range(0, n_bands, n_bands_at_once):
                at = slice(i, min(i + n_images, images.stop)), slice(b, b + n_bands_at_once)
                yield at, buffer[: at[0].stop - i, : n_bands - b]

    def filled(self, images):
        """Yield (at, columns) as `empty` does, with the windows copied into the columns."""
        for at, columns in self.empty(images):
            seen = self.windows[at]
            columns.reshape(seen.shape)[...] = seen
            yield at, columns


def filter_windows(weight, tiles, y, bias):
    """y = weight · columns + bias.

    Shapes: weight (groups, m/groups, c/groups·kh·kw), bias (groups, m/groups, 1),
    y (n, m, oh, ow, t).
    """
    y_bands = tiles.bands(y)

    def work(images):
        for at, columns in tiles.filled(images):
            np.matmul(weight, columns, out=y_bands[at])
            y_bands[at] += bias  # now, while it is in the cache

    in_threads(work, len(y), tiles.products)


def correlate_windows(tiles, dy):
    """Σ columns · dyᵀ over all images and bands, (groups, c/groups·kh·kw, m/groups)."""
    dy_bands = tiles.bands(dy)

    def work(images):
        return sum(product(columns, dy_bands[at]) for at, columns in tiles.filled(images))

    return sum(in_threads(work, len(dy), tiles.products))


def filter_and_correlate_windows(weight, tiles, y, x):
    """y = weight · columns and Σ columns · xᵀ, from columns that are made once for both."""
    y_bands, x_bands = tiles.bands(y), tiles.bands(x)

    def work(images):
        total = 0.0
        for at, columns in tiles.filled(images):
            np.matmul(weight, columns, out=y_bands[at])
            total = total + product(columns, x_bands[at])
        return total

    return sum(in_threads(work, len(y), tiles.products))


def spread_windows(weight, tiles, dy):
    """Add weightᵀ · dy to what the windows see: the adjoint of filter_windows."""
    dy_bands = tiles.bands(dy)

    def work(images):
        for at, columns in tiles.empty(images):
            np.matmul(weight.swapaxes(-1, -2), dy_bands[at], out=columns)
            seen = tiles.windows[at]
            add_columns(seen, columns.reshape(seen.shape), tiles.kernel, axis=4)

    in_threads(work, len(dy), tiles.products)


def product(columns, y):
    """Σ columns · yᵀ over the images and bands of a tile."""
    *_, height, length = columns.shape
    turned = y.swapaxes(-1, -2)
    if height >= 100 and height * length * y.shape[-2] <= UNPACKED:
        turned = np.ascontiguousarray(turned)  # unpacked factors are best not transposed
    return (columns @ turned).sum(axis=(0, 1))
