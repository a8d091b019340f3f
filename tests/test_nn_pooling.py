"""Pooling: the decks' 8×8 grid, slopes, ties, words for bad input."""

import numpy as np
import pytest

from coursekit import nn

POOLS = {
    "max": lambda: nn.MaxPool2d((2, 3)),
    "max, overlapping": lambda: nn.MaxPool2d((3, 2), 1),
    "max, padded": lambda: nn.MaxPool2d((3, 2), (2, 1), 1),
    "max, gaps": lambda: nn.MaxPool2d(1, (2, 3)),
    "min": lambda: nn.MinPool2d((3, 2), (1, 2), (1, 0)),
    "average": lambda: nn.AvgPool2d((2, 3)),
    "average, padded": lambda: nn.AvgPool2d((3, 2), (1, 2), 1),
    "L1": lambda: nn.LPPool2d(1, (2, 3)),
    "L2": lambda: nn.LPPool2d(2, (3, 2), (1, 2)),
    "L3": lambda: nn.LPPool2d(3.0, 2),
    "features": lambda: nn.L2PoolFeatures(2),
    "features, overlapping": lambda: nn.L2PoolFeatures(3, 1),
}


def spread_out(rng, shape):
    """Numbers of both signs with gaps between them, so that no slope is checked at a kink."""
    size = np.prod(shape)
    return (rng.permutation(size) - size / 2 + 0.25).reshape(shape) / size


@pytest.mark.parametrize("make", POOLS.values(), ids=POOLS)
def test_slopes_and_shapes(rng, make):
    layer = make()
    x = spread_out(rng, (2, 4, 5, 7))
    assert nn.gradcheck(layer, x) < 1e-6
    assert layer.output_shape(x.shape) == layer.forward(x).shape


@pytest.mark.parametrize("make", [lambda: nn.MaxPool1d(3, 2, 1), lambda: nn.AvgPool1d(2, 3)])
def test_slopes_and_shapes_1d(rng, make):
    x = spread_out(rng, (2, 4, 9))
    assert nn.gradcheck(make(), x) < 1e-6
    assert make().output_shape(x.shape) == make().forward(x).shape


@pytest.mark.parametrize("make", POOLS.values(), ids=POOLS)
def test_types_stay(rng, make):
    layer = make()
    y = layer.forward(rng.standard_normal((2, 4, 5, 7)).astype(np.float32))
    assert y.dtype == layer.backward(y).dtype == np.float32


@pytest.fixture
def grid(vectors):
    grid = vectors["maxpool_8x8"]
    return np.array(grid["input"], float)[None, None], grid


@pytest.mark.parametrize(
    ("layer", "key"),
    [
        (nn.MaxPool2d(2), "max"),
        (nn.MinPool2d(2), "min"),
        (nn.AvgPool2d(2), "avg"),
        (nn.LPPool2d(2, 2), "l2"),
        (nn.MaxPool2d(3, 2), "max_3x3_stride2_valid"),
    ],
)
def test_the_grid_of_deck_004(grid, layer, key):
    x, numbers = grid
    np.testing.assert_allclose(layer.forward(x)[0, 0], numbers[key], rtol=1e-14)


def test_slope_of_the_grid_of_deck_004(grid):
    x, numbers = grid
    layer = nn.MaxPool2d(2)
    layer.forward(x)
    dx = layer.backward(np.array(numbers["upstream_1_to_16"], float)[None, None])
    np.testing.assert_array_equal(dx[0, 0], numbers["grad_input_for_upstream"])
    np.testing.assert_array_equal(np.argwhere(dx[0, 0]), sorted(numbers["argmax_rowmajor"]))


def test_homework_of_deck_002(vectors):
    homework = vectors["homework_maxpool1d"]
    layer = nn.MaxPool1d(2)
    y = layer.forward(np.array(homework["x"])[None, None])
    np.testing.assert_array_equal(y[0, 0], homework["out"])
    dx = layer.backward(np.array(homework["upstream"])[None, None])
    np.testing.assert_array_equal(dx[0, 0], homework["dL_dx_first_tie"])
    assert layer.params == {}


