"""Shapes in chains of Jacobians, and Jacobians of layers."""

import numpy as np
import pytest

from coursekit import nn


def test_shapes_of_the_decks_chain(vectors):
    chain = vectors["chain_dims"]
    sizes = {name: chain[name] for name in "zux"}
    shapes = nn.jacobian_shapes(sizes)
    assert [list(shapes[f"d{p}"]) for p in ("z/du", "u/dx", "z/dx")] == [
        chain["dz_du"],
        chain["du_dx"],
        chain["dz_dx"],
    ]
    nn.check_chain(sizes, shapes)


def test_the_decks_label_is_refused_although_the_product_would_run(vectors):
    """Erratum A9: a 2×2 matrix times a 2×4 one works, but z has one component."""
    wrong = tuple(vectors["chain_dims"]["deck_label_for_dz_du"])
    words = r"dz/du expects shape \(1, 2\), as z has size 1 and u has size 2; got \(2, 2\)"
    with pytest.raises(ValueError, match=words):
        nn.check_chain({"z": 1, "u": 2, "x": 4}, {"dz/du": wrong})
    with pytest.raises(ValueError, match="dz/du"):
        nn.check_chain(
            {"z": 1, "u": 2, "x": 4}, {"du/dx": np.ones((2, 4)), "dz/du": np.ones((2, 2))}
        )


def test_unknown_factors_and_short_chains_are_refused():
    with pytest.raises(ValueError, match="this chain has dz/du, du/dx, dz/dx; got 'dx/du'"):
        nn.check_chain({"z": 1, "u": 2, "x": 4}, {"dx/du": (4, 2)})
    with pytest.raises(ValueError, match="two variables"):
        nn.jacobian_shapes({"z": 1})


def test_the_chain_rule_is_a_product_of_jacobians(rng):
    layers = nn.Linear(4, 3, rng=rng), nn.Tanh(), nn.Linear(3, 2, rng=rng)
    x = rng.standard_normal(4)
    factors, y = [], x
    for layer in layers:
        factors.append(nn.jacobian(layer, y))
        y = layer.forward(y[None])[0]
    whole = nn.jacobian(nn.Sequential(*layers), x)
    assert whole.shape == (2, 4)
    np.testing.assert_allclose(factors[2] @ factors[1] @ factors[0], whole, rtol=1e-12)
    np.testing.assert_array_equal(factors[0], layers[0].params["weight"])
    np.testing.assert_array_equal(factors[1], np.diag(np.diag(factors[1])))  # pointwise: diagonal
