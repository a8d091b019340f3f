"""Pictures of what a network learnt: slopes, penalties, images that excite units, neighbours."""

import numpy as np
import pytest

from coursekit import data, nn, unitviz
from coursekit.data import trained
from coursekit.filters import gaussian_derivative_basis, steer
from coursekit.nn.activations import log_softmax
from coursekit.pyramids import reconstruct
from coursekit.unitviz import coordinates, views


@pytest.fixture
def small(rng):
    """A network without flat places, so that slopes can be measured: x (n, 2, 7, 6)."""
    return nn.Sequential(
        {
            "conv": nn.Conv2d(2, 3, (3, 2), rng=rng),  # (n, 3, 5, 5)
            "tanh": nn.Tanh(),
            "flatten": nn.Flatten(),
            "out": nn.Linear(75, 4, rng=rng),
        }
    )


@pytest.fixture(scope="module")
def digits():
    return data.load_network("digits")


@pytest.fixture(scope="module")
def second():
    """A network for digits that learnt from another seed, for a shorter time."""
    return trained.train_digits(1, epochs=3)


def probabilities(network, image):
    x = np.asarray(image, np.float32)[None, None]
    return np.exp(log_softmax(network.forward(x).astype(np.float64), axis=1))[0]


# --- units and saliency ---


@pytest.mark.parametrize(
    ("unit", "layer", "value"),
    [
        (2, None, lambda y: y[:, 2]),
        (1, "conv", lambda y: y[:, 1].mean(axis=(1, 2))),
        ((2, 4, 0), "conv", lambda y: y[:, 2, 4, 0]),
    ],
)
def test_a_unit_is_a_class_a_channel_or_a_place(unit, layer, value, small, rng):
    x = rng.standard_normal((2, 2, 7, 6))
    chosen = unitviz.Unit(small, unit, layer)
    y = small.layers["conv"].forward(x) if layer else small.forward(x)
    np.testing.assert_allclose(chosen.forward(x), value(y))
    slope = chosen.backward()
    measured = nn.numeric_gradient(lambda v: chosen.forward(v).sum(), x)
    np.testing.assert_allclose(slope, measured, atol=1e-8)
    np.testing.assert_array_equal(unitviz.saliency(small, x, unit, layer), slope)


def test_magnitude_is_the_largest_slope_of_the_channels(small, rng):
    x = rng.standard_normal((3, 2, 7, 6))
    slope = unitviz.saliency(small, x, 1)
    magnitude = unitviz.saliency(small, x, 1, kind="magnitude")
    assert magnitude.shape == (3, 7, 6)
    np.testing.assert_array_equal(magnitude, np.maximum(abs(slope[:, 0]), abs(slope[:, 1])))


def test_smoothgrad_is_a_mean_of_slopes_nearby(small, rng):
    x = rng.standard_normal((2, 2, 7, 6))
    settings = {"kind": "smoothgrad", "rng": np.random.default_rng(3)}
    still = unitviz.saliency(small, x, 1, samples=2, noise=0, **settings)
    np.testing.assert_allclose(still, unitviz.saliency(small, x, 1))
    linear = nn.Sequential({"flatten": nn.Flatten(), "out": nn.Linear(84, 2, rng=rng)})
    same = unitviz.saliency(linear, x, 1, **settings)  # a linear unit has one slope everywhere
    np.testing.assert_allclose(same[0].ravel(), linear.layers["out"].params["weight"][1])
    smooth = unitviz.saliency(small, x, 1, noise=0.5, **settings)
    assert np.abs(smooth - still).max() > 1e-3


def test_slopes_keep_the_type(small, rng):
    x = rng.standard_normal((1, 2, 7, 6)).astype(np.float32)
    for kind in ("gradient", "magnitude", "smoothgrad"):
        assert unitviz.saliency(small, x, 0, kind=kind, rng=rng).dtype == np.float32


# --- penalties, views, coordinates ---


