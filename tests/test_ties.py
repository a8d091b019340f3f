"""What must not hang on the last bit of a float: ties, thresholds, and choices of the largest.

The last bits of a matrix product differ from processor to processor, with the number of threads
and with the shape. Here they are changed on purpose (`shaken`), or the tests run as another
processor would compute (`.ci/kernels`), and whole numbers, orders and marks must stay.
"""

import importlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit import data, nn, unitviz
from coursekit._shared.ties import cancelled, ranked
from coursekit.applications import keypoints, match_histogram
from coursekit.checks import check
from coursekit.checks.answers import NotPassed
from coursekit.filters import dominant_orientation, gaussian_derivative_basis
from coursekit.widgets.unit import model as unit_model

KERNELS = Path(__file__).parent.parent / ".ci" / "kernels"
FLOATS = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def shaken(x, rng, bits=2):
    """x with every number moved by up to two of its last bits."""
    steps = rng.integers(-bits, bits + 1, np.shape(x))
    return x + steps.astype(x.dtype) * np.spacing(np.abs(x))


# --- order ---


@given(st.lists(st.integers(-4, 4), max_size=40), st.integers(0, 2**32 - 1))
def test_ranked_is_a_stable_sort_of_the_numbers_before_rounding(wanted, seed):
    values = shaken(1 + np.array(wanted, np.float64) / 7, np.random.default_rng(seed))
    order, ordered = ranked(values, 1e-12)
    assert order.tolist() == sorted(range(len(wanted)), key=wanted.__getitem__)
    assert len(np.unique(ordered)) == len(set(wanted))
    assert (np.diff(ordered) >= 0).all()
    np.testing.assert_allclose(ordered, values[order], atol=1e-12)


def test_ranked_takes_a_tolerance_for_each_value():
    values, tolerance = np.array([5.5, 5.0, 1.1, 1.0]), np.array([1.0, 1.0, 0.01, 0.01])
    order, ordered = ranked(values, tolerance)
    assert (order.tolist(), ordered.tolist()) == ([3, 2, 0, 1], [1.0, 1.1, 5.0, 5.0])


# --- nearest pictures ---


def small_network(rng, dtype, c, h, w):
    """A convolution and two linear layers on pictures (c, h, w); sizes that are no powers of 2."""
    make = {"rng": rng, "dtype": dtype}
    layers = {
        "conv": nn.Conv2d(c, 7, 3, **make),
        "relu": nn.ReLU(),
        "pool": nn.MaxPool2d(2),
        "flatten": nn.Flatten(),
    }
    _, *shape = nn.Sequential(dict(layers)).output_shape((1, c, h, w))
    return nn.Sequential(
        layers | {"fc": nn.Linear(*shape, 37, **make), "scores": nn.Linear(37, 11, **make)}
    )


@FLOATS
@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize(
    ("shape", "n_different", "n", "layer"),
    [
        ((1, 8, 9), 3, 7, "fc"),
        ((3, 13, 10), 5, 65, "scores"),
        ((2, 17, 21), 11, 131, "pool"),
        ((1, 28, 27), 20, 140, "fc"),
        ((5, 9, 7), 40, 200, "scores"),
    ],
)
def test_equal_pictures_are_found_in_the_order_of_the_gallery(
    shape, n_different, n, layer, metric, dtype, rng
):
    network = small_network(rng, dtype, *shape)
    pictures = rng.random((n_different, *shape)).astype(dtype)
    which = rng.integers(0, n_different, n)  # of each picture of the gallery
    gallery, queries = pictures[which], pictures[rng.integers(0, n_different, 6)]
    found = unitviz.nearest(network, queries, gallery, layer, k=n, metric=metric)
    assert (np.diff(found.distances) >= 0).all()
    for row, distances in zip(found.indices, found.distances, strict=True):
        for kind in range(n_different):
            places = np.flatnonzero(which[row] == kind)
            assert (np.diff(row[places]) > 0).all()
            assert len(np.unique(distances[places])) <= 1
    fewer = unitviz.nearest(network, queries, gallery, layer, k=3, metric=metric)
    np.testing.assert_array_equal(fewer.indices, found.indices[:, :3])


@FLOATS
def test_equal_pictures_stay_equal_where_a_large_part_of_the_features_cancels(dtype, rng):
    """Rounding errors are then far larger than what `nearest` takes for rounding."""
    network = small_network(rng, dtype, 2, 11, 9)
    network.layers["fc"].params["bias"] += dtype(1e5)
    scores = network.layers["scores"].params["weight"]
    scores -= scores.mean(axis=1, keepdims=True)  # 1e5 times their sum is taken away again
    pictures = rng.random((3, 2, 11, 9)).astype(dtype)
    which = rng.integers(0, 3, 130)
    found = unitviz.nearest(network, pictures, pictures[which], "scores", k=130)
    for row in found.indices:
        for kind in range(3):
            assert (np.diff(row[which[row] == kind]) > 0).all()


