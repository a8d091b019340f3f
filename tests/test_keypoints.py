"""keypoints: blobs of known place and size, turned and scaled pictures, skimage's SIFT."""

import math

import numpy as np
import pytest
from repeatability import matches, turned
from skimage.feature import SIFT

from coursekit.applications import keypoints, scale_space
from coursekit.data import load_image


def blob(y, x, sigma, *, height=0.5, shape=(97, 121)):
    """A Gaussian blob on grey, shape and place in pixels."""
    rows, columns = np.indices(shape)
    return 0.4 + height * np.exp(-((rows - y) ** 2 + (columns - x) ** 2) / (2 * sigma**2))


def angle_between(a, b):
    return (a - b + math.pi) % (2 * math.pi) - math.pi


# --- scale space -----------------------------------------------------------------------------


def test_scale_space_doubles_and_halves():
    octaves = scale_space(np.random.default_rng(0).random((37, 50)))
    assert [o.shape for o in octaves] == [(6, 74, 100), (6, 37, 50), (6, 19, 25), (6, 10, 13)]


def test_scale_space_has_the_blur_it_says():
    """A point of light becomes a blob whose variance is that of its scale."""
    image = np.zeros((129, 129))
    image[64, 64] = 1
    for o, images in enumerate(scale_space(image)[:4]):
        t = (np.arange(images.shape[2]) - 64 / 2.0 ** (o - 1)) ** 2
        for i, blurred in enumerate(images[:4]):
            variance = (blurred.sum(axis=0) * t).sum() / blurred.sum()
            assert math.sqrt(variance) == pytest.approx(1.6 * 2 ** (i / 3), rel=0.02)


# --- one keypoint ----------------------------------------------------------------------------


@pytest.mark.parametrize("sigma", [1.5, 2.0, 3.1, 4.7, 8.0])
@pytest.mark.parametrize("height", [0.5, -0.3])
def test_a_blob_is_found_where_it_is(sigma, height):
    """G(kσ) − G(σ), with k = 2^(1/3), answers most to a blob of √k σ: by −height (k−1)/(k+1)."""
    point = keypoints(blob(44.3, 61.8, sigma, height=height))[0]
    assert point.y == pytest.approx(44.3, abs=0.05)
    assert point.x == pytest.approx(61.8, abs=0.05)
    k = 2 ** (1 / 3)
    assert point.sigma * math.sqrt(k) == pytest.approx(sigma, rel=0.015)
    assert point.response == pytest.approx(-height * (k - 1) / (k + 1), rel=0.004)


@pytest.mark.parametrize("angle", [-2.9, -1.2, 0.0, 0.7, 1.9])
def test_orientation_follows_the_gradient(angle):
    """A blob on a ramp that rises along `angle`, from x (right) to y (down)."""
    y, x = np.indices((97, 121))
    ramp = 0.012 * (np.cos(angle) * (x - 60) + np.sin(angle) * (y - 48))
    points = keypoints(blob(48, 60, 4, height=0.15) + ramp)
    near = points[np.hypot(points.y - 48, points.x - 60) < 3]
    assert len(near) == 1
    assert abs(angle_between(near[0].angle, angle)) < math.radians(2)


def test_a_second_orientation_is_rare():
    """Lowe 2004, section 5: about 15 % of the places have a second peak within 80 %."""
    points = keypoints(load_image("coins"))
    n_places = len(np.unique(np.stack([points.y, points.x]), axis=1).T)
    assert 1.05 < len(points) / n_places < 1.3


def test_a_straight_edge_holds_no_keypoint():
    """A dark bar with a blur that looks the same all along: only the edge test stops it."""
    image = np.tile(0.5 - 0.4 * np.exp(-((np.arange(90) - 45) ** 2) / 18), (80, 1))
    image += 1e-4 * np.random.default_rng(0).normal(size=image.shape)
    assert len(keypoints(image)) == 0
    assert len(keypoints(image, edge=1e9)) > 0


