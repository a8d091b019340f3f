"""Handwritten digits that travel with the course, and small random changes to them."""

from pathlib import Path

import numpy as np

from coursekit.nn.expect import expect, expect_generator, expect_number

N_TRAIN = 9000


def load_digits28():
    """Read 10,000 handwritten digits of MNIST: (x, y) to train on and (x, y) to validate with.

    Shapes: x (9000, 1, 28, 28) and (1000, 1, 28, 28) float32 in [0, 1], ink 1 on paper 0;
    y (9000,) and (1000,) the digits as int64. The split is always the same.
    Origin and terms: `coursekit/data/SOURCES.md`.

    >>> (x, y), (x_validation, y_validation) = load_digits28()
    """
    with np.load(Path(__file__).with_name("digits28.npz"), allow_pickle=False) as file:
        x = (
            file["images"][:, None].astype(np.float32) / 255
        )  # (10000, 28, 28) -> (10000, 1, 28, 28)
        y = file["labels"].astype(np.int64)
    return (x[:N_TRAIN], y[:N_TRAIN]), (x[N_TRAIN:], y[N_TRAIN:])


def shift_and_rotate(x, *, shift=2.0, angle=0.2, rng):
    """Move and turn each picture a little: new handwriting from old, for `fit(augment=…)`.

    Shapes: x (n, c, h, w), result alike. Each picture turns about its centre by at most `angle`
    (radians) and moves by at most `shift` (pixels) along both axes. It is read between pixels
    bilinearly, and is 0 outside.
    """
    expect("shift_and_rotate", x, ("n", "c", "h", "w"))
    expect_number("shift_and_rotate", "shift", shift)
    expect_number("shift_and_rotate", "angle", angle)
    expect_generator("shift_and_rotate", rng)
    n, _, h, w = x.shape
    turn = rng.uniform(-angle, angle, (n, 1, 1))
    down, right = rng.uniform(-shift, shift, (2, n, 1, 1))
    y, x_ = np.mgrid[:h, :w]
    y, x_ = y - (h - 1) / 2, x_ - (w - 1) / 2  # from the centre
    rows = np.cos(turn) * y - np.sin(turn) * x_ + (h - 1) / 2 + down  # (n, h, w)
    columns = np.sin(turn) * y + np.cos(turn) * x_ + (w - 1) / 2 + right
    return read_between(x, rows, columns)


def read_between(images, rows, columns):
    """Bilinear reading of images (n, c, h, w) at rows and columns (n, h, w); 0 outside."""
    h, w = images.shape[2:]
    padded = np.pad(images, ((0, 0), (0, 0), (1, 1), (1, 1)))
    rows, columns = np.clip(rows + 1, 0, h + 1), np.clip(columns + 1, 0, w + 1)
    top, left = np.minimum(rows.astype(int), h), np.minimum(columns.astype(int), w)
    below = (rows - top).astype(images.dtype)[:, None]  # (n, 1, h, w), the lower row's share
    right = (columns - left).astype(images.dtype)[:, None]
    n, c = np.ogrid[: images.shape[0], : images.shape[1]]

    def corner(dy, dx):
        place = (top + dy)[:, None], (left + dx)[:, None]  # (n, 1, h, w)
        return padded[n[..., None, None], c[..., None, None], *place]  # (n, c, h, w)

    upper = corner(0, 0) * (1 - right) + corner(0, 1) * right
    lower = corner(1, 0) * (1 - right) + corner(1, 1) * right
    return upper * (1 - below) + lower * below
