"""Layers and losses against torch.nn: forward and backward, random sizes and settings."""

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from needs import needs

from coursekit import nn

QUICK = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
SIZES = st.tuples(*[st.integers(1, 11)] * 2)
KERNELS = st.tuples(*[st.integers(1, 5)] * 2)
STEPS = st.tuples(*[st.integers(1, 4)] * 2)
PADS = st.tuples(*[st.integers(0, 3)] * 2)


@pytest.fixture
def torch():
    needs("torch")
    import torch

    return torch


def close(ours, theirs):
    """Agreement to 1e-5 of the largest number, as float32 has seven digits."""
    theirs = theirs.detach().numpy()
    assert ours.dtype == theirs.dtype == np.float32
    assert ours.shape == theirs.shape
    np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-5 * max(1, np.abs(theirs).max()))


def agree(torch, layer, peer_layer, x, rng):
    """Forward, dx and the slopes of all parameters, from the same weights, in float32."""
    with torch.no_grad():
        for name, parameter in peer_layer.named_parameters():
            parameter.copy_(torch.from_numpy(layer.params[name]))
    x = x.astype(np.float32)
    peer_x = torch.tensor(x, requires_grad=True)
    y, peer_y = layer.forward(x), peer_layer(peer_x)
    close(y, peer_y)
    dy = rng.standard_normal(y.shape, np.float32)
    peer_y.backward(torch.from_numpy(dy))
    close(layer.backward(dy), peer_x.grad)
    for name, parameter in peer_layer.named_parameters():
        close(layer.grads[name], parameter.grad)
    for name, buffer in peer_layer.named_buffers():
        np.testing.assert_allclose(layer.buffers[name], buffer.numpy(), rtol=1e-5, atol=1e-6)


@QUICK
@given(
    size=SIZES,
    kernel=KERNELS,
    stride=STEPS,
    padding=PADS,
    groups=st.sampled_from([(1, 1, 1), (3, 2, 1), (2, 7, 1), (4, 6, 2), (3, 3, 3), (2, 6, 2)]),
    mode=st.sampled_from(["zeros", "reflect", "replicate", "circular"]),
    bias=st.booleans(),
    dims=st.sampled_from([1, 2]),
    n=st.sampled_from([3, 16]),
    seed=st.integers(0, 99),
)
def test_convolutions(torch, n, size, kernel, stride, padding, groups, mode, bias, dims, seed):
    size, kernel, stride, padding = size[:dims], kernel[:dims], stride[:dims], padding[:dims]
    pairs = list(zip(size, kernel, padding, strict=True))
    assume(all(k <= s + 2 * p for s, k, p in pairs))
    assume(mode == "zeros" or all(p < s for s, _, p in pairs))
    rng = np.random.default_rng(seed)
    c, out, groups = groups
    more = {"groups": groups, "bias": bias, "padding_mode": mode}
    name = f"Conv{dims}d"
    layer = getattr(nn, name)(c, out, kernel, stride, padding, **more, rng=rng, dtype=np.float32)
    peer_layer = getattr(torch.nn, name)(c, out, kernel, stride, padding, **more)
    agree(torch, layer, peer_layer, rng.standard_normal((n, c, *size)), rng)


@QUICK
@given(
    size=SIZES,
    kernel=KERNELS,
    stride=st.none() | STEPS,
    padding=st.tuples(*[st.integers(0, 2)] * 2),
    kind=st.sampled_from(["MaxPool", "AvgPool"]),
    dims=st.sampled_from([1, 2]),
    seed=st.integers(0, 99),
)
def test_pooling(torch, size, kernel, stride, padding, kind, dims, seed):
    size, kernel, padding = size[:dims], kernel[:dims], padding[:dims]
    stride = stride and stride[:dims]
    pairs = list(zip(size, kernel, padding, strict=True))
    assume(all(k <= s + 2 * p and 2 * p <= k for s, k, p in pairs))
    rng = np.random.default_rng(seed)
    x = rng.integers(-3, 4, (2, 3, *size))  # many ties
    layer = getattr(nn, f"{kind}{dims}d")(kernel, stride, padding)
    peer_layer = getattr(torch.nn, f"{kind}{dims}d")(kernel, stride, padding)
    agree(torch, layer, peer_layer, x, rng)


@QUICK
@given(
    size=SIZES, kernel=KERNELS, stride=st.none() | STEPS, p=st.sampled_from([1, 2, 3.5]),
    seed=st.integers(0, 99),
)  # fmt: skip
def test_lp_pooling(torch, size, kernel, stride, p, seed):
    assume(all(k <= s for s, k in zip(size, kernel, strict=True)))
    rng = np.random.default_rng(seed)
    x = rng.random((2, 3, *size)) + 0.1  # torch leaves out the absolute value
    agree(torch, nn.LPPool2d(p, kernel, stride), torch.nn.LPPool2d(p, kernel, stride), x, rng)


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("Identity", {}),
        ("Sigmoid", {}),
        ("Tanh", {}),
        ("ReLU", {}),
        ("LeakyReLU", {}),
        ("LeakyReLU", {"negative_slope": 0.3}),
        ("PReLU", {}),
        ("PReLU", {"num_parameters": 3}),
        ("Softmax", {"dim": 1}),
        ("Softmax", {"dim": -1}),
        ("Flatten", {}),
        ("BatchNorm2d", {"num_features": 3}),
        ("BatchNorm2d", {"num_features": 3, "eps": 0.1, "momentum": 0.5}),
    ],
)
@pytest.mark.parametrize("training", [True, False])
def test_other_layers(torch, rng, name, settings, training):
    layer, peer_layer = getattr(nn, name)(**settings), getattr(torch.nn, name)(**settings)
    if "BatchNorm" in name or "PReLU" in name:
        layer.params = {k: v.astype(np.float32) for k, v in layer.params.items()}
    layer.train(training)
    peer_layer.train(training)
    agree(torch, layer, peer_layer, 3 * rng.standard_normal((4, 3, 5, 7)), rng)


def test_linear(torch, rng):
    layer = nn.Linear(5, 3, rng=rng, dtype=np.float32)
    agree(torch, layer, torch.nn.Linear(5, 3), rng.standard_normal((4, 5)), rng)


@pytest.mark.parametrize(
    ("name", "peer_name"),
    [
        ("MSELoss", "MSELoss"),
        ("BCELoss", "BCEWithLogitsLoss"),
        ("CrossEntropyLoss", "CrossEntropyLoss"),
        ("NLLLoss", "NLLLoss"),
    ],
)
@pytest.mark.parametrize("scale", [1, 1000])
def test_losses(torch, rng, name, peer_name, scale):
    prediction = (scale * rng.standard_normal((6, 4))).astype(np.float32)
    target = rng.integers(0, 4, 6)
    if name in {"MSELoss", "BCELoss"}:
        target = rng.random((6, 4)).astype(np.float32)
    loss = getattr(nn, name)()
    peer_prediction = torch.tensor(prediction, requires_grad=True)
    peer_loss = getattr(torch.nn, peer_name)()(peer_prediction, torch.from_numpy(target))
    peer_loss.backward()
    np.testing.assert_allclose(loss.forward(prediction, target), peer_loss.item(), rtol=1e-5)
    close(loss.backward(), peer_prediction.grad)
