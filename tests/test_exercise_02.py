"""02_steerable_filters: changed solutions are rejected, and usual slips called by their names."""

from pathlib import Path

import numpy as np
import pytest
import right_02 as right
from mutants import reports_of_slip, survivors

from coursekit import filters
from coursekit.checks import check

SOLUTION = Path(__file__).parent.parent / "solutions" / "02_steerable_filters.ipynb"

HARMLESS = {  # as right as the solution
    "02_2_responses": {  # more padding at the far end, which nothing reads
        "padded = np.pad(image, [(kh // 2, kh * 2), (kw // 2, kw // 2)], mode='reflect')",
        "padded = np.pad(image, [(kh // 2, kh // 2), (kw // 2, kw * 2)], mode='reflect')",
    },
    "02_3_rank": {"rows = copies.reshape(len(copies), -2)"},  # NumPy takes it for -1
    "02_4_unsteerable": {  # other lines, as hard to steer
        "kernel[10, 10:] = 2",
        "kernel[10, 11:] = 1",
        "kernel[10:, 10] = 1",
        "kernel[11, 10:] = 1",
    },
    "02_5_orientation": {  # another positive factor, or another choice where both are as strong
        "sign = np.where(m < 0, -1, 2)",
        "sign = np.where(m < 0, -2, 1)",
        "sign = np.where(m <= 0, -1, 1)",
    },
}


def test_every_changed_solution_is_rejected():
    count, passing = survivors(SOLUTION)
    assert count >= 115
    assert passing == {(task, line) for task, lines in HARMLESS.items() for line in lines}


def edges(word):
    return lambda image, kernel: filters.convolve2d(image, kernel, edges=word)


def without_binomials(order, angle):
    return [np.cos(angle) ** (order - k) * np.sin(angle) ** k for k in range(order + 1)]


def largest(r):
    """Not the response farthest from zero: the largest."""
    return np.arctan2(2 * r[1], r[0] - r[2]) / 2 % np.pi, right.line_orientation(r)[1]


def edited(function, change_angle=lambda a: a, change_strength=lambda s: s):
    def answer(r):
        angle, strength = function(r)
        return change_angle(angle), change_strength(strength)

    return answer


def edge(**changes):
    return edited(right.dominant_orientation, **changes)


def line(**changes):
    return edited(right.line_orientation, **changes)


def spectra(images, masks, orders):
    """Spectra of images (h, w) or (n, h, w), times the masks that belong to the orders."""
    return 1j ** orders[:, None, None] * masks * np.fft.fft2(images)


def middle(function):
    """The zero frequency where fftshift puts it."""
    return lambda x, m, n: function(x, np.fft.fftshift(m, axes=(1, 2)), n)


def first_part_only(image, masks, orders):
    """Keeps the energy, and comes back when all is added, but splits nothing."""
    return [image, *np.zeros(masks.shape)[1:]]


