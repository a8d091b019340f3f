"""The pages compute what Python computes: each formula of a view.js against its model.py."""

import numpy as np
import pytest
from bare_page import known, rendered
from jupyter_page import next_frame

from coursekit.filters import convolve2d, steer
from coursekit.widgets import (
    BlendWidget,
    ConvolutionWidget,
    CoringWidget,
    DescentWidget,
    GraphWidget,
    Im2colWidget,
    MotionWidget,
    PoolingWidget,
    PyramidWidget,
    SteeringWidget,
    catalogue,
    words,
)
from coursekit.widgets.convolution import model as convolution
from coursekit.widgets.graph import model as graph
from coursekit.widgets.im2col import model as im2col
from coursekit.widgets.pooling import model as pooling
from coursekit.widgets.steering import model as steering


@pytest.mark.parametrize("order", steering.ORDERS)
def test_basis_responses_are_filters(run, rng, order):
    image = rng.random((31, 43))
    for (column, row), kernel in zip(
        steering.separable_basis(order), steering.basis(order), strict=True
    ):
        response = run(
            SteeringWidget,
            "[...view.convolveSeparable(image, shape, column, row)]",
            image=image.ravel().tolist(),
            shape=image.shape,
            column=column,
            row=row,
        )
        expected = convolve2d(image, kernel)
        error = abs(np.reshape(response, image.shape) - expected).max()
        assert error <= 1e-6 * abs(expected).max()


@pytest.mark.parametrize("order", steering.ORDERS)
@pytest.mark.parametrize("angle", [-135, 0, 33.3, 90])
def test_weights_are_filters(run, order, angle):
    weights = run(SteeringWidget, "view.steeringWeights(order, angle)", order=order, angle=angle)
    units = np.eye(order + 1)  # basis k alone has the weight of k
    np.testing.assert_allclose(weights, steer(units, np.deg2rad(angle)), atol=1e-15)


@pytest.mark.parametrize("operation", convolution.OPERATIONS)
@pytest.mark.parametrize("side", convolution.SIDES)
def test_window_sees_the_same(run, rng, operation, side):
    image, kernel = rng.normal(size=(7, 11)), rng.normal(size=(side, side))
    for stride, padding in [(1, 0), (2, 1), (3, 2)]:
        answer = run(
            ConvolutionWidget,
            "view.respond(view.padded(image, padding), view.laid(kernel, operation), stride)",
            image={"values": image.ravel().tolist(), "shape": image.shape},
            kernel=kernel.tolist(),
            operation=operation,
            stride=stride,
            padding=padding,
        )
        expected = convolution.respond(image, kernel, operation, stride, padding)
        assert tuple(answer["shape"]) == expected.shape
        np.testing.assert_allclose(answer["values"], expected.ravel(), atol=1e-12)


def test_graph_is_walked_back_the_same_way(run):
    for text, nodes in GraphWidget()._page["traces"].items():
        for step in range(graph.n_steps(graph.trace(text)) + 1):
            arrived = run(GraphWidget, "view.slopes(nodes, step)", nodes=nodes, step=step)
            assert arrived == graph.slopes(graph.trace(text), step)


@pytest.mark.parametrize("way", [(2, 1, 0), (3, 1, 1), (2, 2, 1)])
def test_columns_products_and_sums_are_the_same(run, way):
    answer = run(
        Im2colWidget,
        """{
          const columns = view.copied(table, picture);
          return [columns, view.multiplied(weight, columns), view.addedUp(table, columns, 24)];
        }""",
        table=im2col.tables()[" ".join(map(str, way))],
        picture=im2col.PICTURE.ravel().tolist(),
        weight=im2col.WEIGHTS[way[0]].tolist(),
    )
    expected = im2col.columns(*way), im2col.product(*way), im2col.sums(*way).ravel()
    for shown, wanted in zip(answer, expected, strict=True):
        np.testing.assert_array_equal(shown, wanted)


@pytest.mark.parametrize("kind", pooling.LAYERS)
@pytest.mark.parametrize("image", pooling.IMAGES)
def test_pooling_and_its_slopes_are_the_same(run, kind, image):
    picture = pooling.IMAGES[image]
    for size, stride, place in [(2, 2, 9), (3, 1, 35), (3, 2, 4), (4, 3, 3)]:
        y, slopes = run(
            PoolingWidget,
            """{
              const all = view.windows(image, size, stride);
              const y = all.map(({ seen }) => view.pool(seen, kind).y);
              return [y, view.sendBack(image, all, kind, size, place)];
            }""",
            image=picture.tolist(),
            kind=kind,
            size=size,
            stride=stride,
            place=place,
        )
        np.testing.assert_allclose(y, pooling.pool(picture, kind, size, stride).ravel(), rtol=1e-12)
        expected = pooling.send_back(picture, kind, size, stride, place)
        np.testing.assert_allclose(slopes, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (60, "60"),
        (-0.5, "−0.5"),
        (12345, "12300"),
        (1e5, "10⁵"),
        (-1e5, "−10⁵"),
        (4.2815e-5, "4.28·10⁻⁵"),
        (0.0014567, "0.00146"),
        (1.5e21, "1.5·10²¹"),
        (2.125, "2.13"),
        (-9.996, "−10"),
        (99950, "10⁵"),
        (1e-30, "10⁻³⁰"),
    ],
)
def test_numbers_in_words(run, value, text):
    assert run(SteeringWidget, "view.number(value)", value=value) == text == words.number(value)


