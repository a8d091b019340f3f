"""Motion magnification: exact where theory is, then against clips whose motion is known."""

import tracemalloc
import warnings

import numpy as np
import pytest
from motion_truth import motion_error
from scipy.signal import butter, lfilter

from coursekit.applications import MotionMagnifier, magnify_motion
from coursekit.applications.phases import Bands, PhaseFollower, move, reach, smooth
from coursekit.applications.tempo import RecursiveBandPass, band_pass, tempi_between
from coursekit.data import load_clip, load_image, shifted
from coursekit.pyramids import split_highpass, steerable_pyramid

FPS, HERTZ = 20.0, 1.25  # one period takes 16 frames
BAND = {"low": 0.6, "high": 2.0, "fps": FPS, "progress": False}
SWAY = np.sin(2 * np.pi * HERTZ * np.arange(16) / FPS)


def grating(shifts, wavelength=10, h=40, w=60):
    """A wave that moves to the right by each of the shifts: (t, h, w)."""
    x = np.arange(w) - np.asarray(shifts)[:, None]
    wave = 0.5 + 0.3 * np.cos(2 * np.pi * x / wavelength)
    return np.repeat(wave[:, None, :], h, axis=1)


def photograph(name="camera", h=96, w=112, top=150, left=180):
    return load_image(name)[top : top + h, left : left + w]


# --- filters over time -----------------------------------------------------------------------


def test_band_pass_keeps_what_lies_in_the_band():
    t = np.arange(40) / FPS
    slow, fast = np.cos(2 * np.pi * 1.5 * t), np.sin(2 * np.pi * 5 * t)
    x = np.stack([slow + fast + 3, 2 * fast - 1], axis=1)  # (t, 2)
    kept = band_pass(x, tempi_between("test", 40, 1, 2, FPS))
    np.testing.assert_allclose(kept, np.stack([slow, 0 * t], axis=1), atol=1e-14)
    assert band_pass(x.astype(np.float32), tempi_between("test", 40, 1, 2, FPS)).dtype == np.float32
    # A limit that is a frequency of the clip belongs to the band.
    kept = band_pass(x, tempi_between("test", 40, 1.5, 5, FPS))
    np.testing.assert_allclose(kept[:, 0], slow + fast, atol=1e-14)


@pytest.mark.parametrize(
    ("low", "high", "kind", "limits"),
    [(1, 3, "bandpass", (1, 3)), (0, 3, "lowpass", 3), (1, 10, "highpass", 1)],
)
def test_recursive_band_pass_is_butterworths(low, high, kind, limits, rng):
    x = rng.normal(size=(50, 2, 3))
    b, a = butter(1, limits, kind, fs=FPS)
    filtered = RecursiveBandPass(low, high, FPS)
    ours = np.stack([filtered.step(sample) for sample in x])
    np.testing.assert_allclose(ours, lfilter(b, a, x, axis=0), atol=1e-12)


# --- bands -----------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(31, 40), (32, 21, 3)])
@pytest.mark.parametrize("order", [0, 3, 4])
def test_highpass_parts_add_up_and_have_one_direction_each(shape, order, rng):
    residual = steerable_pyramid(rng.normal(size=shape), 1, order).residual_highpass
    parts = split_highpass(residual, order)
    assert parts.shape == (order + 1, *shape)
    np.testing.assert_allclose(parts.real.sum(axis=0), residual, atol=1e-13)
    assert split_highpass(residual.astype(np.float32), order).dtype == np.complex64


def test_highpass_parts_have_no_negative_frequencies(rng):
    parts = split_highpass(rng.normal(size=(31, 41)), 3)
    u, v = np.fft.fftfreq(41)[None, :], np.fft.fftfreq(31)[:, None]
    for k, part in enumerate(parts):
        along = np.cos(k * np.pi / 4) * u + np.sin(k * np.pi / 4) * v
        assert np.abs(np.fft.fft2(part)[along < -1e-9]).max() < 1e-11


@pytest.mark.parametrize("shape", [(31, 40), (24, 29, 3)])
def test_bands_that_stay_give_the_picture_back(shape, rng):
    frame = rng.normal(size=shape)
    bands = Bands.of(frame, 3, 2)
    np.testing.assert_allclose(bands.picture(), frame, atol=1e-13)
    still = PhaseFollower().step(bands)
    np.testing.assert_allclose(move(bands, still), frame, atol=1e-12)