# task, answer, what stands in its place, points that are left, words of the message
SLIPS = [
    ("steer", "steer", lambda b, a: right.steer(b, np.deg2rad(a)), 0, "degrees made radians"),
    ("steer", "steer", lambda b, a: right.steer(b, -a), 0, "the other way"),
    ("steer", "steer", lambda b, a: right.steer(b[::-1], a), 0, "cos and sin swapped"),
    ("steer", "steer", lambda b, a: right.steer(b, a).T, 0, "the shape"),
    ("steer", "steer", lambda b, a: b[0] / 2 + np.sqrt(3) / 2 * b[1], 1, "off by"),
    ("steer", "steer", lambda b, a: right.steer(b, float(a)), 2, "TypeError"),
    ("responses", "convolve2d", filters.correlate2d, 2, "correlation"),
    ("responses", "convolve2d", lambda x, k: right.convolve2d(x, k[::-1]), 2, "columns only"),
    ("responses", "convolve2d", lambda x, k: right.convolve2d(x.T, k.T).T, 5, ""),
    ("responses", "convolve2d", lambda x, k: right.convolve2d(x, k.T), 2, "off by"),
    ("responses", "convolve2d", lambda x, k: right.convolve2d(x, k).T, 2, "the shape"),
    ("responses", "convolve2d", edges("constant"), 4, "zeros outside"),
    ("responses", "convolve2d", edges("edge"), 4, "the last sample repeated"),
    ("responses", "convolve2d", edges("symmetric"), 4, "doubles the last sample"),
    ("responses", "convolve2d", lambda x, k: right.convolve2d(x, k)[1:-1, 1:-1], 2, "the shape"),
    (
        "responses",
        "steered_responses",
        lambda x, b, a: right.steered_responses(x, b, np.deg2rad(a)),
        3,
        "degrees made radians",
    ),
    (
        "responses",
        "steered_responses",
        lambda x, b, a: right.steered_responses(x, -b, a),
        3,
        "correlation",
    ),
    (
        "responses",
        "steered_responses",
        lambda x, b, a: right.steered_responses(x, b[::-1], a),
        3,
        "cos and sin swapped",
    ),
    (
        "responses",
        "steered_responses",
        lambda x, b, a: right.steered_responses(x, b, a)[0],
        3,
        "the shape",
    ),
    ("rank", "steering_weights", without_binomials, 2, "binomial"),
    ("rank", "steering_weights", lambda n, a: right.steering_weights(n, a)[::-1], 2, "swapped"),
    ("rank", "steering_weights", lambda n, a: right.steering_weights(n, a)[:-1], 2, "N + 1"),
    ("rank", "steering_weights", lambda n, a: right.steering_weights(n, -a), 2, "other way"),
    (
        "rank",
        "steering_weights",
        lambda n, a: right.steering_weights(n, np.deg2rad(a)),
        2,
        "degrees made radians",
    ),
    ("rank", "steering_rank", lambda c: right.steering_rank(c) - 1, 2, "the slide says so"),
    ("rank", "steering_rank", len, 2, "the number of copies"),
    ("rank", "steering_rank", lambda c: np.linalg.matrix_rank(c[1], 1e-6), 3, "one copy"),
    (
        "rank",
        "steering_rank",
        lambda c: np.linalg.matrix_rank(c.reshape(len(c), -1), 1e-13),
        3,
        "rounding",
    ),
    ("unsteerable", "unsteerable", lambda: np.zeros((9, 9)), 0, "not all 0"),
    ("unsteerable", "unsteerable", lambda: right.unsteerable()[1:], 0, "square"),
    ("unsteerable", "unsteerable", lambda: right.unsteerable()[1:, 1:], 0, "odd side"),
    ("unsteerable", "unsteerable", lambda: right.unsteerable() + 1, 1, "the sum"),
    (
        "unsteerable",
        "unsteerable",
        lambda: filters.gaussian_derivative_basis(5, 1.5)[2],
        0,
        "basis filters steer this kernel",
    ),
    ("orientation", "dominant_orientation", edge(change_angle=np.rad2deg), 4, "degrees"),
    ("orientation", "dominant_orientation", edge(change_angle=lambda a: -a), 4, "other way"),
    (
        "orientation",
        "dominant_orientation",
        edge(change_angle=lambda a: np.pi / 2 - a),
        4,
        "x and y swapped",
    ),
    ("orientation", "dominant_orientation", edge(change_angle=lambda a: a + np.pi), 4, "between 0"),
    ("orientation", "dominant_orientation", edge(change_angle=lambda a: a + 0.001), 4, "off by"),
    (
        "orientation",
        "dominant_orientation",
        edge(change_angle=lambda a: (a + np.pi / 2) % np.pi),
        4,
        "wanted is the one across",
    ),
    ("orientation", "dominant_orientation", edge(change_strength=np.square), 5, "take the root"),
    ("orientation", "line_orientation", largest, 4, "a dark line"),
    ("orientation", "line_orientation", line(change_angle=lambda a: 2 * a), 4, "the direction"),
    ("orientation", "line_orientation", line(change_angle=lambda a: a + np.pi / 2), 4, "across"),
    ("orientation", "line_orientation", line(change_strength=np.square), 5, "take the root"),
    ("orientation", "line_orientation", line(change_strength=np.negative), 5, "strength is off"),
    ("orientation", "line_orientation", lambda r: right.line_orientation(r)[0], 3, "strength; got"),
    ("bands", "split", lambda x, m, n: np.fft.ifft2(m * np.fft.fft2(x)).real, 1, "factor i^N out"),
    ("bands", "split", lambda x, m, n: right.split(x, m, -n), 2, "belongs to the way back"),
    ("bands", "split", middle(right.split), 1, "in the middle"),
    ("bands", "split", lambda x, m, n: abs(np.fft.ifft2(spectra(x, m, n))), 1, "have a sign"),
    ("bands", "split", lambda *a: np.fft.ifft2(spectra(*a).real).real, 1, "before the way back"),
    ("bands", "split", lambda *a: spectra(*a).real, 1, "not turned back"),
    ("bands", "split", lambda *a: np.fft.fft2(spectra(*a)).real, 1, "fft2 on the way back"),
    ("bands", "split", lambda *a: np.fft.ifft2(spectra(*a)), 1, "array of complex128"),
    ("bands", "split", lambda x, m, n: m * x, 1, "masks times pixels"),
    ("bands", "split", lambda x, m, n: right.split(x, m, n)[:-1], 1, "the shape"),
    ("bands", "split", first_part_only, 1, "off by"),
    ("bands", "put_together", lambda p, m, n: right.put_together(p, m, -n), 2, "the conjugate"),
    ("bands", "put_together", lambda p, m, n: p.sum(axis=0), 2, "without their masks"),
    ("bands", "put_together", lambda p, m, n: right.put_together(p, m, 0 * n), 2, "(−i)^N out"),
    ("bands", "put_together", middle(right.put_together), 2, "in the middle"),
    (
        "bands",
        "put_together",
        lambda p, m, n: np.array(right.put_together(p, m, n)) / len(p),
        2,
        "mean",
    ),
    ("bands", "put_together", lambda p, m, n: right.split(p[0], m, n), 2, "the shape"),
    (
        "bands",
        "put_together",
        lambda p, m, n: np.fft.ifft2(spectra(p, m, -n)).real,
        2,
        "parts that are not added",
    ),
]


