"""denoise: the coring curve, the noise of each level, decibels against skimage, bad input."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.applications import bayes_thresholds, core, denoise, noise_gains
from coursekit.data import load_image
from coursekit.pyramids import laplacian_pyramid, steerable_pyramid

TRANSFORMS = st.sampled_from(["steerable", "laplacian"])
SIGMA = 25 / 255


def decibels(image, clean):
    """Peak signal-to-noise ratio for pictures from 0 to 1."""
    return -10 * math.log10(np.mean((image - clean) ** 2))


@pytest.fixture(scope="module")
def camera():
    clean = load_image("camera")
    return clean, clean + SIGMA * np.random.default_rng(7).normal(size=clean.shape)


# --- coring ----------------------------------------------------------------------------------


def test_core_by_hand():
    band = np.array([-3.0, -1, -0.5, 0, 0.9, 1, 1.5, 4])
    np.testing.assert_array_equal(core(band, 1), [-2, 0, 0, 0, 0, 0, 0.5, 3])
    np.testing.assert_array_equal(core(band, 1, "hard"), [-3, 0, 0, 0, 0, 0, 1.5, 4])
    assert core(band.astype(np.float32), 0.3).dtype == np.float32


@settings(max_examples=25)
@given(
    h=st.integers(3, 70),
    w=st.integers(3, 70),
    kind=st.sampled_from(["soft", "hard"]),
    transform=TRANSFORMS,
    colour=st.booleans(),
    dtype=st.sampled_from([np.float32, np.float64]),
)
def test_threshold_zero_gives_the_image_back(h, w, kind, transform, colour, dtype):
    image = np.random.default_rng(h).random((h, w, *[3] * colour)).astype(dtype)
    out = denoise(image, 0, kind=kind, transform=transform)
    assert out.dtype == dtype
    np.testing.assert_allclose(out, image, atol=1e-13 if dtype == np.float64 else 2e-6)


@pytest.mark.parametrize("transform", ["steerable", "laplacian"])
def test_an_endless_threshold_leaves_the_last_blur(transform):
    image = np.random.default_rng(0).random((64, 96, 3))
    out = denoise(image, np.inf, transform=transform)
    assert out.std() < 0.1 * image.std()
    np.testing.assert_allclose(out.mean(axis=(0, 1)), image.mean(axis=(0, 1)), atol=0.02)


@settings(max_examples=25)
@given(transform=TRANSFORMS, kind=st.sampled_from(["soft", "hard"]), factor=st.floats(0.1, 300))
def test_units_do_not_matter(transform, kind, factor):
    """An image of 0…255 with a threshold 255 times as large gives 255 times the result."""
    image = np.random.default_rng(1).random((37, 52))
    np.testing.assert_allclose(
        denoise(factor * image, factor * 0.3, kind=kind, transform=transform),
        factor * denoise(image, 0.3, kind=kind, transform=transform),
        rtol=1e-9,
    )


# --- noise in each level ---------------------------------------------------------------------


def test_steerable_gains_are_the_noise_of_the_levels():
    noise = np.random.default_rng(2).normal(size=(97, 131, 40))
    pyramid = steerable_pyramid(noise, 5, 3)
    levels = [pyramid.residual_highpass, *pyramid.bands]
    gains = noise_gains(noise.shape)
    assert len(gains) == 6
    for level, gain in zip(levels, gains, strict=True):
        assert level.std() == pytest.approx(gain, rel=4 / math.sqrt(level.size / 2))


def test_laplacian_gains_are_the_noise_of_the_levels():
    """Away from the edges, where the mirror doubles some of the noise."""
    noise = np.random.default_rng(3).normal(size=(512, 640, 4))
    levels = laplacian_pyramid(noise, 6)[:-1]
    gains = noise_gains(noise.shape, transform="laplacian")
    assert len(gains) == 5
    for level, gain in zip(levels, gains, strict=True):
        inner = level[3:-3, 3:-3]
        assert inner.std() == pytest.approx(gain, rel=8 / math.sqrt(inner.size / 2))


@settings(max_examples=25)
@given(transform=TRANSFORMS, h=st.integers(40, 90), w=st.integers(40, 90))
def test_three_sigma_removes_nearly_all_of_pure_noise(transform, h, w):
    noise = np.random.default_rng(h).normal(size=(h, w))
    assert denoise(noise, 3, kind="hard", transform=transform).std() < 0.4


# --- decibels --------------------------------------------------------------------------------


@pytest.mark.needs("pywt")
@pytest.mark.parametrize(("transform", "least"), [("steerable", 1.0), ("laplacian", -0.1)])
def test_camera_against_the_wavelets_of_skimage(camera, transform, least):
    """Both choose thresholds by BayesShrink and are told sigma: decibels beyond skimage's."""
    from skimage.restoration import denoise_wavelet

    clean, noisy = camera
    theirs = decibels(denoise_wavelet(noisy, sigma=SIGMA), clean)
    thresholds = bayes_thresholds(noisy, SIGMA, transform=transform)
    ours = decibels(denoise(noisy, thresholds, transform=transform), clean)
    assert ours - theirs > least


def test_the_docstrings_thresholds_are_near_the_best(camera):
    clean, noisy = camera
    for kind, advised in (("hard", 3), ("soft", 1.5)):
        gain = [
            decibels(denoise(noisy, t * SIGMA, kind=kind), clean)
            for t in (0.7 * advised, advised, 1.4 * advised)
        ]
        assert gain[1] == max(gain)


def test_bayes_thresholds_by_hand():
    """Pure noise leaves no signal and is emptied; the threshold falls as the signal grows."""
    rng = np.random.default_rng(5)
    noise = rng.normal(size=(128, 160))
    assert max(bayes_thresholds(noise, 1.5)) == math.inf
    band = steerable_pyramid(noise, 5, 3).bands[0] / noise_gains(noise.shape)[1]
    wanted = 0.5**2 / math.sqrt(np.mean(band**2) - 0.5**2)
    assert bayes_thresholds(noise, 0.5)[1] == pytest.approx(wanted)


# --- bad input -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"threshold": -1}, "threshold as a number of at least 0"),
        ({"threshold": np.nan}, "threshold as a number of at least 0"),
        ({"threshold": [1, 2]}, r"or 5 of them; got \[1, 2\]"),
        ({"kind": "firm"}, "got 'firm'"),
        ({"transform": "wavelet"}, "denoise expects transform among .*got 'wavelet'"),
        ({"image": np.zeros((2, 40))}, r"at least 3 × 3 pixels; got \(2, 40\)"),
        ({"image": np.full((30, 40), np.nan)}, "denoise expects image without NaN"),
    ],
)
def test_bad_input(arguments, words):
    with pytest.raises(ValueError, match=words):
        denoise(**{"image": np.zeros((30, 40)), "threshold": 1} | arguments)


def test_bad_sigma():
    with pytest.raises(ValueError, match="sigma above 0; got 0"):
        bayes_thresholds(np.zeros((30, 40)), 0)
