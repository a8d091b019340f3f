"""Widgets about units and learning: their numbers are the library's and the decks'."""

import numpy as np
import pytest

from coursekit import data, nn
from coursekit.widgets import BoundaryWidget, DescentWidget, FitWidget, UnitWidget
from coursekit.widgets.boundary import model as boundary
from coursekit.widgets.descent import model as descent
from coursekit.widgets.fit import model as fit
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


# Ways down a surface. What gradient descent alone does on x² and in the bowl: test_widgets.py.

SURFACES = pytest.mark.parametrize("name", descent.SURFACES)


@SURFACES
def test_slope_and_curvature_belong_to_the_height(rng, name):
    surface = descent.SURFACES[name]
    for w in rng.uniform(-2, 2, (5, len(surface.start))):
        for i, axis in enumerate(np.eye(len(w))):
            high, low = w + 1e-5 * axis, w - 1e-5 * axis
            slope = (surface.height(high) - surface.height(low)) / 2e-5
            bend = (surface.gradient(high) - surface.gradient(low)) / 2e-5
            assert surface.gradient(w)[i] == pytest.approx(slope, rel=1e-5, abs=1e-5)
            np.testing.assert_allclose(surface.hessian(w)[i], bend, rtol=1e-5, atol=1e-4)


@SURFACES
@pytest.mark.parametrize("decay", [0, 0.01, 0.3, 0.5])
def test_bottom_is_the_lowest_place(rng, name, decay):
    place = descent.bottom(name, decay)
    around = place + rng.normal(0, 1e-3, (200, len(place)))
    lowest = descent.cost(name, place, decay)
    assert (descent.cost(name, around, decay) >= lowest - 1e-12).all()
    paths = descent.walks(name, "all", descent.Settings(0.001, 0.5, decay))
    assert all((descent.cost(name, path, decay) >= lowest - 1e-9).all() for path in paths.values())


