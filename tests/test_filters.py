"""filters: what must hold for every kernel and picture first, then peers, then the decks."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage, signal

from coursekit.filters import (
    EDGES,
    binomial,
    convolve2d,
    correlate2d,
    dominant_orientation,
    gaussian,
    gaussian_derivative_basis,
    orientation_energy,
    steer,
    steering_rank,
)

NDIMAGE = {"reflect": "mirror", "symmetric": "reflect", "edge": "nearest", "wrap": "grid-wrap"}


def random(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


# --- correlation and convolution -------------------------------------------------------------


@given(
    size=st.tuples(st.integers(1, 19), st.integers(1, 17)),
    half=st.tuples(st.integers(0, 3), st.integers(0, 4)),
    edges=st.sampled_from(EDGES),
    separable=st.booleans(),
)
def test_correlate_is_the_double_sum(size, half, edges, separable):
    kh, kw = 2 * half[0] + 1, 2 * half[1] + 1
    image = random(*size)
    kernel = np.outer(random(kh), random(kw, seed=1)) if separable else random(kh, kw)
    padded = np.pad(image, [(kh // 2,) * 2, (kw // 2,) * 2], mode=edges)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (kh, kw))
    slow = np.einsum("yxij,ij->yx", windows, kernel)
    np.testing.assert_allclose(correlate2d(image, kernel, edges=edges), slow, atol=1e-12)


@pytest.mark.parametrize("edges", sorted(NDIMAGE))
def test_agrees_with_scipy(edges):
    image, kernel = random(23, 31), random(5, 7)
    ours = correlate2d(image, kernel, edges=edges), convolve2d(image, kernel, edges=edges)
    theirs = [f(image, kernel, mode=NDIMAGE[edges]) for f in (ndimage.correlate, ndimage.convolve)]
    np.testing.assert_allclose(ours, theirs, atol=1e-12)


def test_convolution_is_correlation_with_the_kernel_turned():
    image, kernel = random(11, 14), random(3, 5)
    np.testing.assert_allclose(convolve2d(image, kernel), correlate2d(image, np.rot90(kernel, 2)))
    np.testing.assert_allclose(
        convolve2d(image, kernel, edges="constant"), signal.convolve2d(image, kernel, mode="same")
    )


def test_convolving_an_impulse_shows_the_kernel_and_correlating_shows_it_turned():
    impulse, kernel = np.zeros((9, 11)), random(3, 5)
    impulse[4, 5] = 1
    np.testing.assert_array_equal(convolve2d(impulse, kernel)[3:6, 3:8], kernel)
    np.testing.assert_array_equal(correlate2d(impulse, kernel)[3:6, 3:8], kernel[::-1, ::-1])


def test_correlate_and_convolve_are_adjoint_with_zeros_or_wrap_outside():
    x, y, kernel = random(12, 17), random(12, 17, seed=1), random(5, 3)
    for edges in ("constant", "wrap"):
        left = np.vdot(correlate2d(x, kernel, edges=edges), y)
        assert left == pytest.approx(np.vdot(x, convolve2d(y, kernel, edges=edges)))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_colour_is_filtered_channel_by_channel_and_keeps_its_type(dtype):
    image, kernel = random(13, 16, 3).astype(dtype), np.outer(binomial(5), binomial(3))
    out = correlate2d(image, kernel)
    assert out.dtype == dtype
    for c in range(3):
        np.testing.assert_array_equal(out[..., c], correlate2d(image[..., c], kernel))


def test_the_image_is_not_changed():
    image = random(6, 7)
    before = image.copy()
    out = correlate2d(image, np.ones((1, 1)))
    out += 1
    np.testing.assert_array_equal(image, before)


# --- kernels ---------------------------------------------------------------------------------


def test_binomial():
    np.testing.assert_array_equal(binomial(5) * 16, [1, 4, 6, 4, 1])
    for n in range(1, 12):
        np.testing.assert_allclose(
            binomial(n), 1 if n == 1 else np.convolve(binomial(n - 1), [0.5, 0.5])
        )


@pytest.mark.parametrize("sigma", [0.9, 1, 2.5, np.float32(3)])
def test_gaussian_has_sum_one_and_the_variance_asked_for(sigma):
    g = gaussian(sigma)
    x = np.arange(len(g)) - len(g) // 2
    assert g.sum() == pytest.approx(1)
    np.testing.assert_array_equal(g, g[::-1])
    assert (g * x**2).sum() == pytest.approx(sigma**2, rel=1e-3)


@pytest.mark.parametrize("order", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("sigma", [1.3, 2.0])
def test_basis_differentiates_polynomials(order, sigma):
    """(∂x^(N−k) ∂y^k) x^(N−j) y^j is (N−k)! k! for j = k and 0 otherwise, nearly: samples."""
    basis = gaussian_derivative_basis(order, sigma)
    r = basis.shape[1] // 2
    y, x = np.mgrid[-r : r + 1, -r : r + 1].astype(float)
    for k in range(order + 1):
        for j in range(order + 1):
            derivative = convolve2d(x ** (order - j) * y**j, basis[k], edges="constant")[r, r]
            wanted = math.factorial(order - k) * math.factorial(k) * (j == k)
            assert derivative == pytest.approx(wanted, rel=1e-3, abs=1e-3)
        assert abs(basis[k].sum()) < 1e-5 * abs(basis[k]).sum()


# --- steering --------------------------------------------------------------------------------


def rotated_derivative(order, sigma, angle):
    """∂ᴺG along a direction, from its 1-D formula on turned coordinates (u along, v across)."""
    r = gaussian_derivative_basis(order, sigma).shape[1] // 2
    y, x = np.mgrid[-r : r + 1, -r : r + 1]
    u, v = math.cos(angle) * x + math.sin(angle) * y, -math.sin(angle) * x + math.cos(angle) * y
    t = u / sigma
    hermite = [t, t**2 - 1, t**3 - 3 * t, t**4 - 6 * t**2 + 3, t**5 - 10 * t**3 + 15 * t][order - 1]
    g = np.exp(-(np.arange(-r, r + 1) ** 2) / (2 * sigma**2)).sum() ** 2
    return (-1 / sigma) ** order * hermite * np.exp(-(u**2 + v**2) / (2 * sigma**2)) / g


@given(
    order=st.integers(1, 5),
    sigma=st.floats(0.8, 3),
    angle=st.floats(-2 * math.pi, 2 * math.pi),
)
def test_steering_is_rotation(order, sigma, angle):
    steered = steer(gaussian_derivative_basis(order, sigma), angle)
    np.testing.assert_allclose(
        steered, rotated_derivative(order, sigma, angle), atol=1e-12 * abs(steered).max()
    )


@pytest.mark.parametrize("order", [1, 2, 3, 4, 5])
def test_a_quarter_turn_is_clockwise_on_the_screen(order):
    basis = gaussian_derivative_basis(order, 1.5)
    np.testing.assert_allclose(steer(basis, 0), basis[0])
    np.testing.assert_allclose(steer(basis, math.pi / 2), basis[-1], atol=1e-15)
    np.testing.assert_allclose(steer(basis, math.pi / 2), np.rot90(steer(basis, 0), -1), atol=1e-15)


def test_signs_x_right_y_down():
    """A ramp that grows to the right has g_x > 0 and g_y = 0; one that grows down the reverse."""
    y, x = np.mgrid[:21, :25].astype(float)
    basis = gaussian_derivative_basis(1, 1.0)
    gx, gy = (convolve2d(x, kernel)[10, 12] for kernel in basis)
    assert (gx, gy) == pytest.approx((1, 0), abs=1e-4)
    gx, gy = (convolve2d(y, kernel)[10, 12] for kernel in basis)
    assert (gx, gy) == pytest.approx((0, 1), abs=1e-4)


@pytest.mark.parametrize("order", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("shape", [(20, 27), (20, 27, 3)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_steering_responses_is_filtering_with_the_steered_kernel(order, shape, dtype):
    image, basis = random(*shape).astype(dtype), gaussian_derivative_basis(order, 1.2)
    responses = np.stack([convolve2d(image, kernel) for kernel in basis])
    steered = steer(responses, 0.7)
    assert steered.dtype == dtype
    direct = convolve2d(image, steer(basis, 0.7))
    tolerance = 1e-12 if dtype == np.float64 else 1e-5
    np.testing.assert_allclose(steered, direct, atol=tolerance * abs(direct).max())


def test_deck_000_sixty_degrees(vectors):
    g = vectors["steerability"]["g60"]
    gx, gy = basis = gaussian_derivative_basis(1, 2)
    np.testing.assert_allclose(steer(basis, math.radians(60)), g["cos"] * gx + g["sin"] * gy)
    counts = vectors["steerability"]["basis_count_for_Nth_derivative"]
    for order in range(1, 6):
        assert len(gaussian_derivative_basis(order, 1)) == counts[str(order)]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_one_angle_a_pixel(dtype):
    responses = random(4, 9, 13).astype(dtype)
    angle = np.random.default_rng(1).uniform(-6, 6, (9, 13))
    steered = steer(responses, angle)
    assert steered.shape == (9, 13)
    assert steered.dtype == dtype
    for y, x in [(0, 0), (3, 12), (8, 5)]:
        alone = steer(responses[:, y : y + 1, x], angle[y, x])
        np.testing.assert_allclose(steered[y, x], alone[0], rtol=1e-5)
    several = steer(responses, np.array([0.1, 2.0])[:, None, None])
    np.testing.assert_allclose(several[1], steer(responses, 2.0), rtol=1e-4)


def test_integer_kernels_are_steered_as_floats():
    basis = np.array([[[0, 0, 0], [1, 0, -1], [0, 0, 0]], [[0, 1, 0], [0, 0, 0], [0, -1, 0]]])
    np.testing.assert_allclose(steer(basis, 0.5), np.cos(0.5) * basis[0] + np.sin(0.5) * basis[1])


# --- orientation -----------------------------------------------------------------------------


def wave(angle, wavelength, shape=(61, 83), phase=0.0):
    """Stripes that repeat along `angle`."""
    y, x = np.mgrid[: shape[0], : shape[1]]
    return np.cos(2 * np.pi / wavelength * (np.cos(angle) * x + np.sin(angle) * y) + phase)


@pytest.mark.parametrize("angle", [0, 0.4, np.pi / 2, 2.2, 3.0])
def test_dominant_orientation_is_across_the_stripes(angle):
    found, strength = dominant_orientation(wave(angle, 9), 2.0)
    inside = (slice(20, -20), slice(20, -20))
    off = (found[inside] - angle + np.pi / 2) % np.pi - np.pi / 2
    assert abs(off).max() < 1e-6
    assert strength[inside].min() > 0.8 * strength[inside].max() > 0
    assert found.min() >= 0
    assert found.max() <= np.pi


def test_energy_does_not_know_the_phase_and_knows_the_angle():
    at, across = (
        np.array([orientation_energy(wave(0.3, 9, phase=p), a, 2.0)[30, 41] for p in np.arange(8)])
        for a in (0.3, 0.3 + np.pi / 2)
    )
    assert at.min() > 0.86 * at.max()
    assert across.max() < 0.01 * at.min()
    even = [
        steer(
            np.stack(
                [convolve2d(wave(0.3, 9, phase=p), k) for k in gaussian_derivative_basis(2, 2.0)]
            ),
            0.3,
        )[30, 41]
        ** 2
        for p in np.arange(8)
    ]
    assert min(even) < 0.1 * max(even)  # one filter alone does know the phase


def test_energy_at_one_angle_a_pixel_is_largest_at_the_dominant_one():
    image = random(24, 31).astype(np.float32)
    angle, strength = dominant_orientation(image, 1.5)
    assert angle.dtype == strength.dtype == np.float32
    along = orientation_energy(image, angle, 1.5)
    across = orientation_energy(image, (angle + np.pi / 2) % np.pi, 1.5)
    assert along.dtype == np.float32
    assert (along > across).mean() > 0.99  # the sixth harmonic may turn a few


def test_strength_is_the_second_harmonic_of_the_energy():
    image, turns = random(24, 31), np.arange(12) * np.pi / 12
    angle, strength = dominant_orientation(image, 1.5)
    energies = [orientation_energy(image, turn, 1.5) for turn in turns]
    second = 2 / 12 * sum(e * np.exp(2j * a) for e, a in zip(energies, turns, strict=True))
    np.testing.assert_allclose(strength * np.exp(2j * angle), second, atol=1e-12)


@pytest.mark.parametrize("order", [0, 1, 2, 3, 4, 5])
@pytest.mark.parametrize("sigma", [1.0, 2.3])
def test_steering_rank_is_order_plus_one(order, sigma, vectors):
    kernel = np.outer(gaussian(sigma), gaussian(sigma))
    if order:
        kernel = steer(gaussian_derivative_basis(order, sigma), 0.7)
    counts = vectors["steerability"]["basis_count_for_Nth_derivative"]
    assert steering_rank(kernel) == counts[str(order)]


def test_steering_rank_of_kernels_that_no_small_basis_steers():
    y, x = np.mgrid[-10:11, -10:11]
    gabor = np.exp(-(x**2 + y**2) / 18) * np.cos(1.2 * x)
    assert steering_rank(gabor) > 6
    assert steering_rank(np.ones((1, 7))) > 6
    with pytest.raises(ValueError, match="at least one entry that is not 0"):
        steering_rank(np.zeros((3, 3)))
    with pytest.raises(ValueError, match=r"steering_rank expects kernel .*both odd; got \(2, 3\)"):
        steering_rank(np.ones((2, 3)))


# --- deck 001 --------------------------------------------------------------------------------


def test_deck_001_box_filter(vectors):
    table = vectors["box_filter"]
    image = np.array(table["input_10x10"], float)
    box = np.ones((3, 3)) / 9
    inside = correlate2d(image, box)[1:-1, 1:-1]
    np.testing.assert_allclose(inside, table["output_8x8_valid"], atol=1e-12)


# --- bad input -------------------------------------------------------------------------------


def test_integers_keep_their_values_and_are_named():
    image = np.array([[0, 255, 3], [7, 200, 9]], np.uint8)
    with pytest.warns(
        UserWarning, match=r"correlate2d got image as uint8, whose range is 0…255"
    ) as w:
        out = correlate2d(image, np.array([[-1, 0, 1]]), edges="edge")
    assert w[0].filename == __file__
    np.testing.assert_array_equal(out, [[255, 3, -252], [193, 2, -191]])
    with pytest.warns(UserWarning, match="bool, whose range is 0…1"):
        assert correlate2d(image > 5, np.ones((3, 3))).dtype == np.float64


def test_floats_cause_no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        correlate2d(np.full((3, 3), 3e38, np.float32), np.eye(3) / 3)


BAD_CORRELATE = [
    (np.zeros(5), np.ones((3, 3)), ValueError, r"image of shape \(h, w\).*got \(5,\)"),
    (np.zeros((2, 3, 4, 5)), np.ones((3, 3)), ValueError, r"got \(2, 3, 4, 5\)"),
    (np.zeros((0, 4)), np.ones((3, 3)), ValueError, r"got \(0, 4\)"),
    (np.full((4, 5), np.nan), np.ones((3, 3)), ValueError, r"without NaN.*got nan at \(0, 0\)"),
    (np.array([[1, 2], [-np.inf, 0]]), np.ones((1, 1)), ValueError, r"got -inf at \(1, 0\)"),
    (np.zeros((4, 5)), np.ones((2, 3)), ValueError, r"kernel .*both odd; got \(2, 3\)"),
    (np.zeros((4, 5)), np.ones((3, 4)), ValueError, r"both odd; got \(3, 4\)"),
    (np.zeros((4, 5)), np.ones(3), ValueError, r"got \(3,\); np.outer"),
    (np.zeros((4, 5)), np.full((3, 3), np.nan), ValueError, "kernel without NaN"),
    (np.zeros((4, 5)), np.ones((3, 3), complex), TypeError, "kernel as real numbers; got complex"),
    (np.zeros((4, 5), complex), np.ones((3, 3)), TypeError, "image as real numbers; got complex"),
    ([["a"]], np.ones((3, 3)), TypeError, "image as real numbers"),
]


@pytest.mark.parametrize("function", [correlate2d, convolve2d])
@pytest.mark.parametrize(("image", "kernel", "error", "message"), BAD_CORRELATE)
def test_bad_input(function, image, kernel, error, message):
    with pytest.raises(error, match=f"{function.__name__} expects .*{message}"):
        function(image, kernel)


def test_unknown_edges_are_listed():
    with pytest.raises(ValueError, match="edges as one of reflect, symmetric.*got 'mirror'"):
        correlate2d(np.zeros((4, 5)), np.ones((3, 3)), edges="mirror")


@pytest.mark.parametrize("order", [0, 6, -1, 2.0, "2"])
def test_order_outside_one_to_five(order):
    with pytest.raises(ValueError, match="expects order 1, 2, 3, 4 or 5; got"):
        gaussian_derivative_basis(order, 1)


@pytest.mark.parametrize("sigma", [0, -1, math.nan, math.inf])
def test_bad_sigma(sigma):
    for function in (gaussian, lambda s: gaussian_derivative_basis(2, s)):
        with pytest.raises(ValueError, match="sigma above 0"):
            function(sigma)
    with pytest.raises(TypeError, match="sigma as a number of pixels; got str"):
        gaussian("wide")


@pytest.mark.parametrize("angle", [60, -45, 6.3, math.nan, math.inf])
def test_degrees_are_noticed(angle):
    with pytest.raises(ValueError, match="angle in radians.*looks like degrees"):
        steer(gaussian_derivative_basis(1, 1), angle)


def test_one_of_many_angles_in_degrees_is_noticed():
    with pytest.raises(ValueError, match="got 90, which looks like degrees"):
        steer(np.ones((2, 4, 5)), np.full((4, 5), 90))
    with pytest.raises(ValueError, match=r"orientation_energy expects angle in radians"):
        orientation_energy(np.zeros((4, 5)), 45, 1.0)
    with pytest.raises(ValueError, match=r"angle as a number or of shape \(4, 5\); got \(3,\)"):
        steer(np.ones((2, 4, 5)), np.ones(3))


def test_a_full_turn_is_still_radians():
    basis = gaussian_derivative_basis(3, 1)
    np.testing.assert_allclose(steer(basis, 2 * math.pi), basis[0], atol=1e-15)


def test_whole_number_kernels_steer_like_floats():
    sobel = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    steered = steer([sobel, sobel.T], math.pi / 4)
    np.testing.assert_allclose(steered, (sobel + sobel.T) / math.sqrt(2), atol=1e-15)