@pytest.mark.parametrize(
    "penalty",
    [
        unitviz.l2(0.7),
        unitviz.l2(2.0, towards=0),
        unitviz.total_variation(1.3),
        unitviz.high_frequencies(5.0),
    ],
)
def test_penalties_have_the_right_slope(penalty, rng):
    image = rng.random((6, 7, 3))
    value, slope = penalty(image)
    measured = nn.numeric_gradient(lambda v: penalty(v)[0], image)
    np.testing.assert_allclose(slope, measured, atol=1e-8)
    assert value > 0
    assert penalty(image.astype(np.float32))[1].dtype == np.float32


def test_penalties_prefer_smooth_pictures(rng):
    noise = rng.random((20, 22, 1))
    smooth = np.full_like(noise, noise.mean())
    for penalty in (unitviz.total_variation(1), unitviz.high_frequencies(1), unitviz.l2(1)):
        assert penalty(smooth)[0] < 0.2 * penalty(noise)[0]


def test_a_view_sends_slopes_back_by_its_adjoint(rng):
    image, slope = rng.random((9, 8, 2)), rng.random((9, 8, 2))
    view = unitviz.random_view(shift=3, angle=0.4, scale=0.3)
    seen, send_back = view(image, rng)
    assert np.vdot(seen, slope) == pytest.approx(np.vdot(image, send_back(slope)))
    still, _ = unitviz.random_view(shift=0, angle=0, scale=0)(image, rng)
    np.testing.assert_allclose(still, image, atol=1e-12)


def test_a_view_shifts_by_whole_pixels_exactly(rng):
    image = rng.random((5, 6, 1))
    rows, columns = np.mgrid[:5, :6]
    seen, _ = views.read_between(image, rows + 1.0, columns - 2.0)
    np.testing.assert_allclose(seen[:4, 2:], image[1:, :4])
    np.testing.assert_allclose(seen[:, 0], np.vstack([image[1:, 0], image[4:, 0]]))  # repeats


@pytest.mark.parametrize("n_levels", [1, 3])
def test_the_slope_of_a_laplacian_pyramid_is_a_gaussian_pyramid(n_levels, rng):
    """Move the levels a little along their slopes: the image gains what the slopes promise."""
    image, slope = rng.uniform(0.2, 0.8, (11, 14, 2)), rng.standard_normal((11, 14, 2))
    scales = coordinates.Scales(image, n_levels)
    np.testing.assert_allclose(scales.image(), image)
    before = [level.copy() for level in scales.levels]
    scales.climb(slope, 0.5)
    for k, (level, after) in enumerate(zip(before, scales.levels, strict=True)):

        def gain(values, k=k):
            levels = [*before[:k], values, *before[k + 1 :]]
            y = 1 / (1 + np.exp(-reconstruct(levels, edges="constant")))
            return np.vdot(slope, y)

        measured, step = nn.numeric_gradient(gain, level), after - level
        length = np.sqrt(np.mean(measured**2))
        np.testing.assert_allclose(step, 0.5 * measured / length, atol=1e-6)


def test_steps_in_colour_follow_the_colours_of_photographs(rng):
    eigenvalues = np.linalg.eigvalsh(coordinates.COLOURS)
    assert eigenvalues.min() > 0  # so that every step still goes uphill
    pictures = [data.load_image(name) for name in ("astronaut", "cat", "coffee", "rocket")]
    covariance = np.cov(np.concatenate([p.reshape(-1, 3) for p in pictures]).T)
    covariance /= np.linalg.eigvalsh(covariance).max()
    np.testing.assert_allclose(coordinates.COLOURS, covariance, atol=0.006)


# --- images that excite a unit ---


def test_the_images_of_digits_are_digits_for_another_network_too(digits, second):
    """256 steps: every class reaches .99, and a second network reads at least 8 of the 10."""
    images = [unitviz.maximize_unit(digits, k, rng=np.random.default_rng(k)) for k in range(10)]
    assert min(probabilities(digits, image)[k] for k, image in enumerate(images)) >= 0.99
    read = [probabilities(second, image).argmax() for image in images]
    assert sum(k == digit for k, digit in enumerate(read)) >= 8


def test_without_penalty_and_view_the_second_network_is_less_sure(digits, second):
    """Plain pixels reach .99 in the first network alone: it is partly noise that is drawn."""
    plain = {"regularizer": (), "view": None, "levels": 1, "steps": 128}

    def sureness(**settings):
        images = [
            unitviz.maximize_unit(digits, k, rng=np.random.default_rng(k), **settings)
            for k in range(10)
        ]
        return np.mean([probabilities(second, image)[k] for k, image in enumerate(images)])

    assert sureness(**plain) + 0.05 < sureness(steps=128)


