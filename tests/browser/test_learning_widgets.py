"""Pages about units and learning compute what Python computes, and can be pointed at."""

import numpy as np
import pytest
from bare_page import rendered
from jupyter_page import next_frame

from coursekit import nn
from coursekit.widgets import BoundaryWidget, DescentWidget, FitWidget, UnitWidget
from coursekit.widgets.boundary import model as boundary
from coursekit.widgets.descent import model as descent
from coursekit.widgets.fit import model as fit
from coursekit.widgets.unit import model as unit


@pytest.mark.parametrize("function", unit.FUNCTIONS)
def test_activations_and_their_slopes_are_the_same(run, rng, function):
    a = np.append(rng.normal(0, 4, 50), [0, 30, -800])
    pairs = run(
        UnitWidget, "a.map((v) => view.activation(name, 0.3, v))", a=a.tolist(), name=function
    )
    expected = np.transpose(unit.activation(function, 0.3, a))
    np.testing.assert_allclose(pairs, expected, rtol=1e-12, atol=1e-15)


def says_the_same(page, widget):
    """Bring the page to the widget's state and compare its words with Python's."""
    state = {name: getattr(widget, name) for name in widget.controls}
    page.evaluate("(state) => move(state)", state)
    next_frame(page)
    assert page.locator(".ck-error").is_hidden()
    assert page.locator(".ck-status").inner_text() == widget.sentence()


def test_unit_says_what_python_says(browser, rng):
    page = rendered(browser, UnitWidget())
    for function in unit.FUNCTIONS:
        for w1, w2, b, x1, x2 in rng.uniform(-2, 2, (4, 5)).round(2):
            says_the_same(page, UnitWidget(function=function, w1=w1, w2=w2, b=b, x1=x1, x2=x2))
    page.close()


def test_alpha_is_off_without_a_part_and_moves_with_one(browser):
    page = rendered(browser, UnitWidget())
    slider = page.locator("input[name=alpha]")
    assert slider.is_disabled()
    page.get_by_text("PReLU", exact=True).click()
    page.locator("input[name=b]").fill("-2")
    next_frame(page)
    before = page.locator(".ck-status").inner_text()
    slider.fill("0.75")
    next_frame(page)
    assert page.locator(".ck-status").inner_text() != before
    page.close()


def test_example_is_dragged_over_the_plane(browser):
    page = rendered(browser, UnitWidget())
    box = page.locator(".ck-plane canvas").bounding_box()
    for u, v, place in [(0.5, 0.5, [0, 0]), (0.75, 0.25, [1, 1]), (0.25, 0.75, [-1, -1])]:
        page.mouse.move(box["x"] + u * box["width"], box["y"] + v * box["height"])
        page.mouse.down()
        page.mouse.up()
        found = page.evaluate("[state.x1, state.x2]")
        np.testing.assert_allclose(found, place, atol=0.03)
    page.close()


@pytest.mark.parametrize("name", descent.SURFACES)
def test_ways_down_are_the_same(run, rng, name):
    facts = DescentWidget().facts()
    largest = -2.8 if name == "Rosenbrock" else 0.3  # beyond, its paths double every difference
    for lr, momentum in zip(
        10 ** rng.uniform(-3, largest, 12), rng.uniform(0, 0.9, 12), strict=True
    ):
        settings = descent.Settings(
            lr,
            momentum,
            float(rng.choice([0, 0.25])),
            int(rng.choice(descent.BATCHES)),
            int(rng.integers(descent.N_SEEDS)),
        )
        expected = descent.walks(name, "all", settings)
        paths = run(
            DescentWidget,
            """view.outcome(name, "all", settings, facts).paths""",
            name=name,
            settings=settings._asdict(),
            facts=facts,
        )
        assert [path["runner"] for path in paths] == list(expected)
        for path, (runner, points) in zip(paths, expected.items(), strict=True):
            loss = descent.above(name, points, settings.decay)
            np.testing.assert_allclose(
                np.array(path["points"], float), points, rtol=1e-7, atol=1e-9
            )
            np.testing.assert_allclose(np.array(path["losses"], float), loss, rtol=1e-6, atol=1e-9)
            assert path["kind"] == descent.verdict(name, runner, points, settings)
            assert path["arrival"] == descent.arrival(loss)


def test_race_is_played_and_noise_is_renewed(browser):
    state = {"surface": "line fit", "method": "all", "batch": 4, "lr": 0.1, "momentum": 0.5}
    page = rendered(browser, DescentWidget(**state))
    lines = page.locator("polyline.ck-run")
    assert lines.count() == 2 * 6
    assert page.locator(".ck-keys span:visible").count() == 6
    before = page.locator("svg.ck-plot").first.inner_html()
    page.get_by_role("button", name="new noise (seed 0)").click()
    next_frame(page)
    assert page.evaluate("state.seed") == 1
    assert page.locator("svg.ck-plot").first.inner_html() != before
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("state.step > 2")
    page.get_by_role("button", name="Play").click()
    step = page.evaluate("state.step")
    points = lines.first.get_attribute("points").split()
    assert len(points) == step + 1 < 51
    page.close()


TASKS = [
    {"unit": "perceptron", "function": 14},
    {"unit": "perceptron", "data": "two moons"},
    {"unit": "logistic", "data": "two moons", "seed": 9},
    {"unit": "network", "hidden": 1, "seed": 3},
    {"unit": "network", "hidden": 5, "seed": 4, "data": "spirals"},
    {"unit": "network", "hidden": 8, "data": "your own", "points": [[1, 0.5, 1], [-1, 2, 0]]},
    {"unit": "network", "hidden": 3, "data": "your own"},
]


