"""Widgets about layers: their numbers are the library's and the decks', whatever the state."""

import numpy as np
import pytest

from coursekit.filters import convolve2d, correlate2d
from coursekit.nn import Conv2d, MaxPool2d
from coursekit.nn.graph import Value
from coursekit.widgets import ConvolutionWidget, GraphWidget, Im2colWidget, PoolingWidget
from coursekit.widgets.convolution import model as convolution
from coursekit.widgets.graph import formula, model
from coursekit.widgets.graph.widget import SIGMOID
from coursekit.widgets.im2col import model as columns
from coursekit.widgets.pooling import model as pooling

# Convolution and correlation.


def test_box_filter_is_the_decks(vectors):
    numbers = vectors["box_filter"]
    widget = ConvolutionWidget(image="deck 001", kernel="box 3×3")
    np.testing.assert_array_equal(widget.picture(), numbers["input_10x10"])
    np.testing.assert_allclose(widget.output(), numbers["output_8x8_valid"], atol=1e-12)


@pytest.mark.parametrize("name", convolution.KERNELS)
def test_window_is_a_filter(rng, name):
    kernel = convolution.KERNELS[name]
    image, same = rng.normal(size=(9, 13)), len(kernel) // 2
    for operation, filtered in [("correlation", correlate2d), ("convolution", convolve2d)]:
        out = convolution.respond(image, kernel, operation, 1, same)
        np.testing.assert_allclose(out, filtered(image, kernel, edges="constant"), atol=1e-12)
        every = convolution.respond(image, kernel, operation, 3, same)
        np.testing.assert_allclose(every, out[::3, ::3])


def test_products_add_up_to_the_output(rng):
    kernel = rng.normal(size=(3, 3)).tolist()
    for operation in convolution.OPERATIONS:
        widget = ConvolutionWidget(kernel=kernel, operation=operation, stride=2, padding=1)
        sums = []
        for place in range(widget.output().size):
            widget.place = place
            sums.append(widget.products().sum())
        np.testing.assert_allclose(sums, widget.output().ravel())
        widget.place = 10_000  # beyond the last place is the last
        assert widget.products().sum() == sums[-1]


def test_stamp_of_a_dot_tells_the_two_apart():
    widget = ConvolutionWidget()
    widget.preset("puzzles")
    corner = convolution.KERNELS["corner"]
    np.testing.assert_array_equal(widget.output()[1:4, 1:4], corner[::-1, ::-1])
    widget.operation = "convolution"
    np.testing.assert_array_equal(widget.output()[1:4, 1:4], corner)


def test_zeros_outside_darken_the_border():
    widget = ConvolutionWidget()
    widget.preset("fails")
    np.testing.assert_allclose(widget.output()[[0, 0, 4], [0, 4, 4]], [40, 60, 90])


@pytest.mark.parametrize(
    ("name", "value", "error", "message"),
    [
        (
            "kernel",
            "laplace",
            ValueError,
            r"one of box 3×3, .* \(k, k\) with k in 1, 3, 5; got 'la",
        ),
        ("kernel", np.ones((2, 2)), ValueError, r"got shape \(2, 2\)"),
        ("kernel", np.ones((3, 5)), ValueError, r"got shape \(3, 5\)"),
        ("kernel", [[1, 2], [3]], ValueError, r"got \[\[1, 2\], \[3\]\]"),
        ("kernel", [["1"]], TypeError, r"got \[\['1'\]\]"),
        ("kernel", [[np.nan]], ValueError, "a number that is not from −1000 to 1000"),
        ("image", "lena", ValueError, "image is one of 'deck 001', .*; got 'lena'"),
        ("stride", 4, ValueError, "stride is a whole number from 1 to 3; got 4"),
        ("padding", 0.5, TypeError, "padding is a whole number from 0 to 2; got 0.5"),
    ],
)
def test_convolution_refuses_and_says_why(name, value, error, message):
    with pytest.raises(error, match=message):
        ConvolutionWidget(**{name: value})