def test_maximize_unit_climbs_and_repeats_itself(digits):
    settings = {"layer": "conv2", "steps": 20}
    states = list(unitviz.maximize_unit.steps(digits, 3, rng=np.random.default_rng(1), **settings))
    assert [state.step for state in states] == list(range(1, 21))
    assert states[-1].activation > states[0].activation + 1
    assert all(state.image.min() >= 0 and state.image.max() <= 1 for state in states)
    again = unitviz.maximize_unit(digits, 3, rng=np.random.default_rng(1), **settings)
    np.testing.assert_array_equal(again, states[-1].image)
    other = unitviz.maximize_unit(digits, 3, rng=np.random.default_rng(2), **settings)
    assert np.abs(other - again).max() > 0.01


def test_the_activation_is_that_of_the_image(digits):
    *_, state = unitviz.maximize_unit.steps(digits, "7", steps=3, rng=np.random.default_rng(0))
    scores = digits.forward(state.image[None, None])
    assert state.activation == pytest.approx(float(scores[0, 7]), rel=1e-5)


def test_a_penalty_is_subtracted(digits):
    """The more it weighs, the smaller the penalised quantity and the activation."""
    roughness = unitviz.total_variation(1.0)
    results = []
    for weight in (0, 300):
        image = unitviz.maximize_unit(
            digits,
            3,
            steps=60,
            regularizer=unitviz.total_variation(weight),
            view=None,
            rng=np.random.default_rng(0),
        )
        scores = digits.forward(image[None, None])
        results.append((roughness(image[..., None])[0], scores[0, 3]))
    (rough, high), (smooth, low) = results
    assert smooth < 0.7 * rough
    assert low < high


@pytest.mark.parametrize("start", ["grey", "noise", np.full((28, 28), 0.25)])
def test_maximize_unit_starts_where_it_is_told(start, digits):
    settings = {"steps": 1, "lr": 0.0, "start": start}
    image = unitviz.maximize_unit(digits, 0, rng=np.random.default_rng(0), **settings)
    assert image.shape == (28, 28)
    assert image.dtype == np.float32
    assert image.mean() == pytest.approx(0.25 if isinstance(start, np.ndarray) else 0.5, abs=0.01)
    assert (image.std() > 0.01) == (isinstance(start, str) and start == "noise")


def test_a_model_of_ones_own_needs_a_shape(rng):
    model = nn.Sequential({"conv": nn.Conv2d(3, 2, 3, rng=rng)})
    image = unitviz.maximize_unit(model, 1, "conv", shape=(9, 12, 3), steps=2, rng=rng)
    assert image.shape == (9, 12, 3)
    with pytest.raises(ValueError, match=r"needs shape=\(h, w\)"):
        unitviz.maximize_unit(model, 1, "conv", steps=2, rng=rng)


@pytest.mark.needs("pretrained")
def test_the_face_that_the_onet_draws_is_a_face_for_the_rnet():
    """The R-Net never saw the optimisation."""
    network = data.load_network("faces")
    image = unitviz.maximize_unit(network, "face", steps=60, rng=np.random.default_rng(0))
    assert image.shape == (48, 48, 3)
    picture = image.astype(np.float64)
    assert network.rnet.predict(network.rnet.to_size(picture), top=1)[0][0] == "face"
    grey = np.full((24, 24, 3), 0.5)
    assert network.rnet.predict(grey, top=1)[0][0] == "no face"


@pytest.mark.needs("pretrained")
def test_a_middle_channel_of_imagenet():
    network = data.load_network("imagenet")
    settings = {"shape": (64, 64, 3), "steps": 8, "lr": 0.3}
    states = list(
        unitviz.maximize_unit.steps(network, 20, "block9", rng=np.random.default_rng(0), **settings)
    )
    assert states[-1].activation > states[0].activation + 0.1


# --- deep dream ---


