"""Figures that are in one piece or not: what no perceptron of bounded reach can tell.

Minsky and Papert, *Perceptrons*, 1969, section 0.8 and chapter 5 (deck 000, "connectedness").
"""

import numpy as np

from coursekit.nn.expect import expect_count, expect_generator


def is_connected(figure):
    """Whether the ink of a figure (h, w) is in one piece; a blank one is.

    Pixels touch along edges, not at corners.
    """
    ink = np.asarray(figure) > 0
    reached = np.zeros_like(ink)
    reached.flat[np.argmax(ink)] = ink.any()  # start at the first pixel with ink
    while True:
        grown = reached.copy()
        grown[1:] |= reached[:-1]
        grown[:-1] |= reached[1:]
        grown[:, 1:] |= reached[:, :-1]
        grown[:, :-1] |= reached[:, 1:]
        grown &= ink
        if (grown == reached).all():
            return bool((reached == ink).all())
        reached = grown


def four_bars(width=12):
    """Four figures that no small windows tell apart: x (4, 1, 5, width), y (4,), 1 for connected.

    Three bars lie above each other. At the left end a link joins the middle bar to the upper or
    to the lower one, and likewise at the right end. The figure is in one piece when the two ends
    differ: XOR of two places that no small window sees at once. A unit sees one end or none, so
    that any weighted sum of units is a(left) + b(right) + c, which XOR is not (section 0.8).
    """
    expect_count("four_bars", "width", width, least=5)
    x = np.zeros((4, 1, 5, width))
    x[:, :, ::2] = 1
    for figure, (left, right) in zip(x[:, 0], [(1, 1), (1, 3), (3, 1), (3, 3)], strict=True):
        figure[left, 0] = figure[right, -1] = 1
    return x, np.array([0, 1, 1, 0])


def connectedness(n, size=8, *, rng):
    """n random figures x (n, 1, size, size) of 0 and 1, y (n,) with 1 for connected.

    Each is the trace of a random walk with one of its pixels rubbed out, which breaks it or not.
    The classes take turns.
    """
    expect_count("connectedness", "n", n)
    expect_count("connectedness", "size", size, least=4)
    expect_generator("connectedness", rng)
    y = np.arange(n) % 2
    x = np.stack([draw(size, bool(wanted), rng) for wanted in y])
    return x[:, None].astype(np.float64), y  # (n, size, size) -> (n, 1, size, size)


def draw(size, wanted, rng):
    """Draw walks until one, with a random pixel of ink removed, is as connected as wanted."""
    while True:
        figure = walk(size, rng)
        figure.flat[rng.choice(np.flatnonzero(figure))] = False
        if is_connected(figure) == wanted:
            return figure


def walk(size, rng):
    """A walk of 2·size steps right, down, left or up on a square of this size, as a mask."""
    figure = np.zeros((size, size), bool)
    place = rng.integers(size, size=2)
    for step in rng.integers(4, size=2 * size):
        move = [(0, 1), (1, 0), (0, -1), (-1, 0)][step]
        place = np.clip(place + move, 0, size - 1)
        figure[tuple(place)] = True
    return figure
