"""Blending two pictures so that no seam shows. Burt & Adelson 1983b; deck 000, "Image blending"."""

import numpy as np

from coursekit.filters import check_image
from coursekit.pyramids import gaussian_pyramid, laplacian_pyramid, reconstruct
from coursekit.pyramids.laplacian import check_levels, most_levels


def blend(a, b, mask, n_levels):
    """One picture that is a where mask is 1, b where it is 0, and changes over without a seam.

    a, b (h, w) or (h, w, c), the same; mask (h, w) of numbers from 0 to 1, or of bools; n_levels
    as in `laplacian_pyramid`. Every band has a transition as wide as its own details are:
    n_levels = 1 is the plain mixture mask·a + (1 − mask)·b, each further level widens what is
    mixed of the coarse parts. Next to a hard seam the result may leave the pictures' range a
    little. Raises ValueError for other shapes, a mask outside 0…1, or too many levels.
    """
    return reconstruct(from_a + from_b for from_a, from_b in blend_levels(a, b, mask, n_levels))


def blend_levels(a, b, mask, n_levels):
    """What either picture gives to every level: n_levels pairs (G·LA, (1 − G)·LB), finest first.

    G is a level of the mask's Gaussian pyramid, LA and LB are levels of the pictures' Laplacian
    pyramids; each pair adds up to a level of the blend. Arguments and errors as for `blend`.
    Szeliski 2010, fig. 3.42, shows these pairs and sums. Deck 000, "Image blending".
    """
    a, b, mask = _check_pictures(a, b, mask)
    check_levels("blend", n_levels, most_levels(min(mask.shape)), f"pictures of {mask.shape}")
    masks = gaussian_pyramid(mask, n_levels)
    if a.ndim == 3:
        masks = [g[:, :, None] for g in masks]  # (h, w, 1), one mask for all colours
    levels_of_both = laplacian_pyramid(a, n_levels), laplacian_pyramid(b, n_levels)
    return [(g * la, (1 - g) * lb) for g, la, lb in zip(masks, *levels_of_both, strict=True)]


def _check_pictures(a, b, mask):
    a, b = check_image("blend", a, "a"), check_image("blend", b, "b")
    if a.shape != b.shape:
        raise ValueError(f"blend expects a and b of one shape; got {a.shape} and {b.shape}")
    mask = np.asarray(mask)
    if mask.dtype == bool:
        mask = mask.astype(np.float32)
    mask = check_image("blend", mask, "mask").astype(np.result_type(a, b), copy=False)
    if mask.shape != a.shape[:2]:
        raise ValueError(f"blend expects mask of shape {a.shape[:2]}, as a; got {mask.shape}")
    if mask.min() < 0 or mask.max() > 1:
        raise ValueError(
            f"blend expects mask between 0 (show b) and 1 (show a); got {mask.min()}…{mask.max()}"
        )
    return a, b, mask