def test_batches_are_parts_of_an_epoch_and_their_mean_slope_is_the_slope():
    w = np.array([-1.0, 2.0])
    for seed in range(descent.N_SEEDS):
        for batch in descent.BATCHES:
            settings = descent.Settings(0.1, batch=batch, seed=seed)
            epoch = range(16 // batch, 2 * 16 // batch)
            slopes = [descent.gradient("line fit", w, settings, step) for step in epoch]
            whole = descent.SURFACES["line fit"].gradient(w)
            np.testing.assert_allclose(np.mean(slopes, axis=0), whole)
        assert len(descent.order(seed)) >= descent.N_STEPS * 4


def test_seed_makes_the_noise_and_small_batches_more_of_it():
    widget = DescentWidget(surface="line fit", lr=0.2, batch=1)
    ends = []
    for batch in descent.BATCHES:
        widget.batch, paths = batch, []
        for seed in range(descent.N_SEEDS):
            widget.seed = seed
            paths.append(widget.path()[-1])
        ends.append(np.std(paths, axis=0).max())
    assert ends[0] > 1.5 * ends[1] > 0.05
    assert ends[2] < 1e-12
    assert DescentWidget(surface="line fit", lr=0.2, batch=1).verdict() == "noisy"
    assert DescentWidget(surface="line fit", method="Newton", batch=1).verdict() == "converged"


def test_decay_leads_nearer_to_zero():
    sizes = [np.linalg.norm(descent.bottom("line fit", decay)) for decay in (0, 0.1, 0.3, 0.5)]
    assert sizes == sorted(sizes, reverse=True)
    widget = DescentWidget(surface="line fit", decay=0.5, lr=0.3)
    np.testing.assert_allclose(widget.path()[-1], descent.bottom("line fit", 0.5), atol=1e-5)


@SURFACES
def test_race_is_the_librarys(name):
    surface, settings = descent.SURFACES[name], descent.Settings(0.001, 0.6)
    paths = descent.walks(name, "all", settings)
    assert list(paths) == list(descent.RACE)
    expected = {
        "gradient descent": nn.gradient_descent(
            surface.height, surface.gradient, surface.start, 50, lr=0.001
        ),
        "line search": nn.gradient_descent(surface.height, surface.gradient, surface.start, 50),
        "Newton": nn.newton(surface.gradient, surface.hessian, surface.start, 50),
        "random search": nn.random_search(
            surface.height, surface.start, 50, scale=0.5, rng=np.random.default_rng(0)
        ),
    }
    for runner, path in expected.items():
        np.testing.assert_allclose(paths[runner], path, rtol=1e-9, atol=1e-12)
    assert "with momentum" not in descent.walks(name, "all", descent.Settings(0.001))


@SURFACES
def test_random_search_keeps_what_is_lower_of_its_tries(name):
    widget, ends = DescentWidget(surface=name, method="random search", decay=0.25), set()
    for seed in range(descent.N_SEEDS):
        widget.seed = seed
        path, loss = widget.path(), widget.losses()
        tried = descent.tries(seed)[: 50 * path.shape[1]].reshape(50, -1)
        there = path[:-1] + descent.TRY * tried
        lower = descent.cost(name, there, 0.25) < descent.cost(name, path[:-1], 0.25)
        np.testing.assert_allclose(path[1:], np.where(lower[:, None], there, path[:-1]))
        assert (np.diff(loss) <= 0).all()
        assert widget.verdict() in ("too slow", "converged")
        ends.add(tuple(path[-1]))
    assert len(ends) == descent.N_SEEDS


def test_adam_steps_by_the_learning_rate_whatever_the_slope():
    """Each of its first steps is η against the sign of the slope."""
    for name, surface in descent.SURFACES.items():
        start, first = descent.walk(name, "Adam", descent.Settings(0.1), n_steps=1)
        np.testing.assert_allclose(
            first - start, -0.1 * np.sign(surface.gradient(start)), atol=1e-6
        )


@pytest.mark.parametrize(
    ("surface", "method", "lr", "verdict"),
    [
        ("bowl", "Newton", 0.1, "converged"),
        ("saddle", "Newton", 0.1, "stuck"),
        ("saddle", "gradient descent", 0.3, "converged"),
        ("Rosenbrock", "Newton", 0.1, "converged"),
        ("Rosenbrock", "gradient descent", 0.001, "too slow"),
        ("Rosenbrock", "gradient descent", 0.1, "diverging"),
        ("Rosenbrock", "line search", 0.1, "too slow"),
        ("x²", "Adam", 0.3, "converged"),
        ("bowl", "Adam", 2.0, "oscillating"),
    ],
)
def test_verdicts_of_methods(surface, method, lr, verdict):
    widget = DescentWidget(surface=surface, method=method, lr=lr)
    assert widget.verdict() == verdict
    assert np.isfinite(widget.path()).all()
    assert "{" not in widget.sentence()


def test_race_is_told_in_words():
    widget = DescentWidget(surface="bowl", method="all", lr=0.03, momentum=0.7)
    said = widget.sentence()
    assert "with momentum 28 steps" in said
    assert "Newton 1 step, random search too slow." in said
    assert "gradient descent too slow" in said


# Decision boundary.


def test_fourteen_of_sixteen_functions_are_separable(vectors):
    numbers, separable = vectors["xor"], []
    for function, name in enumerate(data.boolean_functions()):
        widget = BoundaryWidget(function=function, unit="perceptron", step=300)
        x, y = widget.examples()
        np.testing.assert_array_equal(y, [int(bit) for bit in name])
        separable.append(boundary.separable(x, y))
        assert (widget.mistakes()[-1] == 0) == separable[-1]
        assert (name in numbers["not_separable"]) != separable[-1]
        head = "Solved" if separable[-1] else "Never"
        assert widget.sentence().startswith(f"{head}: after 300 steps")
    assert sum(separable) == numbers["separable_count"]


def test_separable_means_that_a_line_is_found(rng):
    """Points on two sides of a line are separable; one point among the others' is not."""
    for _ in range(30):
        x = rng.normal(size=(int(rng.integers(6, 20)), 2))
        y = (x @ rng.normal(size=2) + 0.3 * rng.normal() > 0).astype(int)
        assert boundary.separable(x, y)
        corners = np.array([[-9, -8], [9, -9], [0, 9.5], [0.1, 0.2]])
        assert not boundary.separable(corners, np.array([0, 0, 0, 1]))
    assert not boundary.separable(np.array([[1.0, 2], [1, 2]]), np.array([0, 1]))
    line = np.array([[0.0, 0], [1, 0], [2, 0]])
    assert boundary.separable(line, np.array([0, 0, 1]))
    assert not boundary.separable(line, np.array([0, 1, 0]))
    assert boundary.separable(line, np.zeros(3, int))
    assert not any(boundary.separable(x, y) for x, y in boundary.TOYS.values())


def test_perceptron_is_the_librarys_shown_point_by_point():
    widget = BoundaryWidget(unit="perceptron", function=7)
    perceptron = nn.Perceptron(2)
    for passes in (1, 2, 3):
        perceptron.learn(*data.boolean_functions()["0111"])
        widget.step = 4 * passes
        learner = widget.learner()
        np.testing.assert_array_equal(learner.params["weight"], perceptron.params["weight"])
        np.testing.assert_array_equal(learner.params["bias"], perceptron.params["bias"])


def test_perceptron_never_rests_on_xor():
    widget = BoundaryWidget()
    widget.preset("fails")
    weights = set()
    for widget.step in range(200, 240):
        params = widget.learner().params
        weights.add((*params["weight"][0], *params["bias"]))
    assert len(weights) > 2
    assert widget.mistakes().min() > 0
    assert "so the rule never comes to rest" in widget.sentence()


def test_two_hidden_units_solve_xor_from_some_weights_only():
    widget = BoundaryWidget()
    widget.preset("works")
    assert widget.sentence().startswith("Solved")
    assert len(boundary.hidden_lines(widget.learner())[0]) == 2
    ends = []
    for widget.seed in range(boundary.N_SEEDS):
        ends.append(int(widget.mistakes()[-1]))
    assert 0 in ends
    assert max(ends) > 0
    widget.hidden = 1
    assert widget.mistakes().min() > 0  # one line of whatever kind is not enough


def test_more_hidden_units_unwind_the_spirals():
    widget = BoundaryWidget(data="spirals", step=300)
    ends = []
    for widget.hidden in (1, 4, 8):
        ends.append(int(widget.mistakes()[-1]))
    assert ends[0] > 5 * ends[1]
    assert ends[2] == 0


def test_first_weights_are_the_seeds():
    uniforms = boundary.uniforms()
    for seed in (0, 7):
        widget = BoundaryWidget(seed=seed, hidden=5)
        weight = widget.learner()[0].params["weight"].ravel()
        np.testing.assert_allclose((2 * uniforms[seed, :10] - 1) / np.sqrt(2), weight)


def test_points_by_hand_join_in():
    widget = BoundaryWidget(data="your own", unit="logistic")
    assert "0 of 0 points" in widget.sentence()
    widget.points = [(-1, 0.5, 0), (1, 0.5, 1), (1.5, 1, 1)]
    widget.step = 100
    assert widget.points[0] == [-1.0, 0.5, 0]
    assert "Solved: after 100 steps, 0 of 3 points" in widget.sentence()
    widget.data = "Boolean"
    assert len(widget.examples()[0]) == 7


@pytest.mark.parametrize(
    ("points", "error"),
    [
        ("none", TypeError),
        ([["a", 0, 1]], TypeError),
        ([[0, 0]], ValueError),
        ([[0, 0, 2]], ValueError),
        ([[0, 4, 1]], ValueError),
        ([[0, float("nan"), 1]], ValueError),
        ([[0, 0, 1]] * 41, ValueError),
    ],
)
def test_points_are_refused_and_say_why(points, error):
    with pytest.raises(error, match=r"points is up to 40 rows \[x, y, class\], .*; got "):
        BoundaryWidget(points=points)


# Fit a function.


def test_what_others_reached_is_the_table(vectors):
    table = vectors["bishop_5_3"]
    assert len(FitWidget().weights()) == table["n_params"]
    for curve, name in fit.CURVES.items():
        best = table["best_of_20_seeds_LBFGS"][name]["max_abs_err"]
        assert fit.REACHED[curve] == pytest.approx(best, rel=0.01)


@pytest.mark.parametrize("curve", fit.CURVES)
def test_three_units_reach_what_others_did(curve):
    errors = FitWidget(curve=curve).errors()
    assert errors[-1] < 1.5 * fit.REACHED[curve]
    assert errors[0] > 100 * errors[-1] or curve == "|x|"


@pytest.mark.parametrize("units", [1, 2, 5, 8])
def test_fit_is_a_network_of_nn(units):
    widget = FitWidget(curve="sin πx", units=units, seed=11, step=0)
    x, y = fit.points("sin πx")
    model = nn.models.mlp((1, units, 1), "Tanh", rng=np.random.default_rng(11))
    evaluate = nn.objective(model, nn.EuclideanLoss(), x[:, None], y[:, None])
    np.testing.assert_array_equal(widget.weights(), nn.parameters_to_vector(model))
    for widget.step in (0, 4, 40):
        theta = widget.weights()
        loss, gradient = evaluate(theta)
        answer = fit.predict(theta, x)
        np.testing.assert_allclose(model.forward(x[:, None])[:, 0], answer, atol=1e-12)
        np.testing.assert_allclose(-fit.slopes(theta, x).T @ (y - answer), gradient, atol=1e-9)
        assert loss == pytest.approx(((y - answer) ** 2).sum() / 2)
        assert widget.errors()[-1] == pytest.approx(abs(y - answer).max(), rel=1e-9)


def test_first_weights_of_a_fit_are_the_seeds():
    uniforms = fit.uniforms()
    for seed, units in [(0, 8), (19, 3)]:
        theta = FitWidget(seed=seed, units=units, step=0).weights()
        np.testing.assert_allclose(2 * uniforms[seed, : 2 * units] - 1, theta[: 2 * units])


def test_training_never_makes_the_sum_of_squares_larger():
    for curve in fit.CURVES:
        x, y = fit.points(curve)
        state, squares = fit.start(4, 7), []
        for _ in range(60):
            squares.append(((y - fit.predict(state.theta, x)) ** 2).sum())
            state = fit.improve(state, x, y)
        assert (np.diff(squares) <= 0).all()


def test_fit_presets_keep_their_word():
    widget = FitWidget()
    widget.preset("works")
    assert widget.errors()[-1] < 1e-3
    widget.preset("fails")
    x = np.linspace(-1, 1, 400)
    slopes = np.diff(fit.predict(widget.weights(), x))
    assert (slopes >= 0).all() or (slopes <= 0).all()
    assert widget.errors()[-1] > 0.3
    widget.units = 3
    assert widget.errors()[-1] < 1e-3
    widget.preset("puzzles")
    x, y = fit.points("|x|")
    assert abs(x[abs(y - fit.predict(widget.weights(), x)).argmax()]) < 0.1
    corner = widget.errors()[-1]
    widget.curve = "Heaviside"
    assert widget.errors()[-1] < corner / 100


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("curve", "cos x", "curve is one of 'x²', .*; got 'cos x'"),
        ("units", 0, "units is a whole number from 1 to 8; got 0"),
        ("step", 151, "step is a whole number from 0 to 150; got 151"),
        ("seed", 20, "seed is a whole number from 0 to 19; got 20"),
    ],
)
def test_fit_refuses_and_says_why(name, value, message):
    with pytest.raises(ValueError, match=message):
        FitWidget(**{name: value})
