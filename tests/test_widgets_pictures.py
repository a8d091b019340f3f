"""Widgets about pictures: their numbers are the library's, whatever the state."""

import numpy as np
import pytest

from coursekit.applications import blend, denoise
from coursekit.data import PICTURES, load_image
from coursekit.pyramids import expand, gaussian_pyramid, reconstruct, steerable_pyramid
from coursekit.widgets import BlendWidget, CoringWidget, PyramidWidget
from coursekit.widgets.blend import model as blending
from coursekit.widgets.coring import model as coring
from coursekit.widgets.photographs import small
from coursekit.widgets.pyramid import model as pyramid


def bytes_in(value):
    """How many bytes a message carries outside of its text."""
    if isinstance(value, bytes | memoryview):
        return len(value)
    parts = value.values() if isinstance(value, dict) else value
    return sum(bytes_in(part) for part in parts) if isinstance(value, dict | list) else 0


# Photographs.


@pytest.mark.parametrize("name", PICTURES)
def test_photographs_become_small_squares(name):
    for colour, shape in [(False, (96, 96)), (True, (96, 96, 3))]:
        image = small(name, 96, colour=colour)
        assert (image.shape, image.dtype) == (shape, np.uint8)
        assert np.ptp(image) > 100
        whole = load_image(name)
        h, w = whole.shape[:2]
        top, left, side = (h - min(h, w)) // 2, (w - min(h, w)) // 2, min(h, w)
        middle = whole[top : top + side, left : left + side]
        assert image.mean() / 255 == pytest.approx(middle.mean(), abs=0.03)


# Pyramids.


@pytest.mark.parametrize("kind", pyramid.KINDS[1:])
@pytest.mark.parametrize("image", ["camera", "coins"])
def test_all_parts_together_are_the_photograph(kind, image):
    for n_levels in (1, 2, 7):
        widget = PyramidWidget(kind=kind, n_levels=n_levels, image=image)
        np.testing.assert_allclose(widget.picture(), widget.photograph(), atol=1e-12)
        assert max(widget.error()) < 1e-9


def test_a_part_that_is_off_is_what_is_missing():
    for kind, n_levels in [("Laplacian", 4), ("steerable", 3)]:
        widget = PyramidWidget(kind=kind, n_levels=n_levels)
        for name, given in pyramid.contributions(widget.photograph(), kind, n_levels).items():
            widget.off = name
            missing = widget.photograph() - widget.picture()
            np.testing.assert_allclose(missing, given, atol=1e-12)
            assert widget.error()[0] == pytest.approx(255 * np.sqrt(np.mean(given**2)))
            assert f"without {name}:" in widget.sentence()


def test_without_a_band_is_the_pyramid_with_zeros_in_its_place():
    widget = PyramidWidget(kind="Laplacian", n_levels=5, off="L1 L3")
    levels = list(widget.parts().values())
    levels[1], levels[3] = 0 * levels[1], 0 * levels[3]
    np.testing.assert_allclose(widget.picture(), reconstruct(levels), atol=1e-12)


def test_a_gaussian_pyramid_knows_what_its_finest_level_knows():
    widget = PyramidWidget(kind="Gaussian", n_levels=5, off="G0 G2")
    level = gaussian_pyramid(widget.photograph(), 2)[1]
    np.testing.assert_allclose(widget.picture(), expand(level, (128, 128)), atol=1e-12)
    widget.off = "G0 G1 G2 G3 G4"
    assert not widget.picture().any()
    widget.off = "L0 high"  # of other pyramids
    np.testing.assert_array_equal(widget.picture(), widget.photograph())


def test_sizes_are_the_decks():
    widget = PyramidWidget(kind="Gaussian", n_levels=7)
    assert [len(part) for part in widget.parts().values()] == [128, 64, 32, 16, 8, 4, 2]
    assert "21844 numbers" in widget.sentence()
    assert "1.33 times" in widget.sentence()  # deck 000: 4/3


@pytest.mark.parametrize("kind", pyramid.KINDS)
def test_names_are_those_of_the_parts(kind):
    widget = PyramidWidget(kind=kind, n_levels=3)
    assert [*widget.parts()] == pyramid.names(kind, 3)
    if kind == "steerable":
        bands = steerable_pyramid(widget.photograph(), 3, pyramid.ORDER)
        np.testing.assert_allclose(np.rad2deg(bands.angles), pyramid.ANGLES)
        np.testing.assert_array_equal(widget.parts()["B1-90"], bands.bands[1][2])


def test_what_is_sent_is_small_and_true():
    photo = PyramidWidget().photo
    assert bytes_in(photo) < 1_000_000
    image = pyramid.photograph("camera")
    given = pyramid.contributions(image, "steerable", 2)
    for name, exact in given.items():
        sent = next(
            one["given"] for one in photo["steerable"] if one["name"] == name.replace("low", "low2")
        )
        received = np.frombuffer(sent["data"], "<i2").reshape(sent["shape"]) * sent["unit"]
        assert abs(received - exact).max() < 1e-4 * max(abs(exact).max(), 0.1)