def test_contrast_is_a_bound_on_the_response():
    image = load_image("coins")[:150, :190]
    few, many = keypoints(image, contrast=0.03), keypoints(image, contrast=0.01)
    assert 0 < len(few) < len(many)
    assert abs(few.response).min() >= 0.03
    np.testing.assert_array_equal(many[abs(many.response) >= 0.03], few)
    assert (np.diff(abs(many.response)) <= 0).all()


# --- the whole picture moves -----------------------------------------------------------------


def table(points):
    return np.stack([points[name] for name in points.dtype.names], axis=1)


def test_transposing_the_picture_transposes_the_keypoints():
    image = load_image("coins")[:101, :150]
    points, other = keypoints(image), keypoints(image.T)
    other.y, other.x, other.angle = other.x.copy(), other.y.copy(), np.pi / 2 - other.angle
    other.angle = angle_between(other.angle, 0)
    a, b = (table(p)[np.lexsort(table(p).round(6).T)] for p in (points, other))
    np.testing.assert_allclose(a, b, atol=1e-6)


def test_brightness_changes_nothing_and_contrast_only_the_response():
    image = load_image("coins")[:101, :150]
    points, other = keypoints(image), keypoints(3 * image + 0.7, contrast=0.039)
    np.testing.assert_allclose(table(other)[:, :4], table(points)[:, :4], atol=1e-8)
    np.testing.assert_allclose(other.response, 3 * points.response, rtol=1e-9)


def test_grey_of_three_equal_colours_and_float32():
    image = load_image("coins")[:101, :150]
    points = keypoints(image)
    np.testing.assert_allclose(
        table(keypoints(np.stack([image] * 3, axis=2))), table(points), atol=1e-8
    )
    single = keypoints(image.astype(np.float32))
    assert {single[name].dtype for name in single.dtype.names} == {np.dtype(np.float32)}
    assert len(single) == pytest.approx(len(points), abs=2)


@pytest.mark.parametrize(
    ("degrees", "scale"), [(0, 1.0), (30, 1.0), (75, 1.0), (0, 0.7), (40, 1.3)]
)
def test_keypoints_are_found_again(degrees, scale):
    image = load_image("camera")[56:456, 56:456]
    other, move = turned(image, degrees, scale)
    share, distance, same_angle = matches(keypoints(image), keypoints(other), move, image.shape)
    assert share > 0.75
    assert distance < 0.15
    assert same_angle > 0.9


def test_found_again_as_often_as_skimages():
    """Three pairs together; `python -m benchmarks.applications` has more pictures and pairs."""
    image = load_image("camera")[56:456, 56:456]

    def theirs(picture):
        found = SIFT()
        found.detect(picture)
        # Its angle runs from y to x. Its places are those of the doubled picture halved, without
        # the quarter of a pixel by which the doubled picture's first sample lies beside ours.
        rows = [*(found.positions - 0.25).T, found.sigmas, np.pi / 2 - found.orientations]
        return np.rec.fromarrays(rows, names="y, x, sigma, angle")

    shares = {keypoints: 0.0, theirs: 0.0}
    for degrees, scale in ((30, 1), (0, 0.7), (20, 1.25)):
        other, move = turned(image, degrees, scale)
        for find in shares:
            shares[find] += matches(find(image), find(other), move, image.shape)[0] / 3
    assert shares[keypoints] > shares[theirs] - 0.03


# --- little or bad input ---------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(1, 1), (2, 9), (40, 40), (30, 3, 3)])
def test_nothing_to_see(shape):
    points = keypoints(np.full(shape, 0.5))
    assert len(points) == 0
    assert points.dtype.names == ("y", "x", "sigma", "angle", "response")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"contrast": -1}, "contrast of at least 0; got -1"),
        ({"contrast": math.nan}, "contrast of at least 0"),
        ({"edge": 0.5}, "edge, a ratio, of at least 1; got 0.5"),
        ({"image": np.zeros(9)}, r"keypoints expects image of shape .* got \(9,\)"),
        ({"image": np.full((9, 14), np.nan)}, "keypoints expects image without NaN"),
    ],
)
def test_bad_input(arguments, words):
    with pytest.raises(ValueError, match=words):
        keypoints(**{"image": np.zeros((9, 14))} | arguments)
