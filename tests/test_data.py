"""Digits, toy problems and connectedness: sizes, classes, the same numbers for the same seed."""

import itertools

import numpy as np
import pytest

from coursekit import data


@pytest.fixture(scope="module")
def digits():
    return data.load_digits28()


def test_digits_are_the_ten_thousand_of_the_package(digits):
    (x, y), (x_validation, y_validation) = digits
    assert x.shape == (9000, 1, 28, 28)
    assert x_validation.shape == (1000, 1, 28, 28)
    assert x.dtype == x_validation.dtype == np.float32
    assert y.dtype == y_validation.dtype == np.int64
    every = np.concatenate([x, x_validation])
    assert (every.min(), every.max()) == (0, 1)
    counts = np.bincount(np.concatenate([y, y_validation]))
    assert counts.tolist() == [1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978]
    assert len({digit.tobytes() for digit in every}) == 10_000  # nothing is in both parts


def test_the_split_is_fixed_and_holds_every_digit(digits):
    (_, y), (_, y_validation) = digits
    assert y[:10].tolist() == [3, 8, 1, 0, 4, 0, 9, 3, 4, 9]
    assert np.bincount(y_validation, minlength=10).min() >= 90


def test_labels_fit_their_pictures(digits):
    """The nearest mean picture names 4 of 5 digits; shuffled labels would leave 1 of 10."""
    (x, y), (x_validation, y_validation) = digits
    means = np.stack([x[y == label].mean(axis=0).ravel() for label in range(10)])
    distance = ((x_validation.reshape(1000, 1, -1) - means) ** 2).sum(axis=-1)
    assert (distance.argmin(axis=1) == y_validation).mean() > 0.78


def test_the_file_of_digits_is_small():
    from coursekit.data import digits as module

    path = module.Path(module.__file__).with_name("digits28.npz")
    assert path.stat().st_size <= 2_000_000


def test_no_shift_and_no_turn_change_nothing(rng):
    x = rng.random((3, 2, 7, 5)).astype(np.float32)
    same = data.shift_and_rotate(x, shift=0, angle=0, rng=rng)
    assert same.dtype == np.float32
    np.testing.assert_array_equal(same, x)


def test_a_shifted_ramp_changes_by_one_number(rng):
    """Bilinear reading is exact on a ramp, so that each picture shows the shift it drew."""
    row, column = np.mgrid[:9, :11]
    x = np.broadcast_to(3.0 * row + column, (200, 1, 9, 11))
    change = (data.shift_and_rotate(x, shift=0.5, angle=0, rng=rng) - x)[:, 0, 1:-1, 1:-1]
    np.testing.assert_allclose(change, change[:, :1, :1] + np.zeros((7, 9)), atol=1e-12)
    assert 1.7 < np.abs(change).max() <= 3 * 0.5 + 0.5
    assert change.min() < 0 < change.max()


def test_a_turned_ramp_has_the_slope_of_its_turn(rng):
    x = np.broadcast_to(np.arange(9.0)[:, None], (200, 1, 9, 11))
    turned = data.shift_and_rotate(x, shift=0, angle=0.3, rng=rng)[:, 0]
    down, right = turned[:, 5, 5] - turned[:, 4, 5], turned[:, 4, 6] - turned[:, 4, 5]
    np.testing.assert_allclose(turned[:, 4, 5], 4)  # the centre stays
    np.testing.assert_allclose(down**2 + right**2, 1)
    assert 0.27 < np.arcsin(np.abs(right)).max() <= 0.3
    assert right.min() < 0 < right.max()


def test_paper_outside_the_picture_is_blank(rng):
    moved = data.shift_and_rotate(np.ones((50, 1, 6, 4)), shift=9, angle=0, rng=rng)
    assert moved.min() == 0
    assert (moved.sum(axis=(1, 2, 3)) == 0).any()  # some are pushed off the paper


def test_sixteen_boolean_functions(vectors):
    functions = data.boolean_functions()
    assert set(functions) == {"".join(bits) for bits in itertools.product("01", repeat=4)}
    for name, (x, y) in functions.items():
        assert x.tolist() == vectors["xor"]["inputs"]
        assert y.tolist() == [int(bit) for bit in name]
    x, y = data.xor()
    assert y.tolist() == vectors["xor"]["targets"]


def test_moons_lie_on_their_circles(rng):
    x, y = data.two_moons(101, noise=0, rng=rng)
    assert np.bincount(y).tolist() == [51, 50]
    upper, lower = x[y == 0], x[y == 1]
    np.testing.assert_allclose(np.hypot(*upper.T), 1)
    np.testing.assert_allclose(np.hypot(*(lower - [1, 0.5]).T), 1)
    assert upper[:, 1].min() >= 0
    assert lower[:, 1].max() <= 0.5


