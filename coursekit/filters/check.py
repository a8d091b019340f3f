"""What is asked of an image at the door of filters, pyramids and applications."""

import warnings

import numpy as np

# The words of numpy.pad that keep filtering linear and add no numbers of their own.
EDGES = ("reflect", "symmetric", "edge", "wrap", "constant")


def check_image(owner, image, name="image"):
    """Return a picture of shape (h, w) or (h, w, c) as floats, or raise and say what came.

    float32 stays float32, every other real type becomes float64. Integers and bools keep their
    values and cause a UserWarning with the range of their type, so that nobody takes 0…255 for
    0…1. Raises TypeError for complex or non-numeric data, ValueError for another rank, an empty
    picture, NaN or infinity. `owner` is the function that asks, `name` its argument.
    """
    image = np.asarray(image)
    if image.dtype.kind not in "fiub":
        raise TypeError(f"{owner} expects {name} as real numbers; got {image.dtype}")
    if image.ndim not in (2, 3) or image.size == 0:
        raise ValueError(
            f"{owner} expects {name} of shape (h, w) or (h, w, c), no size zero; got {image.shape}"
        )
    if image.dtype.kind != "f":
        low, high = (0, 1) if image.dtype == bool else _range(image.dtype)
        warnings.warn(
            f"{owner} got {name} as {image.dtype}, whose range is {low}…{high}; "
            "it goes on as float64 with the same values",
            stacklevel=3,
        )
    image = image.astype(np.float32 if image.dtype == np.float32 else np.float64, copy=False)
    if not np.isfinite([image.min(), image.max()]).all():  # NaN is the minimum where there is one
        bad = tuple(int(i) for i in np.argwhere(~np.isfinite(image))[0])
        raise ValueError(
            f"{owner} expects {name} without NaN or infinity; got {image[bad]} at {bad}"
        )
    return image


def _range(dtype):
    return np.iinfo(dtype).min, np.iinfo(dtype).max


def check_edges(owner, edges):
    """Return one of numpy.pad's words in `EDGES`, or raise ValueError."""
    if edges not in EDGES:
        raise ValueError(f"{owner} expects edges as one of {', '.join(EDGES)}; got {edges!r}")
    return edges
