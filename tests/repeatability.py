"""Are keypoints found again? Shared by tests/test_keypoints.py and benchmarks/applications.py."""

import math

import numpy as np
from skimage.filters import gaussian
from skimage.transform import AffineTransform, warp

MARGIN = 12  # pixels from the border, where a turned picture shows what was outside


def turned(image, degrees, scale):
    """The picture turned about its middle from x to y and scaled, and the map of (x, y) points."""
    middle = (np.array(image.shape[::-1]) - 1) / 2
    angle = math.radians(degrees)
    c, s = scale * math.cos(angle), scale * math.sin(angle)
    matrix = np.eye(3)
    matrix[:2, :2] = [[c, -s], [s, c]]
    matrix[:2, 2] = middle - matrix[:2, :2] @ middle
    move = AffineTransform(matrix=matrix)
    if scale < 1:  # or fine detail would fold into coarse
        image = gaussian(image, 0.5 * math.sqrt(1 / scale**2 - 1))
    return warp(image, move.inverse, order=3, mode="reflect"), move


def matches(points, others, move, shape):
    """How many of the points of the poorer picture are found again, how near, and how turned.

    Points count where both pictures show them. Found again: within 1.5 pixels and half an octave.
    Returns that share (Mikolajczyk & Schmid's repeatability), the median distance in pixels, and
    the share of the found ones that have an orientation within 15° of the expected one.
    """
    scale = math.sqrt(np.linalg.det(move.params[:2, :2]))
    turn = math.atan2(move.params[1, 0], move.params[0, 0])
    here, there = (np.stack([p.x, p.y], axis=1).astype(float) for p in (points, others))
    moved = move(here)
    keep = _inside(here, shape) & _inside(moved, shape)
    keep_others = _inside(there, shape) & _inside(move.inverse(there), shape)
    moved, points, there, others = (
        moved[keep],
        points[keep],
        there[keep_others],
        others[keep_others],
    )
    distance = np.linalg.norm(moved[:, None] - there, axis=2)  # (points, others)
    octaves = abs(np.log2(scale * points.sigma[:, None] / others.sigma))
    angle = (points.angle[:, None] + turn - others.angle + math.pi) % (2 * math.pi) - math.pi
    near = (distance <= 1.5) & (octaves <= 0.5)
    found = near.any(axis=1)
    same = (near & (abs(angle) <= math.radians(15)))[found].any(axis=1).mean()
    share = _places(moved[found]) / min(_places(moved), _places(there))
    return share, float(np.median(distance.min(axis=1)[found])), float(same)


def _inside(xy, shape):
    return ((xy >= MARGIN) & (xy <= np.array(shape[::-1]) - 1 - MARGIN)).all(axis=1)


def _places(xy):
    """Number of different places: one with two orientations counts once."""
    return len(np.unique(xy.round(6), axis=0))
