"""Checks of 08_training_on_digits, tasks 5 to 7: the training loop, and experiments with digits.

Rows are examples: x (n, d), labels (n,) from 0 to K − 1. A weight is (d_out, d_in).
"""

import functools
import math

import numpy as np

from coursekit import data, nn
from coursekit.checks import task
from coursekit.checks.answers import NotPassed

LEARNT, LEARNT_WELL = 0.6, 0.78  # shares of unseen digits that are read
MISTAKES = (  # in a training loop; `descend` can make each of them
    "a dropped last batch, the short one",
    "rows as they lie; take them in `order`",
    "slopes summed over a batch; they are means",
    "decay on the bias: only weights decay",
    "Δw that starts anew in every epoch",
    "the first epoch alone",
)


@task("08_5_train", points=4)
def train_task(slopes, train, t):
    with t.part("loss and slopes of a batch", points=1):
        x, labels, W, b = draw_training(t)
        value, dW, db = t.unpack(slopes(x, labels, W, b), "loss", "dW", "db")
        t.close(value, loss(x @ W.T + b, labels), "loss")
        right = loss_slope(x @ W.T + b, labels).T @ x
        slips = {"the transpose: a slope is like its weight": right.T, "a sum": right * len(x)}
        t.gradient(lambda v: loss(x @ v.T + b, labels), dW, W, "dW", slips)
        t.gradient(lambda v: loss(x @ W.T + v, labels), db, b, "db")

    with t.part("an epoch of plain steps", points=1):
        check_training(t, train, epochs=1, momentum=0.0, decay=0.0)

    with t.part("epochs with momentum and decay", points=1):
        check_training(t, train, epochs=3, momentum=0.8, decay=0.1)

    with t.part("it learns to read", points=1):
        x, labels, unseen, their_labels = draw_digits(t.rng, 400)
        order = np.stack([t.rng.permutation(len(x)) for _ in range(3)])
        start = np.zeros((10, 784)), np.zeros(10)
        got = train(x, labels, *start, order, 40, 0.05, 0.9, 1e-4)
        W, b, losses = t.unpack(got, "W", "b", "losses")
        W, b = t.shape(W, (10, 784), "W"), t.shape(b, (10,), "b")
        losses = t.shape(losses, (30,), "the list of losses")
        if not losses[-10:].mean() < 0.5 * losses[0]:
            message = f"the loss should fall to less than half of {losses[0]:.2f}; it does not"
            raise NotPassed("wrong", message)
        expect_share(nn.accuracy(unseen @ W.T + b, their_labels), LEARNT)


@task("08_6_experiment", points=3)
def experiment_task(settings, t):
    with t.part("it learns", points=1):
        expect_share(experiment(*three_numbers(t, settings))[0], LEARNT)

    with t.part("it learns well", points=1):
        expect_share(experiment(*three_numbers(t, settings))[0], LEARNT_WELL)

    with t.part("and momentum did it", points=1):
        lr, momentum, decay = three_numbers(t, settings)
        share, *_ = experiment(lr, momentum, decay)
        without, *_ = experiment(lr, 0.0, decay)
        expect_share(share, LEARNT)
        if share - without < 0.1:
            message = (
                f"with momentum it reads {share:.0%}, without {without:.0%} at the same learning "
                "rate; the difference should be a tenth of the digits or more"
            )
            raise NotPassed("wrong", message)


@task("08_7_diverge", points=2)
def diverge_task(too_fast, t):
    with t.part("the loss rises", points=1):
        _, before, after = experiment(positive(t, too_fast()), 0.0, 0.0)
        if after < before:  # NaN is no smaller
            message = f"the loss should end above {before:.2f}, where it began; it went down"
            raise NotPassed("wrong", message)

    with t.part("a hundredth of it learns", points=1):
        lr = positive(t, too_fast())
        _, before, after = experiment(lr, 0.0, 0.0)
        if after < before:
            raise NotPassed("wrong", "the loss does not rise yet; this point wants both")
        expect_share(experiment(lr / 100, 0.0, 0.0)[0], LEARNT)


def loss(scores, labels):
    return nn.CrossEntropyLoss().forward(scores, labels)


def loss_slope(scores, labels):
    entropy = nn.CrossEntropyLoss()
    entropy.forward(scores, labels)
    return entropy.backward()