def test_turns_are_added_up_past_half_a_circle():
    follower = PhaseFollower()
    for frame in grating(np.arange(9.0)):
        turns = follower.step(Bands.of(frame, 2, 3))
    level = Bands.of(frame, 2, 3).oriented[2][0]
    strong = np.abs(level) > 0.1
    assert strong.any()
    np.testing.assert_allclose(np.abs(turns[2][0][strong]), 8 * 2 * np.pi / 10, atol=1e-6)


def test_smoothing_trusts_large_amplitudes(rng):
    """One strong coefficient gives its turn to the eight around it and to no others."""
    turns = rng.normal(size=(2, 9, 11))
    oriented = np.full((2, 9, 11), 1e-12 + 0j)
    oriented[1, 4, 6] = -2j
    (smoothed,) = smooth([turns], Bands([oriented], None))
    np.testing.assert_allclose(smoothed[1, 3:6, 5:8], turns[1, 4, 6], atol=1e-10)
    weights = np.outer([1, 2, 1], [1, 2, 1]) / 16
    np.testing.assert_allclose(smoothed[0, 4, 3], (weights * turns[0, 3:6, 2:5]).sum())


@pytest.mark.parametrize("wavelength", [6, 10, 20])
def test_a_wave_moves_exactly(wavelength):
    """A wave has one phase and an even amplitude in every band: no error but the rounding."""
    shifts = 0.02 * wavelength * SWAY
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = magnify_motion(grating(shifts, wavelength), 7, **BAND)
    np.testing.assert_allclose(result, grating(8 * shifts, wavelength), atol=1e-5)


# --- against the truth -----------------------------------------------------------------------


@pytest.mark.parametrize("alpha", [3, 8.5])
@pytest.mark.parametrize("name", ["sway", "two_tempi"])
def test_a_photograph_moves_as_it_should(name, alpha):
    """Wanted: 5 % of the magnified motion, up to the limit of 1 pixel, and no warning before."""
    frames = load_clip(name).frames[:16, 40:136, 60:172]
    still, shifts = load_clip(name, motion=0).frames[0], load_clip(name).shifts[:16].copy()
    shifts[:, 0] *= 1 + alpha  # two_tempi goes up and down at 3.75 Hz, which is not in the band
    truth = shifted(still, shifts)[:, 40:136, 60:172]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = magnify_motion(frames, alpha, **BAND)
    assert motion_error(result, truth, 0.1 * (1 + alpha)) <= 0.03
    assert motion_error(frames, truth, 0.1 * (1 + alpha)) > 0.6  # the measure sees what is missing


def test_colour_frames_move_as_they_should():
    clip, truth = load_clip("sway_colour"), load_clip("sway_colour", motion=9)
    result = magnify_motion(clip.frames[:16], 8, **BAND)
    for channel in range(3):
        pair = result[..., channel], truth.frames[:16, ..., channel]
        assert motion_error(*pair, 0.1 * 9) <= 0.05


def test_amplitudes_that_stay_behind_cost_accuracy():
    """Why `move` takes the amplitudes of the picture that it made."""
    still = photograph()
    frame, truth = shifted(still, [(0.1, 0), (0.8, 0)])
    follower = PhaseFollower()
    follower.step(Bands.of(still, 4, 3))
    bands = Bands.of(frame, 4, 3)
    turns = [7 * turn for turn in follower.step(bands)]
    plain = bands.times([np.exp(1j * turn) for turn in turns]).picture()
    error_plain = motion_error([plain], [truth], 0.8)
    assert motion_error([move(bands, turns)], [truth], 0.8) < 0.3 * error_plain


def test_no_magnification_gives_the_clip_back():
    frames = shifted(photograph(h=33, w=48), 0.1 * np.stack([SWAY, 0 * SWAY], axis=1))
    np.testing.assert_allclose(magnify_motion(frames, 0, **BAND), frames, atol=1e-12)


def test_another_tempo_stays_as_it_is():
    frames = shifted(photograph(h=33, w=48), 0.1 * np.stack([SWAY, 0 * SWAY], axis=1))
    result = magnify_motion(frames, 8, **BAND | {"low": 2.4, "high": 5})
    np.testing.assert_allclose(result, frames, atol=0.01)
    assert np.abs(magnify_motion(frames, 8, **BAND) - frames).max() > 0.05


def test_three_equal_colours_move_like_grey():
    frames = shifted(photograph(h=33, w=48), 0.1 * np.stack([SWAY, SWAY], axis=1))[:8]
    colour = magnify_motion(np.repeat(frames[..., None], 3, axis=-1), 5, **BAND | {"high": 3})
    grey = magnify_motion(frames, 5, **BAND | {"high": 3})
    np.testing.assert_allclose(colour, np.repeat(grey[..., None], 3, axis=-1), atol=1e-6)