# Graph stepper.


def test_first_graph_is_the_decks(vectors):
    numbers = vectors["circuit_xyz"]
    widget = GraphWidget(step=5)
    slopes = dict(zip([n.name for n in widget.nodes()], widget.slopes(), strict=True))
    assert [slopes[name] for name in "xyz"] == [numbers[f"df_d{name}"] for name in "xyz"]
    assert widget.nodes()[-1].value == numbers["f"]


def test_sigmoid_circuit_is_the_decks(vectors):
    forward, grad = vectors["circuit_sigmoid"]["forward"], vectors["circuit_sigmoid"]["grad"]
    nodes = model.trace(SIGMOID)
    by_name = {node.name: node for node in nodes}
    for name in ("w0", "w1", "w2", "x0", "x1"):
        assert by_name[name].upstream == pytest.approx(grad[name], rel=1e-14)
    values = [node.value for node in nodes]
    for value in forward.values():
        assert min(abs(np.subtract(values, value))) < 1e-14


@pytest.mark.parametrize(
    ("text", "function", "point"),
    [
        ("(x + y) * z - x / y", lambda x, y, z: (x + y) * z - x / y, (-2, 5, -4)),
        (
            "tanh(x*y) - max(x, z)**2 / 3",
            lambda x, y, z: np.tanh(x * y) - max(x, z) ** 2 / 3,
            (0.5, 2, -1),
        ),
        (
            "exp(-x) * log(y) + sigmoid(z)",
            lambda x, y, z: np.exp(-x) * np.log(y) + 1 / (1 + np.exp(-z)),
            (1, 3, 2),
        ),
        ("1 / (x*x*x) + relu(y - z) + 2", lambda x, y, z: x**-3 + max(y - z, 0) + 2, (2, 3, 1)),
    ],
)
def test_slopes_are_the_derivatives(text, function, point):
    nodes = model.trace(f"{text} where x={point[0]}, y={point[1]}, z={point[2]}")
    assert nodes[-1].value == pytest.approx(function(*point))
    slopes = model.slopes(nodes, model.n_steps(nodes))
    for i, name in enumerate("xyz"):
        step = 1e-6 * np.eye(3)[i]
        numeric = (function(*(point + step)) - function(*(point - step))) / 2e-6
        place = [node.name for node in nodes].index(name)
        assert slopes[place] == pytest.approx(numeric, rel=1e-6, abs=1e-8)
        assert slopes[place] == pytest.approx(nodes[place].upstream)


def test_value_used_twice_gets_its_slope_in_two_parts():
    widget = GraphWidget()
    widget.preset("puzzles")
    assert "x gets" not in widget.sentence()
    widget.step += 1
    assert widget.sentence().count("x gets 1 · 3 = 3") == 2
    assert widget.slopes()[0] == 6


def test_steps_know_only_what_has_been_computed():
    nodes = model.trace(SIGMOID)
    count = len(model.operations(nodes))
    assert model.slopes(nodes, count) == [None] * len(nodes)
    known = [
        sum(s is not None for s in model.slopes(nodes, count + 1 + k)) for k in range(count + 1)
    ]
    assert known == sorted(known)
    assert (known[0], known[-1]) == (1, len(nodes))


