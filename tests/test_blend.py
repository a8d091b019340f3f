"""blend: what a mixture must keep, the width of the transition, pyrtools, bad input."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit.applications import blend, blend_levels
from coursekit.data import load_image
from coursekit.pyramids import gaussian_pyramid, laplacian_pyramid

SIDES = st.integers(5, 90)
DTYPES = st.sampled_from([np.float32, np.float64])


def random(*shape, seed=0):
    return np.random.default_rng(seed).random(shape)


def half_mask(h, w):
    return (np.arange(w) < w // 2) * np.ones((h, 1))


@given(h=SIDES, w=SIDES, n_levels=st.integers(1, 4), colour=st.booleans(), dtype=DTYPES)
def test_the_mask_chooses(h, w, n_levels, colour, dtype):
    a, b = (random(h, w, *[3] * colour, seed=k).astype(dtype) for k in (0, 1))
    mask = random(h, w, seed=2)
    tolerance = 1e-14 if dtype == np.float64 else 1e-6
    for result, wanted in (
        (blend(a, b, np.ones((h, w)), n_levels), a),
        (blend(a, b, np.zeros((h, w)), n_levels), b),
        (blend(a, a, mask, n_levels), a),
        (blend(a, b, mask, n_levels), blend(b, a, 1 - mask, n_levels)),
    ):
        assert result.dtype == dtype
        np.testing.assert_allclose(result, wanted, atol=tolerance)


def test_one_level_is_the_plain_mixture():
    a, b, mask = random(13, 22), random(13, 22, seed=1), random(13, 22, seed=2)
    np.testing.assert_allclose(blend(a, b, mask, 1), mask * a + (1 - mask) * b, atol=1e-15)


def test_each_colour_is_blended_by_itself():
    a, b, mask = random(21, 34, 3), random(21, 34, 3, seed=1), random(21, 34, seed=2)
    grey = [blend(a[:, :, c], b[:, :, c], mask, 3) for c in range(3)]
    np.testing.assert_allclose(blend(a, b, mask, 3), np.stack(grey, axis=2), atol=1e-15)


def test_levels_are_the_masked_laplacian_levels():
    """Szeliski's fig. 3.42: the two contributions to each level, and the level of the blend."""
    a, b, mask = random(21, 34), random(21, 34, seed=1), random(21, 34, seed=2)
    of_blend = laplacian_pyramid(blend(a, b, mask, 4), 4)
    masks, of_a, of_b = gaussian_pyramid(mask, 4), laplacian_pyramid(a, 4), laplacian_pyramid(b, 4)
    pairs = blend_levels(a, b, mask, 4)
    assert len(pairs) == 4
    for k, (from_a, from_b) in enumerate(pairs):
        np.testing.assert_allclose(from_a, masks[k] * of_a[k], atol=1e-15)
        np.testing.assert_allclose(from_b, (1 - masks[k]) * of_b[k], atol=1e-15)
    # An overcomplete pyramid of the blend has other levels, but with a mask of ones the same.
    for level, (from_a, from_b) in zip(of_blend, blend_levels(a, b, mask * 0 + 1, 4), strict=True):
        assert level.shape == from_a.shape
        assert not from_b.any()


def test_every_level_doubles_the_transition():
    """White beside black: the plain mixture jumps within a pixel, n levels need about 2ⁿ."""
    white, black = np.ones((64, 256)), np.zeros((64, 256))
    widths = []
    for n_levels in (1, 2, 3, 4, 5, 6):
        row = blend(white, black, half_mask(64, 256), n_levels)[32]
        widths.append(1 / abs(np.diff(row)).max())
    ratios = np.divide(widths[3:], widths[2:-1])
    assert widths[0] == 1
    np.testing.assert_allclose(ratios, 2, atol=0.1)


def test_the_seam_of_two_photographs_is_gone():
    """What neighbours differ by across the seam, beyond what they do in the two pictures."""
    a, b, mask = load_image("camera"), load_image("moon"), half_mask(512, 512)

    def jump(image):
        return abs(image[:, 256] - image[:, 255]).mean()

    usual = (jump(a) + jump(b)) / 2
    plain, blended = jump(blend(a, b, mask, 1)) - usual, jump(blend(a, b, mask, 8)) - usual
    assert blended < plain / 10


def test_a_mask_of_bools_says_nothing(recwarn):
    a, b, mask = random(9, 14), random(9, 14, seed=1), half_mask(9, 14)
    np.testing.assert_array_equal(blend(a, b, mask == 1, 2), blend(a, b, mask, 2))
    assert not recwarn.list


@pytest.mark.needs("pyrtools")
def test_blend_equals_one_from_pyrtools():
    """Its taps sum to √2 a dimension: level k of both its pyramids is 2^k times ours."""
    from pyrtools import pyramids

    a, b, mask = random(64, 96), random(64, 96, seed=1), half_mask(64, 96)
    levels, other = (pyramids.LaplacianPyramid(image, height=4) for image in (a, b))
    masks = pyramids.GaussianPyramid(mask, height=4).pyr_coeffs
    for k in range(4):
        g = masks[k, 0] / 2.0**k
        levels.pyr_coeffs[k, 0] = g * levels.pyr_coeffs[k, 0] + (1 - g) * other.pyr_coeffs[k, 0]
    np.testing.assert_allclose(blend(a, b, mask, 4), levels.recon_pyr(), atol=1e-12)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"b": np.zeros((9, 13))}, r"blend expects a and b of one shape; got \(9, 14\) and"),
        (
            {"mask": np.zeros((14, 9))},
            r"mask of shape \(9, 14\), as a; got \(14, 9\)",
        ),
        ({"mask": np.full((9, 14), 255.0)}, "mask between 0 .* got 255"),
        ({"mask": np.full((9, 14), -0.1)}, "mask between 0 .* got -0.1"),
        ({"mask": np.full((9, 14), np.nan)}, "blend expects mask without NaN"),
        ({"a": np.full((9, 14), np.inf)}, "blend expects a without NaN or infinity"),
        ({"n_levels": 6}, "blend expects n_levels from 1 to 5"),
        ({"n_levels": 0}, "blend expects n_levels from 1 to 5"),
    ],
)
def test_bad_input(change, words):
    good = {"a": np.zeros((9, 14)), "b": np.zeros((9, 14)), "mask": np.ones((9, 14)), "n_levels": 2}
    with pytest.raises(ValueError, match=words):
        blend(**good | change)


def test_pictures_of_whole_numbers_are_converted_aloud():
    a = np.full((9, 14), 200, np.uint8)
    with pytest.warns(UserWarning, match="blend got a as uint8, whose range is 0…255"):
        assert blend(a, np.zeros((9, 14)), np.ones((9, 14)), 2).max() == pytest.approx(200)
