"""Gaussian and Laplacian pyramids. Burt & Adelson 1983; deck 000, "The Laplacian Pyramid"."""

import numpy as np

from coursekit.filters import check_edges, check_image
from coursekit.pyramids.resample import expand_unchecked, reduce_unchecked


def gaussian_pyramid(image, n_levels, *, edges="reflect"):
    """The image and ever smaller blurred copies: n_levels arrays, each about half the last.

    image (h, w) or (h, w, c). Level 0 is a copy of the image; level k + 1 is `reduce` of level k.
    Raises ValueError when the image is too small for n_levels: the last one may be 1 pixel wide.
    """
    image, *smaller = _gaussian("gaussian_pyramid", image, n_levels, edges)
    return [image.copy(), *smaller]


def laplacian_pyramid(image, n_levels, *, edges="reflect"):
    """What each blur takes away, finest first: n_levels − 1 band-pass images and the last blur.

    Band k is L = x − F G x of Gaussian level k and has its shape; the last array is the last
    Gaussian level. `reconstruct` gives the image back. Arguments and errors as for
    `gaussian_pyramid`. Deck 000, "Laplacian pyramid algorithm".
    """
    levels = _gaussian("laplacian_pyramid", image, n_levels, edges)
    bands = []
    for fine, coarse in zip(levels, levels[1:], strict=False):
        blurred = expand_unchecked(coarse, fine.shape, edges)
        bands.append(np.subtract(fine, blurred, out=blurred))
    return [*bands, levels[-1].copy()]  # with one level that is the caller's image


def full_resolution(levels, *, edges="reflect"):
    """Show every level at the size of the first: expand level k, k times.

    levels: a Gaussian or Laplacian pyramid. Returns a list of images, all of levels[0]'s shape;
    those of a Laplacian pyramid sum to the image. Burt & Adelson 1983, fig. 5; deck 000,
    "Showing, at full resolution, the information captured at each level".
    """
    levels = _check_pyramid("full_resolution", levels, edges)
    shown = []
    for k, image in enumerate(levels):
        for finer in reversed(levels[:k]):
            image = expand_unchecked(image, finer.shape, edges)
        shown.append(image)
    return shown


def reconstruct(levels, *, edges="reflect"):
    """Sum a Laplacian pyramid up from its coarsest level: x = L + F(next x), exactly.

    levels: as `laplacian_pyramid` returns them, changed or not; give the same `edges`. Returns
    the image, of the shape of levels[0]. Raises ValueError when the shapes do not follow each
    other. Deck 000, "Laplacian pyramid reconstruction algorithm".
    """
    levels = _check_pyramid("reconstruct", levels, edges)
    image = levels[-1]
    for band in reversed(levels[:-1]):
        image = band + expand_unchecked(image, band.shape, edges)
    return image


def _check_pyramid(owner, levels, edges):
    """Return the levels as float images, each half the one before (rounded up), or raise."""
    levels = [check_image(owner, x, f"levels[{k}]") for k, x in enumerate(levels)]
    if not levels:
        raise ValueError(f"{owner} expects levels with at least one array; got none")
    for k, (fine, coarse) in enumerate(zip(levels, levels[1:], strict=False)):
        half = tuple((size + 1) // 2 for size in fine.shape[:2]) + fine.shape[2:]
        if coarse.shape != half:
            raise ValueError(
                f"{owner} expects levels[{k + 1}] of shape {half}, half of levels[{k}]; "
                f"got {coarse.shape}"
            )
    check_edges(owner, edges)
    return levels


def check_levels(owner, n_levels, most, size):
    """Return n_levels, a whole number from 1 to `most`, or raise and say the most."""
    if not isinstance(n_levels, int | np.integer) or isinstance(n_levels, bool):
        raise TypeError(f"{owner} expects n_levels as a whole number; got {n_levels!r}")
    if not 1 <= n_levels <= most:
        raise ValueError(f"{owner} expects n_levels from 1 to {most} for {size}; got {n_levels}")
    return int(n_levels)


def most_levels(n):
    """How many levels a side of n pixels allows: halving, rounded up, until 1 pixel is left."""
    return 1 + (n - 1).bit_length()


def _gaussian(owner, image, n_levels, edges):
    image = check_image(owner, image)
    shape = image.shape[:2]
    check_levels(owner, n_levels, most_levels(min(shape)), f"an image of {shape}")
    check_edges(owner, edges)
    levels = [image]
    for _ in range(n_levels - 1):
        levels.append(reduce_unchecked(levels[-1], edges))
    return levels