def test_switching_sends_no_arrays():
    widget = PyramidWidget()
    messages = []
    widget._send = lambda message, buffers=(): messages.append((message["state"], buffers))
    widget.kind, widget.off, widget.n_levels = "steerable", "high B0-45", 2
    assert [list(state) for state, _ in messages] == [["kind"], ["off"], ["n_levels"]]
    widget.image = "cat"
    assert {name for state, _ in messages for name in state} >= {"photo", "image"}


@pytest.mark.parametrize(
    ("name", "value", "error", "message"),
    [
        ("kind", "wavelet", ValueError, "kind is one of 'Gaussian', 'Laplacian', 'steerable'; got"),
        ("n_levels", 8, ValueError, "n_levels is a whole number from 1 to 7; got 8"),
        ("off", "L9", ValueError, r"off is names of parts .* among G0, .*; got 'L9'"),
        ("off", ["L0"], TypeError, r"off is names of parts such as 'L0 rest'; got \['L0'\]"),
        ("image", "lena", ValueError, "image is one of 'camera', .*; got 'lena'"),
    ],
)
def test_pyramid_refuses_and_says_why(name, value, error, message):
    with pytest.raises(error, match=message):
        PyramidWidget(**{name: value})


# Blending.


def test_blend_is_the_librarys():
    widget = BlendWidget(a="astronaut", b="moon", n_levels=4, cut=0.3, angle=-50)
    widget.strokes = "+80,40 -20,100"
    assert widget.picture().shape == (160, 160, 3)
    np.testing.assert_array_equal(
        widget.picture(), blend(*widget.pictures(), widget.mask().astype(bool), 4)
    )
    widget.cut, widget.strokes = 1, ""
    np.testing.assert_allclose(widget.picture(), widget.pictures()[0], atol=1e-12)
    widget.cut = 0
    np.testing.assert_allclose(widget.picture(), widget.pictures()[1], atol=1e-12)
    assert widget.steps()[0] is None
    assert "No cut." in widget.sentence()


def test_cut_goes_the_way_of_its_angle():
    shares = [blending.mask(cut, 30, "").mean() for cut in np.linspace(0, 1, 11)]
    assert (shares[0], shares[-1]) == (0, 1)
    assert all(np.diff(shares) > 0)
    first = blending.mask(0.25, 0, "")
    assert first[:, :40].all()
    assert not first[:, 40:].any()
    np.testing.assert_array_equal(blending.mask(0.25, 90, ""), first.T)
    np.testing.assert_array_equal(blending.mask(0.25, 180, ""), first[:, ::-1])


def test_brush_paints_discs_one_over_the_other():
    painted = blending.mask(0, 0, "+80,50 -80,50 +30,120 +159,159")
    assert not painted[30:70, 60:100].any()
    area = np.pi * blending.BRUSH**2
    assert painted[100:140, 10:50].sum() == pytest.approx(area, rel=0.03)
    assert painted[120, 30] == painted[159, 159] == 1
    assert painted.sum() == pytest.approx(1.25 * area, rel=0.1)  # a quarter of it at the corner


def test_more_levels_hide_the_step():
    across = []
    for n_levels in (1, 3, 5):
        widget = BlendWidget(n_levels=n_levels, angle=0)
        across.append(widget.steps()[0])
        edge = abs(np.diff(widget.picture(), axis=1)[:, 79]).mean()
        assert across[-1] == pytest.approx(255 * edge)
    assert across[0] > 4 * across[2] > 0
    assert across[0] > across[1] > across[2]


def test_last_levels_mix_far_from_the_cut():
    widget = BlendWidget()
    widget.preset("puzzles")
    moon = widget.pictures()[1][:, -20:]
    far = abs(widget.picture()[:, -20:] - moon).mean()
    widget.n_levels = 4
    assert far > 0.05 > 20 * abs(widget.picture()[:, -20:] - moon).mean()


def test_own_pictures_are_brought_to_size(rng):
    widget = BlendWidget(own_a=rng.random((60, 90)), a="your own")
    first, _ = widget.pictures()
    assert first.shape == (160, 160, 3)
    assert np.ptp(first) > 0.5
    pixels = rng.integers(0, 256, (160, 160, 3), np.uint8)
    widget.set_state({"own_b": memoryview(pixels.tobytes()), "b": "your own"})  # as a page does
    np.testing.assert_array_equal(widget.pictures()[1], pixels / 255)


def test_dragging_sends_no_pictures():
    widget = BlendWidget()
    assert bytes_in(widget.get_state()) < 1_000_000
    messages = []
    widget._send = lambda message, buffers=(): messages.append(message["state"])
    widget.set_state({"cut": 0.7})
    widget.n_levels, widget.b, widget.strokes = 6, "rocket", "+3,4"
    assert bytes_in(messages) == 0
    assert {name for state in messages for name in state} <= {"cut", "n_levels", "b", "strokes"}


