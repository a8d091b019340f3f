"""The steerable pyramid: exactness first, then steering and symmetry, then pyrtools."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursekit.data import load_image
from coursekit.pyramids import (
    laplacian_matrix,
    reconstruct_steerable,
    steer_bands,
    steerable_pyramid,
    transform_matrices,
    transform_matrix,
)
from coursekit.pyramids.masks import add_lowest, level_shapes, steerable_masks

SIDES = st.integers(5, 130)
ORDERS = st.integers(0, 15)


def random(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def most(h, w):
    return (min(h, w) - 1).bit_length() - 1


def energy(pyramid):
    """Σ|coefficient|², complex bands counted half."""
    half = 0.5 if np.iscomplexobj(pyramid.bands[0]) else 1
    bands = sum((np.abs(b) ** 2).sum() for b in pyramid.bands)
    return half * bands + sum(
        (r**2).sum() for r in (pyramid.residual_highpass, pyramid.residual_lowpass)
    )


# --- masks -----------------------------------------------------------------------------------


@given(h=SIDES, w=SIDES, levels=st.integers(1, 6), order=ORDERS)
def test_squares_of_the_masks_sum_to_one(h, w, levels, order):
    levels = min(levels, most(h, w))
    masks = steerable_masks((h, w), levels, order, np.dtype(float))
    total = masks.highpass**2
    shapes = level_shapes((h, w), levels)
    for bands, shape in zip([*masks.bands, masks.lowpass[None]], shapes, strict=True):
        add_lowest(total, (bands**2).sum(axis=0), shape)
    assert abs(total - 1).max() <= 1e-14


# --- the whole -------------------------------------------------------------------------------


@given(
    h=SIDES,
    w=SIDES,
    levels=st.integers(1, 6),
    order=ORDERS,
    complex=st.booleans(),
    colour=st.booleans(),
    dtype=st.sampled_from([np.float32, np.float64]),
)
def test_reconstruction_and_parseval(h, w, levels, order, complex, colour, dtype):
    image = random(h, w, *[3] * colour).astype(dtype)
    pyramid = steerable_pyramid(image, min(levels, most(h, w)), order, complex=complex)
    back = reconstruct_steerable(pyramid)
    assert back.dtype == dtype
    assert back.shape == image.shape
    tolerance = 1e-12 if dtype == np.float64 else 1e-5
    assert abs(back - image).max() <= tolerance * abs(image).max()
    if not (complex and order == 0):  # a half-plane's border has no sign, and order 0 no zero there
        assert energy(pyramid) == pytest.approx((image**2).sum(), rel=tolerance)


def test_shapes_types_and_angles():
    pyramid = steerable_pyramid(random(37, 50, 3).astype(np.float32), 3, 2)
    assert [b.shape for b in pyramid.bands] == [(3, 37, 50, 3), (3, 19, 25, 3), (3, 10, 13, 3)]
    assert pyramid.residual_highpass.shape == (37, 50, 3)
    assert pyramid.residual_lowpass.shape == (5, 7, 3)
    assert (pyramid.n_levels, pyramid.order) == (3, 2)
    np.testing.assert_allclose(pyramid.angles, [0, np.pi / 3, 2 * np.pi / 3])
    assert {b.dtype for b in pyramid.bands} == {np.dtype(np.float32)}
    complex_bands = steerable_pyramid(random(9, 12).astype(np.float32), 1, 2, complex=True).bands
    assert complex_bands[0].dtype == np.complex64


def test_colours_are_split_one_by_one():
    image = random(21, 34, 3)
    pyramid = steerable_pyramid(image, 2, 1)
    alone = steerable_pyramid(image[..., 1], 2, 1)
    np.testing.assert_allclose(pyramid.bands[1][..., 1], alone.bands[1], atol=1e-14)
    np.testing.assert_allclose(pyramid.residual_lowpass[..., 1], alone.residual_lowpass, atol=1e-14)


@given(h=SIDES, w=SIDES, order=st.integers(0, 5), complex=st.booleans())
def test_parts_add_up_to_the_whole(h, w, order, complex):
    image = random(h, w)
    n = most(h, w)
    pyramid = steerable_pyramid(image, n, order, complex=complex)
    parts = [reconstruct_steerable(pyramid, levels=[k]) for k in range(n)]
    ends = reconstruct_steerable(pyramid, levels=["residual_highpass", "residual_lowpass"])
    np.testing.assert_allclose(sum(parts) + ends, image, atol=1e-12)
    by_band = [reconstruct_steerable(pyramid, range(n), [b]) for b in range(order + 1)]
    np.testing.assert_allclose(sum(by_band), sum(parts), atol=1e-12)


def test_a_band_of_one_level_is_what_its_coefficients_say():
    """Reconstructing from one band alone is the transpose of building it."""
    image, other = random(24, 31), random(24, 31, seed=1)
    ours, theirs = steerable_pyramid(image, 2, 3), steerable_pyramid(other, 2, 3)
    left = np.vdot(ours.bands[1][2], theirs.bands[1][2])
    part = reconstruct_steerable(ours, levels=[1], bands=[2])
    assert left == pytest.approx(np.vdot(part, other), rel=1e-10)


def test_nothing_chosen_is_black():
    pyramid = steerable_pyramid(random(16, 18), 2, 1)
    assert not reconstruct_steerable(pyramid, levels=[]).any()
    assert not reconstruct_steerable(pyramid, levels=[0, 1], bands=[]).any()


def test_the_image_and_the_pyramid_are_not_changed():
    image = random(16, 18)
    before = image.copy()
    pyramid = steerable_pyramid(image, 2, 1, complex=True)
    bands = [b.copy() for b in pyramid.bands]
    reconstruct_steerable(pyramid)
    np.testing.assert_array_equal(image, before)
    for now, then in zip(pyramid.bands, bands, strict=True):
        np.testing.assert_array_equal(now, then)
    pyramid.bands[0][:] = 0
    np.testing.assert_array_equal(steerable_pyramid(image, 2, 1, complex=True).bands[0], bands[0])


# --- complex bands ---------------------------------------------------------------------------


@pytest.mark.parametrize("order", [0, 1, 2, 3])
def test_complex_bands_are_the_real_ones_and_their_partners(order):
    image = random(33, 48)
    real, complex = (steerable_pyramid(image, 3, order, complex=c) for c in (False, True))
    for r, c in zip(real.bands, complex.bands, strict=True):
        np.testing.assert_allclose(c.real, r, atol=1e-14)


@pytest.mark.parametrize("order", [1, 2, 3])
def test_amplitude_is_steady_and_phase_runs_along_the_angle(order):
    """A wave of half the highest octave, along band 1: |band| is flat, its angle grows with u."""
    y, x = np.mgrid[:64, :96]
    image = np.cos(2 * np.pi * (16 * x / 96 + 8 * y / 64))
    pyramid = steerable_pyramid(image, 1, order, complex=True)
    band = pyramid.bands[0][0]
    assert np.ptp(abs(band)) < 1e-12 * abs(band).max()
    step = np.angle(band[:, 1:] / band[:, :-1])
    np.testing.assert_allclose(step, 2 * np.pi * 16 / 96, atol=1e-10)


# --- steering, turning, shifting -------------------------------------------------------------


@given(order=ORDERS, level=st.integers(0, 1), angle=st.floats(-6, 6))
def test_steered_bands_are_the_image_through_a_turned_mask(order, level, angle):
    """The band at any angle, straight from its formula over the frequency plane."""
    h, w = 30, 43
    image = random(h, w)
    steered = steer_bands(steerable_pyramid(image, 2, order).bands[level], angle)
    y, x = np.meshgrid(2 * np.fft.fftfreq(h), 2 * np.fft.fftfreq(w), indexing="ij")
    r, theta = np.hypot(x, y), np.arctan2(y, x)
    r[0, 0] = 1e-9
    # all bands' squares at one frequency sum to the radial mask's square: read it off order 0
    flat = steerable_pyramid(image, 2, 0).bands[level][0]
    scale = np.sqrt(
        1 / np.mean(np.cos(np.linspace(0, np.pi, 512, False)) ** (2 * order)) / (order + 1)
    )
    m, n = flat.shape
    rows, columns = np.fft.fftfreq(m, 1 / m).astype(int), np.fft.fftfreq(n, 1 / n).astype(int)
    mask = (1j * np.cos(theta - angle)) ** order * scale
    wanted = np.fft.ifft2(np.fft.fft2(flat) * mask[np.ix_(rows, columns)]).real
    np.testing.assert_allclose(steered, wanted, atol=1e-12)


def test_steering_to_its_own_angles_gives_the_bands_back():
    pyramid = steerable_pyramid(random(20, 27, 3), 2, 3)
    for k, angle in enumerate(pyramid.angles):
        steered = steer_bands(pyramid.bands[1], angle)
        np.testing.assert_allclose(steered, pyramid.bands[1][k], atol=1e-14)
    everywhere = np.full((20, 27, 1), pyramid.angles[2])
    steered = steer_bands(pyramid.bands[0], everywhere)
    np.testing.assert_allclose(steered, pyramid.bands[0][2], atol=1e-14)


@pytest.mark.parametrize("order", [1, 3, 5])
def test_turning_the_image_by_90_degrees_permutes_the_bands(order):
    image = random(48, 48)

    def turn(x):  # clockwise, x towards y, with pixel (0, 0) staying where it is
        return np.roll(np.rot90(x, -1), 1, axis=1)

    half = (order + 1) // 2
    turned = steerable_pyramid(turn(image), 3, order)
    for level, bands in enumerate(steerable_pyramid(image, 3, order).bands):
        for k in range(half):
            np.testing.assert_allclose(turned.bands[level][k + half], turn(bands[k]), atol=1e-13)
            other = (-1) ** order * turn(bands[k + half])  # half a turn on is the other way round
            np.testing.assert_allclose(turned.bands[level][k], other, atol=1e-13)


@given(h=st.integers(2, 16), w=st.integers(2, 16), dy=st.integers(-3, 3), dx=st.integers(-3, 3))
def test_shifting_by_whole_samples_shifts_the_bands(h, w, dy, dx):
    """A shift by 4 pixels is one by 2 samples at level 1 and by 1 at level 2."""
    image = random(4 * h, 4 * w)
    levels = min(3, most(4 * h, 4 * w))
    moved = steerable_pyramid(np.roll(image, (4 * dy, 4 * dx), (0, 1)), levels, 2)
    for k, bands in enumerate(steerable_pyramid(image, levels, 2).bands):
        shift = (4 * dy >> k, 4 * dx >> k)
        np.testing.assert_allclose(moved.bands[k], np.roll(bands, shift, (1, 2)), atol=1e-13)


def test_bands_are_derivatives_of_their_order():
    """Order 1, along x: positive where the picture gets brighter to the right."""
    y, x = np.mgrid[:32, :48]
    image = np.sin(2 * np.pi * 12 * x / 48)
    band = steerable_pyramid(image, 1, 1).bands[0][0]
    slope = np.cos(2 * np.pi * 12 * x / 48)
    assert np.corrcoef(band.ravel(), slope.ravel())[0, 1] == pytest.approx(1)


# --- matrices --------------------------------------------------------------------------------


def test_transform_matrices():
    shape = (7, 10)
    image = random(*shape)
    matrices = transform_matrices(shape, n_levels=2, order=1)
    assert list(matrices) == ["DFT", "Gaussian pyramid", "Laplacian pyramid", "steerable pyramid"]
    dft, steerable = matrices["DFT"], matrices["steerable pyramid"]
    np.testing.assert_allclose(dft.conj().T @ dft, np.eye(70), atol=1e-14)
    wanted = np.fft.fft2(image, norm="ortho").ravel()
    np.testing.assert_allclose(dft @ image.ravel(), wanted, atol=1e-13)
    np.testing.assert_allclose(steerable.T @ steerable, np.eye(70), atol=1e-13)
    pyramid = steerable_pyramid(image, 2, 1)
    parts = [pyramid.residual_highpass, *pyramid.bands, pyramid.residual_lowpass]
    stacked = np.concatenate([part.ravel() for part in parts])
    np.testing.assert_allclose(steerable @ image.ravel(), stacked, atol=1e-13)
    assert [len(m) for m in matrices.values()] == [
        70,
        70 + 20 + 6,
        70 + 20 + 6,
        70 * 3 + 20 * 2 + 6,
    ]


def test_transform_matrix_of_a_column_is_the_1d_matrix():
    from coursekit.pyramids import laplacian_pyramid

    np.testing.assert_allclose(
        transform_matrix(lambda x: laplacian_pyramid(x, 1), (9, 1)), laplacian_matrix(9, 1)
    )


# --- pyrtools --------------------------------------------------------------------------------


@pytest.mark.needs("pyrtools")
@pytest.mark.parametrize("order", [0, 2, 3])
def test_agrees_with_pyrtools(order):
    """Its level k is 2^k times ours, its odd bands have the other sign, its masks are a table."""
    from pyrtools.pyramids import SteerablePyramidFreq

    image = load_image("camera")[:256, 100:420]
    theirs = SteerablePyramidFreq(image, height=3, order=order).pyr_coeffs
    for level, bands in enumerate(steerable_pyramid(image, 3, order).bands):
        for k, band in enumerate(bands):
            wanted = (-1) ** order * theirs[level, k] / 2**level
            assert (band**2).sum() == pytest.approx((wanted**2).sum(), rel=1e-2)
            np.testing.assert_allclose(band, wanted, atol=1e-4 * abs(wanted).max())


@pytest.mark.needs("pyrtools")
def test_complex_agrees_with_pyrtools():
    from pyrtools.pyramids import SteerablePyramidFreq

    image = load_image("camera")[:128, 100:260]
    theirs = SteerablePyramidFreq(image, height=2, order=2, is_complex=True).pyr_coeffs
    for level, bands in enumerate(steerable_pyramid(image, 2, 2, complex=True).bands):
        for k, band in enumerate(bands):
            wanted = theirs[level, k] / 2**level
            np.testing.assert_allclose(band, wanted, atol=1e-4 * abs(wanted).max())


# --- bad input -------------------------------------------------------------------------------


def test_bad_input():
    image = random(16, 40)
    with pytest.raises(ValueError, match=r"n_levels from 1 to 3 for an image of \(16, 40\); got 4"):
        steerable_pyramid(image, 4, 3)
    with pytest.raises(TypeError, match="n_levels as a whole number; got '3'"):
        steerable_pyramid(image, "3", 3)
    for order in (-1, 16, 1.5):
        with pytest.raises(ValueError, match=f"order as a whole number from 0 to 15; got {order}"):
            steerable_pyramid(image, 1, order)
    with pytest.raises(ValueError, match=r"at least 3 × 3 pixels; got \(2, 40\)"):
        steerable_pyramid(image[:2], 1, 1)
    with pytest.raises(ValueError, match="steerable_pyramid expects image without NaN"):
        steerable_pyramid(np.full((8, 8), np.nan), 1, 1)
    with pytest.warns(UserWarning, match="steerable_pyramid got image as uint8"):
        steerable_pyramid(np.zeros((8, 8), np.uint8), 1, 1)


def test_bad_parts():
    pyramid = steerable_pyramid(random(16, 40), 2, 1)
    with pytest.raises(ValueError, match=r"expects levels among \[0, 1, 'residual_hi.*; got 2"):
        reconstruct_steerable(pyramid, levels=[0, 2])
    with pytest.raises(ValueError, match=r"expects bands among \[0, 1\]; got 2"):
        reconstruct_steerable(pyramid, bands=[2])
    pyramid.bands[1] = pyramid.bands[1][:, :-1]
    with pytest.raises(ValueError, match=r"bands\[1\] of shape \(2, 8, 20\); got \(2, 7, 20\)"):
        reconstruct_steerable(pyramid)
    pyramid = steerable_pyramid(random(16, 40), 2, 1)
    pyramid.residual_lowpass = np.zeros((3, 10))
    with pytest.raises(ValueError, match=r"residual_lowpass of shape \(4, 10\); got \(3, 10\)"):
        reconstruct_steerable(pyramid)


def test_complex_bands_do_not_steer():
    pyramid = steerable_pyramid(random(16, 40), 2, 1, complex=True)
    with pytest.raises(ValueError, match="of a real pyramid.*got complex128 of shape"):
        steer_bands(pyramid.bands[0], 0.3)
    with pytest.raises(ValueError, match="steer_bands expects angle in radians.*degrees"):
        steer_bands(pyramid.bands[0].real, 30)
