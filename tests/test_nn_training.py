"""fit: one epoch by hand, order, history, what ends a run; and what a model is asked afterwards."""

import inspect
import math
import warnings

import numpy as np
import pytest

from coursekit import data, nn
from coursekit.nn.training import State


def small_run(seed=0, **settings):
    """A model, its optimizer and the arguments of `fit` for 23 points of two moons."""
    rng = np.random.default_rng(seed)
    points = data.two_moons(23, rng=rng)
    model = nn.models.mlp((2, 5, 2), "Tanh", rng=rng)
    defaults = {"epochs": 2, "batch_size": 8, "rng": rng, **settings}
    return (model, nn.CrossEntropyLoss(), nn.SGD(model, lr=0.1), points), defaults


def quiet_fit(run, **settings):
    return nn.fit(*run[0], progress=False, **{**run[1], **settings})


def test_one_epoch_is_shuffled_batches_of_forward_backward_step():
    (model, loss, sgd, (x, y)), settings = small_run(epochs=1)
    settings["rng"] = np.random.default_rng(7)
    history = nn.fit(model, loss, sgd, (x, y), progress=False, **settings)

    (by_hand, loss, sgd, _), _ = small_run()
    order = np.random.default_rng(7).permutation(23)
    losses, right = [], 0
    for batch in (order[:8], order[8:16], order[16:]):
        prediction = by_hand.forward(x[batch])
        losses.append(loss.forward(prediction, y[batch]))
        right += (prediction.argmax(axis=1) == y[batch]).sum()
        by_hand.backward(loss.backward())
        sgd.step()
    np.testing.assert_array_equal(nn.parameters_to_vector(model), nn.parameters_to_vector(by_hand))
    assert history.step_loss == losses
    assert history.loss == [np.mean(losses)]
    assert history.accuracy == [right / 23]
    assert history.step_lr == [0.1] * 3


@pytest.mark.needs("torch")
def test_a_run_of_lenet5_ends_at_torchs_weights():
    import torch

    t = torch.nn
    rng, same = np.random.default_rng(4), np.random.default_rng(4)
    model = nn.models.lenet5(rng=rng)
    theirs = t.Sequential(
        t.Conv2d(1, 6, 5, padding=2), t.ReLU(), t.MaxPool2d(2),
        t.Conv2d(6, 16, 5), t.ReLU(), t.MaxPool2d(2), t.Flatten(),
        t.Linear(400, 120), t.ReLU(), t.Linear(120, 84), t.ReLU(), t.Linear(84, 10),
    ).double()  # fmt: skip
    state = nn.state_dict(nn.models.lenet5(rng=same)).values()
    state = zip(theirs.state_dict(), map(torch.from_numpy, state), strict=True)
    theirs.load_state_dict(dict(state))
    (x, y), _ = data.load_digits28()
    x, y = x[:60].astype(np.float64), y[:60]
    sgd = nn.SGD(model, 0.05, momentum=0.9)
    run = (model, nn.CrossEntropyLoss(), sgd, (x, y))
    history = nn.fit(*run, epochs=8, batch_size=16, rng=rng, progress=False)

    sgd, losses = torch.optim.SGD(theirs.parameters(), 0.05, momentum=0.9), []
    for _ in range(8):
        order = same.permutation(60)
        for batch in np.split(order, [16, 32, 48]):
            sgd.zero_grad()
            loss = t.CrossEntropyLoss()(theirs(torch.tensor(x[batch])), torch.tensor(y[batch]))
            loss.backward()
            sgd.step()
            losses.append(loss.item())
    np.testing.assert_allclose(history.step_loss, losses, rtol=1e-10)
    for ours, tensor in zip(nn.state_dict(model).values(), theirs.parameters(), strict=True):
        np.testing.assert_allclose(ours, tensor.detach().numpy(), rtol=0, atol=1e-11)


def test_training_learns_two_moons():
    rng = np.random.default_rng(0)
    model = nn.models.mlp((2, 16, 2), nn.ReLU, rng=rng)
    sgd = nn.SGD(model, lr=0.1, momentum=0.9)
    points, unseen = data.two_moons(300, rng=rng), data.two_moons(200, rng=rng)
    history = nn.fit(
        model,
        nn.CrossEntropyLoss(),
        sgd,
        points,
        validation=unseen,
        epochs=60,
        rng=rng,
        progress=False,
    )
    assert history.validation_accuracy[-1] > 0.97
    assert history.loss[-1] < 0.1 * history.loss[0]
    assert len(history.loss) == len(history.validation_loss) == 60
    assert history.stopped == "All 60 epochs are done."


def test_the_same_seed_gives_the_same_history():
    first, again, other = (quiet_fit(small_run(seed)) for seed in (1, 1, 2))
    assert first == again
    assert first.step_loss != other.step_loss


