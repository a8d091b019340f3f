"""One step down and one step up a pyramid, with the kernel [1 4 6 4 1].

Both work down the columns and then along the rows, and only compute samples that are kept.
Edges are numpy.pad's words. Burt & Adelson 1983, eq. 1 and 2; deck 000, "Image down-sampling".
"""

from functools import lru_cache

import numpy as np

from coursekit.filters import binomial, check_edges, check_image
from coursekit.filters.banded import BLOCK, pad, picture, slide_both, slide_down


def reduce(image, *, edges="reflect"):
    """Blur with [1 4 6 4 1]/16 along rows and columns, then keep every second sample.

    image (h, w) or (h, w, c) -> (⌈h/2⌉, ⌈w/2⌉) or (⌈h/2⌉, ⌈w/2⌉, c); sample 0 is always kept.
    Raises ValueError and TypeError as `filters.check_image` does.
    """
    return reduce_unchecked(check_image("reduce", image), check_edges("reduce", edges))


def expand(image, shape, *, edges="reflect"):
    """Put zeros between the samples, then blur with [1 4 6 4 1]/8: a constant stays a constant.

    image (⌈h/2⌉, ⌈w/2⌉) or with c colours -> (h, w) or (h, w, c); shape: (h, w), or the shape of
    the picture that was reduced. With edges="constant" (zeros) this is twice the transpose of
    `reduce`, deck 000's F = 2Gᵀ, which darkens the border; any other word keeps constants.
    Raises ValueError when shape is not one that reduces to the image's.
    """
    image, shape = check_image("expand", image), tuple(shape)
    if len(shape) not in (2, image.ndim) or shape[2:] not in ((), image.shape[2:]):
        raise ValueError(f"expand expects shape as (h, w) or (h, w, c) like image; got {shape}")
    if image.shape[:2] != tuple((size + 1) // 2 for size in shape[:2]):
        raise ValueError(
            f"expand expects an image of half the size of shape, rounded up; got image "
            f"{image.shape} for shape {shape}"
        )
    return expand_unchecked(image, shape, check_edges("expand", edges))


def reduce_unchecked(image, edges):
    size = [(n + 1) // 2 for n in image.shape[:2]]
    return picture(slide_both(_rows_of_g(image.dtype), pad(image, (2, 2), edges), 2 * BLOCK, size))


def expand_unchecked(image, shape, edges):
    padded = _pad_to_expand(image, (1, 1), shape, edges)
    return picture(slide_both(_rows_of_f(image.dtype), padded, BLOCK, shape[:2]))


def reduce_columns(x, edges):
    """The same along axis 0 only: (n, w) -> (⌈n/2⌉, w)."""
    return slide_down(_rows_of_g(x.dtype), pad(x, (2, 0), edges), 2 * BLOCK, (len(x) + 1) // 2)


def expand_columns(x, n, edges):
    """The same along axis 0 only: (⌈n/2⌉, w) -> (n, w)."""
    padded = _pad_to_expand(x, (1, 0), (n, x.shape[1]), edges)
    return slide_down(_rows_of_f(x.dtype), padded, BLOCK, n)


def _pad_to_expand(image, margins, shape, edges):
    """One more sample around a small image whose samples lie 2 apart in a picture of `shape`.

    To "reflect" is to mirror at the last sample of that picture. When its size is even, this one
    lies half a step past our last sample, which is then its own mirror image.
    """
    padded = pad(image, margins, edges)
    if edges == "reflect" and margins[0] and shape[0] % 2 == 0:
        padded[..., -1, :] = padded[..., -2, :]
    if edges == "reflect" and margins[1] and shape[1] % 2 == 0:
        padded[..., -1] = padded[..., -2]
    return padded


@lru_cache
def _rows_of_g(dtype):
    """Rows of G, which look at samples 2 apart: (BLOCK, 2·BLOCK + 3)."""
    block = np.zeros((BLOCK, 2 * BLOCK + 3), dtype)
    for i in range(BLOCK):
        block[i, 2 * i : 2 * i + 5] = binomial(5)
    return block


@lru_cache
def _rows_of_f(dtype):
    """Rows of F without the taps that meet zeros, two a sample: (2·BLOCK, BLOCK + 2)."""
    block = np.zeros((2 * BLOCK, BLOCK + 2), dtype)
    for i in range(BLOCK):
        block[2 * i, i : i + 3] = 2 * binomial(5)[::2]
        block[2 * i + 1, i + 1 : i + 3] = 2 * binomial(5)[1::2]
    return block
