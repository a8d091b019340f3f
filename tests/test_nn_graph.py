"""Scalar graphs: slopes against difference quotients, the decks' circuits, the trace."""

import math

import numpy as np
import pytest
from lanes import rotating

from coursekit import nn
from coursekit.nn.graph import Value


def formula(x, y, z):
    """Uses every operation, shares nodes, and stays away from kinks and poles."""
    a = (x * y + z).tanh() - 2 / (y**2 + 1)
    b = (x - z).maximum(y * 0.1).exp() * a.copy() + (-a).relu()
    return (b * b + 1.5).log() / (3 - a) + b.sigmoid() + (2 - x) * a.reciprocal() + 1 * b


@pytest.mark.parametrize("seed", rotating(5, of=500))
def test_slopes_agree_with_difference_quotients(seed):
    point = np.random.default_rng(seed).standard_normal(3)
    inputs = [Value(v) for v in point]
    formula(*inputs).backward()
    measured = nn.numeric_gradient(lambda p: formula(*map(Value, p)).data, point)
    np.testing.assert_allclose([v.grad for v in inputs], measured, rtol=1e-6, atol=1e-8)


def test_a_value_used_twice_gets_both_gradients_and_backward_starts_anew():
    x = Value(3.0)
    y = x * x + x
    y.backward()
    y.backward()
    assert x.grad == 7


def test_circuit_x_plus_y_times_z(vectors):
    c = vectors["circuit_xyz"]
    x, y, z = Value(c["x"], "x"), Value(c["y"], "y"), Value(c["z"], "z")
    q = (x + y).named("q")
    f = (q * z).named("f")
    trace = {step.name: step for step in f.trace()}
    assert (q.data, f.data) == (c["q"], c["f"])
    assert trace["q"].upstream == c["df_dq"]
    assert [trace[name].upstream for name in "xyz"] == [c["df_dx"], c["df_dy"], c["df_dz"]]
    assert trace["f"].local == (z.data, q.data)
    assert trace["f"].inputs == ("q", "z")


def test_sigmoid_circuit(vectors):
    c = vectors["circuit_sigmoid"]
    w0, w1, w2 = (Value(v, f"w{i}") for i, v in enumerate(c["w"]))
    x0, x1 = (Value(v, f"x{i}") for i, v in enumerate(c["x"]))
    total = ((w0 * x0).named("w0x0") + (w1 * x1).named("w1x1")).named("sum")
    dot = (total + w2).named("dot")
    neg = (dot * -1).named("neg")
    den = (neg.exp().named("exp") + 1).named("den")
    trace = {step.name: step for step in den.reciprocal().named("out").trace()}
    for name, value in c["forward"].items():
        assert trace[name].value == pytest.approx(value, abs=1e-12)
    for name, value in c["grad"].items():
        name = "exp" if name == "ex" else name
        assert trace[name].upstream == pytest.approx(value, abs=1e-12)
    one_node = dot.sigmoid()
    one_node.backward()
    assert one_node.data == pytest.approx(c["sigma1"], abs=1e-15)
    assert dot.grad == pytest.approx(c["sigma_prime_1"], abs=1e-15)


@pytest.mark.parametrize(
    ("gate", "make"),
    [
        ("add", lambda a, b: a + b),
        ("mul", lambda a, b: a * b),
        ("max", lambda a, b: a.maximum(b)),
    ],
)
def test_gates(vectors, gate, make):
    g = vectors["gates"][gate]
    a, b = map(Value, g["inp"])
    out = make(a, b)
    (out * g["up"]).backward()
    assert out.data == g["out"]
    assert [a.grad, b.grad] == g["grad"]


def test_the_copy_gate_adds(vectors):
    g = vectors["gates"]["copy"]
    x = Value(g["inp"])
    (x.copy() * g["ups"][0] + x.copy() * g["ups"][1]).backward()
    assert x.grad == g["grad"]


def test_the_first_wins_a_tie():
    a, b = Value(2.0), Value(2.0)
    a.maximum(b).backward()
    assert (a.grad, b.grad) == (1, 0)


def test_trace_lists_every_node_once_after_its_inputs():
    x = Value(2.0, "x")
    steps = ((x * x + 1) * x).trace()
    names = [step.name for step in steps]
    assert names == ["x", "× 1", "1", "+ 3", "× 4"]
    assert [step.op for step in steps] == ["input", "×", "constant", "+", "×"]
    for i, step in enumerate(steps):
        assert set(step.inputs) <= set(names[:i])
        assert len(step.local) == len(step.inputs)
    assert [step.upstream for step in steps] == [13, 2, 2, 2, 1]


def test_two_constants_of_one_size_keep_their_names_apart():
    names = [step.name for step in (Value(1.0, "x") * 2 + 2).trace()]
    assert len(set(names)) == len(names)


def test_a_chain_may_be_long():
    x = y = Value(1.0)
    for _ in range(20_000):
        y = y + 1e-4
    y.backward()
    assert y.data == pytest.approx(3)
    assert x.grad == 1


def test_sigmoid_does_not_overflow():
    for x, y in [(1000, 1), (-1000, 0)]:
        assert Value(x).sigmoid().data == y


def test_numpy_numbers_may_stand_on_the_left():
    product = np.float64(2) * Value(3)
    assert isinstance(product, Value)
    assert product.data == 6
    assert Value(np.float32(0.5)).data == 0.5


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: Value("3"), TypeError, "Value expects a number; got '3'"),
        (lambda: Value(np.ones(2)), TypeError, "a number"),
        (lambda: Value(1) + "x", TypeError, "a number; got 'x'"),
        (lambda: Value(2) ** Value(3), TypeError, "a plain number n"),
    ],
)
def test_bad_input_is_named(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_repr_shows_name_value_and_gradient():
    x = Value(2, "x")
    (x * 3).backward()
    assert repr(x) == "Value(x: 2, grad 3)"
    assert math.isclose(x.grad, 3)
