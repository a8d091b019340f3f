"""Checks of 02_steerable_filters, tasks 1 to 5: turning, responses, ranks, orientation.

x runs to the right along a row, y down the rows, and a positive angle turns x towards y.
"""

import math

import numpy as np

from coursekit import filters
from coursekit.checks import task
from coursekit.checks.answers import NotPassed

MANY = 12  # a kernel that needs more basis filters than that is not steerable in practice


@task("02_1_steer", points=3)
def steer_task(steer, t):
    with t.part("60°, as on the slide", points=1):
        g_x, g_y = basis = draw_basis(t)
        right = g_x / 2 + math.sqrt(3) / 2 * g_y
        t.close(steer(basis, math.pi / 3), right, slips=steering_slips(basis, math.pi / 3))

    with t.part("any angle", points=1):
        basis = t.normal(2, *t.sizes(2))
        for angle in t.rng.uniform(-3, 3, 3):
            slips = steering_slips(basis, angle)
            t.close(steer(basis, float(angle)), filters.steer(basis, angle), slips=slips)

    with t.part("one angle for each pixel", points=1):
        basis = t.normal(2, *t.sizes(2))
        angle = t.rng.uniform(-3, 3, basis.shape[1:])
        slips = steering_slips(basis, angle)
        t.close(steer(basis, angle), filters.steer(basis, angle), slips=slips)


@task("02_2_responses", points=5)
def responses_task(convolve2d, steered_responses, t):
    with t.part("one bright pixel gives the kernel back", points=1):
        kernel = t.normal(3, 5)
        image = np.zeros((8, 11))
        image[3, 6] = 1
        right = np.zeros(image.shape)
        right[2:5, 4:9] = kernel
        t.close(convolve2d(image, kernel), right, slips=convolution_slips(image, kernel))

    with t.part("convolution away from the edges", points=1):
        image, kernel = t.normal(11, 9), t.normal(5, 3)
        inside = slice(2, -2), slice(1, -1)
        right = filters.convolve2d(image, kernel)
        got = t.shape(convolve2d(image, kernel), image.shape)[inside]
        slips = {words: value[inside] for words, value in convolution_slips(image, kernel).items()}
        t.close(got, right[inside], "the middle of the result", slips)

    with t.part("mirrored edges", points=1):
        image, kernel = t.normal(8, 10), t.normal(3, 7)
        right = filters.convolve2d(image, kernel)
        t.close(convolve2d(image, kernel), right, slips=convolution_slips(image, kernel))

    with t.part("steered responses", points=2):
        image, basis, angles = t.normal(9, 12), draw_basis(t), t.rng.uniform(-3, 3, 4)
        right = np.stack([filters.convolve2d(image, filters.steer(basis, a)) for a in angles])
        slips = {
            "correlation: a convolution turns the kernel by 180°": -right,
            "degrees made radians; the angles are in radians already": all_angles(
                image, basis, np.deg2rad(angles)
            ),
            "turning the other way: a positive angle turns x (right) towards y (down)": all_angles(
                image, basis, -angles
            ),
            "cos and sin swapped": all_angles(image, basis, np.pi / 2 - angles),
        }
        t.close(steered_responses(image, basis, angles), right, "the responses", slips)


@task("02_3_rank", points=4)
def rank_task(steering_weights, steering_rank, t):
    with t.part("weights of order 1 and 2", points=1):
        check_weights(t, steering_weights, orders=(1, 2))

    with t.part("weights of any order", points=1):
        check_weights(t, steering_weights, orders=(3, 4, 5))

    with t.part("copies of a derivative of order N", points=1):
        for order in (int(t.rng.integers(1, 3)), int(t.rng.integers(3, 6)), 0):
            angles = (np.arange(12) + t.rng.uniform(0, 0.5, 12)) * np.pi / 12
            copies = rotated_copies(order, angles, sigma=1.5)
            slips = {
                "N; the slide says so, but order N needs one more": order,
                "the number of copies": len(copies),
            }
            t.close(steering_rank(copies), order + 1, "the count", slips if order else {})

    with t.part("any kernels, also with rounding errors", points=1):
        rank, size = int(t.rng.integers(3, 7)), 9
        copies = 1000 * t.normal(14, rank) @ t.normal(rank, size * size)
        copies = (copies + 1e-7 * t.normal(*copies.shape)).reshape(14, size, size)
        slips = {
            "counting rounding errors: leave out what is far below the largest": 14,
            "the rank of one copy as a matrix": size,
        }
        t.close(steering_rank(copies), rank, "the count", slips)


