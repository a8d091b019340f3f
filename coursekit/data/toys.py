"""Problems that fit on a slide: points of the plane with a class each, and curves.

All but `curves` return x (n, 2) as float64 and y (n,) as int64, the classes counted from 0.
"""

import itertools

import numpy as np

from coursekit.nn.expect import expect_count, expect_generator, expect_number

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


def boolean_functions():
    """The 16 functions of two bits, by their outputs at 00, 01, 10, 11: "0110" is XOR.

    Returns {name: (x (4, 2), y (4,))}. A straight line separates 14 of them; not "0110" and not
    "1001" (Minsky and Papert, *Perceptrons*, 1969; deck 000).
    """
    outputs = itertools.product((0, 1), repeat=4)
    return {"".join(map(str, y)): (CORNERS.copy(), np.array(y)) for y in outputs}


def xor():
    """The four corners of the unit square; class 1 where exactly one coordinate is 1."""
    return boolean_functions()["0110"]


def two_moons(n, *, noise=0.1, rng):
    """n points on two half circles that reach into each other; noise is a standard deviation.

    Class 0 lies on the upper half of the unit circle, class 1 on the lower half of one around
    (1, ½). The classes take turns, so that they are as equal in number as n allows.
    """
    y = classes("two_moons", n, 2, noise, rng)
    t = rng.uniform(0, np.pi, n)
    upper = np.column_stack([np.cos(t), np.sin(t)])
    lower = np.column_stack([1 - np.cos(t), 0.5 - np.sin(t)])
    x = np.where(y[:, None] == 0, upper, lower)
    return x + noise * rng.standard_normal((n, 2)), y


def spirals(n, *, n_classes=2, turns=1.5, noise=0.02, rng):
    """n points on spiral arms, one per class, from the origin out to radius 1.

    An arm winds `turns` times; noise is a standard deviation. The classes take turns. Two arms
    are the hard test of Lang and Witbrock, "Learning to tell two spirals apart", 1988.
    """
    expect_count("spirals", "n_classes", n_classes)
    expect_number("spirals", "turns", turns)
    y = classes("spirals", n, n_classes, noise, rng)
    radius = np.sqrt(rng.uniform(0.01, 1, n))  # so that the arm is equally dense everywhere
    angle = 2 * np.pi * (turns * radius + y / n_classes)
    x = radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return x + noise * rng.standard_normal((n, 2)), y


def curves(n=50):
    """Five curves over n even steps from −1 to 1, to be fitted by a few tanh units.

    Returns {name: (x (n, 1), y (n, 1))}. Bishop, *Pattern Recognition and Machine Learning*,
    2006, figure 5.3 (deck 000); its caption says sin(x), its picture looks like sin(πx).
    """
    x = np.linspace(-1, 1, expect_count("curves", "n", n, least=2))[:, None]
    y = {"x2": x**2, "sin_x": np.sin(x), "sin_pi_x": np.sin(np.pi * x), "abs": np.abs(x)}
    y["heaviside"] = np.heaviside(x, 1.0)
    return {name: (x, values) for name, values in y.items()}


def classes(owner, n, n_classes, noise, rng):
    """The caller's arguments checked, and the classes 0, 1, …, 0, 1, … of n points."""
    expect_count(owner, "n", n, least=n_classes)
    expect_number(owner, "noise", noise)
    expect_generator(owner, rng)
    return np.arange(n) % n_classes