def test_spiral_arms_wind_as_often_as_asked(rng):
    x, y = data.spirals(3000, n_classes=3, turns=2, noise=0, rng=rng)
    assert np.bincount(y).tolist() == [1000, 1000, 1000]
    radius = np.hypot(*x.T)
    angle = 2 * np.pi * (2 * radius + y / 3)
    np.testing.assert_allclose(x, radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)]))
    assert 0.1 <= radius.min() < 0.2
    assert 0.99 < radius.max() <= 1


@pytest.mark.parametrize("make", [data.two_moons, data.spirals])
def test_noise_has_the_deviation_that_was_asked_for(make):
    still, _ = make(4000, noise=0, rng=np.random.default_rng(1))
    noisy, _ = make(4000, noise=0.3, rng=np.random.default_rng(1))
    np.testing.assert_allclose((noisy - still).std(), 0.3, rtol=0.05)


@pytest.mark.parametrize(
    ("figure", "answer"),
    [
        (["#.", "##"], True),
        (["#.", ".#"], False),  # corners do not touch
        (["###", "..#", "###"], True),
        (["###", "...", "###"], False),
        (["...", ".#.", "..."], True),
        (["...", "...", "..."], True),
    ],
)
def test_is_connected(figure, answer):
    assert data.is_connected([[pixel == "#" for pixel in row] for row in figure]) is answer


def test_four_bars_are_xor_of_their_ends():
    x, y = data.four_bars(width=9)
    assert x.shape == (4, 1, 5, 9)
    assert y.tolist() == [0, 1, 1, 0]
    assert [data.is_connected(figure) for figure in x[:, 0]] == [False, True, True, False]
    # What a unit sees that reaches 3 columns: the first figures agree at the left, …
    np.testing.assert_array_equal(x[0, ..., :3], x[1, ..., :3])
    np.testing.assert_array_equal(x[0, ..., -3:], x[2, ..., -3:])
    np.testing.assert_array_equal(x[0] + x[3], x[1] + x[2])


def test_connectedness_labels_are_true_and_ink_alone_does_not_tell(rng):
    x, y = data.connectedness(400, size=7, rng=rng)
    assert x.shape == (400, 1, 7, 7)
    assert np.bincount(y).tolist() == [200, 200]
    assert [data.is_connected(figure) for figure in x[:, 0]] == y.astype(bool).tolist()
    ink = x.sum(axis=(1, 2, 3))
    assert abs(ink[y == 0].mean() - ink[y == 1].mean()) < 0.5 * ink.std()


@pytest.mark.parametrize(
    "make",
    [
        lambda rng: data.two_moons(9, rng=rng),
        lambda rng: data.spirals(9, rng=rng),
        lambda rng: data.connectedness(9, rng=rng),
        lambda rng: (data.shift_and_rotate(np.ones((2, 1, 5, 4)), rng=rng), 0),
    ],
)
def test_one_seed_gives_one_set(make):
    x, y = make(np.random.default_rng(5))
    again, y_again = make(np.random.default_rng(5))
    np.testing.assert_array_equal(x, again)
    np.testing.assert_array_equal(y, y_again)
    with pytest.raises(TypeError, match="rng as a numpy Generator.*got int"):
        make(5)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda rng: data.two_moons(1, rng=rng), "two_moons expects n of at least 2; got 1"),
        (lambda rng: data.spirals(9, noise=-1, rng=rng), "spirals expects noise of at least 0"),
        (lambda rng: data.spirals(9, turns=np.nan, rng=rng), "spirals expects turns"),
        (lambda rng: data.connectedness(9, size=3, rng=rng), "size of at least 4; got 3"),
        (lambda rng: data.four_bars(width=2), "width of at least 5; got 2"),
        (
            lambda rng: data.shift_and_rotate(np.ones((5, 4)), rng=rng),
            r"\(n, c, h, w\); got \(5, 4",
        ),
        (
            lambda rng: data.shift_and_rotate(np.ones((1, 1, 5, 4)), shift=-1, rng=rng),
            "shift_and_rotate expects shift of at least 0",
        ),
    ],
)
def test_bad_input_is_named(rng, make, words):
    with pytest.raises(ValueError, match=words):
        make(rng)


def test_curves_are_bishops():
    curves = data.curves()
    assert set(curves) == {"x2", "sin_x", "sin_pi_x", "abs", "heaviside"}
    x, y = curves["heaviside"]
    assert x.shape == y.shape == (50, 1)
    assert (x[0], x[-1]) == (-1, 1)
    assert y.ravel().tolist() == [0] * 25 + [1] * 25
    np.testing.assert_allclose(curves["sin_pi_x"][1], np.sin(np.pi * x))
    assert len(data.curves(7)["abs"][0]) == 7