def test_steps_is_a_generator_that_waits():
    run = small_run()
    steps = nn.fit.steps(*run[0], **run[1])
    assert inspect.isgenerator(steps)
    sgd = run[0][2]
    states = []
    for state in steps:
        states.append(state)
        sgd.lr = 0.1 / (state.step + 1)  # a slider, moved between two steps
    assert [s.step for s in states] == [1, 2, 3, 4, 5, 6]
    assert [s.epoch for s in states] == [1, 1, 1, 2, 2, 2]
    assert [s.epoch_ended for s in states] == [False, False, True] * 2
    history = states[-1].history
    assert [s.loss for s in states] == history.step_loss
    np.testing.assert_allclose(history.step_lr, [0.1 / k for k in range(1, 7)])
    assert isinstance(states[0], State)


def test_steps_and_fit_do_the_same():
    run, other = small_run(), small_run()
    states = list(nn.fit.steps(*run[0], **run[1]))
    assert quiet_fit(other) == states[-1].history


def test_schedule_is_asked_for_every_step():
    history = quiet_fit(small_run(), schedule=nn.step_decay(0.4, factor=0.5, every=2))
    np.testing.assert_allclose(history.step_lr, [0.4, 0.4, 0.2, 0.2, 0.1, 0.1])


def test_augment_sees_every_batch_of_training_and_none_of_validation():
    seen = []

    def augment(x, *, rng):
        assert rng is run[1]["rng"]
        seen.append(len(x))
        return x

    run = small_run()
    quiet_fit(run, augment=augment, validation=data.two_moons(5, rng=np.random.default_rng(3)))
    assert seen == [8, 8, 7] * 2


def test_callbacks_hear_of_every_epoch():
    heard = []
    quiet_fit(small_run(epochs=3), callbacks=[heard.append])
    assert [(state.epoch, state.step) for state in heard] == [(1, 3), (2, 6), (3, 9)]
    assert all(state.epoch_ended for state in heard)


def test_a_history_goes_on():
    run = small_run()
    history = quiet_fit(run)
    states = []
    more = quiet_fit(run, history=history, callbacks=[states.append])
    assert more is history
    assert len(history.step_loss) == 12
    assert [state.epoch for state in states] == [3, 4]
    assert states[0].step == 9


def test_targets_that_are_no_labels_have_no_accuracy(rng):
    model = nn.models.mlp((1, 3, 1), rng=rng)
    x = rng.standard_normal((10, 1))
    history = nn.fit(
        model, nn.MSELoss(), nn.SGD(model, 0.1), (x, x**2), epochs=2, rng=rng, progress=False
    )
    assert np.isnan(history.accuracy).all()
    assert np.isfinite(history.loss).all()


@pytest.mark.filterwarnings("error::RuntimeWarning:coursekit")
def test_divergence_is_a_sentence_with_step_and_rate_and_keeps_the_history(rng):
    x = rng.standard_normal((40, 1))
    model = nn.models.mlp((1, 1), rng=rng)
    run = (model, nn.MSELoss(), nn.SGD(model, lr=50.0), (x, 3 * x))
    with pytest.warns(
        RuntimeWarning, match=r"Diverged: the loss is (inf|nan) at step \d+, learning rate 50"
    ):
        history = nn.fit(*run, epochs=500, rng=rng, batch_size=10, progress=False)
    n_steps = len(history.step_loss)
    assert f"at step {n_steps}," in history.stopped
    assert 4 < n_steps < 2000
    assert np.isfinite(history.step_loss[:-1]).all()
    assert not math.isfinite(history.step_loss[-1])
    assert len(history.loss) == (n_steps - 1) // 4


def test_the_generator_tells_divergence_in_the_history_alone(rng):
    model = nn.models.mlp((1, 4, 1), "ReLU", rng=rng)
    x = rng.standard_normal((40, 1))
    run = (model, nn.MSELoss(), nn.SGD(model, lr=50.0), (x, 3 * x))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        state = list(nn.fit.steps(*run, epochs=500, rng=rng))[-1]
    assert "Diverged" in state.history.stopped
    assert math.isfinite(state.loss)


def test_nan_in_the_data_is_not_blamed_on_the_rate(rng):
    (model, loss, sgd, (x, y)), settings = small_run()
    x[:] = np.nan
    with pytest.warns(RuntimeWarning, match="at step 1, before anything was learnt.*NaN"):
        nn.fit(model, loss, sgd, (x, y), progress=False, **settings)
    assert np.isfinite(nn.parameters_to_vector(model)).all()


def test_an_interrupt_keeps_the_history():
    run = small_run(epochs=100)

    def press_stop(state):
        if state.epoch == 4:
            raise KeyboardInterrupt

    history = quiet_fit(run, callbacks=[press_stop])
    assert history.stopped == "Stopped by hand after step 12."
    assert len(history.loss) == 4