@pytest.mark.parametrize("state", TASKS, ids=lambda state: "-".join(map(str, state.values())))
def test_learners_go_the_same_way(run, state):
    widget = BoundaryWidget(**state, step=100)
    names = ("data", "function", "points", "unit", "hidden", "seed")
    learner = widget.learner()
    for step in (0, 1, 7, 100):
        widget.step = step
        learner = widget.learner()
        theta, wrong, separable = run(
            BoundaryWidget,
            """{
              const learner = new view.Learner(state, facts);
              return [learner.at(step), learner.wrong, view.separable(learner.points)];
            }""",
            state={name: getattr(widget, name) for name in names},
            facts=widget.facts(),
            step=step,
        )
        expected = nn.parameters_to_vector(learner)
        np.testing.assert_allclose(theta, expected, rtol=1e-6, atol=1e-6)
        np.testing.assert_array_equal(wrong[: len(widget.mistakes())], widget.mistakes())
        assert separable == boundary.separable(*widget.examples())


def test_boundary_says_what_python_says(browser):
    page = rendered(browser, BoundaryWidget())
    for preset in BoundaryWidget.presets:
        says_the_same(page, BoundaryWidget(**preset.state))
    for state in TASKS:
        for step in (0, 1, 60):
            says_the_same(page, BoundaryWidget(**state, step=step))
    page.close()


def test_points_are_put_and_taken_by_mouse_and_by_keys(browser):
    page = rendered(browser, BoundaryWidget(data="your own"))
    box = page.locator(".ck-plane canvas").bounding_box()
    corner = {"x": 0.25 * box["width"], "y": 0.25 * box["height"]}

    def click():
        page.mouse.click(box["x"] + corner["x"], box["y"] + corner["y"])
        next_frame(page)
        return page.evaluate("state.points")

    [(x, y, kind)] = click()
    assert (abs(x + 1) < 0.03, abs(y - 1) < 0.03, kind) == (True, True, 1)
    assert page.locator("circle.ck-one").count() == 1
    page.get_by_text("class 0").click()
    assert click() == []
    plane = page.get_by_role("group", name="Plane")
    plane.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowUp", "Enter"):
        page.keyboard.press(key)
        next_frame(page)
    page.wait_for_function("state.points.length === 1")
    assert page.evaluate("state.points") == [[0.2, 0.1, 0]]
    assert page.locator("rect.ck-zero").count() == 1
    page.keyboard.press("Enter")
    page.wait_for_function("state.points.length === 0")
    page.close()


@pytest.mark.parametrize("curve", fit.CURVES)
def test_fits_go_the_same_way(run, curve):
    for units, seed in [(1, 4), (3, 2), (8, 13)]:
        widget = FitWidget(curve=curve, units=units, seed=seed)
        thetas, errors = run(
            FitWidget,
            """{
              const fit = new view.Fit(state, facts);
              return [[0, 1, 5, 12].map((step) => fit.at(step)), (fit.at(150), fit.errors)];
            }""",
            state={"curve": curve, "units": units, "seed": seed},
            facts=widget.facts(),
        )
        for step, theta in zip((0, 1, 5, 12), thetas, strict=True):
            widget.step = step
            np.testing.assert_allclose(theta, widget.weights(), rtol=1e-6, atol=1e-6)
        widget.step = fit.LAST
        np.testing.assert_allclose(errors[:30], widget.errors()[:30], rtol=1e-5)
        assert errors[-1] == pytest.approx(widget.errors()[-1], rel=0.05)


def test_fit_is_drawn_with_its_units_and_told(browser):
    page = rendered(browser, FitWidget(units=1, step=0, seed=7))
    for preset in FitWidget.presets:
        says_the_same(page, FitWidget(**preset.state))
    for curve in fit.CURVES:
        for step, units in [(0, 1), (1, 5), (20, 2), (fit.LAST, 3)]:
            says_the_same(page, FitWidget(curve=curve, units=units, step=step))
    picture = page.locator("svg.ck-plot").first
    assert picture.locator(".ck-dashed").count() == 3
    assert picture.locator("circle.ck-target").count() == 50
    before = picture.inner_html()
    page.get_by_role("button", name="new weights (seed 2)").click()
    next_frame(page)
    assert picture.inner_html() != before
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("state.step > 2 && state.step < 150")
    page.close()


def test_places_in_plots_and_planes_are_read_out(browser):
    page = rendered(browser, UnitWidget(w1=1, w2=0, b=0, function="linear"))
    height = page.locator(".ck").bounding_box()["height"]
    box = page.locator(".ck-plane canvas").bounding_box()
    page.mouse.move(box["x"] + 0.75 * box["width"], box["y"] + 0.5 * box["height"])
    next_frame(page)
    x1, x2, y = page.locator(".ck-readout").nth(2).inner_text().replace(":", ",").split(", ")
    found = [float(value.replace("−", "-")) for value in (x1, x2, y)]
    np.testing.assert_allclose(found, [1, 0, 1], atol=0.03)
    assert page.locator(".ck").bounding_box()["height"] == height
    page.mouse.move(5, 5)
    assert page.locator(".ck-readout").nth(2).inner_text() == ""
    page.close()
    page = rendered(browser, FitWidget())
    axes = page.locator(".ck-axes").nth(1).bounding_box()
    page.mouse.move(axes["x"] + axes["width"] / 3, axes["y"] + axes["height"] / 2)
    step, error = page.locator(".ck-readout").nth(1).inner_text().split(", ")
    assert float(step) == pytest.approx(50, abs=1)
    assert float(error) == pytest.approx(0.01, rel=0.1)  # the axis is logarithmic
    page.close()
