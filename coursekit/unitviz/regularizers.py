"""What an image is charged for not looking natural: each gives R(image) and its slope.

`maximize_unit` climbs a(image) − R(image): a penalty is subtracted. (Deck 002 writes + λR, which
is the same with a negative λ.) All are means over the pixels, so that one weight fits every size.
"""

import numpy as np

from coursekit.filters import binomial, correlate2d
from coursekit.nn.expect import expect_number


def l2(weight, towards=0.5):
    """R = weight · mean of (image − towards)²: prefers grey, or with towards=0 black paper."""
    expect_number("l2", "weight", weight)
    expect_number("l2", "towards", towards)

    def penalty(image):
        error = image - image.dtype.type(towards)
        return weight * float(np.mean(error**2)), 2 * weight / error.size * error

    return penalty


def total_variation(weight):
    """R = weight · mean of √(right² + down² + ε), the differences to the next pixels.

    Prefers flat parts with clear borders. Rudin, Osher and Fatemi, "Nonlinear total variation
    based noise removal algorithms", 1992.
    """
    expect_number("total_variation", "weight", weight)

    def penalty(image):
        right, down = np.zeros_like(image), np.zeros_like(image)
        right[:, :-1], down[:-1] = np.diff(image, axis=1), np.diff(image, axis=0)
        length = np.sqrt(right**2 + down**2 + image.dtype.type(1e-4))
        right_share, down_share = right / length, down / length
        slope = -right_share - down_share
        slope[:, 1:] += right_share[:, :-1]
        slope[1:] += down_share[:-1]
        return weight * float(np.mean(length)), weight / image.size * slope

    return penalty


def high_frequencies(weight):
    """R = weight/2 · mean of (image − blurred image)², blurred by [1 4 6 4 1]/16 both ways.

    Prefers what survives a blur. B with wrapped edges is symmetric, so the slope of ½‖x − Bx‖² is
    (I − B)(x − Bx): the same filter once more.
    """
    expect_number("high_frequencies", "weight", weight)
    kernel = np.outer(binomial(5), binomial(5))

    def fine(image):
        return image - correlate2d(image, kernel, edges="wrap")

    def penalty(image):
        detail = fine(image)
        return weight / 2 * float(np.mean(detail**2)), weight / image.size * fine(detail)

    return penalty
