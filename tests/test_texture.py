"""Texture synthesis: histograms that match, what that makes of a texture, and what it cannot do."""

import numpy as np
import pytest

from coursekit.applications import histogram_distances, match_histogram, synthesize_texture
from coursekit.applications.texture import decorrelation
from coursekit.data import load_image


def texture(name, h=128, w=144):
    return load_image(name)[:h, :w]


def make(image, shape, seed=0, **settings):
    rng = np.random.default_rng(seed)
    return synthesize_texture(image, shape, rng=rng, progress=False, **settings)


# --- histograms ------------------------------------------------------------------------------


def test_matching_gives_the_values_of_the_reference_in_the_order_of_the_first(rng):
    values, reference = rng.normal(size=(7, 9)), rng.random((9, 7)) ** 3
    matched = match_histogram(values, reference)
    np.testing.assert_allclose(np.sort(matched, axis=None), np.sort(reference, axis=None))
    np.testing.assert_array_equal(np.argsort(matched, axis=None), np.argsort(values, axis=None))


def test_matching_reads_between_the_values_of_a_reference_of_another_size(rng):
    reference = np.array([0.0, 1.0, 10.0])  # halves of steps lie below 1/6, 3/6, 5/6
    matched = match_histogram(np.array([8.0, 5, 7, 6]), reference)  # and ours below 1/8, 3/8, …
    np.testing.assert_allclose(matched, [10, 0, 1 + 9 * 0.375, 0.625])
    values = match_histogram(rng.normal(size=5001), rng.gamma(3, size=300))
    assert values.mean() == pytest.approx(3, abs=0.4)


def test_matching_keeps_float32(rng):
    values = rng.normal(size=(4, 5)).astype(np.float32)
    assert match_histogram(values, rng.normal(size=30)).dtype == np.float32


def test_decorrelated_channels_and_back(rng):
    image = load_image("cat")[60:100, 80:130]
    forward, backward = decorrelation(image)
    channels = forward(image)
    covariance = np.cov(channels.reshape(-1, 3).T)
    np.testing.assert_allclose(covariance - np.diag(np.diag(covariance)), 0, atol=1e-15)
    other = rng.random((5, 6, 3))
    np.testing.assert_allclose(backward(forward(other)), other, atol=1e-14)
    np.testing.assert_allclose((channels**2).sum(), ((image - image.mean((0, 1))) ** 2).sum())


# --- distances -------------------------------------------------------------------------------


def test_distances_are_none_to_itself_and_named():
    distances = histogram_distances(texture("grass"), texture("grass"))
    assert max(distances.values()) < 1e-14
    assert [*distances][:4] == ["pixels", "highpass", "level 0, 0°", "level 0, 45°"]
    assert [*distances][-2:] == ["level 3, 135°", "lowpass"]


def test_distances_are_parts_of_the_standard_deviation():
    image = texture("grass")
    assert histogram_distances(image, image + 0.1)["pixels"] == pytest.approx(0.1 / image.std())
    louder = histogram_distances(image, 1.1 * image)
    scaled = histogram_distances(3 * image, 3.3 * image)
    assert louder == pytest.approx(scaled)
    assert louder["level 1, 0°"] > 0.05


def test_distances_know_directions(rng):
    image = rng.normal(size=(80, 96))
    stripes = image + np.cos(np.arange(96) * 2 * np.pi / 8)  # a wave along x
    distances = histogram_distances(image, stripes)
    assert distances["level 1, 0°"] > 0.3
    assert distances["level 1, 90°"] < 1e-12


def test_distances_do_not_depend_on_the_size_of_the_other_picture():
    """131 pixels are halved with rounding, and the number of coefficients sets their size."""
    image = np.random.default_rng(0).normal(size=(256, 256)) + 30
    other = np.random.default_rng(1).normal(size=(131, 150)) + 30
    assert max(histogram_distances(image, other).values()) < 2  # 30 itself is 500 σ of "lowpass"


def test_a_constant_picture_has_distances_too():
    distances = histogram_distances(np.full((32, 40), 0.5), np.full((32, 40), 0.75))
    assert distances["pixels"] == 0.25
    assert distances["level 0, 0°"] == pytest.approx(0, abs=1e-14)


# --- synthesis -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "part", "most"), [("grass", 0.06, 0.1), ("gravel", 0.05, 0.1), ("brick", 0.2, 0.3)]
)
def test_every_band_comes_near_to_the_texture(name, part, most):
    image = texture(name)
    before = histogram_distances(image, make(image, image.shape, n_iterations=0))
    after = histogram_distances(image, make(image, image.shape))
    assert sum(after.values()) < part * sum(before.values())
    assert max(after.values()) < most < max(before.values())
    assert before["pixels"] < 1e-14
    assert after["pixels"] < 1e-14