@task("02_4_unsteerable", points=2)
def unsteerable_task(unsteerable, t):
    with t.part("no small basis turns it", points=1):
        check_many(unsteerable_kernel(t, unsteerable))

    with t.part("and it does not see a constant", points=1):
        kernel = unsteerable_kernel(t, unsteerable)
        share = kernel.sum() / np.abs(kernel).sum()
        t.close(share, 0.0, "the sum of the kernel, as a part of the sum of sizes,")
        check_many(kernel)


@task("02_5_orientation", points=6)
def orientation_task(dominant_orientation, line_orientation, t):
    with t.part("angle of an edge", points=2):
        r = t.normal(2, *t.sizes(2))
        angle, _ = t.unpack(dominant_orientation(r), "angle", "strength")
        right = np.arctan2(r[1], r[0])
        check_angle(t, angle, right, slips=angle_slips(right))

    with t.part("strength of an edge", points=1):
        r = t.normal(2, *t.sizes(2))
        _, strength = t.unpack(dominant_orientation(r), "angle", "strength")
        right = np.hypot(*r)
        slips = {
            "the square: take the root": right**2,
            "adding sizes, not squares": np.abs(r).sum(axis=0),
        }
        t.close(strength, right, "strength", slips)

    with t.part("angle of a line", points=2):
        r = draw_lines(t)
        angle, _ = t.unpack(line_orientation(r), "angle", "strength")
        right, _ = strongest_line(r)
        slips = angle_slips(right) | {
            "the largest response; a dark line has a negative one": largest_response(r),
            "the angle where the response is weakest": largest_response(-r * mean_sign(r)),
            "not halving: the response goes like cos 2(α − angle)": 2 * largest_response(r),
        }
        check_angle(t, angle, right, slips)

    with t.part("strength of a line", points=1):
        r = draw_lines(t)
        _, strength = t.unpack(line_orientation(r), "angle", "strength")
        _, right = strongest_line(r)
        slips = {
            "leaving the mean of the two second derivatives out": right - np.abs(r[0] + r[2]) / 2,
            "the square: take the root": right**2,
        }
        t.close(strength, right, "strength", slips)


def draw_basis(t):
    """g_x and g_y of a Gaussian, (2, k, k), narrow enough for a small picture."""
    return filters.gaussian_derivative_basis(1, float(t.rng.uniform(0.6, 0.8)))


def steering_slips(basis, angle):
    """What the usual mistakes make of a steered basis of order 1."""
    g_x, g_y = basis

    def turned(alpha):
        return np.cos(alpha) * g_x + np.sin(alpha) * g_y

    return {
        "degrees made radians; the angle is in radians already": turned(np.deg2rad(angle)),
        "cos and sin swapped": turned(np.pi / 2 - angle),
        "turning the other way: a positive angle turns x (right) towards y (down)": turned(-angle),
        "g_x and g_y added without weights": g_x + g_y,
    }


