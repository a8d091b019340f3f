"""Optimisers: deck 004's update, what is penalised, and words for bad settings."""

import numpy as np
import pytest

from coursekit import nn


def model_with_gradients(rng, dtype=np.float64):
    """A small network whose gradients are random, so that only the optimiser is looked at."""
    model = nn.Sequential(
        nn.Linear(4, 3, rng=rng, dtype=dtype), nn.Tanh(), nn.Linear(3, 2, rng=rng, dtype=dtype)
    )
    draw_gradients(model, rng)
    return model


def draw_gradients(model, rng):
    for _, module, key in model.named_parameters():
        w = module.params[key]
        module.grads[key] = rng.standard_normal(w.shape).astype(w.dtype)


def values(model):
    return {name: module.params[key].copy() for name, module, key in model.named_parameters()}


def test_three_steps_of_the_decks_update_while_the_sliders_move(rng):
    model = model_with_gradients(rng)
    sgd = nn.SGD(model, lr=0.1, momentum=0.5, weight_decay=0.01)
    expected = values(model)
    delta = {name: 0 for name in expected}
    for lr, momentum, decay in [(0.1, 0.5, 0.01), (0.3, 0.9, 0.0), (0.02, 0.0, 0.2)]:
        sgd.lr, sgd.momentum, sgd.weight_decay = lr, momentum, decay
        draw_gradients(model, rng)
        for name, module, key in model.named_parameters():
            penalty = decay * expected[name] if key == "weight" else 0
            delta[name] = -module.grads[key] - penalty + momentum * delta[name]
            expected[name] = expected[name] + lr * delta[name]
        sgd.step()
        for name, value in values(model).items():
            np.testing.assert_allclose(value, expected[name], rtol=1e-14)
            np.testing.assert_allclose(sgd.delta[name], delta[name], rtol=1e-14)


def test_20_steps_of_deck_002(vectors):
    example = vectors["mit_l13_backprop"]
    model = nn.Sequential(
        nn.Linear(2, 2, bias=False, rng=None), nn.Tanh(), nn.Linear(2, 1, bias=False, rng=None)
    )
    model[0].params["weight"] = np.array(example["W0"])
    model[2].params["weight"] = np.array(example["W1"])
    x, y = np.array(example["x0"]).T, np.array([[example["y"]]])
    loss = nn.EuclideanLoss()
    sgd = nn.SGD(model, lr=-example["eta"])  # the deck adds, with a negative rate
    losses = []
    for _ in range(21):
        losses.append(loss.forward(model.forward(x), y))
        model.backward(loss.backward())
        sgd.step()
    np.testing.assert_allclose(losses, example["loss_trajectory_20_steps"], rtol=0, atol=1e-12)


def test_l1_makes_exact_zeros_of_weights_and_leaves_biases(rng):
    model = model_with_gradients(rng)
    for _, module, key in model.named_parameters():
        module.grads[key][...] = 0
    before = values(model)
    nn.SGD(model, lr=0.5, l1=0.4).step()
    for name, value in values(model).items():
        if name.endswith("bias"):
            np.testing.assert_array_equal(value, before[name])
        else:
            small = np.abs(before[name]) <= 0.2
            assert small.any()
            assert not small.all()
            np.testing.assert_array_equal(value == 0, small)
            np.testing.assert_allclose(np.abs(before[name] - value)[~small], 0.2, rtol=1e-12)


@pytest.mark.needs("torch")
def test_sgd_agrees_with_torch(rng):
    import torch

    model = model_with_gradients(rng)
    tensors = {n: torch.tensor(v, requires_grad=True) for n, v in values(model).items()}
    settings = {"lr": 0.05, "momentum": 0.9}
    groups = [
        {"params": [t for n, t in tensors.items() if n.endswith("weight")], "weight_decay": 0.1},
        {"params": [t for n, t in tensors.items() if n.endswith("bias")], "weight_decay": 0.0},
    ]
    ours, theirs = nn.SGD(model, weight_decay=0.1, **settings), torch.optim.SGD(groups, **settings)
    for _ in range(5):
        draw_gradients(model, rng)
        for name, module, key in model.named_parameters():
            tensors[name].grad = torch.tensor(module.grads[key])
        ours.step()
        theirs.step()
    for name, value in values(model).items():
        np.testing.assert_allclose(value, tensors[name].detach().numpy(), rtol=1e-12)


def test_float32_parameters_stay_float32(rng):
    model = model_with_gradients(rng, np.float32)
    sgd = nn.SGD(model, lr=0.1, momentum=0.9, weight_decay=0.1, l1=0.1)
    sgd.step()
    assert {v.dtype for v in values(model).values()} == {np.dtype(np.float32)}
    assert {v.dtype for v in sgd.delta.values()} == {np.dtype(np.float32)}


