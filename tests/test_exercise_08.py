"""08_training_on_digits: changed solutions are rejected, and usual slips called by their names."""

from pathlib import Path

import numpy as np
import pytest
import right_08 as right
from mutants import reports_of_slip, survivors

from coursekit import nn

SOLUTION = Path(__file__).parent.parent / "solutions" / "08_training_on_digits.ipynb"

HARMLESS = {  # as right as the solution
    "08_3_network": {
        "h = np.maximum(x @ W0.T + b0, 0)",
        "return np.maximum(x @ W0.T + b0, 0) @ W1.T + b1",
    },
    "08_7_diverge": {"return 26.0"},
}


def test_every_changed_solution_is_rejected():
    count, passing = survivors(SOLUTION)
    assert count >= 90
    assert passing == {(task, line) for task, lines in HARMLESS.items() for line in lines}


def naive_softmax(scores):
    with np.errstate(all="ignore"):
        return np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)


def entropy(change_loss=lambda value, n: value, change_slope=lambda slope, n: slope):
    def answer(scores, labels):
        value, slope = right.cross_entropy(scores, labels)
        return change_loss(value, len(labels)), change_slope(np.array(slope), len(labels))

    return answer


def unguarded(scores, labels):
    p = naive_softmax(scores)
    picked = np.arange(len(labels)), labels
    with np.errstate(all="ignore"):
        return -np.log(p[picked]).mean(), right.cross_entropy(scores, labels)[1]


def stepping(decays=lambda w: w.ndim > 1, lr_in_delta=False, sign=1, blend=False):
    """update with one of the usual mistakes."""

    def answer(params, grads, deltas, lr, m, decay):
        new_deltas = [
            m * v - (lr if lr_in_delta else 1 - m if blend else 1) * (g + decay * w * decays(w))
            for w, g, v in zip(params, grads, deltas, strict=True)
        ]
        rate = 1 if lr_in_delta else sign * lr
        return [w + rate * v for w, v in zip(params, new_deltas, strict=True)], new_deltas

    return answer


def changed(change, *which, of=right.backward):
    def answer(*args):
        return tuple(change(d) if i in which else d for i, d in enumerate(of(*args)))

    return answer


def no_mask(x, dscores, W0, b0, W1):
    dh = dscores @ W1
    return dh.T @ x, dh.sum(axis=0), *right.backward(x, dscores, W0, b0, W1)[2:]


def relu_of_slope(x, dscores, W0, b0, W1):
    dh = np.maximum(dscores @ W1, 0)
    return dh.T @ x, dh.sum(axis=0), *right.backward(x, dscores, W0, b0, W1)[2:]


def averaged(x, *others):
    return tuple(slope / len(x) for slope in right.backward(x, *others))


def training(change):
    """train, called with other arguments."""
    return lambda *a: right.train(*change(*a))


def drop_last(x, labels, W, b, order, batch, *others):
    return x, labels, W, b, order[:, : len(x) - len(x) % batch], batch, *others


def in_order(x, labels, W, b, order, *others):
    return x, labels, W, b, np.sort(order, axis=1), *others


def one_epoch(x, labels, W, b, order, *others):
    return x, labels, W, b, order[:1], *others


def anew(x, labels, W, b, order, *others):
    """Every epoch starts with Δ = 0."""
    losses = []
    for epoch in order:
        W, b, some = right.train(x, labels, W, b, epoch[None], *others)
        losses.extend(some)
    return W, b, losses


