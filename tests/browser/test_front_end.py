"""The pages compute what Python computes: each formula of a view.js against its model.py."""

import json

import numpy as np
import pytest

from coursekit.filters import convolve2d, steer
from coursekit.widgets import DescentWidget, SteeringWidget
from coursekit.widgets.descent import model as descent
from coursekit.widgets.steering import model as steering

LOAD = """async (source) => {
  window.view = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
}"""


@pytest.fixture
def run(browser):
    """run(widget class, expression) evaluates JavaScript with the widget's module as `view`."""
    page = browser.new_page()
    loaded = []

    def evaluate(widget, expression, **values):
        if loaded != [widget]:
            page.evaluate(LOAD, widget._esm)
            loaded[:] = [widget]
        names = ", ".join(values)
        return page.evaluate(f"({{{names}}}) => {expression}", json.loads(json.dumps(values)))

    yield evaluate
    page.close()


@pytest.mark.parametrize("name", descent.SURFACES)
def test_descent_walks_the_same_path(run, rng, name):
    surface = descent.SURFACES[name]
    for lr, momentum in zip(10 ** rng.uniform(-3, 0.3, 40), rng.uniform(0, 0.99, 40), strict=True):
        points, losses, arrival, verdict = run(
            DescentWidget,
            """{
              const points = view.descend(surface, lr, momentum, steps);
              const losses = points.map((point) => view.loss(surface, point));
              const arrival = view.arrival(losses, arrived);
              return [points, losses, arrival, view.verdict(points, losses, arrived)];
            }""",
            surface=surface._asdict(),
            lr=lr,
            momentum=momentum,
            steps=descent.N_STEPS,
            arrived=descent.ARRIVED,
        )
        path = descent.descend(surface, lr, momentum)
        loss = descent.losses(surface, path)
        np.testing.assert_allclose(np.array(points, float), path, rtol=1e-12)
        np.testing.assert_allclose(np.array(losses, float), loss, rtol=1e-12)
        assert (arrival, verdict) == (descent.arrival(loss), descent.verdict(path, loss))


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


@pytest.mark.parametrize(
    ("value", "words"),
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
    ],
)
def test_numbers_in_words(run, value, words):
    assert run(SteeringWidget, "view.number(value)", value=value) == words


RENDER = """(state) => {
  const model = { get: (name) => state[name], on() {}, off() {} };
  view.default.render({ model, el: document.body });
}"""


def rendered(browser, widget, **state):
    """A page with nothing but the widget, without a model behind it."""
    page = browser.new_page()
    page.evaluate(LOAD, widget._esm)
    known = {name: getattr(widget, name) for name in ("_page", "_error", *widget.controls)}
    page.evaluate(RENDER, json.loads(json.dumps(known | state)))
    return page


def test_parts_that_are_left_out_are_not_there(browser):
    page = rendered(browser, DescentWidget(hide="momentum, presets"))
    assert page.locator("input[type=range]").evaluate_all("all => all.map(e => e.name)") == ["lr"]
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
