"""Losses: values, slopes by difference quotients, the far ends, words for bad input."""

import numpy as np
import pytest

from coursekit import nn
from coursekit.nn.gradcheck import relative_error

SHAPE = (5, 3)
CASES = {
    "euclidean": (nn.EuclideanLoss, lambda rng: rng.standard_normal(SHAPE)),
    "mse": (nn.MSELoss, lambda rng: rng.standard_normal(SHAPE)),
    "bce": (nn.BCELoss, lambda rng: rng.random(SHAPE)),
    "nll": (nn.NLLLoss, lambda rng: rng.integers(0, 3, 5)),
    "cross-entropy": (nn.CrossEntropyLoss, lambda rng: rng.integers(0, 3, 5)),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_slope_is_the_difference_quotient(rng, case):
    loss, target = case[0](), case[1](rng)
    prediction = rng.standard_normal(SHAPE)
    value = loss.forward(prediction, target)
    slope = loss.backward()
    assert type(value) is float
    assert slope.shape == prediction.shape
    measured = nn.numeric_gradient(lambda p: loss.forward(p, target), prediction)
    assert relative_error(slope, measured) < 1e-6


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_types_stay(rng, case):
    loss, target = case[0](), case[1](rng)
    loss.forward(rng.standard_normal(SHAPE).astype(np.float32), target)
    assert loss.backward().dtype == np.float32


def test_mse_is_the_mean_and_euclidean_half_the_sum(rng):
    p, t = rng.standard_normal((2, *SHAPE))
    np.testing.assert_allclose(nn.MSELoss().forward(p, t), ((p - t) ** 2).mean())
    np.testing.assert_allclose(nn.EuclideanLoss().forward(p, t), ((p - t) ** 2).sum() / 2)


def test_cross_entropy_of_deck_001(vectors):
    """The deck's table is in probabilities y; the loss takes logits z, and dz/dy = 1/(y(1−y))."""
    loss = nn.BCELoss()
    for target, y, value, slope, *_ in vectors["cross_entropy"]["rows"]:
        z = np.array([np.log(y / (1 - y))])
        np.testing.assert_allclose(loss.forward(z, np.array([target])), value, atol=1e-12)
        np.testing.assert_allclose(loss.backward() / (y * (1 - y)), slope, atol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_logits_of_a_thousand_are_exact(dtype):
    z = np.array([[1000.0, -1000.0]], dtype)
    with np.errstate(all="raise", under="ignore"):
        bce = nn.BCELoss()
        assert bce.forward(z, np.array([[1.0, 0.0]])) == 0
        np.testing.assert_array_equal(bce.backward(), [[0, 0]])
        assert bce.forward(z, np.array([[0.0, 1.0]])) == 1000
        np.testing.assert_array_equal(bce.backward(), [[0.5, -0.5]])

        ce = nn.CrossEntropyLoss()
        assert ce.forward(z, np.array([0])) == 0
        np.testing.assert_array_equal(ce.backward(), [[0, 0]])
        assert ce.forward(z, np.array([1])) == 2000
        np.testing.assert_array_equal(ce.backward(), [[1, -1]])


def test_cross_entropy_is_softmax_then_nll(rng):
    z, labels = rng.standard_normal(SHAPE), rng.integers(0, 3, 5)
    log_p = np.log(nn.Softmax().forward(z))
    np.testing.assert_allclose(
        nn.CrossEntropyLoss().forward(z, labels), nn.NLLLoss().forward(log_p, labels)
    )


def test_small_differences_survive():
    """log1p: 1 − p of e^−40 is lost when written as log(1 − p), and is the whole loss here."""
    value = nn.BCELoss().forward(np.array([40.0]), np.array([1.0]))
    np.testing.assert_allclose(value, np.exp(-40), rtol=1e-12)


@pytest.mark.parametrize("loss", [nn.CrossEntropyLoss(), nn.NLLLoss()])
@pytest.mark.parametrize(
    ("target", "error", "words"),
    [
        ([0, 2, 3, 1, -1], ValueError, r"labels from 0 to 2; got target\[2\] = 3"),
        ([0, 2, -1, 1, 9], ValueError, r"labels from 0 to 2; got target\[2\] = -1"),
        ([0, 1], ValueError, r"labels of shape \(5,\); got \(2,\)"),
        ([0.0, 1, 2, 0, 1], TypeError, "labels as whole numbers; got float64"),
    ],
)
def test_bad_labels_are_named(loss, target, error, words):
    with pytest.raises(error, match=words):
        loss.forward(np.zeros(SHAPE), np.array(target))


@pytest.mark.parametrize(
    ("run", "error", "words"),
    [
        (
            lambda: nn.MSELoss().forward(np.ones((2, 1)), np.ones(2)),
            ValueError,
            r"MSELoss expects target of shape \(2, 1\); got \(2,\)",
        ),
        (
            lambda: nn.BCELoss().forward(np.ones((2, 2)), np.array([[0, 1], [1, 2]])),
            ValueError,
            r"targets from 0 to 1; got target\[1, 1\] = 2",
        ),
        (
            lambda: nn.BCELoss().forward(np.ones(2), np.array([0.5, np.nan])),
            ValueError,
            r"got target\[1\] = nan",
        ),
        (
            lambda: nn.CrossEntropyLoss().forward(np.ones(3), np.array([1])),
            ValueError,
            r"prediction of shape \(n, K\); got \(3,\)",
        ),
        (
            lambda: nn.EuclideanLoss().forward(np.ones(2, int), np.ones(2)),
            TypeError,
            "prediction as an array of floats; got int64 numbers",
        ),
        (
            lambda: nn.EuclideanLoss().forward(np.ones(2), np.array(["a", "b"])),
            TypeError,
            "target as an array of floats",
        ),
    ],
)
def test_bad_input_is_named(run, error, words):
    with pytest.raises(error, match=words):
        run()
