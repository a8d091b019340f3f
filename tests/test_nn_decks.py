"""The decks' ways of writing backpropagation give our gradients; Bishop's figure 5.3."""

import numpy as np
import pytest
import scipy.optimize

from coursekit import data, nn


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


@pytest.fixture
def network(rng):
    """4 inputs, 5 and 3 sigmoid units with biases, and 6 examples."""
    model = nn.Sequential(
        nn.Linear(4, 5, rng=rng), nn.Sigmoid(), nn.Linear(5, 3, rng=rng), nn.Sigmoid()
    )
    return model, rng.standard_normal((6, 4)), rng.random((6, 3))


def test_deltas_of_deck_003_give_the_modules_gradients(network):
    """One example after the other, gradients added up (deck 003, lines 372–416).

    W^(l)_ij leads from j in layer l to i in layer l + 1, as z = Wx asks for (erratum A13).
    """
    model, x, y = network
    w1, w2 = model[0].params["weight"], model[2].params["weight"]
    b1, b2 = model[0].params["bias"], model[2].params["bias"]
    added = {"0.weight": 0, "0.bias": 0, "2.weight": 0, "2.bias": 0}
    for example, target in zip(x, y, strict=True):
        a1 = example
        z2 = w1 @ a1 + b1
        a2 = sigmoid(z2)
        z3 = w2 @ a2 + b2
        a3 = sigmoid(z3)
        delta3 = -(target - a3) * sigmoid(z3) * (1 - sigmoid(z3))
        delta2 = (w2.T @ delta3) * sigmoid(z2) * (1 - sigmoid(z2))
        added["2.weight"] = added["2.weight"] + np.outer(delta3, a2)
        added["2.bias"] = added["2.bias"] + delta3
        added["0.weight"] = added["0.weight"] + np.outer(delta2, a1)
        added["0.bias"] = added["0.bias"] + delta2

    loss = nn.EuclideanLoss()
    loss.forward(model.forward(x), y)
    model.backward(loss.backward())
    for name, module, key in model.named_parameters():
        np.testing.assert_allclose(module.grads[key], added[name], rtol=1e-12)


def test_a_step_of_deck_003_is_sgd_on_the_mean(network):
    """W ← W − η (1/M) ΔW (deck 003, line 443): EuclideanLoss, and lr = η/M."""
    model, x, y = network
    loss = nn.EuclideanLoss()
    loss.forward(model.forward(x), y)
    model.backward(loss.backward())
    before = model[2].params["weight"].copy()
    nn.SGD(model, lr=0.7 / len(x)).step()
    expected = before - 0.7 * model[2].grads["weight"] / len(x)
    np.testing.assert_allclose(model[2].params["weight"], expected, rtol=1e-13)


def test_matrices_of_deck_004_give_the_modules_gradients(network):
    """y = φ(xw + b); δˣ = δʸwᵀ ∘ φ′; Δw = xᵀδʸ, for all examples at once (lines 119–153).

    The deck's w is (inputs, outputs), the transpose of ours.
    """
    model, x, target = network
    w, v = model[0].params["weight"].T, model[2].params["weight"].T
    hidden = sigmoid(x @ w + model[0].params["bias"])  # (m, 4) (4, 5) -> (m, 5)
    y = sigmoid(hidden @ v + model[2].params["bias"])  # (m, 5) (5, 3) -> (m, 3)
    delta_y = (y - target) * y * (1 - y)
    delta_hidden = delta_y @ v.T * hidden * (1 - hidden)

    loss = nn.EuclideanLoss()
    loss.forward(model.forward(x), target)
    model.backward(loss.backward())
    np.testing.assert_allclose(model[2].grads["weight"], (hidden.T @ delta_y).T, rtol=1e-12)
    np.testing.assert_allclose(model[0].grads["weight"], (x.T @ delta_hidden).T, rtol=1e-12)


def test_slopes_of_the_2_3_1_network_written_out(rng):
    """∂L/∂v₂ = −(Y − F) h₂ and ∂L/∂w₂ = −(Y − F) v₁ φ′ x₂ (deck 004, lines 28–80)."""
    model = nn.models.net_2_3_1(rng=rng)
    x, target = rng.standard_normal((1, 2)), np.array([[0.3]])
    loss = nn.EuclideanLoss()
    f = model.forward(x)
    loss.forward(f, target)
    model.backward(loss.backward())
    w, v = model[0].params["weight"], model[2].params["weight"][0]
    h = sigmoid(w @ x[0])
    error = -(target - f).item()
    np.testing.assert_allclose(model[2].grads["weight"][0, 1], error * h[1], rtol=1e-12)
    w2 = error * v[0] * h[0] * (1 - h[0]) * x[0, 1]
    np.testing.assert_allclose(model[0].grads["weight"][0, 1], w2, rtol=1e-12)


def test_index_convention_of_deck_003(vectors):
    example = vectors["nptel_index_convention"]
    layer = nn.Linear(3, 2, bias=False, rng=None)
    layer.params["weight"] = np.array(example["W_2x3"])
    z = layer.forward(np.array([example["x3"]]))
    np.testing.assert_allclose(z[0], example["z_eq_Wx"])
    slope = layer.backward(np.array([example["delta_next"]]))
    np.testing.assert_allclose(slope[0], example["WT_delta"])


@pytest.mark.parametrize("name", ["x2", "sin_x", "sin_pi_x", "abs", "heaviside"])
def test_three_tanh_units_fit_the_curves_of_bishops_figure(name, vectors):
    x, y = data.curves()[name]
    model = nn.models.mlp((1, 3, 1), "Tanh", rng=np.random.default_rng(8))
    evaluate = nn.objective(model, nn.EuclideanLoss(), x, y)
    options = {"maxiter": 600, "ftol": 1e-15, "gtol": 1e-10}
    found = scipy.optimize.minimize(
        evaluate, nn.parameters_to_vector(model), jac=True, method="L-BFGS-B", options=options
    )
    nn.vector_to_parameters(found.x, model)
    table = vectors["bishop_5_3"]["best_of_20_seeds_LBFGS"][name]
    assert len(found.x) == vectors["bishop_5_3"]["n_params"]
    assert np.abs(model.forward(x) - y).max() < 2 * table["max_abs_err"]
