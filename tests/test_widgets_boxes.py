"""Layer boxes: the worked example of deck 002 and the network of deck 004, every number."""

import numpy as np
import pytest

from coursekit import nn
from coursekit.widgets import LayerWidget
from coursekit.widgets.layers import model


def test_worked_example_is_the_decks(vectors):
    deck, (values, slopes) = vectors["mit_l13_backprop"], model.walk("deck 002")
    example = model.EXAMPLES["deck 002"]
    assert (example.w0, example.w1, example.y) == (deck["W0"], deck["W1"], deck["y"])
    for name in ("x0", "x1", "x2"):
        np.testing.assert_allclose(values[name], deck[name], rtol=1e-14)
    np.testing.assert_allclose(values["x3"], [[deck["x3"]]], rtol=1e-14)
    np.testing.assert_allclose(values["loss"], [[deck["loss"]]], rtol=1e-14)
    np.testing.assert_allclose(slopes["x3"], [[deck["dL_dx3"]]], rtol=1e-14)
    for name in ("x2", "x1"):
        np.testing.assert_allclose(slopes[name], deck[f"dL_d{name}"], rtol=1e-14)
    for name in ("W0", "W1"):
        expected = deck[f"dL_d{name}_numerator_layout"]
        np.testing.assert_allclose(slopes[name.lower()], expected, rtol=1e-14)


@pytest.mark.parametrize("sign", [1, -1])
def test_update_of_the_deck_and_its_sign(vectors, sign):
    """The deck adds with η = −0.2; we subtract with +0.2. The other sign climbs (erratum A6)."""
    deck = vectors["mit_l13_backprop"]
    new = LayerWidget(eta=-deck["eta"] * sign).updated()
    if sign == -1:
        assert new["loss"] == pytest.approx(deck["wrong_loss_if_eta_positive_0p2"], rel=1e-13)
        return
    np.testing.assert_allclose(new["w0"], deck["W0_new"], rtol=1e-14)
    np.testing.assert_allclose(new["w1"], deck["W1_new"], rtol=1e-14)
    assert not np.allclose(new["w0"], deck["wrong_if_not_transposed"])  # erratum A8
    assert new["loss"] == pytest.approx(deck["loss_after"], rel=1e-13)


def test_network_of_deck_004_written_out():
    """∂L/∂v₂ = −(Y − F) h₂ and ∂L/∂w₂ = −(Y − F) v₁ φ′ x₂; w is W₀ᵀ and v is W₁ᵀ."""
    example, (values, slopes) = model.EXAMPLES["deck 004"], model.walk("deck 004")
    f, h = values["x3"][0][0], np.array(values["x2"])[:, 0]
    assert slopes["w1"][1][0] == pytest.approx(-(example.y - f) * h[1])
    slope = -(example.y - f) * example.w1[0][0] * h[0] * (1 - h[0]) * example.x0[1]
    assert slopes["w0"][1][0] == pytest.approx(slope)
    net = nn.models.net_2_3_1(rng=np.random.default_rng(0))
    net[0].params["weight"], net[2].params["weight"] = np.array(example.w0), np.array(example.w1)
    assert net.forward(np.array([example.x0])).item() == pytest.approx(f)


@pytest.mark.parametrize("name", model.EXAMPLES)
def test_factors_multiply_to_what_they_are_said_to_give(name):
    for verdict, result, _, factors in model.STEPS:
        if len(factors) == 2:
            left, right = (np.array(model.matrix(name, key)) for key in factors)
            np.testing.assert_allclose(left @ right, model.matrix(name, result), rtol=1e-13)
            said = model.words(name, [s[1] for s in model.STEPS].index(result), 0.2)
            shapes = "·".join(f"({m.shape[0]}×{m.shape[1]})" for m in (left, right))
            assert said[0] == verdict
            assert shapes in said[1]


def test_sentence_of_the_last_steps_follows_eta():
    widget = LayerWidget(step=model.LAST)
    assert widget.sentence() == "Again. x₃ = 0.377, and the loss falls from 0.0175 to 0.00759."
    widget.eta = -0.2
    assert widget.sentence() == "Again. x₃ = 0.25, and the loss rises from 0.0175 to 0.0314."
    widget.eta = 0
    assert "stays from 0.0175 to 0.0175" in widget.sentence()
    widget.step = model.LAST - 1
    assert widget.sentence().endswith("W₁ = (1 −1), W₀ = (1 −3; 0.2 1).")