@pytest.mark.parametrize(
    "text",
    [
        SIGMOID,
        "x*x + y where x=3, y=1",
        "x where x=1",
        "((a+b)*(c+d))*((a+c)*(b+d)) where a=1,b=2,c=3,d=4",
    ],
)
def test_nodes_stand_apart_and_after_their_inputs(text):
    if text.startswith("x where"):
        with pytest.raises(ValueError, match="makes 2 to 24 nodes; .* makes 1"):
            model.trace(text)
        return
    nodes = model.trace(text)
    for node in nodes:
        assert 0 <= node.x <= 1
        assert 0 < node.y < 1
        assert all(nodes[i].x < node.x for i in node.inputs)
        others = [other for other in nodes if other is not node and other.x == node.x]
        assert all(abs(other.y - node.y) > 0.19 for other in others)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x + y where x=1", "y needs a number: … where y=1"),
        ("x +", "a formula reads .* got 'x \\+'"),
        ("x + 1 where x", "a formula reads"),
        ("x + 1 where x=y", "a formula reads"),
        ("__import__('os') + x where x=1", "a formula is made of .*; got __import__\\('os'\\)"),
        ("x.data + 1 where x=1", r"got x\.data"),
        ("x + 'a' where x=1", "numbers are from −1000 to 1000; got 'a'"),
        ("x + 9**9**9 where x=1", "cannot be computed|−1000 to 1000"),
        ("x + 1e9 where x=1", "numbers are from −1000 to 1000; got 1000000000.0"),
        ("1 / x where x=0", "cannot be computed: .*division by zero"),
        ("log(x) where x=-1", "cannot be computed: .* of log"),
        ("x**100 * x**100 where x=1000", "cannot be computed: a number on the way is too large"),
        ("exp(exp(x)) where x=999", "cannot be computed"),
        ("exp(3) + x where x=1", "cannot be computed"),
        ("x ** y where x=1, y=2", "cannot be computed: Value \\*\\* n expects a plain number"),
        ("max(x) where x=1", "max takes 2 values; got 1"),
        ("3", "cannot be computed"),
        ("+".join("x" * 40) + " where x=1", "makes 2 to 24 nodes; .* makes 40"),
        ("x + " + "1 + " * 60 + "1 where x=1", "at most 120 letters"),
    ],
)
def test_formulas_are_refused_and_say_why(text, message):
    widget = GraphWidget()
    with pytest.raises(ValueError, match=message):
        widget.formula = text
    assert widget.trace["formula"] == widget.formula == "(x + y) * z where x=-2, y=5, z=-4"
    with pytest.raises(TypeError, match="a formula is a text; got 3"):
        widget.formula = 3


def test_own_formula_is_sent_with_its_nodes():
    widget = GraphWidget(formula="a * b where a=2, b=7")
    assert widget.trace["formula"] == widget.formula
    assert [node["value"] for node in widget.trace["nodes"]] == [2, 7, 14]
    assert isinstance(formula.read(widget.formula), Value)


# im2col.


@pytest.mark.parametrize("stride", columns.STRIDES)
@pytest.mark.parametrize("padding", columns.PADDINGS)
@pytest.mark.parametrize("kernel", columns.KERNELS)
def test_columns_are_a_convolution(rng, kernel, stride, padding):
    widget = Im2colWidget(kernel=kernel, stride=stride, padding=padding)
    layer = Conv2d(2, 2, kernel, stride, padding, bias=False, rng=rng)
    layer.params["weight"][:] = columns.WEIGHTS[kernel].reshape(2, 2, kernel, kernel)
    y = layer.forward(columns.PICTURE[None])
    np.testing.assert_array_equal(widget.product(), y.reshape(2, -1))
    assert widget.product().shape[1] <= widget.traits()["column"].high + 1
    assert len(widget.columns()) <= widget.traits()["row"].high + 1


def test_origins_tell_both_ways():
    for way in [(2, 1, 0), (3, 2, 1), (1, 1, 1)]:
        table, copies = columns.origins(*way), columns.columns(*way)
        np.testing.assert_array_equal(copies[table < 0], 0)
        np.testing.assert_array_equal(
            copies[table >= 0], columns.PICTURE.ravel()[table[table >= 0]]
        )
        counts = np.bincount(table[table >= 0], minlength=24).reshape(columns.SHAPE)
        np.testing.assert_array_equal(columns.sums(*way), counts * columns.PICTURE)


