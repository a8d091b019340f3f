"""One step down and one step up a pyramid, with the kernel [1 4 6 4 1].

Both work along one axis after the other, and only on samples that are kept. Edges are
numpy.pad's words. Burt & Adelson 1983, eq. 1 and 2; deck 000, "Image down-sampling".
"""

import numpy as np

from coursekit.filters import check_edges, check_image


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
    return reduce_columns(reduce_columns(image, edges).swapaxes(0, 1), edges).swapaxes(0, 1)


def expand_unchecked(image, shape, edges):
    wide = expand_columns(image.swapaxes(0, 1), shape[1], edges).swapaxes(0, 1)
    return expand_columns(wide, shape[0], edges)


def reduce_columns(x, edges):
    """Along axis 0: (n, ...) -> (⌈n/2⌉, ...)."""
    p = np.pad(x, [(2, 2)] + [(0, 0)] * (x.ndim - 1), mode=edges)
    n = len(x)
    outer, inner, middle = (
        p[0:n:2] + p[4 : n + 4 : 2],
        p[1 : n + 1 : 2] + p[3 : n + 3 : 2],
        p[2:-2:2],
    )
    return (outer + 4 * inner + 6 * middle) / 16


def expand_columns(x, n, edges):
    """Along axis 0: (⌈n/2⌉, ...) -> (n, ...)."""
    p = np.pad(x, [(1, 1)] + [(0, 0)] * (x.ndim - 1), mode=edges)
    if edges == "reflect" and n % 2 == 0:  # the mirror is the last sample of the large picture,
        p[-1] = p[-2]  # which lies between two of ours
    out = np.empty((n, *x.shape[1:]), x.dtype)
    out[0::2] = (p[:-2] + 6 * p[1:-1] + p[2:]) / 8
    out[1::2] = (p[1 : n // 2 + 1] + p[2 : n // 2 + 2]) / 2
    return out
