"""Steering as numbers: a photograph, the basis responses, and the kernel turned to an angle."""

import numpy as np

from coursekit.data import load_image
from coursekit.filters import check_image, convolve2d, gaussian_derivative_basis, steer
from coursekit.filters.correlate import separate

SIGMA = 2.0  # pixels
ORDERS = (1, 2, 3, 4)
LARGEST = 1024  # rows and columns: the page computes with every pixel
LUMA = np.array([0.2125, 0.7154, 0.0721])  # grey from red, green, blue (ITU-R BT.709)


def basis(order):
    """The order + 1 basis kernels ∂x^(N−k) ∂y^k of a Gaussian, (order + 1, k, k)."""
    return gaussian_derivative_basis(order, SIGMA)


def separable_basis(order):
    """The same kernels as pairs (column, row) of lists: kernel[i, j] = column[i] · row[j]."""
    pairs = [separate(kernel) for kernel in basis(order)]  # (k, 1) and (1, k)
    return [[column.ravel().tolist(), row.ravel().tolist()] for column, row in pairs]


def photograph(image):
    """A grey picture with values in [0, 1], from a name of `PICTURES` or from an array.

    image: name, or real numbers (h, w) or (h, w, 3) in [0, 1]. Returns (h, w). Raises TypeError
    for other types, ValueError for NaN and for values or sizes that the page cannot show.
    """
    image = check_image("SteeringWidget", load_image(image) if isinstance(image, str) else image)
    if image.ndim == 3 and image.shape[2] == 3:
        image = image @ LUMA.astype(image.dtype)  # (h, w)
    smallest = basis(max(ORDERS)).shape[-1]
    if image.ndim != 2 or not all(smallest <= side <= LARGEST for side in image.shape):
        raise ValueError(
            f"SteeringWidget expects image of shape (h, w) or (h, w, 3), h and w from {smallest} "
            f"to {LARGEST}; got {image.shape}"
        )
    if image.min() < 0 or image.max() > 1:
        raise ValueError(
            "SteeringWidget expects image with values from 0 to 1; "
            f"got {image.min():.3g} to {image.max():.3g}"
        )
    return image


def message(name, image):
    """What the page receives of a picture (h, w).

    A picture of 256 levels goes as bytes, any other as 32-bit floats; `depth` says which.
    """
    levels = np.rint(image * 255)
    depth = 8 if np.array_equal(levels / 255, image) else 32
    data = levels.astype(np.uint8) if depth == 8 else image.astype("<f4")
    return {"name": name, "shape": list(image.shape), "depth": depth, "data": data.tobytes()}


def responses(image, order):
    """The derivatives of the smoothed photograph, (order + 1, h, w).

    Convolution, not correlation: so blue means brighter in the direction of the angle.
    """
    return np.stack([convolve2d(image, kernel) for kernel in basis(order)])


def turned(arrays, angle, complete=True):
    """Steer basis kernels or responses (order + 1, …) to an angle in degrees.

    complete=False leaves the last one out, which is what happens when one believes that order N
    needs N basis kernels (deck 000, line 204).
    """
    if not complete:
        arrays = np.concatenate([arrays[:-1], 0 * arrays[-1:]])
    return steer(arrays, np.deg2rad(angle))


def turning_error(order, angle, complete):
    """How far the kernel is from the truly turned one, as a part of its strength."""
    exact = turned(basis(order), angle)
    return np.linalg.norm(turned(basis(order), angle, complete) - exact) / np.linalg.norm(exact)


def strength(basis_responses):
    """The response drawn in full colour: four times the typical one along the two axes."""
    first, last = basis_responses[0], basis_responses[-1]
    return 4 * float(np.sqrt((np.mean(first**2) + np.mean(last**2)) / 2)) or 1.0


def sentence(order, angle, complete):
    """What the kernel is, in words."""
    goal = f"derivative of order {order} turned to {angle:g}°"
    if complete:
        return (
            f"This is the {goal}, exactly: order {order} needs {order + 1} basis kernels "
            "and has them."
        )
    far = round(100 * turning_error(order, angle, complete))
    return (
        f"Order {order} needs {order + 1} basis kernels and has {order}: this kernel is {far} % "
        f"away from the {goal}."
    )
