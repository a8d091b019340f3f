"""The lectures' networks: counts of the papers, slopes, torch's outputs, the perceptron's rule."""

import tracemalloc

import numpy as np
import pytest

from coursekit import data, nn
from coursekit.nn import models
from coursekit.nn.lenet import C3_TABLE, Subsample, TableConv2d


def test_lenet5_of_1998_is_counted_as_published(vectors):
    expected = vectors["param_counts"]["lenet5"]
    table = nn.summary(models.lenet5(rng=None, original=True), (1, 32, 32))
    counts = {row.name: row.n_params for row in table.rows if row.n_params}
    assert table.n_params == expected.pop("trainable_total")
    assert counts == expected


def test_alexnet_is_counted_without_its_weights(vectors):
    expected = vectors["param_counts"]["alexnet_two_gpu_groups"]
    tracemalloc.start()
    table = nn.summary(models.alexnet(rng=None), (3, 227, 227))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    counts = {row.name: row.n_params for row in table.rows if row.n_params}
    assert table.n_params == expected.pop("total")
    assert counts == expected
    assert peak < 1_000_000  # the weights would take 244 MB
    shapes = {row.name: row.output_shape for row in table.rows}
    assert shapes["conv1"] == (96, 55, 55)
    assert shapes["pool5"] == (256, 6, 6)
    assert shapes["fc8"] == (1000,)


def test_a_summary_reads_as_a_table():
    text = str(nn.summary(models.mlp((784, 256, 10), "ReLU", rng=None), (784,)))
    assert text.splitlines() == [
        "layer  kind    output  parameters",
        "0      Linear  256        200,960",
        "1      ReLU    256              0",
        "2      Linear  10           2,570",
        "total                     203,530",
    ]


def test_a_summary_names_nested_layers(rng):
    inner = nn.Sequential(nn.Linear(3, 4, rng=rng), nn.Tanh())
    table = nn.summary(nn.Sequential({"body": inner, "head": nn.Linear(4, 2, rng=rng)}), (3,))
    assert [row.name for row in table.rows] == ["body.0", "body.1", "head"]
    assert table.rows[-1].output_shape == (2,)


@pytest.mark.needs("torch")
def test_lenet5_is_torchs(rng):
    import torch

    net = torch.nn
    theirs = net.Sequential(
        net.Conv2d(1, 6, 5, padding=2), net.ReLU(), net.MaxPool2d(2),
        net.Conv2d(6, 16, 5), net.ReLU(), net.MaxPool2d(2), net.Flatten(),
        net.Linear(400, 120), net.ReLU(), net.Linear(120, 84), net.ReLU(), net.Linear(84, 10),
    )  # fmt: skip
    ours = models.lenet5(rng=rng)
    state = zip(nn.state_dict(ours), theirs.state_dict().values(), strict=True)
    nn.load_state_dict(ours, {name: tensor.numpy() for name, tensor in state})
    x = rng.standard_normal((3, 1, 28, 28)).astype(np.float32)
    expected = theirs(torch.tensor(x)).detach().numpy()
    np.testing.assert_allclose(ours.forward(x), expected, rtol=1e-5, atol=1e-6)
    assert list(nn.state_dict(ours))[:2] == ["conv1.weight", "conv1.bias"]


def test_c3_table_is_the_papers():
    assert [len(row) for row in C3_TABLE] == [3] * 6 + [4] * 9 + [6]
    seen = np.zeros((6, 16), int)
    for column, row in enumerate(C3_TABLE):
        assert len(set(row)) == len(row)
        seen[list(row), column] = 1
    assert seen.sum(axis=1).tolist() == [10] * 6  # each map of S2 is seen ten times
    assert [set(row) for row in C3_TABLE[12:15]] == [{0, 1, 3, 4}, {1, 2, 4, 5}, {0, 2, 3, 5}]


TABLE = ((0, 2), (1,), (0, 1, 2))


def test_a_table_convolution_is_a_convolution_with_zeros(rng):
    layer, full = TableConv2d(3, TABLE, 2, rng=rng), nn.Conv2d(3, 3, 2, rng=rng)
    full.params["weight"][...] = 0
    connections = iter(layer.params["weight"])
    for out, row in enumerate(TABLE):
        for i in row:
            full.params["weight"][out, i] = next(connections)
    full.params["bias"] = layer.params["bias"]
    x = rng.standard_normal((4, 3, 5, 7))
    np.testing.assert_array_equal(layer.forward(x), full.forward(x))


def test_slopes_of_lenets_own_layers(rng):
    x = rng.standard_normal((2, 3, 4, 6))
    assert nn.gradcheck(TableConv2d(3, TABLE, 3, rng=rng), x) < 1e-6
    subsample = Subsample(3)
    subsample.params["weight"] += rng.standard_normal(3)
    error = nn.gradcheck(subsample, x)
    assert error < 1e-6
    assert set(error.by_name) == {"x", "weight", "bias"}


