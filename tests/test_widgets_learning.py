"""Widgets about units and learning: their numbers are the library's and the decks'."""

import numpy as np
import pytest

from coursekit.widgets import UnitWidget
from coursekit.widgets.unit import model as unit

# One unit.


@pytest.mark.parametrize("function", unit.FUNCTIONS)
def test_slopes_of_a_unit_are_the_derivatives(rng, function):
    for w1, w2, b, x1, x2 in rng.uniform(-2, 2, (20, 5)):
        widget = UnitWidget(function=function, w1=w1, w2=w2, b=b, x1=x1, x2=x2, alpha=0.3)
        a, y, slope = widget.answer()
        assert a == pytest.approx(w1 * x1 + w2 * x2 + b)
        for name, found in zip(("w1", "w2", "b"), widget.slopes(), strict=True):
            start, values = getattr(widget, name), []
            for change in (1e-6, -1e-6):
                setattr(widget, name, np.clip(start + change, -2, 2))
                values.append(widget.answer()[1])
            setattr(widget, name, start)
            assert found == pytest.approx((values[0] - values[1]) / 2e-6, abs=1e-6)
        assert slope >= 0
        assert widget.answer() == (a, y, slope)


def test_leaky_units_leak_upwards():
    """Deck 000 prints −α below 0; the slope is +α."""
    for function in unit.WITH_ALPHA:
        widget = UnitWidget(function=function, w1=-1, w2=0, b=0, x1=1.5, x2=0, alpha=0.2)
        assert widget.answer() == pytest.approx((-1.5, -0.3, 0.2))


@pytest.mark.parametrize(
    ("function", "b", "verdict"),
    [
        ("linear", -2, "linear"),
        ("step", 2, "step"),
        ("logistic", 0, "sloped"),
        ("logistic", 2, "sloped"),
        ("tanh", 0.5, "sloped"),
        ("tanh", -2.0, "sloped"),
        ("ReLU", 1, "on"),
        ("ReLU", 0, "off"),
        ("ReLU", -1, "off"),
        ("leaky ReLU", -1, "leaking"),
        ("PReLU", -1, "learning α"),
        ("PReLU", 1, "on"),
    ],
)
def test_verdicts_of_a_unit(function, b, verdict):
    widget = UnitWidget(function=function, b=b, w1=1, w2=-1, x1=0.5, x2=0.5)
    assert widget.verdict() == verdict
    assert "{" not in widget.sentence()


def test_saturation_begins_at_a_twentieth_of_the_largest_slope():
    """σ′(a) is 5 % of ¼ at |a| = 4.36, tanh′(a) is 5 % of 1 at half of that."""
    for function, edge in [("logistic", 4.3567), ("tanh", 2.1783)]:
        for a, verdict in [(edge - 0.001, "sloped"), (edge + 0.001, "saturated")]:
            widget = UnitWidget(function=function, w1=a / 4, x1=2, w2=a / 4, x2=2, b=0)
            assert widget.verdict() == verdict


def test_unit_presets_keep_their_word():
    widget = UnitWidget()
    widget.preset("works")
    assert widget.answer()[2] > 0.9
    widget.preset("fails")
    assert (widget.verdict(), widget.answer()[2] < 0.005) == ("saturated", True)
    widget.preset("puzzles")
    assert widget.verdict() == "off"
    np.testing.assert_array_equal(widget.outputs(), 0)
    widget.b = -1.9
    assert widget.outputs().max() > 0


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("function", "sine", "function is one of 'linear', .*; got 'sine'"),
        ("w1", 2.5, "w1 is a number from -2 to 2; got 2.5"),
        ("alpha", -0.1, "alpha is a number from 0 to 1; got -0.1"),
    ],
)
def test_unit_refuses_and_says_why(name, value, message):
    with pytest.raises(ValueError, match=message):
        UnitWidget(**{name: value})