@pytest.mark.parametrize("unit", [None, 5])
def test_deep_dream_strengthens_what_a_layer_sees(unit):
    network = data.load_network("textures")
    photograph = data.load_image("coins")[40:131, 50:170]
    rng = np.random.default_rng(0)
    dream = unitviz.deep_dream(network, photograph, "conv2", unit, octaves=2, rng=rng)
    assert dream.shape == photograph.shape
    assert dream.min() >= 0
    assert dream.max() <= 1
    before, after = (strength(network, image, "conv2", unit) for image in (photograph, dream))
    assert after > before + 0.5 * abs(before)
    assert np.abs(dream - photograph).mean() < 2 * 10 * 0.02  # octaves, steps of 0.02 grey values


def strength(network, image, layer, unit):
    y = np.asarray(image, np.float32)[None, None]
    for name, module in network.layers.items():
        y = module.forward(y)
        if name == layer:
            break
    return (y**2).mean() if unit is None else y[0, unit].mean()


def test_deep_dream_yields_its_octaves_small_first():
    network = data.load_network("textures")
    photograph = data.load_image("coins")[:60, :50]
    settings = {"octaves": 2, "steps": 3, "rng": np.random.default_rng(0)}
    states = list(unitviz.deep_dream.steps(network, photograph, "relu2", **settings))
    assert [state.image.shape for state in states] == [(30, 25)] * 3 + [(60, 50)] * 3
    assert [state.step for state in states] == [1, 2, 3, 4, 5, 6]


# --- neighbours ---


def test_nearest_agrees_with_the_definition(small, rng):
    queries, gallery = rng.standard_normal((3, 2, 7, 6)), rng.standard_normal((8, 2, 7, 6))
    rows = [unitviz.features(small, x, "tanh") for x in (queries, gallery)]
    assert rows[0].shape == (3, 75)
    angles = [[1 - a @ b / np.sqrt(a @ a * (b @ b)) for b in rows[1]] for a in rows[0]]
    lengths = [[np.sqrt(((a - b) ** 2).sum()) for b in rows[1]] for a in rows[0]]
    for metric, distances in {"cosine": angles, "euclidean": lengths}.items():
        found = unitviz.nearest(small, queries, gallery, "tanh", k=4, metric=metric)
        expected = np.argsort(distances, axis=1)[:, :4]
        np.testing.assert_array_equal(found.indices, expected)
        np.testing.assert_allclose(
            found.distances, np.take_along_axis(np.array(distances), expected, axis=1)
        )


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_the_first_of_equally_near_pictures_comes_first(metric, digits, rng):
    x = rng.random((5, 1, 28, 28)).astype(np.float32)
    gallery = x[[0, 1, 2, 1, 0, 3, 1]]
    found = unitviz.nearest(digits, x[[1, 0]], gallery, "relu4", k=3, metric=metric)
    assert found.indices[0].tolist() == [1, 3, 6]
    assert found.indices[1, :2].tolist() == [0, 4]


def test_neighbours_of_a_digit_show_the_same_digit(digits):
    (x, y), (x_validation, y_validation) = data.load_digits28()
    found = unitviz.nearest(digits, x_validation[:20], x[:1000], "relu4", k=3)
    assert (y[found.indices] == y_validation[:20, None]).mean() > 0.9


# --- first layer, sheets ---


@pytest.mark.parametrize(("order", "sigma", "degrees"), [(1, 1.2, 30), (2, 0.9, 117), (2, 1.5, 0)])
def test_fit_filters_finds_what_was_put_in(order, sigma, degrees, rng):
    kernel = steer(gaussian_derivative_basis(order, sigma), np.deg2rad(degrees))
    middle = kernel.shape[0] // 2
    kernel = kernel[middle - 3 : middle + 4, middle - 2 : middle + 3]  # (7, 5)
    weight = np.stack([kernel * share for share in (0.5, -2.0, 1.0)])[None]  # (1, 3, 7, 5)
    [fit] = unitviz.fit_filters(weight + 0.3)
    assert fit.order == order
    assert fit.sigma == pytest.approx(sigma)
    assert np.rad2deg(fit.angle) == pytest.approx(degrees)
    assert fit.frequency == pytest.approx(np.sqrt(order) / (2 * np.pi * sigma))
    assert fit.explained == pytest.approx(1)
    noise = unitviz.fit_filters(rng.standard_normal((6, 1, 7, 7)))
    assert max(fit.explained for fit in noise) < 0.8


