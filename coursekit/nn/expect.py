"""What a layer says at its door: the shape and the type that it wanted, and what came."""

import math

import numpy as np


def expect_floats(owner, x, name="x"):
    """Return x when it is an array of floats, else raise.

    NaN and infinity pass: a layer never hides them, every result that saw one shows it, and
    `fit` stops on it.
    """
    if not isinstance(x, np.ndarray) or x.dtype.kind != "f":
        came = f"{x.dtype} numbers" if isinstance(x, np.ndarray) else type(x).__name__
        raise TypeError(f"{owner} expects {name} as an array of floats; got {came}")
    return x


def expect(owner, x, shape, name="x"):
    """Return x when it is a float array of this shape, else raise; the message has both shapes.

    `shape` mixes numbers, which must agree, and names, which may be any size above zero:
    expect("Conv2d", x, ("n", 3, "h", "w")).
    """
    expect_floats(owner, x, name)
    agrees = len(shape) == x.ndim and all(
        size == wanted if isinstance(wanted, int) else size > 0
        for size, wanted in zip(x.shape, shape, strict=True)
    )
    if not agrees:
        wanted = f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"
        raise ValueError(f"{owner} expects {name} of shape {wanted}; got {x.shape}")
    return x


def expect_count(owner, name, value, least=1):
    """Return value when it is a whole number, at least `least`; else raise and name it."""
    if not isinstance(value, int | np.integer) or isinstance(value, bool):
        raise TypeError(f"{owner} expects {name} as a whole number; got {value!r}")
    if value < least:
        raise ValueError(f"{owner} expects {name} of at least {least}; got {value}")
    return int(value)


def expect_number(owner, name, value, least=0.0, below=math.inf):
    """Return value when it is a number in [least, below), else raise; NaN is in no interval."""
    if not isinstance(value, int | float | np.integer | np.floating) or isinstance(value, bool):
        raise TypeError(f"{owner} expects {name} as a number; got {value!r}")
    if not least <= value < below:
        limit = "finite" if below == math.inf else f"below {below:g}"
        raise ValueError(f"{owner} expects {name} of at least {least:g} and {limit}; got {value}")
    return value


def expect_generator(owner, rng):
    """Return rng when it is a numpy Generator, else raise."""
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            f"{owner} expects rng as a numpy Generator, such as np.random.default_rng(0); "
            f"got {type(rng).__name__}"
        )
    return rng


def shown(text, most=80):
    """Text that somebody else wrote, as part of a sentence: short, and without control characters.

    >>> shown("conv1.weight"), shown("a\\n\\x1b[31m"), len(shown("w" * 1000))
    ('conv1.weight', "'a\\\\n\\\\x1b[31m'", 80)
    """
    text = text if len(text) <= most else text[: most - 1] + "…"
    return text if text.isprintable() else repr(text)
