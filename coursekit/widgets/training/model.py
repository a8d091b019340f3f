"""A network that learns digits one step at a time, and what can be seen of it on the way."""

import functools
from array import array
from typing import NamedTuple

import numpy as np

from coursekit.data import load_digits28
from coursekit.nn import SGD, CrossEntropyLoss, Flatten, Linear, ReLU, Sequential, models
from coursekit.nn.evaluate import accuracy, labels_of, predict
from coursekit.nn.training import Training
from coursekit.widgets.words import number

BATCH = 32
EVERY = 50  # steps from one look at the validation digits to the next
N_VALIDATION = 200
N_MISREAD = 12
MOST_POINTS = 240  # of a curve
EPOCHS = 400  # more steps than a widget takes
HIDDEN = 24
NAMES = {"lr": "η", "momentum": "momentum", "weight_decay": "decay"}


def mlp(rng):
    """784 → 24 → 10: each hidden unit's weights are a picture as large as a digit."""
    return Sequential(
        {
            "flatten": Flatten(),
            "hidden": Linear(784, HIDDEN, rng=rng, dtype=np.float32),
            "relu": ReLU(),
            "output": Linear(HIDDEN, 10, rng=rng, dtype=np.float32),
        }
    )


def lenet5(rng):
    return models.lenet5(rng=rng, dtype=np.float32)


NETWORKS = {"MLP": mlp, "LeNet-5": lenet5}
FIRST = {"MLP": ("hidden", (HIDDEN, 28, 28), 6), "LeNet-5": ("conv1", (6, 5, 5), 3)}
digits = functools.cache(load_digits28)  # 31 MB, once for all widgets


class Mark(NamedTuple):
    """Measured after a step: means over the training steps since the mark before, validation."""

    step: int
    loss: float
    accuracy: float
    validation_loss: float
    validation_accuracy: float


class Run:
    """One network from its first weights on.

    network: a key of NETWORKS. settings: lr, momentum and weight_decay, as of SGD. `tried` lists
    the settings that were in force, `stopped` says why a run takes no more steps.
    """

    def __init__(self, network, seed, settings):
        rng = np.random.default_rng(seed)
        self.network, self.seed, self.tried = network, seed, [dict(settings)]
        self.model = NETWORKS[network](rng)
        data, (x, y) = digits()
        self.validation = x[:N_VALIDATION], y[:N_VALIDATION]
        optimizer = SGD(self.model, **settings)
        loss = CrossEntropyLoss()
        self.training = Training(
            self.model, loss, optimizer, data, epochs=EPOCHS, batch_size=BATCH, rng=rng
        )
        self.states = iter(self.training)
        self.losses, self.accuracies, self.marks = array("d"), array("d"), []  # of each step
        self.measure()

    @property
    def stopped(self):
        return self.training.history.stopped

    def step(self, settings):
        """Take one step with these settings; False when it was the last."""
        if settings != self.tried[-1]:
            self.tried.append(dict(settings))
            vars(self.training.optimizer).update(settings)
        state = next(self.states, None)
        if state is not None:
            self.losses.append(state.loss)
            self.accuracies.append(state.accuracy)
        if state is None or len(self.losses) % EVERY == 0:
            self.measure()
        return state is not None

    def measure(self):
        """Note how the network does now, on the last training batches and on validation digits."""
        x, y = self.validation
        with np.errstate(over="ignore", invalid="ignore"):  # of a run that diverges
            scores = predict(self.model, x)
            loss = CrossEntropyLoss().forward(scores, y)
        self.read = labels_of(scores)
        measured = mean(self.losses), mean(self.accuracies), loss, accuracy(scores, y)
        self.marks.append(Mark(len(self.losses), *measured))

    def filters(self):
        """Weights of the first layer, unit beside unit in one picture with zeros between them."""
        name, shape, columns = FIRST[self.network]
        units = np.pad(
            self.model.layers[name].params["weight"].reshape(shape), [(0, 0), (1, 1), (1, 1)]
        )
        rows = units.reshape(-1, columns, *units.shape[1:])  # (rows, columns, h, w)
        return rows.swapaxes(1, 2).reshape(rows.shape[0] * rows.shape[2], -1)

    def misread(self):
        """Validation digits taken for others: (k, 28, 28), what each is, what was read."""
        x, y = self.validation
        wrong = np.flatnonzero(self.read != y)[:N_MISREAD]
        return x[wrong, 0], y[wrong].tolist(), self.read[wrong].tolist()

    def curve(self):
        """Step and loss of every step, or means over some where there are too many: (k, 2)."""
        size = -(-len(self.losses) // MOST_POINTS) or 1
        n = len(self.losses) // size
        losses = np.array(self.losses)[: n * size].reshape(n, size).mean(axis=1)
        steps = (size + 1) / 2 + size * np.arange(n)  # the first step is number 1
        return np.stack([steps, losses], axis=1)

    def row(self):
        """A line of the table of runs: texts, a setting that was changed as "first → last"."""
        changes = [[number(t[name]) for t in (self.tried[0], self.tried[-1])] for name in NAMES]
        settings = [" → ".join(dict.fromkeys(ends)) for ends in changes]
        right = f"{100 * self.marks[-1].validation_accuracy:.3g} %"
        return [self.network, *settings, str(self.seed), str(len(self.losses)), right]


def mean(values):
    """Of the steps since the last mark; NaN before the first."""
    return float(np.mean(values[-EVERY:])) if values else np.nan


def thinned(marks):
    """At most MOST_POINTS of the marks, the last one among them: (k, 5)."""
    every = -(-len(marks) // MOST_POINTS)
    return np.array(marks[::-1][::every][::-1])


def sentence(run, settings):
    """A verdict, and what it rests on."""
    mark, step = run.marks[-1], len(run.losses)
    at = ", ".join(f"{name} {number(settings[key])}" for key, name in NAMES.items())
    right = f"{100 * mark.validation_accuracy:.3g} % of {N_VALIDATION} validation digits are right"
    if run.stopped:
        return f"Ended after step {step}.", f"{run.stopped} {right}."
    if not run.losses:
        return "Nothing learnt yet.", f"{right}, as by chance. The next step: {at}."
    loss = f"Training loss {number(mean(run.losses))}"
    seen = f"validation loss {number(mark.validation_loss)} at step {mark.step}"
    return f"Step {step}.", f"{loss}, {seen}; {right}. Now: {at}."
