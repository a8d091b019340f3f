"""Training: mini-batches, the history of a run, and when to stop."""

import math
import warnings
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field
from typing import Any

import numpy as np

from coursekit.nn.evaluate import accuracy, predict
from coursekit.nn.expect import expect_count, expect_generator


@dataclass
class History:
    """What happened in a run: one number per step, and one of each kind per epoch.

    Accuracies are NaN where the targets are no labels. `stopped` says why the run ended.
    """

    step_loss: list[float] = field(default_factory=list)
    step_lr: list[float] = field(default_factory=list)
    loss: list[float] = field(default_factory=list)  # mean over the steps of an epoch
    accuracy: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    validation_accuracy: list[float] = field(default_factory=list)
    stopped: str = ""


@dataclass(frozen=True)
class State:
    """Where a run stands after one step; `epoch_ended` when it was the last of its epoch."""

    step: int  # steps and epochs are counted from 1
    epoch: int
    loss: float
    accuracy: float
    lr: float
    epoch_ended: bool
    history: History


@dataclass
class Training:
    """One run of mini-batch descent: len() is its number of steps, iterating takes them.

    The fields are the arguments of `fit`, which explains them.
    """

    model: Any
    loss: Any
    optimizer: Any
    data: tuple[np.ndarray, np.ndarray]
    _: KW_ONLY
    epochs: int
    rng: "np.random.Generator"  # in quotes, as NumPy loads random numbers when first asked
    batch_size: int = 64
    validation: tuple[np.ndarray, np.ndarray] | None = None
    schedule: Callable | None = None
    augment: Callable | None = None
    stop: Callable | None = None
    history: History = field(default_factory=History)

    def __post_init__(self):
        expect_count("fit", "epochs", self.epochs)
        expect_count("fit", "batch_size", self.batch_size)
        expect_generator("fit", self.rng)
        expect_pair("data", self.data)
        if self.validation is not None:
            expect_pair("validation", self.validation)
        if self.optimizer.model is not self.model:
            raise ValueError("fit expects an optimizer of this model; it is one of another model")

    def __len__(self):
        return self.epochs * math.ceil(len(self.data[0]) / self.batch_size)

    def __iter__(self):
        history = self.history
        history.stopped = ""
        for _ in range(self.epochs):
            yield from self.epoch()
            history.stopped = history.stopped or self.reason_to_stop()
            if history.stopped:
                return
        history.stopped = f"All {self.epochs} epochs are done."

    def epoch(self):
        """Yield the state after each step of one pass over the data in random order."""
        x, y = self.data
        order = self.rng.permutation(len(x))
        losses, hits = [], 0.0
        for start in range(0, len(x), self.batch_size):
            batch = order[start : start + self.batch_size]
            value, share = self.step(x[batch], y[batch])
            if self.history.stopped:
                return
            losses.append(value)
            hits += share * len(batch)
            epoch_ended = start + len(batch) == len(x)
            epoch = len(self.history.loss) + 1
            if epoch_ended:
                self.note_epoch(float(np.mean(losses)), hits / len(x))
            n_steps = len(self.history.step_loss)
            yield State(n_steps, epoch, value, share, self.optimizer.lr, epoch_ended, self.history)

    def step(self, x, y):
        """One update from the batch x, y; returns the loss and the accuracy before it."""
        history, optimizer = self.history, self.optimizer
        if self.schedule is not None:
            optimizer.lr = self.schedule(len(history.step_loss))
        if self.augment is not None:
            x = self.augment(x, rng=self.rng)
        with np.errstate(over="ignore", invalid="ignore"):  # divergence is told in words instead
            prediction = self.model.train().forward(x)
            value = self.loss.forward(prediction, y)
            history.step_loss.append(value)
            history.step_lr.append(optimizer.lr)
            if math.isfinite(value):
                self.model.backward_params(self.loss.backward())
                optimizer.step()
            else:
                history.stopped = divergence(value, len(history.step_loss), optimizer.lr)
        return value, accuracy(prediction, y)

    def note_epoch(self, loss, share):
        """Write the means of an epoch, and how the model now does on the validation set."""
        history = self.history
        history.loss.append(loss)
        history.accuracy.append(share)
        if self.validation is not None:
            x, y = self.validation
            prediction = predict(self.model, x)
            history.validation_loss.append(self.loss.forward(prediction, y))
            history.validation_accuracy.append(accuracy(prediction, y))

    def reason_to_stop(self):
        reason = self.stop(self.history) if self.stop is not None else ""
        default = f"The stop rule ended the run after epoch {len(self.history.loss)}."
        return reason if isinstance(reason, str) else default * bool(reason)


