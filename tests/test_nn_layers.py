"""Linear, Sequential and what every layer promises: types, slopes, words for bad input."""

import numpy as np
import pytest

from coursekit import nn


@pytest.fixture
def deck_002(vectors):
    """The network of deck 002's worked example, with its input and target."""
    example = vectors["mit_l13_backprop"]
    rng = np.random.default_rng(0)
    model = nn.Sequential(
        nn.Linear(2, 2, bias=False, rng=rng), nn.Tanh(), nn.Linear(2, 1, bias=False, rng=rng)
    )
    model[0].params["weight"] = np.array(example["W0"])
    model[2].params["weight"] = np.array(example["W1"])
    return model, np.array(example["x0"]).T, np.array([[example["y"]]]), example


def test_one_iteration_of_deck_002(deck_002):
    model, x, y, example = deck_002
    loss = nn.EuclideanLoss()
    exact = {"rtol": 0, "atol": 1e-12}

    x1 = model[0].forward(x)
    x2 = model[1].forward(x1)
    x3 = model[2].forward(x2)
    np.testing.assert_allclose(x1.T, example["x1"], **exact)
    np.testing.assert_allclose(x2.T, example["x2"], **exact)
    np.testing.assert_allclose(x3.item(), example["x3"], **exact)
    np.testing.assert_allclose(loss.forward(x3, y), example["loss"], **exact)

    dx3 = loss.backward()
    dx2 = model[2].backward(dx3)
    dx1 = model[1].backward(dx2)
    model[0].backward(dx1)
    np.testing.assert_allclose(dx3.item(), example["dL_dx3"], **exact)
    np.testing.assert_allclose(dx2, example["dL_dx2"], **exact)
    np.testing.assert_allclose(dx1, example["dL_dx1"], **exact)
    # The deck writes gradients transposed (numerator layout).
    np.testing.assert_allclose(
        model[0].grads["weight"].T, example["dL_dW0_numerator_layout"], **exact
    )
    np.testing.assert_allclose(
        model[2].grads["weight"].T, example["dL_dW1_numerator_layout"], **exact
    )


def test_deck_002_descends_as_the_table_says(deck_002):
    model, x, y, example = deck_002
    loss = nn.EuclideanLoss()
    losses = []
    for step in range(21):
        losses.append(loss.forward(model.forward(x), y))
        model.backward(loss.backward())
        for _, module, key in model.named_parameters():
            module.params[key] = module.params[key] + example["eta"] * module.grads[key]
        if step == 0:
            np.testing.assert_allclose(model[0].params["weight"], example["W0_new"], atol=1e-12)
            np.testing.assert_allclose(model[2].params["weight"], example["W1_new"], atol=1e-12)
    np.testing.assert_allclose(losses, example["loss_trajectory_20_steps"], rtol=0, atol=1e-12)


@pytest.mark.parametrize("bias", [True, False])
def test_linear_slopes(rng, bias):
    error = nn.gradcheck(nn.Linear(5, 3, bias=bias, rng=rng), rng.standard_normal((4, 5)))
    assert set(error.by_name) == {"x", "weight"} | ({"bias"} if bias else set())
    assert error < 1e-6


def test_sequential_slopes_and_names(rng):
    model = nn.Sequential(
        {"fc1": nn.Linear(5, 3, rng=rng), "f": nn.Tanh(), "fc2": nn.Linear(3, 2, rng=rng)}
    )
    error = nn.gradcheck(model, rng.standard_normal((4, 5)))
    assert set(error.by_name) == {"x", "fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"}
    assert error < 1e-6
    assert model.output_shape((4, 5)) == (4, 2)


def test_gradcheck_sees_a_wrong_slope_and_says_where(rng):
    class Wrong(nn.Linear):
        def backward(self, dy):
            dx = super().backward(dy)
            self.grads["bias"][1] *= 1.001
            return dx

    error = nn.gradcheck(Wrong(5, 3, rng=rng), rng.standard_normal((4, 5)))
    assert error > 1e-5
    assert error == error.by_name["bias"]
    assert error.by_name["weight"] < 1e-6