@pytest.mark.parametrize(
    ("settings", "error", "words"),
    [
        ({"lr": -0.1}, ValueError, r"SGD expects lr of at least 0 and finite; got -0\.1"),
        ({"lr": np.nan}, ValueError, "lr.*got nan"),
        ({"lr": np.inf}, ValueError, "lr.*got inf"),
        ({"lr": "0.1"}, TypeError, "SGD expects lr as a number; got '0.1'"),
        ({"momentum": 1.0}, ValueError, "momentum of at least 0 and below 1; got 1.0"),
        ({"momentum": -0.5}, ValueError, "momentum"),
        ({"weight_decay": -1}, ValueError, "weight_decay"),
        ({"l1": np.nan}, ValueError, "l1"),
    ],
)
def test_bad_settings_are_named_at_once_and_between_steps(rng, settings, error, words):
    model = model_with_gradients(rng)
    with pytest.raises(error, match=words):
        nn.SGD(model, **{"lr": 0.1, **settings})
    sgd = nn.SGD(model, lr=0.1)
    for name, value in settings.items():
        setattr(sgd, name, value)
    before = values(model)
    with pytest.raises(error, match=words):
        sgd.step()
    np.testing.assert_equal(values(model), before)


def test_a_step_without_backward_says_so(rng):
    sgd = nn.SGD(nn.Linear(3, 2, rng=rng), lr=0.1)
    with pytest.raises(RuntimeError, match="no gradient of weight"):
        sgd.step()


@pytest.mark.needs("torch")
def test_adam_agrees_with_torch(rng):
    import torch

    model = model_with_gradients(rng)
    tensors = {n: torch.tensor(v, requires_grad=True) for n, v in values(model).items()}
    settings = {"lr": 0.02, "betas": (0.8, 0.95), "eps": 1e-3}
    ours, theirs = nn.Adam(model, **settings), torch.optim.Adam(tensors.values(), **settings)
    for step in range(6):
        ours.lr = theirs.param_groups[0]["lr"] = 0.02 / (step + 1)
        draw_gradients(model, rng)
        for name, module, key in model.named_parameters():
            tensors[name].grad = torch.tensor(module.grads[key])
        ours.step()
        theirs.step()
    for name, value in values(model).items():
        np.testing.assert_allclose(value, tensors[name].detach().numpy(), rtol=1e-10)


def test_adams_first_step_is_lr_along_every_sign(rng):
    model = model_with_gradients(rng, np.float32)
    before = values(model)
    nn.Adam(model, lr=0.01).step()
    for name, module, key in model.named_parameters():
        moved = module.params[key] - before[name]
        np.testing.assert_allclose(moved, -0.01 * np.sign(module.grads[key]), rtol=1e-3)
        assert module.params[key].dtype == np.float32


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"betas": (1.0, 0.9)}, "Adam expects beta1 of at least 0 and below 1"),
        ({"betas": (0.9, np.nan)}, "Adam expects beta2"),
        ({"eps": -1}, "Adam expects eps"),
        ({"lr": -1}, "Adam expects lr"),
    ],
)
def test_adam_names_bad_settings(rng, settings, words):
    with pytest.raises(ValueError, match=words):
        nn.Adam(model_with_gradients(rng), **settings)


def test_penalty_is_what_decay_and_l1_descend(rng):
    """SGD without a loss moves every weight along minus the slope of `penalty`, and no bias."""
    model = model_with_gradients(rng)
    weight = model[0].params["weight"]
    measured = nn.numeric_gradient(
        lambda w: nn.penalty(with_weight(model[0], w, model), weight_decay=0.3), weight
    )
    model[0].params["weight"] = weight
    np.testing.assert_allclose(measured, 0.3 * weight, rtol=1e-6)
    weights = [v for n, v in values(model).items() if n.endswith("weight")]
    np.testing.assert_allclose(nn.penalty(model, l1=2.0), 2 * sum(np.abs(w).sum() for w in weights))
    model[0].params["bias"] += 100
    assert nn.penalty(model, 1, 1) < 100


def with_weight(layer, weight, model):
    layer.params["weight"] = weight
    return model


def test_scales_and_slopes_of_one_axis_are_not_penalised():
    from coursekit.nn.optim import is_penalised

    assert is_penalised("weight", np.ones((2, 3)))
    assert not is_penalised("weight", np.ones(3))  # BatchNorm2d's scale, PReLU's slope
    assert not is_penalised("bias", np.ones((1, 3)))


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        (nn.step_decay(0.8, factor=0.5, every=3), [0.8, 0.8, 0.8, 0.4, 0.4, 0.4, 0.2]),
        (nn.inverse_decay(0.6, half=2), [0.6, 0.4, 0.3, 0.24, 0.2]),
        (nn.cosine_decay(1.0, 4), [1, (1 + 0.5**0.5) / 2, 0.5, (1 - 0.5**0.5) / 2, 0, 0]),
        (nn.cosine_decay(1.0, 6, warmup=2), [0.5, 1, 1, (1 + 0.5**0.5) / 2, 0.5]),
    ],
)
def test_schedules(schedule, expected):
    np.testing.assert_allclose([schedule(step) for step in range(len(expected))], expected)


@pytest.mark.parametrize(
    "make",
    [
        lambda: nn.step_decay(-1, every=3),
        lambda: nn.step_decay(1, every=0),
        lambda: nn.inverse_decay(1, half=0),
        lambda: nn.cosine_decay(1, 5, warmup=5),
    ],
)
def test_schedules_name_bad_settings(make):
    with pytest.raises(ValueError, match="expects"):
        make()
