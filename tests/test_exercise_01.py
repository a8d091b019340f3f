"""01_pyramids: changed solutions are rejected, and the usual slips are called by their names."""

from pathlib import Path

import numpy as np
import pytest
import right_01 as right
from mutants import reports_of_slip, survivors

from coursekit import pyramids

SOLUTION = Path(__file__).parent.parent / "solutions" / "01_pyramids.ipynb"


def test_every_changed_solution_is_rejected():
    count, passing = survivors(SOLUTION)
    assert count >= 100
    assert passing == set()


def shifted(n):
    return np.roll(right.reduce_matrix(n), 1, axis=1)


def in_place(a, b, masks):
    return [np.add(g * x, (1 - g) * y, x) for x, y, g in zip(a, b, masks, strict=True)]


def no_colours(a, b, masks):
    return [g * x + (1 - g) * y for x, y, g in zip(a, b, masks, strict=True)]


def padded(mode):
    return lambda image: pyramids.reduce(image, edges=mode)


def minus(levels, F):
    return right.reconstruct([*(-level for level in levels[:-1]), levels[-1]], F)


def flipped(x, G, F):
    *bands, last = right.laplacian_pyramid(x, G, F)
    return [*(-band for band in bands), last]


# task, answer, what stands in its place, points that are left, words of the message
SLIPS = [
    ("sizes", "level_shapes", lambda s, n: [(s[0] >> k, s[1] >> k) for k in range(n)], 1, "round"),
    ("sizes", "level_shapes", lambda s, n: right.level_shapes(s, n + 1), 1, "one level too many"),
    ("sizes", "level_shapes", lambda s, n: right.level_shapes(s, n + 1)[1:], 1, "level 0"),
    ("sizes", "level_shapes", lambda s, n: right.level_shapes(s[::-1], n), 1, "swapped"),
    ("sizes", "overcompleteness", lambda s, n: 4 / 3, 1, "off by"),
    ("sizes", "overcompleteness", lambda s, n: 1 / right.overcompleteness(s, n), 1, "turned over"),
    ("sizes", "overcompleteness", lambda s, n: right.overcompleteness(s, n) - 1, 1, "leaving"),
    ("matrices", "reduce_matrix", lambda n: 16 * right.reduce_matrix(n), 2, "by 16"),
    ("matrices", "reduce_matrix", lambda n: right.reduce_matrix(n).T, 2, "transpose"),
    ("matrices", "reduce_matrix", shifted, 2, "off"),
    ("matrices", "reduce_matrix", pyramids.reduce_matrix, 2, "mirrored edges"),
    ("matrices", "reduce_matrix", lambda n: right.reduce_matrix(n)[: n // 2], 2, "the shape"),
    ("matrices", "expand_matrix", lambda n: right.reduce_matrix(n).T, 2, "too small"),
    ("matrices", "expand_matrix", lambda n: 8 * right.expand_matrix(n), 2, "by 8"),
    ("matrices", "expand_matrix", lambda n: right.expand_matrix(n).T, 2, "transpose"),
    ("matrices", "expand_matrix", pyramids.expand_matrix, 2, "mirrored edges"),
    ("resample", "reduce", lambda x: x[::2, ::2], 2, "no blur"),
    ("resample", "reduce", lambda x: right.reduce(x).T, 2, "height and width swapped"),
    ("resample", "reduce", lambda x: 256 * right.reduce(x), 2, "do not add up to 1"),
    ("resample", "reduce", lambda x: right.blur_fft(x, right.ROW / 16)[1::2, 1::2], 2, "shape"),
    ("resample", "reduce", padded("constant"), 3, "zeros outside"),
    ("resample", "reduce", padded("symmetric"), 3, "doubles the last sample"),
    ("resample", "reduce", padded("wrap"), 3, "wrapped around"),
    ("resample", "expand", lambda x, s: right.expand(x, s) / 4, 2, "too dark"),
    ("resample", "expand", lambda x, s: right.expand(x, s).T, 2, "height and width swapped"),
    (
        "resample",
        "expand",
        lambda x, s: pyramids.expand(x, s, edges="constant"),
        3,
        "zeros outside",
    ),
    (
        "resample",
        "expand",
        lambda x, s: np.kron(x, np.ones((2, 2)))[: s[0], : s[1]],
        2,
        "repeating",
    ),
    ("laplacian", "laplacian_pyramid", flipped, 1, "the sign"),
    ("laplacian", "laplacian_pyramid", lambda *a: right.laplacian_pyramid(*a)[:-1], 1, "got 3"),
    ("laplacian", "laplacian_pyramid", lambda *a: right.laplacian_pyramid(*a)[::-1], 1, "shape"),
    ("laplacian", "reconstruct", minus, 2, "a minus sign"),
    ("laplacian", "reconstruct", lambda levels, F: levels[0], 2, "off by"),
    ("blend", "blend_levels", lambda a, b, g: right.blend_levels(b, a, g), 0, "a and b swapped"),
    ("blend", "blend_levels", no_colours, 2, "ValueError"),
    ("blend", "blend_levels", lambda a, b, g: right.blend_levels(a, b, g)[0], 0, "got a"),
    ("blend", "blend_levels", in_place, 2, "ValueError"),
    ("alias", "hidden_wave", np.ones, 0, "a constant"),
    ("alias", "hidden_wave", lambda n: -right.reduce_matrix(2 * n)[:, 0], 0, "off by"),
]


@pytest.mark.parametrize(("task", "name", "wrong", "points", "words"), SLIPS)
def test_slips_cost_their_points_and_are_named(task, name, wrong, points, words):
    for report in reports_of_slip(right.RIGHT, task, name, wrong):
        assert report.points == points, report
        assert words in " ".join(report.messages), report


def test_the_matrices_are_the_librarys():
    for n in range(1, 20):
        np.testing.assert_allclose(
            right.reduce_matrix(n), pyramids.reduce_matrix(n, edges="constant"), atol=1e-15
        )