def fit(model, loss, optimizer, data, *, callbacks=(), progress=True, **settings):
    """Train a model with mini-batches in random order, and return the `History` of the run.

    data = (x, y): arrays with one row per example. Labels, which are whole numbers, give
    accuracies too. settings:
        epochs, rng     required; rng shuffles, and is handed on to augment
        batch_size=64   the last batch of an epoch takes what is left
        validation      another (x, y), looked at after every epoch
        schedule        learning rate as a function of the step, from 0 on
        augment         called as augment(x, rng=rng) on every batch
        stop            asked after every epoch as stop(history): true, or a sentence, ends the run
        history         that of an earlier run, to go on with it
    callbacks are called with the `State` after every epoch; progress=False hides the bar.

    A loss that is no finite number ends the run with a warning, an interrupt (■ in Jupyter,
    Ctrl-C) without one. The history is kept in both cases, and `history.stopped` says why.

    fit.steps(model, loss, optimizer, data, **settings) is the same as a generator, which yields
    the `State` after every step and then waits.
    """
    from tqdm.auto import tqdm  # the bar that suits a notebook or a terminal; slow to import

    run = Training(model, loss, optimizer, data, **settings)
    history = run.history
    with tqdm(total=len(run), unit="step", disable=not progress) as bar:
        try:
            for state in run:
                bar.update()
                if state.epoch_ended:
                    bar.set_postfix_str(summary_line(history))
                    for callback in callbacks:
                        callback(state)
        except KeyboardInterrupt:
            history.stopped = f"Stopped by hand after step {len(history.step_loss)}."
    if history.step_loss and not math.isfinite(history.step_loss[-1]):
        warnings.warn(history.stopped, RuntimeWarning, stacklevel=2)
    return history


def steps(model, loss, optimizer, data, **settings):
    return iter(Training(model, loss, optimizer, data, **settings))


fit.steps = steps  # type: ignore[attr-defined]


def patience(n_epochs):
    """A stop rule for `fit`: the validation loss has not fallen below its best for n epochs."""
    expect_count("patience", "n_epochs", n_epochs)

    def stop(history):
        since_best = len(history.validation_loss) - 1 - int(np.argmin(history.validation_loss))
        sentence = f"The validation loss has not fallen for {n_epochs} epochs."
        return sentence if since_best >= n_epochs else ""

    return stop


def divergence(value, step, lr):
    if step == 1:
        return (
            f"The loss is {value} at step 1, before anything was learnt at learning rate {lr:g}: "
            "look for NaN and infinity in the data and in the first weights."
        )
    return f"Diverged: the loss is {value} at step {step}, learning rate {lr:g}. Try a smaller one."


def summary_line(history):
    """The newest numbers of an epoch, for the progress bar."""
    named = {
        "loss": history.loss,
        "accuracy": history.accuracy,
        "validation loss": history.validation_loss,
        "validation accuracy": history.validation_accuracy,
    }
    newest = {name: values[-1] for name, values in named.items() if values}
    return ", ".join(f"{name} {v:.4g}" for name, v in newest.items() if not math.isnan(v))


def expect_pair(name, pair):
    """Ask for (x, y) with one row per example."""
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        raise TypeError(f"fit expects {name} as a pair (x, y); got {type(pair).__name__}")
    x, y = map(np.shape, pair)
    if not x or not y or x[0] != y[0] or x[0] == 0:
        raise ValueError(f"fit expects {name} with as many x as y; got x {x} and y {y}")