def test_an_interrupt_inside_a_layer_keeps_the_history(rng):
    class Interrupted(nn.Tanh):
        calls = 0

        def forward(self, x):
            self.calls += 1
            if self.calls == 5:
                raise KeyboardInterrupt
            return super().forward(x)

    model = nn.Sequential(nn.Linear(2, 2, rng=rng), Interrupted())
    run = (model, nn.CrossEntropyLoss(), nn.SGD(model, 0.1), data.two_moons(23, rng=rng))
    history = nn.fit(*run, epochs=9, rng=rng, batch_size=8, progress=False)
    assert history.stopped == "Stopped by hand after step 4."
    assert len(history.step_loss) == 4


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("Good enough.", "Good enough."),
        (True, "The stop rule ended the run after epoch 3."),
    ],
)
def test_a_stop_rule_is_asked_after_every_epoch(reason, words):
    history = quiet_fit(small_run(epochs=9), stop=lambda h: reason if len(h.loss) == 3 else False)
    assert history.stopped == words
    assert len(history.loss) == 3


def test_patience_waits_for_the_best_validation_loss():
    history = nn.History(validation_loss=[5.0, 3.0, 4.0, 3.5])
    stop = nn.patience(3)
    assert not stop(history)
    history.validation_loss.append(3.1)
    assert stop(history) == "The validation loss has not fallen for 3 epochs."
    history.validation_loss.append(2.9)
    assert not stop(history)


def test_the_progress_bar_shows_the_epochs_numbers(capsys):
    run = small_run()
    nn.fit(*run[0], **run[1])
    bar = capsys.readouterr().err
    assert "6/6" in bar
    assert "loss" in bar
    assert "accuracy" in bar


def test_batch_norm_trains_in_steps_and_is_used_in_predictions(rng):
    model = nn.Sequential(nn.BatchNorm2d(3), nn.Flatten(), nn.Linear(12, 2, rng=rng))
    x, y = rng.standard_normal((30, 3, 2, 2)), rng.integers(2, size=30)
    validation = (x[:1], y[:1])  # one picture: BatchNorm2d would give 0 for it in training mode
    run = (model.eval(), nn.CrossEntropyLoss(), nn.SGD(model, 0.1), (x, y))
    history = nn.fit(*run, validation=validation, epochs=2, rng=rng, batch_size=10, progress=False)
    assert model[0].buffers["num_batches_tracked"] == 6
    answer = nn.CrossEntropyLoss().forward(nn.predict(model, x[:1]), y[:1])
    assert history.validation_loss[-1] == answer
    assert model.training


def test_predict_works_in_batches_and_restores_the_mode(rng):
    model = nn.models.mlp((3, 4, 2), rng=rng)
    x = rng.standard_normal((11, 3))
    np.testing.assert_allclose(nn.predict(model, x, batch_size=4), model.forward(x), rtol=1e-13)
    assert model.training
    nn.predict(model.eval(), x)
    assert not model.training


@pytest.mark.parametrize(
    ("prediction", "target", "share"),
    [
        ([[1.0, 3.0, 2.0], [4.0, 0.0, 1.0]], [1, 2], 0.5),
        ([[0.3], [-0.2], [2.0], [-1.0]], [[1], [1], [1], [0]], 0.75),
        ([0.3, -0.2], [True, False], 1.0),
        ([[0.3], [-0.2]], [1, 1], 0.5),
    ],
)
def test_accuracy(prediction, target, share):
    assert nn.accuracy(np.array(prediction), np.array(target)) == share


def test_confusion_counts_row_taken_for_column():
    prediction = np.eye(3)[[0, 0, 1, 1, 2]]
    matrix = nn.confusion_matrix(prediction, [0, 0, 2, 2, 1])
    assert matrix.tolist() == [[2, 0, 0], [0, 0, 1], [0, 2, 0]]


@pytest.mark.parametrize(
    ("settings", "error", "words"),
    [
        ({"epochs": 0}, ValueError, "fit expects epochs of at least 1; got 0"),
        ({"batch_size": 2.5}, TypeError, "fit expects batch_size as a whole number; got 2.5"),
        ({"rng": 3}, TypeError, "fit expects rng as a numpy Generator"),
        ({"validation": np.ones(3)}, TypeError, r"validation as a pair \(x, y\); got ndarray"),
        (
            {"validation": (np.ones((3, 2)), np.ones(4))},
            ValueError,
            r"validation with as many x as y; got x \(3, 2\) and y \(4,\)",
        ),
    ],
)
@pytest.mark.parametrize("door", [nn.fit, nn.fit.steps])
def test_bad_settings_are_named_before_the_first_step(door, settings, error, words):
    run = small_run(**settings)
    with pytest.raises(error, match=words):
        door(*run[0], **run[1])


def test_an_optimizer_of_another_model_is_refused(rng):
    (model, loss, _, points), settings = small_run()
    other = nn.SGD(nn.models.mlp((2, 5, 2), rng=rng), lr=0.1)
    with pytest.raises(ValueError, match="optimizer of this model"):
        nn.fit(model, loss, other, points, **settings)