def test_gradcheck_refuses_a_slope_of_another_shape(rng):
    class Wrong(nn.Linear):
        def backward(self, dy):
            dx = super().backward(dy)
            self.grads["bias"] = self.grads["bias"][None]
            return dx

    with pytest.raises(ValueError, match=r"shape of its array, \(3,\); got \(1, 3\)"):
        nn.gradcheck(Wrong(5, 3, rng=rng), rng.standard_normal((4, 5)))


def test_gradcheck_leaves_the_layer_alone(rng):
    layer = nn.Linear(3, 2, rng=rng, dtype=np.float32)
    x = rng.standard_normal((4, 3))
    nn.gradcheck(layer, x)
    assert layer.params["weight"].dtype == np.float32
    assert layer.grads == {}


@pytest.mark.parametrize("kept", [np.float32, np.float64])
@pytest.mark.parametrize("given", [np.float32, np.float64])
def test_a_layer_computes_in_the_type_of_its_input(rng, kept, given):
    layer = nn.Linear(5, 3, rng=rng, dtype=kept)
    y = layer.forward(rng.standard_normal((4, 5)).astype(given))
    dx = layer.backward(y)
    assert layer.params["weight"].dtype == kept
    assert {a.dtype for a in (y, dx, *layer.grads.values())} == {np.dtype(given)}


def test_first_weights_fill_torchs_interval(rng):
    weight = nn.Linear(100, 70, rng=rng).params["weight"]
    assert 0.099 < np.abs(weight).max() <= 0.1
    np.testing.assert_allclose(weight.var(), 1 / 300, rtol=0.05)


def test_weights_that_are_not_drawn_take_no_memory():
    weight = nn.Linear(9216, 4096, rng=None).params["weight"]
    assert weight.shape == (4096, 9216)
    assert weight.strides == (0, 0)


@pytest.mark.parametrize(
    ("x", "error", "words"),
    [
        (np.ones((2, 4)), ValueError, r"Linear expects x of shape \(n, 5\); got \(2, 4\)"),
        (np.ones(5), ValueError, r"got \(5,\)"),
        (np.ones((0, 5)), ValueError, r"got \(0, 5\)"),
        (np.ones((2, 5), int), TypeError, "floats; got int64 numbers"),
        (np.ones((2, 5), complex), TypeError, "floats; got complex128 numbers"),
        ([[1.0] * 5], TypeError, "floats; got list"),
    ],
)
def test_linear_says_what_it_wanted_and_what_came(rng, x, error, words):
    with pytest.raises(error, match=words):
        nn.Linear(5, 3, rng=rng).forward(x)


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: nn.Linear(0, 3, rng=None), ValueError, "d_in of at least 1; got 0"),
        (lambda: nn.Linear(2, 3.0, rng=None), TypeError, "d_out as a whole number; got 3.0"),
        (lambda: nn.Linear(2, 3, rng=7), TypeError, "rng as a numpy Generator.*got int"),
        (lambda: nn.Linear(2, 3), TypeError, "rng"),
        (lambda: nn.Sequential(np.tanh), TypeError, "expects modules; '0' is of type ufunc"),
    ],
)
def test_constructors_say_what_they_wanted_and_what_came(make, error, words):
    with pytest.raises(error, match=words):
        make()


def test_euclidean_loss_is_half_the_sum_and_asks_for_one_shape():
    loss = nn.EuclideanLoss()
    assert (
        loss.forward(np.array([[1.0, 2.0], [3.0, 5.0]]), np.array([[0.0, 0.0], [0.0, 1.0]])) == 15
    )
    np.testing.assert_array_equal(loss.backward(), [[1, 2], [3, 4]])
    with pytest.raises(ValueError, match=r"target of shape \(2, 1\); got \(2,\)"):
        loss.forward(np.ones((2, 1)), np.ones(2))


@pytest.mark.parametrize(("scheme", "order"), [("forward", 1), ("central", 2)])
def test_difference_quotients_converge_at_their_order(scheme, order):
    def error(h):
        return abs(nn.numeric_gradient(lambda x: np.exp(x[0]), np.ones(1), h, scheme=scheme) - np.e)

    np.testing.assert_allclose(error(1e-2) / error(1e-3), 10**order, rtol=0.02)