def test_more_iterations_come_nearer():
    image = texture("gravel", 96, 80)
    sums = [
        sum(histogram_distances(image, make(image, (96, 80), n_iterations=n)).values())
        for n in (0, 1, 4)
    ]
    assert sums[0] > 4 * sums[1] > 4 * 1.3 * sums[2]


def test_another_size_has_the_same_histograms():
    image = texture("grass")
    made = make(image, (131, 90))
    assert made.shape == (131, 90)
    assert max(histogram_distances(image, made).values()) < 0.15


def test_the_result_is_no_copy_and_follows_the_seed():
    image = texture("gravel", 64, 64)
    first, again, other = (make(image, (64, 64), seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    for one, two in ((first, other), (first, image)):
        assert abs(np.corrcoef(one.ravel(), two.ravel())[0, 1]) < 0.2


def test_the_result_can_be_laid_as_tiles():
    made = make(texture("grass"), (96, 112))
    inside = np.abs(np.diff(made, axis=0)).mean()
    assert np.abs(made[0] - made[-1]).mean() < 1.3 * inside


def test_colours_come_from_the_image():
    image = load_image("cat")[180:280, 180:300]
    made = make(image, (90, 104))
    assert made.shape == (90, 104, 3)
    assert made.min() >= image.min()
    assert made.max() <= image.max()
    # Red and blue go together as in the fur, not as in three textures laid on each other.
    wanted, ours = (np.corrcoef(x.reshape(-1, 3).T) for x in (image, made))
    np.testing.assert_allclose(ours, wanted, atol=0.1)
    before = histogram_distances(image, make(image, (90, 104), n_iterations=0))
    after = histogram_distances(image, made)
    assert np.mean([*after.values()]) < 0.2 * np.mean([*before.values()])


def test_one_colour_is_like_grey():
    image = texture("grass", 40, 48)
    made = make(image[:, :, None], (40, 48))
    assert made.shape == (40, 48, 1)
    np.testing.assert_allclose(np.sort(made, axis=None), np.sort(image, axis=None), atol=1e-14)


@pytest.mark.parametrize("colours", [(), (3,)])
def test_float32_stays_float32(colours):
    image = np.random.default_rng(0).random((20, 24, *colours), np.float32)
    assert make(image, (17, 21), n_iterations=2).dtype == np.float32


def test_long_edges_are_lost():
    """What the method cannot do: brick is like itself 32 pixels on, and what is made is not."""
    brick = texture("brick", 256, 256)
    assert likeness(brick) > 0.45
    assert likeness(make(brick, brick.shape)) < 0.2


def likeness(image, distance=32):
    """Largest correlation of a picture with itself, moved by about `distance` pixels."""
    h, w = image.shape
    energy = np.abs(np.fft.fft2(image - image.mean())) ** 2
    correlation = np.fft.ifft2(energy).real / energy.mean()
    y, x = np.fft.fftfreq(h, 1 / h)[:, None], np.fft.fftfreq(w, 1 / w)
    return correlation[np.abs(np.hypot(y, x) - distance) < 2].max()


# --- bad input -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("image", "shape", "words"),
    [
        (np.zeros(5), (8, 8), r"image of shape \(h, w\) or \(h, w, c\)"),
        (np.full((8, 8), np.nan), (8, 8), "without NaN"),
        (np.zeros((8, 8)), (8,), r"two whole numbers \(h, w\); got \(8,\)"),
        (np.zeros((8, 8)), (8.0, 8), r"two whole numbers \(h, w\); got \(8.0, 8\)"),
        (np.zeros((8, 8)), (8, 8, 3), r"two whole numbers \(h, w\); got \(8, 8, 3\)"),
        (np.zeros((8, 8)), (8, 2), r"at least 3 pixels; got image \(8, 8\), shape \(8, 2\)"),
        (np.zeros((2, 8)), (8, 8), r"at least 3 pixels; got image \(2, 8\)"),
    ],
)
def test_bad_images_and_shapes(image, shape, words):
    with pytest.raises(ValueError, match=f"synthesize_texture expects .*{words}"):
        make(image, shape)


def test_bad_numbers():
    with pytest.raises(TypeError, match="expects rng as a numpy Generator.*got int"):
        synthesize_texture(np.zeros((8, 8)), (8, 8), rng=0)
    with pytest.raises(ValueError, match="n_iterations as a whole number of at least 0; got -1"):
        make(np.zeros((8, 8)), (8, 8), n_iterations=-1)
    with pytest.raises(ValueError, match=r"as many colours; got \(8, 8\) and \(8, 8, 3\)"):
        histogram_distances(np.zeros((8, 8)), np.zeros((8, 8, 3)))


def test_the_shape_of_a_picture_will_do():
    image = np.random.default_rng(0).random((20, 24, 3))
    assert make(image, image.shape, n_iterations=1).shape == image.shape
