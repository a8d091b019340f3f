"""Three ways down one surface, and a network seen as one function of one vector."""

import numpy as np
import pytest

from coursekit import nn

BOWL = np.diag([1.0, 25.0])
CENTRE = np.array([2.0, -1.0])


def f(x):
    return 0.5 * (x - CENTRE) @ BOWL @ (x - CENTRE)


def gradient(x):
    return BOWL @ (x - CENTRE)


def hessian(x):
    return BOWL


def test_newton_lands_on_the_bottom_of_a_bowl_in_one_step():
    path = nn.newton(gradient, hessian, [5.0, 7.0], 3)
    assert path.shape == (4, 2)
    np.testing.assert_allclose(path[1:], [CENTRE] * 3, atol=1e-12)


def test_gradient_descent_on_x_squared_is_the_decks(vectors):
    example = vectors["gd_x2"]
    path = nn.gradient_descent(
        lambda x: x @ x, lambda x: 2 * x, [example["x0"]], 10, lr=example["eta"]
    )
    np.testing.assert_allclose(path[:, 0], example["xs"], rtol=0, atol=1e-12)
    assert path[:, 0] == pytest.approx(3 * 0.8 ** np.arange(11))


def test_a_line_search_always_goes_down_where_a_fixed_rate_flies_off():
    heights = [f(x) for x in nn.gradient_descent(f, gradient, [5.0, 7.0], 40)]
    assert (np.diff(heights) < 0).all()
    assert heights[-1] < 0.01 * heights[0]
    wild = nn.gradient_descent(f, gradient, [5.0, 7.0], 40, lr=0.1)  # 0.1 > 2/25
    assert f(wild[-1]) > heights[0]


def test_random_search_never_goes_up_and_knows_only_heights(rng):
    path = nn.random_search(f, [5.0, 7.0], 500, scale=0.3, rng=rng)
    heights = [f(x) for x in path]
    assert (np.diff(heights) <= 0).all()
    assert heights[-1] < 0.1


def test_what_is_known_of_the_surface_pays(rng):
    """Deck 002: curvature beats slope beats height, in steps on the same bowl."""
    start, enough = np.array([5.0, 7.0]), 1e-3
    paths = [
        nn.newton(gradient, hessian, start, 400),
        nn.gradient_descent(f, gradient, start, 400, lr=0.07),
        nn.random_search(f, start, 400, scale=0.3, rng=rng),
    ]
    steps = [next((i for i, x in enumerate(p) if f(x) < enough), 400) for p in paths]
    assert steps == sorted(steps)
    assert steps[0] == 1


def test_line_search_keeps_the_armijo_promise():
    x, p = np.array([5.0, 7.0]), -gradient(np.array([5.0, 7.0]))
    lr = nn.line_search(f, x, p, gradient(x))
    slope = gradient(x) @ p
    assert f(x + lr * p) <= f(x) + 1e-4 * lr * slope
    assert f(x + 2 * lr * p) > f(x) + 1e-4 * 2 * lr * slope  # the first that was good enough


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: nn.line_search(f, CENTRE + 1, gradient(CENTRE + 1), gradient(CENTRE + 1)),
            "uphill",
        ),
        (lambda: nn.newton(gradient, lambda x: np.zeros((2, 2)), [1, 2], 1), "Hessian is singular"),
        (lambda: nn.newton(gradient, hessian, [[1, 2]], 1), r"x of shape \(d,\); got \(1, 2\)"),
        (lambda: nn.gradient_descent(f, gradient, [1, 2], 3, lr=-1), "lr of at least 0"),
        (lambda: nn.gradient_descent(f, gradient, [1, 2], -1), "n_steps of at least 0"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()


@pytest.fixture
def problem(rng):
    model = nn.Sequential(nn.Linear(3, 4, rng=rng), nn.Tanh(), nn.Linear(4, 2, rng=rng))
    x, y = rng.standard_normal((5, 3)), rng.standard_normal((5, 2))
    return model, nn.EuclideanLoss(), x, y


def test_a_vector_holds_all_parameters_in_order(problem):
    model = problem[0]
    vector = nn.parameters_to_vector(model)
    assert vector.shape == (4 * 3 + 4 + 2 * 4 + 2,)
    np.testing.assert_array_equal(vector[12:16], model[0].params["bias"])
    nn.vector_to_parameters(2 * vector, model)
    np.testing.assert_array_equal(nn.parameters_to_vector(model), 2 * vector)
    np.testing.assert_array_equal(model[2].params["bias"], 2 * vector[-2:])
    doubled = 2 * vector
    nn.vector_to_parameters(doubled, model)
    model[0].params["bias"] += 1  # as a step of SGD does
    np.testing.assert_array_equal(doubled, 2 * vector)
    with pytest.raises(ValueError, match=r"vector of shape \(26,\); got \(25,\)"):
        nn.vector_to_parameters(vector[1:], model)


def test_the_objectives_gradient_is_that_of_its_value(problem):
    evaluate = nn.objective(*problem)
    theta = nn.parameters_to_vector(problem[0])
    measured = nn.numeric_gradient(lambda v: evaluate(v)[0], theta)
    np.testing.assert_allclose(evaluate(theta)[1], measured, rtol=1e-6, atol=1e-8)