def test_subsampling_starts_as_the_average(rng):
    x = rng.standard_normal((2, 3, 4, 6))
    np.testing.assert_allclose(Subsample(3).forward(x), nn.AvgPool2d(2).forward(x))
    with pytest.raises(ValueError, match="Subsample expects even h and w; got 5 and 6"):
        Subsample(3).forward(np.ones((2, 3, 5, 6)))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_lenet5_of_1998_runs_both_ways(rng, dtype):
    model = models.lenet5(rng=rng, original=True, dtype=dtype)
    y = model.forward(rng.standard_normal((2, 1, 32, 32)).astype(dtype))
    assert y.shape == (2, 84)
    assert model.backward(y).shape == (2, 1, 32, 32)
    assert {a.dtype for _, m, k in model.named_parameters() for a in (m.params[k], m.grads[k])} == {
        np.dtype(dtype)
    }


def test_mlp_is_linear_at_the_end(rng):
    model = models.mlp((4, 5, 3, 2), nn.LeakyReLU, rng=rng)
    kinds = [type(layer).__name__ for layer in model.layers.values()]
    assert kinds == ["Linear", "LeakyReLU", "Linear", "LeakyReLU", "Linear"]
    assert model.output_shape((7, 4)) == (7, 2)
    by_name = models.mlp((4, 5, 2), "leakyrelu", rng=rng)
    assert isinstance(by_name[1], nn.LeakyReLU)
    assert nn.gradcheck(model, rng.standard_normal((3, 4))) < 1e-6


@pytest.mark.parametrize("activation", ["relux", "module", "np", nn.Tanh(), None])
def test_mlp_names_a_wrong_activation(activation):
    with pytest.raises(ValueError, match="mlp expects activation as a class.*Tanh.*got"):
        models.mlp((2, 3, 1), activation, rng=None)


def test_net_2_3_1_is_the_decks_formula(rng):
    """F(X) = φ(x₁w₁ + x₂w₂)v₁ + φ(x₁w₃ + x₂w₄)v₂ + φ(x₁w₅ + x₂w₆)v₃ (deck 004)."""
    model = models.net_2_3_1(rng=rng)
    w, v = (
        model.layers["hidden"].params["weight"].ravel(),
        model.layers["output"].params["weight"][0],
    )
    x = rng.standard_normal((5, 2))

    def phi(a):
        return 1 / (1 + np.exp(-a))

    x1, x2 = x.T
    f = phi(x1 * w[0] + x2 * w[1]) * v[0] + phi(x1 * w[2] + x2 * w[3]) * v[1]
    f += phi(x1 * w[4] + x2 * w[5]) * v[2]
    np.testing.assert_allclose(model.forward(x)[:, 0], f, rtol=1e-12)


@pytest.mark.parametrize("name", data.boolean_functions())
def test_the_perceptron_learns_14_of_16_boolean_functions(name, vectors):
    x, y = data.boolean_functions()[name]
    unit = nn.Perceptron(2)
    mistakes = [unit.learn(x, y) for _ in range(20)]
    assert (mistakes[-1] == 0) == (name not in vectors["xor"]["not_separable"])
    assert (unit.forward(x) == y).all() == (mistakes[-1] == 0)


def test_the_perceptrons_rule_by_hand():
    unit = nn.Perceptron(2)
    x, y = np.array([[1.0, 2.0], [3.0, -1.0], [0.5, 0.5]]), np.array([1, 0, 1])
    assert unit.learn(x, y, lr=0.5) == 2
    # + ½(1, 2) as 0 was said; − ½(3, −1) as 1 was said; the third answer was right
    np.testing.assert_allclose(unit.params["weight"], [[-1, 1.5]])
    np.testing.assert_allclose(unit.params["bias"], [0])


def test_no_perceptron_tells_connected_figures_but_a_network_with_hidden_units_does():
    x, y = data.four_bars(width=6)
    pixels = x.reshape(4, -1)
    unit = nn.Perceptron(pixels.shape[1])
    assert all(unit.learn(pixels, y) for _ in range(200))
    rng = np.random.default_rng(0)
    model = models.mlp((pixels.shape[1], 4, 2), "Tanh", rng=rng)
    run = (model, nn.CrossEntropyLoss(), nn.SGD(model, 0.3), (pixels, y))
    history = nn.fit(*run, epochs=200, rng=rng, progress=False)
    assert history.accuracy[-1] == 1


def test_the_perceptron_names_bad_input():
    unit = nn.Perceptron(2)
    with pytest.raises(ValueError, match="targets 0 and 1; target 1 is -1"):
        unit.learn(np.ones((3, 2)), [1, -1, 0])
    with pytest.raises(ValueError, match=r"target of shape \(3,\); got \(2,\)"):
        unit.learn(np.ones((3, 2)), [1, 0])
    with pytest.raises(ValueError, match=r"x of shape \(n, 2\); got \(3, 4\)"):
        unit.forward(np.ones((3, 4)))