def test_motion_in_one_colour_is_seen():
    frames = shifted(photograph(h=33, w=48), 0.1 * np.stack([SWAY, SWAY], axis=1))[:8]
    colour = np.stack([0 * frames, 0 * frames + 0.5, frames], axis=-1)
    result = magnify_motion(colour, 5, **BAND | {"high": 3})
    grey = magnify_motion(frames, 5, **BAND | {"high": 3})
    np.testing.assert_allclose(result[..., 2], grey, atol=1e-6)
    np.testing.assert_allclose(result[..., :2], colour[..., :2], atol=1e-6)


def test_float32_stays_float32_and_agrees():
    frames = shifted(photograph(h=33, w=48), 0.1 * np.stack([SWAY, 0 * SWAY], axis=1))
    result = magnify_motion(frames.astype(np.float32), 8, **BAND)
    assert result.dtype == np.float32
    np.testing.assert_allclose(result, magnify_motion(frames, 8, **BAND), atol=2e-3)


def test_a_black_clip_stays_black():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert not magnify_motion(np.zeros((4, 16, 20)), 5, **BAND | {"high": 6}).any()


# --- the limit -------------------------------------------------------------------------------


def test_past_the_limit_it_warns_with_the_largest_alpha():
    frames = shifted(photograph(), 0.1 * np.stack([SWAY, 0 * SWAY], axis=1))
    with pytest.warns(UserWarning, match=r"about 0\.\d+ px 16 times .* at most 1 px") as caught:
        magnify_motion(frames, 15, **BAND)
    alpha = float(str(caught[0].message).rsplit(" ", 1)[1])
    assert alpha == pytest.approx(9, abs=0.5)  # (1 + 9) · 0.1 pixels are the limit
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        magnify_motion(frames, alpha, **BAND)
    with pytest.warns(UserWarning, match=f"use alpha up to {alpha}"):
        magnify_motion(frames, alpha + 0.02, **BAND)


def test_a_blurred_clip_may_move_farther():
    """Without fine details the limit is that of the finest level that has some."""
    shifts = np.array([0, 0.2])
    follower = PhaseFollower()
    for frame in grating(shifts, wavelength=20):
        bands = Bands.of(frame, 4, 3)
        turns = follower.step(bands)
    shift, limit = reach(bands, turns)
    assert limit == 4
    assert shift == pytest.approx(0.2, rel=0.02)


def test_weak_fine_details_set_the_limit_when_their_slopes_are_steep():
    shifts = np.array([0, 0.2])
    frames = grating(shifts, wavelength=20) + 0.2 * grating(shifts, wavelength=5)
    follower = PhaseFollower()
    for frame in frames:
        bands = Bands.of(frame, 4, 3)
        turns = follower.step(bands)
    shift, limit = reach(bands, turns)
    assert limit == 1
    assert shift == pytest.approx(0.2, rel=0.02)


def test_reach_sees_a_small_part_that_moves():
    still = photograph()
    frame = still.copy()
    frame[32:64, 32:64] = shifted(still, [(0, 0.2)])[0][32:64, 32:64]
    follower = PhaseFollower()
    follower.step(Bands.of(still, 4, 3))
    bands = Bands.of(frame, 4, 3)
    assert reach(bands, follower.step(bands))[0] == pytest.approx(0.2, rel=0.2)


# --- streaming -------------------------------------------------------------------------------


def test_a_stream_moves_as_it_should_once_it_has_settled():
    period = np.arange(80) / FPS
    sway = 0.1 * np.sin(2 * np.pi * HERTZ * period)
    still = photograph()
    high = FPS / np.pi * np.arctan(np.tan(np.pi * HERTZ / FPS) ** 2 / np.tan(np.pi * 0.8 / FPS))
    magnifier = MotionMagnifier(6, low=0.8, high=high, fps=FPS)  # HERTZ is its middle
    shifts = np.stack([0 * sway, sway], axis=1)
    result = np.stack([magnifier.step(frame) for frame in shifted(still, shifts)])
    truth = shifted(still, 7 * shifts)
    assert motion_error(result[-16:], truth[-16:], 0.7) <= 0.05
    np.testing.assert_allclose(result[0], still, atol=1e-12)


def test_a_stream_warns_once():
    magnifier = MotionMagnifier(30, low=0.6, high=2.5, fps=FPS)
    frames = shifted(photograph(h=40, w=56), 0.15 * np.stack([SWAY, 0 * SWAY], axis=1))
    with pytest.warns(UserWarning, match="MotionMagnifier.step makes a motion of") as caught:
        list(map(magnifier.step, frames))
    assert len(caught) == 1