def draw_training(t):
    """x (n, d), labels (n,), W (K, d), b (K,)."""
    d, n_classes = t.sizes(2)
    labels = t.rng.integers(0, n_classes, 17)
    return t.normal(17, d), labels, t.normal(n_classes, d), t.normal(n_classes)


def check_training(t, train, epochs, momentum, decay):
    x, labels, W, b = draw_training(t)
    order = np.stack([t.rng.permutation(len(x)) for _ in range(epochs)])
    arguments = x, labels, W, b, order, 5, 0.3, momentum, decay
    got = t.unpack(train(*arguments), "W", "b", "losses")
    wrong = {words: descend(*arguments, words) for words in MISTAKES}
    for i, (name, right) in enumerate(
        zip(("W", "b", "the list of losses"), descend(*arguments), strict=True)
    ):
        t.close(got[i], right, name, {words: result[i] for words, result in wrong.items()})


def descend(x, labels, W, b, order, batch, lr, momentum, decay, *mistakes):
    """W, b and the losses of a training, with the mistakes named, if any."""
    dropped, as_they_lie, summed, on_bias, anew, one = (words in mistakes for words in MISTAKES)
    step_W, step_b, losses = 0, 0, []
    for epoch in order[: 1 if one else None]:
        if anew:
            step_W, step_b = 0, 0
        if as_they_lie:
            epoch = np.arange(len(x))
        for start in range(0, len(x) - dropped * (len(x) % batch), batch):
            rows = epoch[start : start + batch]
            scores = x[rows] @ W.T + b
            losses.append(loss(scores, labels[rows]))
            slope = loss_slope(scores, labels[rows]) * (len(rows) if summed else 1)
            step_W = momentum * step_W - slope.T @ x[rows] - decay * W
            step_b = momentum * step_b - slope.sum(axis=0) - on_bias * decay * b
            W, b = W + lr * step_W, b + lr * step_b
    return W, b, losses


@functools.cache
def digits():
    """x (9000, 784), y (9000,) to learn from; x (1000, 784), y (1000,) to be asked."""
    (x, y), (unseen, labels) = data.load_digits28()
    return x.reshape(len(x), -1), y, unseen.reshape(len(unseen), -1), labels


def draw_digits(rng, n):
    """n digits to learn from with their labels, and the unseen ones with theirs."""
    x, y, unseen, labels = digits()
    rows = rng.choice(len(x), n, replace=False)
    return x[rows], y[rows], unseen, labels


@functools.lru_cache(maxsize=256)
def experiment(lr, momentum, decay):
    """Share of unseen digits read, loss before and after: the network that the notebook trains.

    Digits and first weights are the same each time, so settings that pass here pass in the grader.
    In float64, although the notebook trains in float32: a rate that is nearly too large makes
    rounding errors ten thousand times larger, and those of float32 would decide some digits
    otherwise on the grader's processor.
    """
    rng = np.random.default_rng(8)
    x, y, unseen, labels = draw_digits(rng, 1500)
    x, unseen = x.astype(np.float64), unseen.astype(np.float64)
    net = nn.models.mlp((784, 32, 10), "ReLU", rng=rng)
    sgd, entropy = nn.SGD(net, lr, momentum, decay), nn.CrossEntropyLoss()
    before = entropy.forward(net.forward(x), y)
    for _ in nn.training.steps(net, entropy, sgd, (x, y), epochs=2, batch_size=50, rng=rng):
        pass
    with np.errstate(all="ignore"):
        after = entropy.forward(net.forward(x), y)
        return nn.accuracy(net.forward(unseen), labels), before, after


def three_numbers(t, settings):
    values = t.unpack(settings(), "lr", "momentum", "decay")
    lr, momentum, decay = (float(t.shape(value, (), "a setting")) for value in values)
    if not (0 < lr < math.inf and 0 <= momentum < 1 and 0 <= decay < math.inf):
        message = f"lr above 0, momentum from 0 to below 1, decay from 0; got {values}"
        raise NotPassed("wrong", message)
    return lr, momentum, decay


def positive(t, value):
    lr = float(t.shape(value, (), "the learning rate"))
    if not 0 < lr < math.inf:
        raise NotPassed("wrong", f"the learning rate should be above 0 and finite; got {lr}")
    return lr


def expect_share(share, least):
    if share < least:
        message = f"it reads {share:.0%} of digits that it has not seen; wanted are {least:.0%}"
        raise NotPassed("wrong", message)
