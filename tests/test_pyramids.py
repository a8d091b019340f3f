"""pyramids: reconstruction, adjointness and matrices first, then pyrtools, then the deck."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit.data import load_image
from coursekit.filters import EDGES, binomial, correlate2d
from coursekit.pyramids import (
    expand,
    expand_matrix,
    full_resolution,
    gaussian_pyramid,
    laplacian_matrix,
    laplacian_pyramid,
    reconstruct,
    reduce,
    reduce_matrix,
)

SIDES = st.integers(5, 130)
MODES = st.sampled_from(EDGES)
DTYPES = st.sampled_from([np.float32, np.float64])


def random(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def half(shape):
    return tuple((size + 1) // 2 for size in shape[:2]) + shape[2:]


# --- one step --------------------------------------------------------------------------------


@given(h=SIDES, w=SIDES, edges=MODES, colour=st.booleans(), dtype=DTYPES)
def test_reduce_is_blur_then_every_second_sample(h, w, edges, colour, dtype):
    image = random(h, w, *[3] * colour).astype(dtype)
    out = reduce(image, edges=edges)
    blurred = correlate2d(image, np.outer(binomial(5), binomial(5)), edges=edges)
    assert out.dtype == dtype
    tolerance = 1e-13 if dtype == np.float64 else 1e-5
    np.testing.assert_allclose(out, blurred[::2, ::2], atol=tolerance)


@given(h=SIDES, w=SIDES, colour=st.booleans())
def test_expand_is_zeros_between_then_blur(h, w, colour):
    small = random(*half((h, w)), *[3] * colour)
    stuffed = np.zeros((h, w, *small.shape[2:]))
    stuffed[::2, ::2] = small
    kernel = 4 * np.outer(binomial(5), binomial(5))
    for edges in ("reflect", "constant"):  # the words that keep the zeros where they are
        np.testing.assert_allclose(
            expand(small, (h, w), edges=edges),
            correlate2d(stuffed, kernel, edges=edges),
            atol=1e-13,
        )


@given(h=st.integers(1, 40), w=st.integers(1, 40), edges=MODES)
def test_a_constant_stays_a_constant(h, w, edges):
    if edges == "constant":  # zeros outside darken the border
        assert reduce(np.ones((h, w)), edges=edges)[0, 0] < 1
        return
    np.testing.assert_allclose(reduce(np.ones((h, w)), edges=edges), 1, rtol=1e-15)
    np.testing.assert_allclose(expand(np.ones(half((h, w))), (h, w), edges=edges), 1, rtol=1e-15)


@given(h=SIDES, w=SIDES)
def test_expand_is_four_times_the_adjoint_of_reduce_with_zeros_outside(h, w):
    x, y = random(h, w), random(*half((h, w)), seed=1)
    left = np.vdot(reduce(x, edges="constant"), y)
    assert left == pytest.approx(np.vdot(x, expand(y, (h, w), edges="constant")) / 4)


# --- pyramids --------------------------------------------------------------------------------


@given(
    h=SIDES, w=SIDES, n_levels=st.integers(1, 7), edges=MODES, colour=st.booleans(), dtype=DTYPES
)
def test_reconstruction_is_exact(h, w, n_levels, edges, colour, dtype):
    image = random(h, w, *[3] * colour).astype(dtype)
    n_levels = min(n_levels, 1 + (min(h, w) - 1).bit_length())
    levels = laplacian_pyramid(image, n_levels, edges=edges)
    assert len(levels) == n_levels
    assert all(level.dtype == dtype for level in levels)
    back = reconstruct(levels, edges=edges)
    error = abs(back - image).max() / abs(image).max()
    assert back.dtype == dtype
    assert error <= (1e-15 if dtype == np.float64 else 1e-6)


@given(h=SIDES, w=SIDES, edges=MODES)
def test_laplacian_is_what_the_blur_takes_away(h, w, edges):
    image = random(h, w)
    gauss = gaussian_pyramid(image, 3, edges=edges)
    bands = laplacian_pyramid(image, 3, edges=edges)
    assert (
        [g.shape for g in gauss]
        == [b.shape for b in bands]
        == [(h, w), half((h, w)), half(half((h, w)))]
    )
    np.testing.assert_array_equal(
        bands[1], gauss[1] - expand(gauss[2], gauss[1].shape, edges=edges)
    )
    np.testing.assert_array_equal(bands[2], gauss[2])


@given(h=SIDES, w=SIDES, n_levels=st.integers(1, 5), edges=MODES)
def test_laplacian_levels_at_full_resolution_sum_to_the_image(h, w, n_levels, edges):
    image = random(h, w)
    n_levels = min(n_levels, 1 + (min(h, w) - 1).bit_length())
    shown = full_resolution(laplacian_pyramid(image, n_levels, edges=edges), edges=edges)
    assert {level.shape for level in shown} == {(h, w)}
    np.testing.assert_allclose(sum(shown), image, atol=1e-12)


def test_gaussian_levels_at_full_resolution_are_ever_smoother():
    image = random(40, 57, 3)
    shown = full_resolution(gaussian_pyramid(image, 4))
    np.testing.assert_array_equal(shown[0], image)
    roughness = [np.abs(np.diff(level, axis=1)).mean() for level in shown]
    assert roughness == sorted(roughness, reverse=True)


def test_transposing_the_image_transposes_the_levels():
    image = random(23, 38)
    for a, b in zip(laplacian_pyramid(image, 4), laplacian_pyramid(image.T, 4), strict=True):
        np.testing.assert_allclose(a, b.T, atol=1e-15)


def test_shifting_by_whole_samples_commutes_with_wrap_outside():
    """A shift by 4 in the image is one by 2 in level 1 and by 1 in level 2."""
    image = random(32, 48)
    moved = laplacian_pyramid(np.roll(image, (4, -8), (0, 1)), 3, edges="wrap")
    for k, level in enumerate(laplacian_pyramid(image, 3, edges="wrap")):
        np.testing.assert_allclose(moved[k], np.roll(level, (4 >> k, -8 >> k), (0, 1)), atol=1e-14)


def test_the_levels_do_not_share_memory_with_the_image():
    image = random(9, 12)
    before = image.copy()
    for level in [*gaussian_pyramid(image, 3), *laplacian_pyramid(image, 1)]:
        level += 1
    np.testing.assert_array_equal(image, before)


# --- matrices --------------------------------------------------------------------------------


@given(n=st.integers(1, 60), edges=MODES)
def test_matrices_are_the_filters(n, edges):
    x, y = random(n, 1), random((n + 1) // 2, 1, seed=1)
    if edges != "constant":  # zeros beside a picture one pixel wide would darken it
        np.testing.assert_allclose(
            reduce_matrix(n, edges=edges) @ x, reduce(x, edges=edges), atol=1e-14
        )
        back = expand(y, (n, 1), edges=edges)
        np.testing.assert_allclose(expand_matrix(n, edges=edges) @ y, back, atol=1e-14)


@given(h=st.integers(2, 40), w=st.integers(2, 40), edges=MODES)
def test_matrices_from_both_sides_are_the_2d_filter(h, w, edges):
    image = random(h, w)
    G_h, G_w = reduce_matrix(h, edges=edges), reduce_matrix(w, edges=edges)
    small = reduce(image, edges=edges)
    np.testing.assert_allclose(G_h @ image @ G_w.T, small, atol=1e-14)
    F_h, F_w = expand_matrix(h, edges=edges), expand_matrix(w, edges=edges)
    np.testing.assert_allclose(F_h @ small @ F_w.T, expand(small, (h, w), edges=edges), atol=1e-14)


@given(n=st.integers(5, 60), n_levels=st.integers(1, 4), edges=st.sampled_from(EDGES[:4]))
def test_laplacian_matrix_is_the_pyramid(n, n_levels, edges):
    n_levels = min(n_levels, 1 + (n - 1).bit_length())
    # A picture whose columns are all x: blurring along its rows changes nothing.
    x = np.repeat(random(n, 1), n, axis=1)
    levels = laplacian_pyramid(x, n_levels, edges=edges)
    stacked = np.concatenate([level[:, 0] for level in levels])
    np.testing.assert_allclose(
        laplacian_matrix(n, n_levels, edges=edges) @ x[:, 0], stacked, atol=1e-13
    )


def test_transposes_and_gain_at_the_edges():
    for n in range(1, 20):
        G, F = reduce_matrix(n, edges="constant"), expand_matrix(n, edges="constant")
        np.testing.assert_array_equal(F, 2 * G.T)
        np.testing.assert_allclose(expand_matrix(n).sum(axis=1), 1)
        np.testing.assert_allclose(reduce_matrix(n).sum(axis=1), 1)


# --- peers and the deck ----------------------------------------------------------------------


@pytest.mark.needs("pyrtools")
@pytest.mark.parametrize("shape", [(64, 96), (65, 97), (50, 87)])
def test_laplacian_equals_pyrtools(shape):
    """pyrtools' taps sum to √2 a dimension, so its level k is 2^k times ours."""
    from pyrtools.pyramids import LaplacianPyramid

    image = random(*shape)
    theirs = LaplacianPyramid(image, height=4).pyr_coeffs
    for k, level in enumerate(laplacian_pyramid(image, 4)):
        np.testing.assert_allclose(level, theirs[k, 0] / 2.0**k, atol=1e-12)


