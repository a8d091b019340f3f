"""Widgets about layers: their numbers are the library's and the decks', whatever the state."""

import numpy as np
import pytest

from coursekit.filters import convolve2d, correlate2d
from coursekit.widgets import ConvolutionWidget
from coursekit.widgets.convolution import model as convolution

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
