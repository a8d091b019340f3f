"""Activations, BatchNorm2d and Flatten: slopes, values, words for bad input."""

import warnings

import numpy as np
import pytest

from coursekit import nn

LAYERS = {
    "identity": nn.Identity,
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "relu": nn.ReLU,
    "leaky": lambda: nn.LeakyReLU(0.2),
    "prelu": nn.PReLU,
    "prelu per channel": lambda: nn.PReLU(3, 0.1),
    "softmax": nn.Softmax,
    "softmax, last axis": lambda: nn.Softmax(-1),
    "flatten": nn.Flatten,
    "batchnorm": lambda: nn.BatchNorm2d(3),
    "batchnorm, in use": lambda: used(nn.BatchNorm2d(3)),
}


def used(layer):
    """BatchNorm after some training: its averages, scale and shift are no longer 0 and 1."""
    rng = np.random.default_rng(1)
    for _ in range(5):
        layer.forward(rng.normal(2, 3, (4, 3, 2, 5)))
    layer.params["weight"] += rng.standard_normal(3)
    layer.params["bias"] += rng.standard_normal(3)
    return layer.eval()


def off_zero(rng, shape):
    """Normal numbers pushed away from 0, where some slopes have a kink."""
    x = rng.standard_normal(shape)
    return x + 0.01 * np.sign(x)


@pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS)
def test_slopes_types_and_shapes(rng, make):
    layer = make()
    x = off_zero(rng, (2, 3, 4, 5))
    error = nn.gradcheck(layer, x)
    assert set(error.by_name) == {"x", *layer.params}
    assert error < 1e-6

    y = layer.forward(x.astype(np.float32))
    dx = layer.backward(y)
    assert {a.dtype for a in (y, dx, *layer.grads.values())} == {np.dtype(np.float32)}
    assert y.shape == layer.output_shape(x.shape)
    assert dx.shape == x.shape


@pytest.mark.parametrize("make", [nn.Tanh, nn.PReLU, lambda: nn.PReLU(7), nn.Softmax])
def test_slopes_of_rows(rng, make):
    assert nn.gradcheck(make(), off_zero(rng, (4, 7))) < 1e-6


def test_step_has_slope_zero_and_says_so(rng):
    layer = nn.Step()
    np.testing.assert_array_equal(layer.forward(np.array([-2.0, 0.0, 1e-9, 3.0])), [0, 0, 1, 1])
    with pytest.warns(UserWarning, match="slope 0 everywhere, so that no layer below it learns"):
        assert not layer.backward(np.ones(4)).any()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert nn.gradcheck(layer, off_zero(rng, (3, 4))) < 1e-6


def test_values_at_the_ends_are_exact():
    """e^x overflows at 1000; nothing here may, or warn."""
    x = np.array([[-1000.0, 0.0, 1000.0]])
    with np.errstate(all="raise", under="ignore"):
        np.testing.assert_array_equal(nn.Sigmoid().forward(x), [[0, 0.5, 1]])
        np.testing.assert_array_equal(nn.Softmax().forward(x), [[0, 0, 1]])
        np.testing.assert_array_equal(nn.Tanh().forward(x), [[-1, 0, 1]])


def test_tanh_is_a_stretched_sigmoid(rng):
    x = rng.standard_normal(9)
    np.testing.assert_allclose(
        nn.Tanh().forward(x), 2 * nn.Sigmoid().forward(2 * x) - 1, atol=1e-15
    )


def test_sigmoid_of_deck_001(vectors):
    circuit = vectors["circuit_sigmoid"]
    layer = nn.Sigmoid()
    np.testing.assert_allclose(layer.forward(np.array([1.0])), circuit["sigma1"], atol=1e-15)
    np.testing.assert_allclose(layer.backward(np.ones(1)), circuit["sigma_prime_1"], atol=1e-15)


@pytest.mark.parametrize(
    ("layer", "want"),
    [
        (nn.ReLU(), [0, 0, 3]),
        (nn.LeakyReLU(0.1), [-0.2, 0, 3]),
        (nn.PReLU(), [-0.5, 0, 3]),
        (nn.LeakyReLU(), [-0.02, 0, 3]),
    ],
)
def test_rectifiers(layer, want):
    np.testing.assert_allclose(layer.forward(np.array([-2.0, 0.0, 3.0])), want, rtol=1e-15)


def test_nan_is_not_hidden():
    x = np.array([[np.nan, 1.0]])
    for layer in (nn.ReLU(), nn.LeakyReLU(), nn.PReLU(), nn.Sigmoid(), nn.Softmax()):
        assert np.isnan(layer.forward(x)[0, 0])


def test_batchnorm_normalises_and_remembers(rng):
    layer = nn.BatchNorm2d(3, momentum=0.25)
    x = rng.normal([[[2.0]], [[-3.0]], [[0.0]]], [[[1.0]], [[4.0]], [[0.5]]], (20, 3, 4, 5))
    y = layer.forward(x)
    np.testing.assert_allclose(y.mean(axis=(0, 2, 3)), 0, atol=1e-12)
    np.testing.assert_allclose(y.var(axis=(0, 2, 3)), 1, rtol=1e-4)
    np.testing.assert_allclose(layer.buffers["running_mean"], 0.25 * x.mean(axis=(0, 2, 3)))
    unbiased = x.var(axis=(0, 2, 3), ddof=1)
    np.testing.assert_allclose(layer.buffers["running_var"], 0.75 + 0.25 * unbiased)
    assert layer.buffers["num_batches_tracked"] == 1

    kept = {key: value.copy() for key, value in layer.buffers.items()}
    layer.eval().forward(x)
    for key, value in kept.items():
        np.testing.assert_array_equal(layer.buffers[key], value)


@pytest.mark.parametrize(
    ("run", "error", "words"),
    [
        (lambda: nn.Tanh().forward([1.0]), TypeError, "Tanh expects x as an array of floats; got"),
        (lambda: nn.ReLU().forward(np.arange(3)), TypeError, "floats; got int64 numbers"),
        (lambda: nn.PReLU(0), ValueError, "num_parameters of at least 1; got 0"),
        (
            lambda: nn.PReLU(4).forward(np.ones((2, 3, 4, 4))),
            ValueError,
            r"PReLU expects x of shape \(n, 4, …\); got \(2, 3, 4, 4\)",
        ),
        (lambda: nn.Softmax(2).forward(np.ones((2, 3))), ValueError, r"dim=2.*got \(2, 3\)"),
        (
            lambda: nn.BatchNorm2d(4).forward(np.ones((2, 3, 4, 4))),
            ValueError,
            r"BatchNorm2d expects x of shape \(n, 4, h, w\); got \(2, 3, 4, 4\)",
        ),
        (
            lambda: nn.BatchNorm2d(3).forward(np.ones((1, 3, 1, 1))),
            ValueError,
            r"more than one number per channel to train; got x \(1, 3, 1, 1\)",
        ),
    ],
)
def test_bad_input_is_named(run, error, words):
    with pytest.raises(error, match=words):
        run()
