"""03_what_pyramids_are_for: changed solutions are rejected, usual slips called by their names."""

from pathlib import Path

import numpy as np
import pytest
import right_03 as right
from mutants import reports_of_slip, survivors

from coursekit import applications

SOLUTION = Path(__file__).parent.parent / "solutions" / "03_what_pyramids_are_for.ipynb"

HARMLESS = {  # as right as the solution
    "03_1_coring": {"return np.sign(band) * np.maximum(0, np.abs(band) - threshold)"},
    "03_3_histogram": {"out = np.ones(n)"},  # all of it is written over
    "03_6_tricks": {  # other motions that fool as well
        "return (0.75 * wavelength, 2.0 * wavelength)",
        "return (1.75 * wavelength, 1.0 * wavelength)",
    },
}


def test_every_changed_solution_is_rejected():
    count, passing = survivors(SOLUTION)
    assert count >= 80
    assert passing == {(task, line) for task, lines in HARMLESS.items() for line in lines}


def in_place(band, threshold):
    band[np.abs(band) <= threshold] = 0
    return band


def apart(first, now):
    return np.angle(np.fft.rfft(now)) - np.angle(np.fft.rfft(first))


def sizes_of_first(first, now, alpha):
    turn = np.exp(1j * (1 + alpha) * right.phase_turns(first, now))
    return np.fft.irfft(np.fft.rfft(first) * turn, len(first))


def without_length(first, now, alpha):
    turn = np.exp(1j * alpha * right.phase_turns(first, now))
    return np.fft.irfft(np.fft.rfft(now) * turn)


def in_this_picture(dog, least):
    """Only the 8 neighbours of the same picture."""
    stacks = [np.stack([0 * image, image, 0 * image]) for image in dog[1:-1]]
    return np.pad([right.extrema(stack, least)[1] for stack in stacks], [(1, 1), (0, 0), (0, 0)])