def test_deck_000_up_sampling_matrix(vectors):
    deck = vectors["pyramid_1d_F3_deck"]
    F = expand_matrix(8, edges="constant")
    np.testing.assert_array_equal(8 * F, deck["F3"])
    np.testing.assert_array_equal(F.sum(axis=1), deck["dc_gain_after_div8"])


def test_deck_000_sizes(vectors):
    levels = gaussian_pyramid(load_image("camera"), 7)
    assert [level.shape for level in levels] == [(n, n) for n in vectors["pyramid_sizes"]["levels"]]
    samples = sum(level.size for level in levels)
    assert samples == vectors["pyramid_sizes"]["gaussian_sample_total"]
    assert samples / 512**2 == vectors["pyramid_sizes"]["overcompleteness"] < 4 / 3


# --- bad input -------------------------------------------------------------------------------


@pytest.mark.parametrize("function", [gaussian_pyramid, laplacian_pyramid])
def test_too_many_levels_says_the_most(function):
    name = function.__name__
    assert function(np.zeros((17, 40)), 6)[-1].shape == (1, 2)
    with pytest.raises(
        ValueError, match=rf"{name} expects n_levels from 1 to 6 for an image of \(17, 40\)"
    ):
        function(np.zeros((17, 40)), 7)
    with pytest.raises(ValueError, match="n_levels from 1 to 6"):
        function(np.zeros((17, 40)), 0)
    with pytest.raises(TypeError, match="n_levels as a whole number; got 2.5"):
        function(np.zeros((17, 40)), 2.5)