def test_im2col_presets_keep_their_word():
    widget = Im2colWidget()
    widget.preset("fails")
    assert "copied 4 times: col2im adds up 4 · 6 = 24" in widget.sentence()
    widget.preset("puzzles")
    np.testing.assert_array_equal(widget.sums()[:, :2], columns.PICTURE[:, :2])
    np.testing.assert_array_equal(widget.sums()[:, 2], 0)
    assert "adds up 1 · " in widget.sentence()


# Pooling.


def test_pooling_is_the_decks(vectors):
    numbers = vectors["maxpool_8x8"]
    widget = PoolingWidget(place=15)
    np.testing.assert_array_equal(widget.picture(), numbers["input"])
    for kind, name in [("max", "max"), ("min", "min"), ("average", "avg"), ("L2", "l2")]:
        widget.kind = kind
        np.testing.assert_allclose(widget.output(), numbers[name], rtol=1e-14)
    widget.kind = "max"
    np.testing.assert_array_equal(widget.slopes(), numbers["grad_input_for_upstream"])
    widget.size = 3
    np.testing.assert_array_equal(widget.output(), numbers["max_3x3_stride2_valid"])


def test_slopes_arrive_step_by_step():
    widget = PoolingWidget(place=0, size=3, stride=1, kind="L2")
    arrived = []
    for widget.place in range(36):
        arrived.append(widget.slopes())
    for place, change in enumerate(np.diff(arrived, axis=0), start=1):
        _, y, x = pooling.window(widget.picture(), 3, 1, place)
        outside = np.ones((8, 8), bool)
        outside[y : y + 3, x : x + 3] = False
        np.testing.assert_allclose(change[outside], 0, atol=1e-12)
        assert abs(change[~outside]).max() > 0.1


def test_first_of_equals_gets_the_slope():
    widget = PoolingWidget()
    widget.preset("puzzles")
    np.testing.assert_array_equal(widget.slopes()[::2, ::2], np.arange(1, 17).reshape(4, 4))
    assert widget.slopes().sum() == 136
    assert "4 are equal, and the first, at y 6, x 6, gets the whole slope 16" in widget.sentence()


def test_mean_of_ups_and_downs_is_nothing():
    widget = PoolingWidget()
    widget.preset("fails")
    np.testing.assert_array_equal(widget.output(), 0)
    for kind in ("max", "L2"):
        widget.kind = kind
        assert widget.output().min() >= 9


def test_receptive_field_is_what_moves_the_output(rng):
    picture = rng.normal(size=(1, 1, 12, 12))
    conv, pool = Conv2d(1, 1, 3, bias=False, rng=rng), MaxPool2d(2)

    def output(x):
        return pool.forward(conv.forward(x))[0, 0, 2, 2]

    seen = np.zeros((12, 12), bool)
    for y, x in np.ndindex(12, 12):
        for change in (100.0, -100.0):
            moved = picture.copy()
            moved[0, 0, y, x] += change
            seen[y, x] |= output(moved) != output(picture)
    assert (seen.any(axis=0).sum(), seen.any(axis=1).sum()) == (4, 4)
    assert "Behind a 3×3 convolution it sees 4 × 4 pixels." in PoolingWidget(kernel=3).sentence()


@pytest.mark.parametrize(
    ("widget", "name", "value", "message"),
    [
        (PoolingWidget, "kind", "median", "kind is one of 'max', 'average', 'min', 'L2'; got 'med"),
        (PoolingWidget, "kernel", 2, "kernel is one of 1, 3, 5; got 2"),
        (PoolingWidget, "kernel", True, "kernel is one of 1, 3, 5; got True"),
        (PoolingWidget, "size", 5, "size is a whole number from 2 to 4; got 5"),
        (Im2colWidget, "kernel", 4, "kernel is a whole number from 1 to 3; got 4"),
        (Im2colWidget, "row", -1, "row is a whole number from 0 to 17; got -1"),
    ],
)
def test_pooling_and_im2col_refuse_and_say_why(widget, name, value, message):
    with pytest.raises(ValueError, match=message):
        widget(**{name: value})