@pytest.mark.parametrize(("task", "name", "wrong", "points", "words"), SLIPS)
def test_slips_cost_their_points_and_are_named(task, name, wrong, points, words):
    for report in reports_of_slip(right.RIGHT, task, name, wrong):
        assert report.points == points, report
        assert words in " ".join(report.messages), report


def test_the_checks_know_nothing_that_the_library_does_not():
    """Copies that were turned without a basis, and the library's steered ones, span the same."""
    steered = filters.gaussian_derivative_basis(3, 1.5)
    copies = np.stack([filters.steer(steered, angle) for angle in np.linspace(0, 3, 9)])
    assert right.steering_rank(copies) == filters.steering_rank(steered[0]) == 4


def test_the_example_in_the_hint_of_the_bands():
    masks = np.array([[[1, 0.6, 0, 0.6]], [[0, 0.8, 0, -0.8]], [[0, 0, 1, 0]]])
    orders, image = np.array([0, 1, 0]), np.array([[1.0, 0, 0, 0]])
    parts = np.array(right.split(image, masks, orders))
    text = SOLUTION.read_text("utf-8")
    for part in parts.round(9):
        numbers = ", ".join(f"{number:g}".replace("0.", ".") for number in part[0] + 0)
        assert f"`[[{numbers}]]`" in text
    np.testing.assert_allclose(right.put_together(parts, masks, orders), image, atol=1e-12)


def test_an_answer_that_keeps_all_in_one_part_is_no_split():
    """Energy and the way back hold for it, and only the missing part gives it away."""
    report = check("02_6_bands", first_part_only, lambda p, m, n: p.sum(axis=0), seed=1)
    assert report.points == 0
    assert "without part" in " ".join(report.messages)