FUNCTIONS = {
    "reduce": reduce,
    "expand": lambda image: expand(image, (8, 8)),
    "gaussian_pyramid": lambda image: gaussian_pyramid(image, 2),
    "laplacian_pyramid": lambda image: laplacian_pyramid(image, 2),
    "reconstruct": lambda image: reconstruct([image]),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_bad_images(name):
    with pytest.raises(ValueError, match=rf"{name} expects .* of shape \(h, w\) or .*got \(4,\)"):
        FUNCTIONS[name](np.zeros(4))
    with pytest.raises(ValueError, match=f"{name} expects .* without NaN"):
        FUNCTIONS[name](np.full((4, 4), np.nan))
    with pytest.raises(TypeError, match=f"{name} expects .* as real numbers; got complex"):
        FUNCTIONS[name](np.zeros((4, 4), complex))
    with pytest.warns(UserWarning, match=f"{name} got .* as int16, whose range is -32768…32767"):
        FUNCTIONS[name](np.full((4, 4), 1000, np.int16))


def test_integers_are_never_wrapped():
    image = np.random.default_rng(0).integers(0, 256, (21, 30), np.uint8)
    with pytest.warns(UserWarning, match="uint8"):
        bands = laplacian_pyramid(image, 4)
    np.testing.assert_array_equal(bands[0], laplacian_pyramid(image.astype(float), 4)[0])


def test_shapes_that_do_not_follow_each_other():
    with pytest.raises(ValueError, match=r"got image \(4, 5\) for shape \(9, 10\)"):
        expand(np.zeros((4, 5)), (9, 10))
    with pytest.raises(ValueError, match=r"expects shape as \(h, w\) or .*got \(8, 10, 4\)"):
        expand(np.zeros((4, 5, 3)), (8, 10, 4))
    assert expand(np.zeros((4, 5, 3)), (8, 10, 3)).shape == (8, 10, 3)
    with pytest.raises(
        ValueError, match=r"levels\[1\] of shape \(4, 5\), half of levels\[0\]; got \(5, 5\)"
    ):
        reconstruct([np.zeros((8, 10)), np.zeros((5, 5))])
    with pytest.raises(ValueError, match="at least one array; got none"):
        reconstruct([])


def test_unknown_edges_are_listed():
    for call in (
        lambda: reduce(np.zeros((4, 5)), edges="mean"),
        lambda: laplacian_pyramid(np.zeros((4, 5)), 1, edges="mean"),
        lambda: expand_matrix(4, edges="mean"),
    ):
        with pytest.raises(ValueError, match="edges as one of reflect.*got 'mean'"):
            call()


@pytest.mark.parametrize("n", [0, -3, 2.5])
def test_bad_matrix_sizes(n):
    for function in (reduce_matrix, expand_matrix, lambda n: laplacian_matrix(n, 1)):
        with pytest.raises(ValueError, match="n as a whole number of at least 1"):
            function(n)