@FLOATS
def test_pictures_that_are_as_near_in_other_directions_count_as_equal(dtype, rng):
    network = nn.Sequential(
        {"flatten": nn.Flatten(), "fc": nn.Linear(35, 23, bias=False, rng=rng, dtype=dtype)}
    )
    query = rng.random((1, 1, 5, 7)).astype(dtype)
    step = rng.random((1, 1, 5, 7)).astype(dtype)
    factors = rng.permutation(np.repeat([-3, -2, -1, 1, 2, 3], 13))
    gallery = np.concatenate([query + dtype(factor / 8) * step for factor in factors])
    found = unitviz.nearest(network, query, gallery, "fc", k=78, metric="euclidean")
    assert found.indices[0].tolist() == np.argsort(abs(factors), kind="stable").tolist()
    gallery = np.concatenate([dtype(factor + 4) * query for factor in factors])
    found = unitviz.nearest(network, query, gallery, "fc", k=78)  # the angle is 0
    assert found.indices[0].tolist() == list(range(78))


# --- pictures ---


def symmetric_pictures():
    """Blobs with their middle on a sample and between samples, and a board of squares."""
    for n, sigma in ((40, 3), (41, 5), (64, 7.5)):
        y, x = np.mgrid[:n, :n] - (n - 1) / 2
        yield np.exp(-(y**2 + x**2) / (2 * sigma**2))
    yield (np.hypot(y, x) <= sigma).astype(float)
    yield (np.indices((48, 56)) // 8).sum(axis=0) % 2 / 1.0
    yield np.tile(np.exp(-(y**2 + x**2) / 60)[16:48, 16:48], (2, 3))


@FLOATS
@pytest.mark.parametrize("picture", list(symmetric_pictures()), ids=lambda p: f"{p.shape}")
def test_keypoints_of_symmetric_pictures_do_not_hang_on_the_last_bit(picture, dtype, rng):
    picture = picture.astype(dtype)
    points = keypoints(picture)
    assert len(points)
    for _ in range(2):
        others = keypoints(shaken(picture, rng))
        assert len(others) == len(points)
        for name in ("y", "x", "sigma", "response"):
            np.testing.assert_allclose(others[name], points[name], atol=2e-3)
        turn = np.angle(np.exp(1j * (others.angle - points.angle)))
        np.testing.assert_allclose(turn, 0, atol=1e-2)
    assert (np.diff(abs(points.response)) <= 0).all()


@pytest.mark.parametrize("sigma", [3, 4, 5, 7.5])
def test_a_blob_between_samples_is_one_place(sigma):
    y, x = np.mgrid[:46, :40] - np.array([22.5, 19.5])[:, None, None]
    points = keypoints(np.exp(-(y**2 + x**2) / (2 * sigma**2)))
    assert len(np.unique(np.stack([points.y, points.x]), axis=1).T) == 1
    assert abs(points.y[0] - 22.5) < 0.1 > abs(points.x[0] - 19.5)


@FLOATS
def test_a_flat_picture_has_no_keypoints_whatever_the_contrast(dtype):
    for value in (0.1, 0.3, 0.7, 123.4):
        assert len(keypoints(np.full((45, 38), value, dtype), contrast=0)) == 0


@FLOATS
def test_equal_values_keep_their_order_in_another_histogram(dtype, rng):
    for n in (20, 300, 5000):  # quick sorts keep the order of a few by chance
        values = rng.integers(0, 4, (5, n)).astype(dtype)
        made = match_histogram(values, rng.random((7, n)).astype(dtype)).ravel()
        for value in range(4):
            assert (np.diff(made[values.ravel() == value]) >= 0).all()


@FLOATS
def test_the_angle_across_upright_stripes_is_0_and_never_pi(dtype, rng):
    stripes = np.tile(np.sin(np.arange(61) / 3), (50, 1)).astype(dtype)
    for _ in range(5):
        angle, _ = dominant_orientation(shaken(stripes, rng), 2.0)
        assert angle.min() >= 0
        assert angle.max() < 1e-3


def test_of_two_filters_that_explain_a_saddle_as_well_the_first_is_taken(rng):
    """∂x∂y of a Gaussian is as much like ∂u² at 45° as like −∂u² at 135°."""
    _, saddle, _ = gaussian_derivative_basis(2, 1.3)
    middle = len(saddle) // 2
    weight = saddle[None, None, middle - 4 : middle + 5, middle - 4 : middle + 5]
    shakes = [shaken(weight, rng, bits=8) for _ in range(20)]
    fits = unitviz.fit_filters(np.concatenate([weight, -weight, weight[..., ::-1], *shakes]))
    assert {(fit.order, round(np.rad2deg(fit.angle))) for fit in fits} == {(2, 45)}


# --- sums that cancel ---


def test_cancelled_is_0_where_only_rounding_is_left():
    total = np.array([0.1 + 0.2 - 0.3, 0.1 + 0.2 - 0.25, -1e-20, 0])
    assert cancelled(total, np.array([0.6, 0.55, 1e-20, 0.0])).tolist() == [
        0.0,
        total[1],
        -1e-20,
        0,
    ]


@pytest.mark.parametrize("lr", [0.05, 0.1, 0.2, 0.3, 0.7, 3.0])
def test_the_learning_rate_of_a_perceptron_changes_none_of_its_mistakes(lr):
    """Weights start at 0, so that all of them only become lr times as large."""
    for x, y in data.boolean_functions().values():
        one, other = nn.Perceptron(2), nn.Perceptron(2)
        for _ in range(30):
            assert other.learn(x, y, lr) == one.learn(x, y)


def test_a_unit_on_its_line_is_off():
    unit = unit_model.Unit((1.0, 1.0), (0.1, 0.2), -0.3, "ReLU", 0.1)
    assert unit_model.total(unit) == 0
    assert unit_model.verdict(unit) == "off"


# --- marks ---


def test_a_line_through_a_corner_of_class_0_is_right_however_it_is_added_up():
    wrong_side = importlib.import_module("coursekit.checks.04_neurons_and_networks").wrong_side
    never = np.zeros(4, int)
    assert not wrong_side(0.1, 0.2, -0.3, never).any()
    assert not wrong_side(-0.7, 0.1, 0.6 - 0.6, never)[[0, 2]].any()
    either = np.array([0, 1, 1, 1])
    assert wrong_side(0.1, 0.1, -0.1, either).tolist() == [False, True, True, False]
    assert not wrong_side(0.1, 0.1, -0.05, either).any()


def test_a_network_for_xor_may_use_all_of_the_room_that_it_has():
    """Lines exactly where two bits that are wrong by 0.2 end, in terms that round."""

    def at_the_edge(scale):
        return lambda: (
            scale * np.ones((2, 2)),
            -scale * np.array([0.4, 1.6]),
            np.array([1.0, -1.0]),
            -0.5,
        )

    for scale in (1.0, 0.1, 0.3, 0.7, 1 / 3, 123.4):
        report = check("04_5_xor", at_the_edge(scale))
        assert report.passed, report.messages


def test_a_picture_that_just_fools_the_network_is_right_on_every_processor():
    """The score of the unit is raised until it is the largest in other bits than the check's."""
    check_fooled = importlib.import_module("coursekit.checks.09_neighbours").check_fooled
    W = np.eye(3)[:2]
    almost = np.array([[0.3, np.nextafter(0.3, 0), 0.5]])
    check_fooled(almost, W, 1, almost)
    with pytest.raises(NotPassed, match="largest score"):
        check_fooled(almost, W, 1, almost * [[1, 1 - 1e-6, 1]])


def test_an_experiment_at_a_rate_too_large_ends_at_the_same_digits_on_every_processor():
    """In float32 it reads 302, 303 or 304 of 1000, as the kernel of the processor has it."""
    experiment = importlib.import_module("coursekit.checks.08_training").experiment
    share, _, after = experiment(0.5, 0.95, 0.0)
    assert share == 0.304
    assert after == pytest.approx(2.0713, abs=1e-3)


# --- on other processors ---


@pytest.mark.needs("x86")
def test_all_of_this_on_two_other_processors():
    """Of a laptop with AVX2, and of one that is older; the night takes five and all tests."""
    quick = "not other_processors and not saddle"
    here = [str(Path(__file__)), "-n0", "-p", "no:cacheprovider", "-k", quick]
    asked = ["--kernels", "Haswell", "Nehalem", "--threads", "1", "--", *here]
    ran = subprocess.run([sys.executable, KERNELS, *asked], capture_output=True, text=True)
    lines = ran.stdout.splitlines()
    assert ran.returncode == 0, ran.stdout
    assert any("passed" in line for line in lines)