# task, answer, what stands in its place, points that are left, words of the message
SLIPS = [
    ("coring", "core_hard", lambda b, t: np.where(b > t, b, 0), 1, "all negative numbers"),
    ("coring", "core_hard", lambda b, t: np.where(abs(b) >= t, b, 0), 1, "off by"),
    ("coring", "core_hard", applications.core, 1, "soft coring"),
    ("coring", "core_hard", lambda b, t: b[abs(b) > t], 1, "the shape"),
    ("coring", "core_hard", lambda b, t: b - right.core_hard(b, t), 1, "throwing the large"),
    ("coring", "core_hard", in_place, 1, "in place"),
    ("coring", "core_soft", right.core_hard, 1, "hard coring"),
    ("coring", "core_soft", lambda b, t: np.maximum(abs(b) - t, 0), 1, "lost sign"),
    ("coring", "core_soft", lambda b, t: b - t * np.sign(b), 1, "past 0"),
    ("coring", "core_soft", lambda b, t: np.clip(b, -t, t), 1, "clipping"),
    ("bits", "quantise", lambda b, step: b // step, 3, "rounding down"),
    ("bits", "quantise", lambda b, step: (b / step).astype(int), 3, "cutting the digits off"),
    ("bits", "quantise", lambda b, step: step * np.rint(b / step), 3, "multiples of the step"),
    ("bits", "entropy", lambda k: right.entropy(k) * np.log(2), 2, "natural logarithm"),
    ("bits", "entropy", lambda k: -right.entropy(k), 2, "minus sign"),
    ("bits", "entropy", lambda k: k.size * right.entropy(k), 2, "all numbers together"),
    ("bits", "entropy", lambda k: np.log2(len(np.unique(k))), 3, "as if all were as frequent"),
    ("bits", "entropy", lambda k: right.entropy(np.bincount(k.ravel())), 2, "ValueError"),
    ("bits", "psnr", lambda a, b: -right.psnr(a, b), 3, "the sign"),
    ("bits", "psnr", lambda a, b: 2 * right.psnr(a, b), 3, "20 in place of 10"),
    ("bits", "psnr", lambda a, b: -10 * np.log10(((a - b) ** 2).sum()), 3, "the sum of squares"),
    ("histogram", "match_histogram", lambda v, r: np.sort(r).reshape(v.shape), 0, "off by"),
    (
        "histogram",
        "match_histogram",
        lambda v, r: np.sort(right.match_histogram(v, r), axis=None).reshape(v.shape),
        0,
        "the order of the values is lost",
    ),
    ("histogram", "match_histogram", lambda v, r: right.match_histogram(r, v), 0, "swapped"),
    ("histogram", "match_histogram", lambda v, r: right.match_histogram(-v, r), 0, "turned round"),
    (
        "histogram",
        "match_histogram",
        lambda v, r: np.sort(r, axis=None)[v.ravel().argsort().argsort()].reshape(v.shape),
        2,
        "IndexError",
    ),
    (
        "histogram",
        "match_histogram",
        lambda v, r: (v - v.mean()) / v.std() * r.std() + r.mean(),
        0,
        "mean and standard deviation only",
    ),
    ("extrema", "differences", lambda x: x[:-1] - x[1:], 3, "the sign"),
    ("extrema", "differences", lambda x: np.diff(x), 3, "along the rows"),
    ("extrema", "extrema", lambda d, least: right.extrema(d, 0), 3, "leaving `least` out"),
    ("extrema", "extrema", in_this_picture, 1, "8 neighbours"),
    ("extrema", "extrema", lambda d, least: right.extrema(d, least) * (d > 0), 2, "maxima alone"),
    ("extrema", "extrema", lambda d, e: right.extrema(d, e)[1:-1, 1:-1, 1:-1], 1, "its rim"),
    ("extrema", "extrema", lambda d, e: np.argwhere(right.extrema(d, e)), 1, "the shape"),
    ("extrema", "extrema", lambda d, e: 1 - right.extrema(d, e), 1, "the opposite"),
    ("magnify", "phase_turns", apart, 3, "a difference of two angles"),
    ("magnify", "phase_turns", lambda a, b: right.phase_turns(b, a), 2, "backwards"),
    ("magnify", "phase_turns", lambda *a: np.rad2deg(right.phase_turns(*a)), 2, "degrees"),
    ("magnify", "phase_turns", lambda *a: right.phase_turns(*a)[1:], 2, "the shape"),
    ("magnify", "magnify", lambda a, b, k: right.magnify(a, b, k - 1), 2, "it was there once"),
    ("magnify", "magnify", lambda a, b, k: right.magnify(a, b, -k), 2, "off by"),
    ("magnify", "magnify", lambda a, b, k: a + (1 + k) * (b - a), 2, "grey levels"),
    ("magnify", "magnify", sizes_of_first, 3, "the sizes of the first spectrum"),
    ("magnify", "magnify", lambda a, b, k: b, 2, "as it is now"),
    ("tricks", "tricks", lambda w: (0.4 * w, w), 1, "wanted is a minus sign"),
    ("tricks", "tricks", lambda w: (0.75 * w, 0.0), 1, "above 0"),
    ("tricks", "tricks", lambda w: (-0.25 * w, w), 1, "above 0"),
    ("tricks", "tricks", lambda w: (0.75 * w, 0.5 * w), 1, "wanted is none"),
    ("tricks", "tricks", lambda w: 0.75 * w, 0, "backwards, invisible; got"),
]


@pytest.mark.parametrize(("task", "name", "wrong", "points", "words"), SLIPS)
def test_slips_cost_their_points_and_are_named(task, name, wrong, points, words):
    for report in reports_of_slip(right.RIGHT, task, name, wrong):
        assert report.points == points, report
        assert words in " ".join(report.messages), report


def test_signals_of_odd_length_are_tried_too():
    reports = reports_of_slip(right.RIGHT, "magnify", "magnify", without_length)
    assert all(report.points < 4 for report in reports)