# The page's words are shorter than Python's; test_picture_widgets.py compares what they count.
OWN_WORDS = (
    SteeringWidget,
    DescentWidget,
    PyramidWidget,
    BlendWidget,
    CoringWidget,
    MotionWidget,
)

OTHERS = {
    GraphWidget: [{"step": step} for step in range(6)],
    Im2colWidget: [
        {"kernel": 3, "padding": 1, "column": 5, "row": 7},
        {"kernel": 3, "padding": 1, "column": 0, "row": 0},
    ],
    PoolingWidget: [
        {"kind": kind, "size": 3, "stride": 1, "place": 13, "kernel": 5} for kind in pooling.LAYERS
    ],
    ConvolutionWidget: [{"operation": "convolution", "stride": 2, "kernel": "1×1", "place": 500}],
}


@pytest.mark.parametrize(
    "kind", [e.widget for e in catalogue() if e.widget not in OWN_WORDS], ids=lambda w: w.title
)
def test_page_says_what_python_says(browser, kind):
    page = rendered(browser, kind())
    for state in [preset.state for preset in kind.presets] + OTHERS.get(kind, []):
        widget = kind(**state)
        page.evaluate("(state) => move(state)", known(widget))
        next_frame(page)
        assert page.locator(".ck-status").inner_text() == widget.sentence()
    assert page.locator(".ck-error").is_hidden()
    page.close()


def test_parts_that_are_left_out_are_not_there(browser):
    page = rendered(browser, DescentWidget(hide="momentum, presets"))
    assert page.locator("input[type=range]").evaluate_all("all => all.map(e => e.name)") == [
        "lr",
        "decay",
        "step",
    ]
    assert page.locator(".ck-presets button").all_inner_texts() == ["start again"]
    assert page.locator(".ck-shown").inner_text() == DescentWidget.question
    assert page.locator(".ck-error").is_hidden()
    page.close()


def test_an_error_in_the_page_is_shown_there(browser):
    page = rendered(browser, SteeringWidget(), photo={"shape": [3, 4]}, images=[])
    error = page.locator(".ck-error")
    assert error.is_visible()
    assert error.inner_text().startswith("This picture could not be drawn. TypeError:")
    page.close()


def test_pixel_and_column_cell_find_each_other(browser):
    page = rendered(browser, Im2colWidget())

    def press(canvas, y, x, rows, columns):
        box = page.locator("canvas").nth(canvas).bounding_box()
        cell = min(box["height"] / rows, box["width"] / columns)  # centred in its frame
        middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.click(middle[0] + (x - columns / 2) * cell, middle[1] + (y - rows / 2) * cell)
        return page.evaluate("[state.row, state.column]")

    assert press(1, 1.5, 2.5, 3, 4) == [7, 1]  # channel 1, y 1, x 2 is first in window 1
    assert press(2, 5.5, 4.5, 8, 6) == [5, 4]  # a cell of the columns
    assert press(1, 1.5, 2.5, 3, 4) == [5, 4]  # the same pixel, in the window that is shown
    next_frame(page)
    assert "channel 1, y 1, x 2, copied 4 times" in page.locator(".ck-status").inner_text()
    page.close()


def test_window_is_dragged_and_kernel_is_written(browser):
    page = rendered(browser, ConvolutionWidget())
    box = page.locator("canvas").first.bounding_box()
    cell = box["width"] / 10
    for y, x, place in [(1.5, 1.5, 0), (5.5, 3.5, 34), (9.9, 9.9, 63)]:  # the window's middle
        page.mouse.move(box["x"] + x * cell, box["y"] + y * cell)
        page.mouse.down()
        page.mouse.up()
        assert page.evaluate("state.place") == place
    page.get_by_label("Kernel, row 0, column 2").fill("−2/8")
    page.keyboard.press("Tab")
    kernel = page.evaluate("state.kernel")
    expected = np.full((3, 3), 1 / 9)
    expected[0, 2] = -0.25
    np.testing.assert_array_equal(kernel, expected)
    next_frame(page)
    assert page.locator("select[name=kernel]").input_value() == "your own"
    page.get_by_label("Kernel, row 1, column 1").fill("two")
    page.keyboard.press("Tab")
    next_frame(page)
    assert page.evaluate("state.kernel") == kernel
    assert page.get_by_label("Kernel, row 1, column 1").input_value() == "0.111"
    page.close()
