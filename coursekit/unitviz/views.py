"""Small random changes of the point of view, and how slopes travel back through them."""

import numpy as np

from coursekit.nn.expect import expect_number


def random_view(*, shift=2.0, angle=0.1, scale=0.1):
    """Shift, turn and zoom by a random amount at every step, so that no single pixel matters.

    shift in pixels, angle in radians, scale as a share: each is drawn between − and + its limit.
    The result is for `maximize_unit(view=…)`. What comes in at the border repeats it. Source:
    Olah, Mordvintsev and Schubert, "Feature visualization", Distill 2017.
    """
    for name, value in {"shift": shift, "angle": angle, "scale": scale}.items():
        expect_number("random_view", name, value)

    def view(image, rng):
        down, right = rng.uniform(-shift, shift, 2)
        turn, zoom = rng.uniform(-angle, angle), 1 + rng.uniform(-scale, scale)
        h, w = image.shape[:2]
        y, x = np.mgrid[:h, :w] - np.array([(h - 1) / 2, (w - 1) / 2]).reshape(2, 1, 1)
        rows = zoom * (np.cos(turn) * y - np.sin(turn) * x) + (h - 1) / 2 + down
        columns = zoom * (np.sin(turn) * y + np.cos(turn) * x) + (w - 1) / 2 + right
        return read_between(image, rows, columns)

    return view


def same_view(image, rng):
    """The picture as it is."""
    return image, lambda slope: slope


def read_between(image, rows, columns):
    """Read image (h, w, c) bilinearly at rows, columns (h, w): the view, and its adjoint.

    The adjoint takes a slope (h, w, c) of the view and returns that of the image.
    """
    h, w, c = image.shape
    rows, columns = np.clip(rows, 0, h - 1), np.clip(columns, 0, w - 1)
    top, left = np.minimum(rows.astype(int), h - 2), np.minimum(columns.astype(int), w - 2)
    below, right = rows - top, columns - left
    corner = (top * w + left).ravel()
    pixels = corner + np.array([[0], [1], [w], [w + 1]])  # (4, h·w)
    shares = np.stack(
        [(1 - below) * (1 - right), (1 - below) * right, below * (1 - right), below * right]
    )
    shares = shares.reshape(4, -1, 1).astype(image.dtype)  # (4, h·w, 1)

    def adjoint(slope):
        sent = shares * slope.reshape(-1, c)  # (4, h·w, c)
        sums = [np.bincount(pixels.ravel(), s.ravel(), h * w) for s in np.moveaxis(sent, 2, 0)]
        return np.stack(sums, axis=-1).reshape(h, w, c).astype(slope.dtype)

    view = (shares * image.reshape(-1, c)[pixels]).sum(axis=0)
    return view.reshape(h, w, c), adjoint