@pytest.mark.parametrize("cls", [nn.MaxPool2d, nn.MinPool2d])
def test_ties_go_to_the_first_row_by_row(cls):
    layer = cls((2, 3), 1)
    layer.forward(np.zeros((1, 1, 3, 4)))
    dx = layer.backward(np.array([[[[1.0, 2.0], [3.0, 4.0]]]]))
    np.testing.assert_array_equal(dx[0, 0], [[1, 2, 0, 0], [3, 4, 0, 0], [0, 0, 0, 0]])


def test_padding_never_wins():
    y = nn.MaxPool2d(2, padding=1).forward(np.full((1, 1, 2, 2), -5.0))
    np.testing.assert_array_equal(y, np.full((1, 1, 2, 2), -5.0))


def test_nan_is_not_hidden():
    x = np.zeros((1, 1, 2, 4))
    x[0, 0, 1, 0] = np.nan
    for layer in (nn.MaxPool2d(2), nn.MinPool2d(2), nn.AvgPool2d(2), nn.LPPool2d(2, 2)):
        np.testing.assert_array_equal(np.isnan(layer.forward(x)), [[[[True, False]]]])


def test_lp_pool_of_zeros_has_slope_zero():
    layer = nn.LPPool2d(2, 2)
    layer.forward(np.zeros((1, 1, 2, 2)))
    np.testing.assert_array_equal(layer.backward(np.ones((1, 1, 1, 1))), np.zeros((1, 1, 2, 2)))


def test_l2_over_features_takes_neighbouring_channels(rng):
    x = rng.standard_normal((2, 5, 3))
    y = nn.L2PoolFeatures(3, 2).forward(x)
    want = [np.sqrt((x[:, :3] ** 2).sum(axis=1)), np.sqrt((x[:, 2:] ** 2).sum(axis=1))]
    np.testing.assert_allclose(y, np.stack(want, axis=1), rtol=1e-14)


@pytest.mark.parametrize(
    ("run", "error", "words"),
    [
        (lambda: nn.MaxPool2d(0), ValueError, "kernel_size of at least 1; got 0"),
        (lambda: nn.MaxPool2d(2, padding=2), ValueError, r"half the kernel \(2, 2\); got \(2, 2\)"),
        (lambda: nn.LPPool2d(0.5, 2), ValueError, "norm_type of at least 1 and finite; got 0.5"),
        (lambda: nn.L2PoolFeatures(2.0), TypeError, "size as a whole number; got 2.0"),
        (
            lambda: nn.MaxPool2d(2).forward(np.ones((2, 3, 4))),
            ValueError,
            r"MaxPool2d expects x of shape \(n, c, h, w\); got \(2, 3, 4\)",
        ),
        (
            lambda: nn.AvgPool1d(2).forward(np.ones((2, 3, 4, 5))),
            ValueError,
            r"AvgPool1d expects x of shape \(n, c, l\)",
        ),
        (
            lambda: nn.MinPool2d((3, 2)).forward(np.ones((1, 1, 2, 2))),
            ValueError,
            r"MinPool2d: kernel \(3, 2\) is larger than the padded input \(2, 2\)",
        ),
        (
            lambda: nn.MaxPool2d(2).forward(np.ones((1, 1, 2, 2), int)),
            TypeError,
            "floats; got int64 numbers",
        ),
        (
            lambda: nn.L2PoolFeatures(4).forward(np.ones((2, 3, 5, 5))),
            ValueError,
            r"L2PoolFeatures: kernel \(4,\) is larger than the padded input \(3,\)",
        ),
    ],
)
def test_bad_input_is_named(run, error, words):
    with pytest.raises(error, match=words):
        run()