@pytest.mark.parametrize(
    ("name", "value", "error", "message"),
    [
        ("n_levels", 0, ValueError, "n_levels is a whole number from 1 to 7; got 0"),
        ("cut", 1.5, ValueError, "cut is a number from 0 to 1; got 1.5"),
        ("a", "apple", ValueError, "a is one of 'camera', .*; got 'apple'"),
        ("strokes", "+1,2 3,4", ValueError, r"strokes is dabs such as .*; got '3,4'"),
        ("strokes", [1, 2], TypeError, r"strokes is dabs such as .*; got \[1, 2\]"),
        ("own_a", b"123", ValueError, "own_a expects 76800 bytes; got 3"),
        ("own_a", memoryview(np.zeros(76800)), ValueError, "expects 76800 bytes; got 614400"),
        ("own_b", np.ones((4, 5, 2)), ValueError, r"\(h, w\) or \(h, w, 3\); got \(4, 5, 2\)"),
    ],
)
def test_blend_refuses_and_says_why(name, value, error, message):
    with pytest.raises(error, match=message):
        BlendWidget(**{name: value})


# Coring.


@pytest.mark.parametrize("kind", coring.KINDS)
def test_coring_is_the_librarys(kind):
    widget = CoringWidget(noise=40, threshold=1.7, kind=kind, image="coins", seed=3)
    noisy = widget.noisy()
    wanted = denoise(noisy, 1.7 * 40 / 255, kind=kind, transform="laplacian")
    np.testing.assert_array_equal(widget.picture(), wanted)
    truth = coring.photograph("coins")
    assert 255 * np.std(noisy - truth) == pytest.approx(40, rel=0.02)
    before, after = np.mean((noisy - truth) ** 2), np.mean((wanted - truth) ** 2)
    assert widget.gain() == pytest.approx(10 * np.log10(before / after))


@pytest.mark.parametrize("kind", coring.KINDS)
def test_nothing_is_cored_at_threshold_zero(kind):
    widget = CoringWidget(threshold=0, kind=kind)
    np.testing.assert_allclose(widget.picture(), widget.noisy(), atol=1e-12)
    assert widget.gain() == pytest.approx(0, abs=1e-9)
    assert widget.sentence().endswith("leaves 100 % of the numbers in the bands.")


def test_presets_of_coring_keep_their_word():
    widget = CoringWidget()
    gains = {}
    for preset in widget.presets:
        widget.preset(preset.kind)
        gains[preset.kind] = widget.gain()
    assert gains["works"] > 4
    assert gains["fails"] < -2
    best = {kind: [] for kind in coring.KINDS}
    for kind in best:
        widget = CoringWidget(kind=kind)
        for times in coring.THRESHOLDS:
            widget.threshold = times
            best[kind].append(widget.gain())
    assert coring.THRESHOLDS[np.argmax(best["soft"])] in (1, 1.25)
    assert coring.THRESHOLDS[np.argmax(best["hard"])] in (2.5, 3, 3.5)


def test_hard_and_soft_keep_the_same_numbers():
    noisy = CoringWidget().noisy()
    parts = [coring.kept(noisy, 25, 1.5, kind) for kind in coring.KINDS]
    assert parts[0] == parts[1]
    assert [coring.kept(noisy, 25, t, "soft") for t in (0, 5)] == [1, pytest.approx(0.03, abs=0.02)]


def test_other_noise_is_sent_and_sliders_send_nothing():
    widget = CoringWidget()
    messages = []
    widget._send = lambda message, buffers=(): messages.append((message["state"], buffers))
    widget.noise, widget.threshold, widget.kind = 50, 3, "hard"
    assert [list(state) for state, _ in messages] == [["noise"], ["threshold"], ["kind"]]
    widget.seed = 1
    sent = next(state["sent"] for state, _ in messages if "sent" in state)
    assert (sent["seed"], sent["image"]) == (1, "camera")
    assert bytes_in(widget.get_state()) < 200_000
    assert not np.array_equal(coring.noise(0), coring.noise(1))


@pytest.mark.parametrize(
    ("name", "value", "error", "message"),
    [
        ("noise", 0, ValueError, "noise is a number from 2 to 100 grey levels; got 0"),
        ("threshold", -1, ValueError, "threshold is a number from 0 to 5; got -1"),
        ("kind", "firm", ValueError, "kind is one of 'soft', 'hard'; got 'firm'"),
        ("seed", 0.5, TypeError, "seed is a whole number from 0 to 1000000; got 0.5"),
    ],
)
def test_coring_refuses_and_says_why(name, value, error, message):
    with pytest.raises(error, match=message):
        CoringWidget(**{name: value})
