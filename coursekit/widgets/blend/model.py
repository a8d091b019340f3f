"""Blending as numbers: a mask from a cut and a brush, the blend, and how much its seam shows."""

import re

import numpy as np

from coursekit.applications import blend
from coursekit.pyramids import full_resolution, gaussian_pyramid
from coursekit.widgets.words import number

SIDE = 160  # rows and columns of all pictures
MOST = 7  # levels
BRUSH = 9  # radius in pixels
HANDS = {
    "moves the cut": "Drag in a picture to move the cut.",
    "paints the first": "Drag, or use arrow keys and space, to paint the first picture in.",
    "paints the second": "Drag, or use arrow keys and space, to paint the second picture in.",
}
DAB = re.compile(r"([+-])(\d{1,3}),(\d{1,3})")  # which picture, x, y


def mask(cut, angle, strokes):
    """1 where the first picture is, 0 where the second is: (SIDE, SIDE).

    cut: 0 to 1, how much of the way across the picture; angle: of the way, in degrees from x
    (right) to y (down). strokes: dabs of the brush on top, "+x,y" for the first picture and "-x,y"
    for the second, with spaces between them.
    """
    y, x = np.mgrid[:SIDE, :SIDE] + 0.5 - SIDE / 2  # from the middle
    c, s = np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))
    edge = (cut - 0.5) * SIDE * (abs(c) + abs(s))
    first = (x * c + y * s < edge - 1e-9).astype(float)  # a tie goes to the second
    for which, left, top in DAB.findall(strokes):
        near = (x + SIDE / 2 - int(left)) ** 2 + (y + SIDE / 2 - int(top)) ** 2 <= BRUSH**2
        first[near] = which == "+"
    return first


def blended(a, b, mask, n_levels):
    """The blend of two pictures (SIDE, SIDE, 3), of the same shape."""
    return blend(a, b, mask, n_levels)


def coarsest(mask, n_levels):
    """The last level of the mask's pyramid at full size: the widest change-over, (SIDE, SIDE)."""
    return full_resolution(gaussian_pyramid(mask, n_levels))[-1]


def steps(picture, mask):
    """Mean difference of neighbours across the cut, and elsewhere, in grey levels of 255.

    Neighbours to the right and below count; the first number is None where there is no cut.
    """
    gaps, cuts = [], []
    for axis in (0, 1):
        gaps.append(abs(np.diff(picture, axis=axis)).mean(axis=-1).ravel())
        cuts.append(np.diff(mask, axis=axis).ravel() != 0)
    gaps, cuts = 255 * np.concatenate(gaps), np.concatenate(cuts)
    return (float(gaps[cuts].mean()) if cuts.any() else None), float(gaps[~cuts].mean())


def sentence(a, b, n_levels, hand, across, elsewhere):
    """How much the seam shows, and what a drag would do."""
    if across is None:
        return f"No cut. All of the picture is {a} or {b}. {HANDS[hand]}"
    levels = "1 level, a hard cut" if n_levels == 1 else f"{n_levels} levels"
    return (
        f"Step at the cut: {number(across)} of 255. Here {a} and {b} are blended with {levels}; "
        f"elsewhere neighbours differ by {number(elsewhere)}. {HANDS[hand]}"
    )
