"""Saving and loading: nothing is lost, torch's files fit, what does not fit is named."""

import numpy as np
import pytest
import safetensors.numpy

from coursekit import nn


def network(rng, dtype=np.float64):
    return nn.Sequential(
        nn.Conv2d(3, 4, (3, 2), stride=(1, 2), padding=1, groups=1, rng=rng, dtype=dtype),
        nn.BatchNorm2d(4, dtype=dtype),
        nn.PReLU(4, dtype=dtype),
        nn.Sequential(nn.MaxPool2d(2), nn.Flatten()),
        nn.Linear(24, 5, rng=rng, dtype=dtype),
    )


def torch_network(torch):
    net = torch.nn
    return net.Sequential(
        net.Conv2d(3, 4, (3, 2), stride=(1, 2), padding=1),
        net.BatchNorm2d(4),
        net.PReLU(4),
        net.Sequential(net.MaxPool2d(2), net.Flatten()),
        net.Linear(24, 5),
    )


@pytest.fixture
def x(rng):
    return rng.standard_normal((6, 3, 7, 6)).astype(np.float32)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_what_is_saved_comes_back_bit_by_bit(rng, x, tmp_path, dtype):
    model = network(rng, dtype)
    model.forward(x)  # moves the running mean of BatchNorm2d
    nn.save(model, tmp_path / "net.safetensors")
    copy = nn.load(network(rng, dtype), tmp_path / "net.safetensors")
    for name, array in nn.state_dict(model).items():
        np.testing.assert_array_equal(nn.state_dict(copy)[name], array)
        assert nn.state_dict(copy)[name].dtype == array.dtype
    np.testing.assert_array_equal(nn.predict(copy, x), nn.predict(model, x))


def test_weights_that_are_views_are_saved_as_they_look(rng, tmp_path):
    model = nn.Linear(3, 2, rng=rng)
    model.params["weight"] = np.arange(6.0).reshape(3, 2).T
    nn.save(model, tmp_path / "net.safetensors")
    loaded = nn.load(nn.Linear(3, 2, rng=None), tmp_path / "net.safetensors")
    np.testing.assert_array_equal(loaded.params["weight"], [[0, 2, 4], [1, 3, 5]])


def test_a_model_without_weights_can_be_loaded_and_trained(rng, tmp_path):
    nn.save(nn.Linear(3, 2, rng=rng), tmp_path / "net.safetensors")
    model = nn.load(nn.Linear(3, 2, rng=None), tmp_path / "net.safetensors")
    model.forward(np.ones((1, 3)))
    model.backward(np.ones((1, 2)))
    nn.SGD(model, 0.1).step()


@pytest.mark.needs("torch")
def test_a_torch_file_loads_and_gives_the_same_outputs(rng, x, tmp_path):
    import safetensors.torch
    import torch

    theirs = torch_network(torch)
    theirs(torch.tensor(x))
    safetensors.torch.save_file(theirs.state_dict(), tmp_path / "torch.safetensors")
    model = nn.load(network(rng), tmp_path / "torch.safetensors")
    expected = theirs.eval()(torch.tensor(x)).detach().numpy()
    np.testing.assert_allclose(nn.predict(model, x), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.needs("torch")
def test_our_file_loads_in_torch_and_gives_the_same_outputs(rng, x, tmp_path):
    import safetensors.torch
    import torch

    model = network(rng, np.float32)
    model.forward(x)
    nn.save(model, tmp_path / "ours.safetensors")
    theirs = torch_network(torch)
    state = safetensors.torch.load_file(tmp_path / "ours.safetensors")
    assert list(theirs.state_dict()) == list(nn.state_dict(model))
    theirs.load_state_dict(state)  # strict: every key and shape
    expected = theirs.eval()(torch.tensor(x)).detach().numpy()
    np.testing.assert_allclose(nn.predict(model, x), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (lambda s: s.pop("0.bias"), ValueError, "the model misses 0.bias$"),
        (
            lambda s: s.update({"fc.weight": s.pop("4.weight")}),
            ValueError,
            "misses 4.weight and has no place for fc.weight",
        ),
        (
            lambda s: s.update({"4.weight": s["4.weight"].T}),
            ValueError,
            r"4.weight expects shape \(5, 24\); got \(24, 5\)",
        ),
        (
            lambda s: s.update({"0.bias": s["0.bias"].astype(np.int64)}),
            TypeError,
            "0.bias expects float32 or float64; got int64",
        ),
        (lambda s: s.update({"0.bias": s["0.bias"].astype(np.float16)}), TypeError, "got float16"),
        (
            lambda s: s.update({"1.num_batches_tracked": np.array(1.5)}),
            TypeError,
            "1.num_batches_tracked expects int32 or int64; got float64",
        ),
    ],
)
def test_what_does_not_fit_is_named_and_nothing_is_loaded(rng, tmp_path, change, error, words):
    state = {k: np.array(v) for k, v in nn.state_dict(network(rng)).items()}
    change(state)
    state = {k: np.ascontiguousarray(v).reshape(v.shape) for k, v in state.items()}
    safetensors.numpy.save_file(state, tmp_path / "wrong.safetensors")
    model = network(rng)
    before = nn.parameters_to_vector(model)
    with pytest.raises(error, match=words):
        nn.load(model, tmp_path / "wrong.safetensors")
    np.testing.assert_array_equal(nn.parameters_to_vector(model), before)


@pytest.mark.needs("torch")
def test_bfloat16_is_named(rng, tmp_path):
    import safetensors.torch
    import torch

    state = {k: v.bfloat16() for k, v in torch.nn.Linear(3, 2).state_dict().items()}
    safetensors.torch.save_file(state, tmp_path / "half.safetensors")
    with pytest.raises(TypeError, match="weight|bias"):
        nn.load(nn.Linear(3, 2, rng=rng), tmp_path / "half.safetensors")


def test_another_kind_of_file_is_refused(rng, tmp_path):
    path = tmp_path / "net.npz"
    np.savez(path, weight=np.ones((2, 3)))
    with pytest.raises(ValueError, match="load expects a safetensors file; .*net.npz is none"):
        nn.load(nn.Linear(3, 2, rng=rng), path)
    with pytest.raises(FileNotFoundError):
        nn.load(nn.Linear(3, 2, rng=rng), tmp_path / "none.safetensors")


def test_what_is_loaded_lies_in_order_in_memory(rng):
    model = nn.Linear(3, 2, rng=rng)
    nn.load_state_dict(model, {"weight": np.ones((3, 2)).T, "bias": np.ones(2)})
    assert model.params["weight"].flags["C_CONTIGUOUS"]


def test_loading_copies(rng):
    model = nn.Linear(3, 2, rng=rng)
    state = {name: array.copy() for name, array in nn.state_dict(model).items()}
    nn.load_state_dict(model, state)
    state["weight"][...] = 0
    assert (model.params["weight"] != 0).all()
