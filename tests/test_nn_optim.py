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


def test_sgd_agrees_with_torch(rng, peer):
    torch = peer("torch")
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