L1, U2, N3, M4 = "1_loss", "2_update", "3_network", "4_metrics"
T5, E6, D7 = "5_train", "6_experiment", "7_diverge"
# task, answer, what stands in its place, points that are left, words of the message
SLIPS = [
    (L1, "one_hot", lambda y, k: right.one_hot(y, k).T, 3, "a row for each label"),
    (L1, "softmax", naive_softmax, 3, "not finite"),
    (L1, "softmax", lambda s: right.softmax(s.T).T, 2, "columns that sum to 1"),
    (L1, "softmax", lambda s: np.exp(s - s.max()) / np.exp(s - s.max()).sum(), 2, "all numbers"),
    (L1, "softmax", lambda s: np.log(right.softmax(s)), 2, "the logarithm of the prob"),
    (L1, "cross_entropy", unguarded, 3, "not finite"),
    (L1, "cross_entropy", entropy(lambda v, n: v * n), 2, "a sum; the loss is a mean"),
    (L1, "cross_entropy", entropy(lambda v, n: -v), 2, "a missing minus"),
    (L1, "cross_entropy", entropy(change_slope=lambda d, n: d * n), 3, "not dividing by the rows"),
    (L1, "cross_entropy", entropy(change_slope=lambda d, n: -d), 3, "a swapped sign"),
    (
        L1,
        "cross_entropy",
        lambda s, y: (right.cross_entropy(s, y)[0], right.softmax(s) / len(s)),
        3,
        "the probabilities alone",
    ),
    (L1, "cross_entropy", lambda s, y: right.cross_entropy(s, y)[0], 1, "loss, dscores; got"),
    (U2, "update", stepping(decays=lambda w: True), 1, "decay on a bias"),
    (U2, "update", stepping(decays=lambda w: False), 1, "a forgotten decay"),
    (U2, "update", stepping(lr_in_delta=True), 0, "a learning rate in Δw"),
    (U2, "update", stepping(sign=-1), 0, "a minus: Δw leads downhill"),
    (U2, "update", stepping(blend=True), 2, "off by"),
    (U2, "update", lambda p, g, v, lr, m, d: right.update(p, g, v, lr, 0, d), 2, "forgotten mom"),
    (U2, "update", lambda *a: right.update(*a)[0], 0, "new params, new deltas; got"),
    (N3, "forward", lambda x, V, a, W, b: (x @ V.T + a) @ W.T + b, 3, "no ReLU between"),
    (N3, "forward", lambda *a: np.maximum(right.forward(*a), 0), 3, "a second ReLU"),
    (N3, "forward", lambda x, V, a, W, b: right.forward(x, V, a, W, 0 * b), 3, "forgotten b1"),
    (N3, "backward", no_mask, 2, "a missing slope of the ReLU"),
    (N3, "backward", relu_of_slope, 2, "the ReLU of the slope"),
    (N3, "backward", changed(np.transpose, 2), 3, "the transpose"),
    (N3, "backward", averaged, 1, "a mean over the rows"),
    (N3, "backward", changed(np.negative, 0, 1), 2, "a swapped sign"),
    (N3, "backward", lambda *a: right.backward(*a)[:2], 1, "got 2 things"),
    (M4, "accuracy", lambda s, y: np.sum(s.argmax(1) == y), 1, "divide by the rows"),
    (M4, "accuracy", lambda s, y: 1 - right.accuracy(s, y), 1, "the share of mistakes"),
    (M4, "confusion", lambda s, y: np.transpose(right.confusion(s, y)), 1, "the transpose"),
    (M4, "confusion", lambda s, y: np.array(right.confusion(s, y)) / len(y), 1, "shares of all"),
    (M4, "confusion", lambda s, y: np.array(right.confusion(s, y)) > 0, 1, "ones and zeros"),
    (T5, "slopes", changed(np.transpose, 1, of=right.slopes), 3, "the transpose"),
    (T5, "train", training(drop_last), 2, "a dropped last batch"),
    (T5, "train", training(in_order), 2, "rows as they lie"),
    (T5, "train", training(one_epoch), 2, "the first epoch alone"),
    (T5, "train", anew, 3, "starts anew in every epoch"),
    (T5, "train", lambda *a: right.train(*a)[:2], 1, "got 2 things"),
    (T5, "train", lambda x, y, W, b, o, *a: (W, b, [0.0] * 30), 1, "less than half"),
    (E6, "settings", lambda: (0.0001, 0.9, 0.0005), 0, "wanted are 60%"),
    (E6, "settings", lambda: (0.06, 0.0, 0.0), 1, "the difference should be"),
    (E6, "settings", lambda: (0.04, 1.0, 0.0), 0, "momentum from 0 to below 1"),
    (E6, "settings", lambda: 0.04, 0, "lr, momentum, decay; got"),
    (D7, "too_fast", lambda: 0.01, 0, "it went down"),
    (D7, "too_fast", lambda: 1e6, 1, "wanted are 60%"),
    (D7, "too_fast", lambda: -1.0, 0, "above 0"),
    (D7, "too_fast", lambda: "fast", 0, "should be an array of numbers"),
]


@pytest.mark.parametrize(("task", "name", "wrong", "points", "words"), SLIPS)
def test_slips_cost_their_points_and_are_named(task, name, wrong, points, words):
    for report in reports_of_slip(right.RIGHT, task, name, wrong):
        assert report.points == points, report
        assert words in " ".join(report.messages), report


def test_the_worked_example_of_the_update_is_what_the_library_computes():
    layer = nn.Linear(1, 1, rng=None)
    layer.params = {"weight": np.array([[10.0]]), "bias": np.array([10.0])}
    layer.grads = {"weight": np.array([[2.0]]), "bias": np.array([2.0])}
    sgd = nn.SGD(layer, lr=0.1, momentum=0.5, weight_decay=0.3)
    table = SOLUTION.read_text(encoding="utf-8").replace("`", "").replace("−", "-")
    for step in (1, 2):
        sgd.step()
        line = next(each for each in table.splitlines() if f"| step {step} |" in each)
        cells = [float(cell.split("=")[-1]) for cell in line.split("|")[2:6]]
        pairs = [(sgd.delta[name].item(), w.item()) for name, w in layer.params.items()]
        np.testing.assert_allclose(cells, np.ravel(pairs))