def test_the_frequency_is_where_the_kernel_answers_most():
    kernel = gaussian_derivative_basis(2, 1.7)[0]
    spectrum = np.abs(np.fft.rfft(kernel.sum(axis=0), 4096))
    [fit] = unitviz.fit_filters(kernel[4:-4, 4:-4][None, None])
    assert fit.frequency == pytest.approx(spectrum.argmax() / 4096, abs=0.01)


def test_a_contact_sheet_has_one_image_per_unit(digits):
    settings = {"units": [3, 0, 2], "columns": 2, "steps": 2}
    sheet = unitviz.contact_sheet(digits, "conv2", rng=np.random.default_rng(4), **settings)
    assert sheet.shape == (28 + 2 + 28, 28 + 2 + 28)
    first, _, third = np.random.default_rng(4).spawn(3)
    image = unitviz.maximize_unit(digits, 3, "conv2", steps=2, rng=first)
    np.testing.assert_array_equal(sheet[:28, :28], image)
    image = unitviz.maximize_unit(digits, 2, "conv2", steps=2, rng=third)
    np.testing.assert_array_equal(sheet[30:, :28], image)
    assert (sheet[28:30] == 1).all()
    everything = unitviz.contact_sheet(digits, steps=1, rng=np.random.default_rng(4))
    assert everything.shape == (3 * 30 - 2, 4 * 30 - 2)  # ten classes in rows of four


# --- bad input ---


def test_what_is_not_there_lists_what_is(digits, rng):
    x = rng.random((1, 1, 28, 28))
    with pytest.raises(ValueError, match=r"layers conv1, relu1, .*fc3; got 'conv9'"):
        unitviz.saliency(digits, x, 0, "conv9")
    with pytest.raises(ValueError, match=r"'fc3' has the units 0…9; got \(10,\)"):
        unitviz.saliency(digits, x, 10)
    with pytest.raises(ValueError, match=r"'conv2' has the units 0…15, or \(k, row, column\)"):
        unitviz.maximize_unit(digits, (3, 4), "conv2", rng=rng)
    with pytest.raises(ValueError, match="names are: 0, 1, .*got 'cat'"):
        unitviz.maximize_unit(digits, "cat", rng=rng)
    with pytest.raises(TypeError, match=r"whole number, a tuple .*got 1\.5"):
        unitviz.saliency(digits, x, 1.5)


def test_bad_pictures_and_settings_are_told_what_was_wanted(digits, rng):
    with pytest.raises(ValueError, match=r"\(n, 1, 28, 28\).*prepare\(image\)"):
        unitviz.saliency(digits, np.zeros((1, 1, 20, 28)), 0)
    with pytest.raises(ValueError, match=r"0…1; got 0…255.*img_as_float"):
        unitviz.deep_dream(digits, np.eye(28) * 255, "conv1", rng=rng)
    with pytest.raises(ValueError, match=r"\(n, 1, 28, 28\).*prepare\(image\)"):
        unitviz.maximize_unit(digits, 0, start=np.zeros((20, 20)), rng=rng)
    with pytest.raises(ValueError, match="noise, grey or an image"):
        unitviz.maximize_unit(digits, 0, start="black", rng=rng)
    with pytest.raises(TypeError, match="rng as a numpy Generator"):
        unitviz.saliency(digits, np.zeros((1, 1, 28, 28)), 0, kind="smoothgrad")
    with pytest.raises(ValueError, match="gradient, magnitude, smoothgrad"):
        unitviz.saliency(digits, np.zeros((1, 1, 28, 28)), 0, kind="guided")
    with pytest.raises(ValueError, match="cosine, euclidean"):
        unitviz.nearest(
            digits, np.zeros((1, 1, 28, 28)), np.zeros((5, 1, 28, 28)), "fc1", metric=""
        )
    with pytest.raises(ValueError, match="at most 3, the gallery"):
        unitviz.nearest(digits, np.zeros((1, 1, 28, 28)), np.zeros((3, 1, 28, 28)), "fc1")
    with pytest.raises(ValueError, match="images of one shape"):
        unitviz.tile([np.zeros((2, 3)), np.zeros((3, 2))])