def convolution_slips(image, kernel):
    padded = np.pad(image, [(size // 2, size // 2) for size in kernel.shape])
    return {
        "correlation: a convolution turns the kernel by 180°": filters.correlate2d(image, kernel),
        "flipping rows only; columns too": filters.correlate2d(image, kernel[::-1]),
        "flipping columns only; rows too": filters.correlate2d(image, kernel[:, ::-1]),
        "zeros outside": filters.convolve2d(image, kernel, edges="constant"),
        "the last sample repeated": filters.convolve2d(image, kernel, edges="edge"),
        "the other side, wrapped around": filters.convolve2d(image, kernel, edges="wrap"),
        "a mirror that doubles the last sample": filters.convolve2d(
            image, kernel, edges="symmetric"
        ),
        "moving the result by half a kernel: its origin is in the middle": filters.convolve2d(
            padded, kernel, edges="constant"
        )[: image.shape[0], : image.shape[1]],
    }


def all_angles(image, basis, angles):
    """Responses (len(angles), h, w)."""
    g_x, g_y = (filters.convolve2d(image, kernel) for kernel in basis)
    return np.cos(angles)[:, None, None] * g_x + np.sin(angles)[:, None, None] * g_y


def check_weights(t, steering_weights, orders):
    for order in orders:
        angle = float(t.rng.uniform(0.3, 1.2))
        right = weights(order, math.cos(angle), math.sin(angle))
        k = np.arange(order + 1)
        degrees = math.radians(angle)
        slips = {
            "leaving the binomial coefficients out": math.cos(angle) ** (order - k)
            * math.sin(angle) ** k,
            "cos and sin swapped: basis[0] is ∂x^N, with cos^N": right[::-1],
            "N weights; order N needs N + 1": right[:-1],
            "degrees made radians; the angle is in radians already": weights(
                order, math.cos(degrees), math.sin(degrees)
            ),
            "turning the other way": weights(order, math.cos(angle), -math.sin(angle)),
        }
        t.close(steering_weights(order, angle), right, "the weights", slips)


def weights(order, c, s):
    return np.array([math.comb(order, k) * c ** (order - k) * s**k for k in range(order + 1)])


def rotated_copies(order, angles, sigma):
    """The derivative of a Gaussian along each angle, sampled: (len(angles), k, k).

    No basis takes part: along u = x cos α + y sin α it is a polynomial in u times the Gaussian.
    """
    radius = math.ceil(4 * sigma)
    y, x = np.mgrid[-radius : radius + 1, -radius : radius + 1] / sigma
    u = np.cos(angles)[:, None, None] * x + np.sin(angles)[:, None, None] * y  # (n, k, k)
    hermite = np.polynomial.hermite_e.hermeval(u, np.eye(order + 1)[order])
    return hermite * np.exp(-(x**2 + y**2) / 2)


def unsteerable_kernel(t, unsteerable):
    """The learner's kernel, as a square array with an odd side."""
    kernel = np.asarray(unsteerable(), dtype=np.float64)
    if kernel.ndim != 2 or len(set(kernel.shape)) > 1 or not 7 <= len(kernel) <= 41:
        message = f"the kernel should be square, 7 to 41 a side; its shape is {kernel.shape}"
        raise NotPassed("wrong", message)
    if len(kernel) % 2 == 0 or not np.isfinite(kernel).all() or not kernel.any():
        raise NotPassed(
            "wrong", "the kernel should have an odd side and numbers that are not all 0"
        )
    return kernel


def check_many(kernel):
    rank = filters.steering_rank(kernel)
    if rank <= MANY:
        message = f"{rank} basis filters steer this kernel; find one that needs more than {MANY}"
        raise NotPassed("wrong", message)


def check_angle(t, angle, right, slips):
    """Angles that differ by π are the same; they must lie from 0 to π."""
    angle = t.shape(angle, right.shape, "angle")
    t.close(
        doubled(angle), doubled(right), "the direction", {w: doubled(s) for w, s in slips.items()}
    )
    if angle.min() < -1e-5 or angle.max() > np.pi + 1e-5:
        raise NotPassed("wrong", "angle should lie between 0 and π; add or take away π where not")


def doubled(angle):
    """cos 2α and sin 2α, which are the same for α and α + π."""
    return np.stack([np.cos(2 * angle), np.sin(2 * angle)])


def angle_slips(right):
    return {
        "degrees: the angle should be in radians": np.rad2deg(right % np.pi),
        "x and y swapped: arctan2 takes y first": np.pi / 2 - right,
        "the direction along; wanted is the one across": right + np.pi / 2,
        "turning the other way: y runs down": -right,
    }


def draw_lines(t):
    """Second-order responses (3, h, w): bright and dark lines in turn from pixel to pixel."""
    r = t.normal(3, *t.sizes(2))
    wanted = (-1) ** np.indices(r.shape[1:]).sum(axis=0)
    return r * mean_sign(r) * wanted


def largest_response(r):
    """Angle where r0 cos² + 2 r1 cos sin + r2 sin² is largest, by its second harmonic."""
    return np.arctan2(2 * r[1], r[0] - r[2]) / 2


def mean_sign(r):
    """+1 where the response is positive on average over the angles, −1 elsewhere."""
    return np.where(r[0] + r[2] >= 0, 1, -1)


def strongest_line(r):
    """Angle and size of the response of order 2 that is farthest from zero."""
    size = np.abs(r[0] + r[2]) / 2 + np.hypot((r[0] - r[2]) / 2, r[1])
    return largest_response(r * mean_sign(r)), size