def test_a_stream_of_float32_colours_agrees_with_grey():
    grey = shifted(photograph(h=33, w=48), 0.1 * np.stack([SWAY, SWAY], axis=1))[:6]
    results = []
    for frames in (grey, np.repeat(grey[..., None], 3, axis=-1).astype(np.float32)):
        magnifier = MotionMagnifier(4, low=0.6, high=2.5, fps=FPS)
        results.append(np.stack([magnifier.step(frame) for frame in frames]))
    assert results[1].dtype == np.float32
    assert results[1].shape == (6, 33, 48, 3)
    np.testing.assert_allclose(results[1][..., 2], results[0], atol=2e-3)


def test_a_stream_needs_the_same_memory_however_long_it_is(rng):
    magnifier = MotionMagnifier(5, low=1, high=2, fps=FPS)
    frames = shifted(photograph(h=64, w=72), 0.1 * rng.normal(size=(14, 2)))
    used = []
    tracemalloc.start()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for frame in frames:
            magnifier.step(frame)
            used.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert abs(used[-1] - used[3]) < frames[0].nbytes


# --- bad input -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("frames", "words"),
    [
        (np.zeros((0, 8, 9)), "at least 2 frames; got 0"),
        ([], "at least 2 frames; got 0"),
        (np.zeros((1, 8, 9)), "at least 2 frames; got 1"),
        ([np.zeros((8, 9)), np.zeros((8, 9)), np.zeros((9, 8))], r"frames\[2\] has \(9, 8\)"),
        ([np.zeros((8, 9)), np.zeros((8, 9, 3))], r"one shape, \(8, 9\); frames\[1\] has"),
        (np.zeros((8, 9)), r"frames\[0\] of shape \(h, w\) or"),
        (np.full((3, 8, 9), np.nan), r"frames\[0\] without NaN"),
        ([np.zeros((8, 9)), np.full((8, 9), np.inf)], r"frames\[1\] without NaN"),
    ],
)
def test_bad_clips(frames, words):
    with pytest.raises(ValueError, match=f"magnify_motion expects .*{words}"):
        magnify_motion(frames, 5, **BAND)


def test_integer_clips_warn_once_with_their_range():
    frames = np.random.default_rng(0).integers(0, 256, (4, 16, 20), np.uint8)
    with pytest.warns(UserWarning, match="uint8, whose range is 0…255") as caught:
        result = magnify_motion(frames, 0, **BAND | {"high": 6})
    assert len(caught) == 1
    np.testing.assert_allclose(result, frames, atol=1e-9)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"low": -1}, ValueError, r"low < high ≤ fps/2 = 10 hertz; got low = -1"),
        ({"high": 11}, ValueError, "high = 11"),
        ({"low": 2, "high": 1}, ValueError, "low = 2, high = 1"),
        ({"low": np.nan}, ValueError, "low = nan"),
        ({"fps": 0}, ValueError, "fps, frames per second, above 0; got 0"),
        ({"fps": "20"}, TypeError, "fps as a number; got '20'"),
        ({"alpha": -1}, ValueError, "alpha of at least 0 and finite; got -1"),
        ({"alpha": np.inf}, ValueError, "alpha of at least 0 and finite; got inf"),
        ({"alpha": None}, TypeError, "alpha as a number; got None"),
    ],
)
def test_bad_numbers(change, error, words):
    settings = BAND | {"alpha": 5} | change
    with pytest.raises(error, match=f"magnify_motion expects .*{words}"):
        magnify_motion(np.zeros((16, 8, 9)), **settings)
    settings.pop("progress")
    with pytest.raises(error, match=f"MotionMagnifier expects .*{words}"):
        MotionMagnifier(**settings)


def test_a_band_between_the_clips_frequencies():
    with pytest.raises(ValueError, match=r"multiple of 1.25 hertz, what 16 frames at 20 a second"):
        magnify_motion(np.zeros((16, 8, 9)), 5, low=0.3, high=0.9, fps=FPS)


def test_too_many_levels_says_the_most():
    with pytest.raises(ValueError, match="n_levels from 1 to 3"):
        magnify_motion(np.zeros((16, 16, 19)), 5, n_levels=4, **BAND)


def test_bad_frames_of_a_stream():
    magnifier = MotionMagnifier(5, low=1, high=2, fps=FPS)
    magnifier.step(np.zeros((8, 9)))
    with pytest.raises(
        ValueError, match=r"step expects frames of one shape, \(8, 9\); .* \(9, 8\)"
    ):
        magnifier.step(np.zeros((9, 8)))
    with pytest.raises(ValueError, match="step expects frame without NaN"):
        magnifier.step(np.full((8, 9), np.nan))
