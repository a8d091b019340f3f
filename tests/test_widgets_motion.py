"""The magnified clip: the library's, the true motion, freed with the last widget."""

import contextlib
import weakref

import numpy as np
import pytest

from coursekit.applications import magnify_motion
from coursekit.data import CLIPS, load_clip, load_image, shifted
from coursekit.pyramids import reduce
from coursekit.widgets import MotionWidget
from coursekit.widgets.motion import model as motion


@pytest.mark.parametrize(("band", "alpha"), [("slow", 12), ("fast", 5), ("both", 30)])
def test_magnified_clip_is_the_librarys(band, alpha):
    widget = MotionWidget(band=band, alpha=alpha)
    frames, fps = motion.clip()
    low, high = motion.BANDS[band]
    with (
        pytest.warns(UserWarning, match="use alpha up to")
        if alpha == 30
        else contextlib.nullcontext()
    ):
        wanted = magnify_motion(
            frames, alpha, low=low, high=high, fps=fps, n_levels=4, progress=False
        )
    assert widget.magnified().dtype == np.float32
    np.testing.assert_allclose(widget.magnified(), wanted, atol=1e-4)
    assert ("Too far." in widget.sentence()) == (alpha == 30)
    sent = np.frombuffer(widget.frame["magnified"]["data"], np.uint8).reshape(wanted.shape)
    np.testing.assert_array_equal(sent, motion.bytes_of(widget.magnified()))


def test_magnified_motion_is_the_true_one():
    picture, (h, w), tempi = CLIPS[motion.CLIP]
    (slow, reach), (_, other) = tempi.items()
    angle = 2 * np.pi * slow * np.arange(16) / motion.clip()[1]
    moves = 13 * np.outer(np.sin(angle), reach) + np.outer(np.sin(3 * angle), other)
    image = load_image(picture)
    top, left = (image.shape[0] - h) // 2, (image.shape[1] - w) // 2
    truth = [reduce(x) for x in shifted(image[top : top + h, left : left + w], moves)]
    inside = np.s_[:, 12:-12, 12:-12]
    error = (MotionWidget(alpha=12, band="slow").magnified() - truth)[inside]
    still = (motion.clip()[0] - truth)[inside]
    assert np.sqrt(np.mean(error**2)) < 0.25 * np.sqrt(np.mean(still**2))


def test_clip_is_one_period_that_comes_back_the_way_it_went():
    frames = motion.clip()[0]
    whole = load_clip(motion.CLIP).frames
    np.testing.assert_allclose(whole[16:32], whole[:16], atol=1e-12)
    np.testing.assert_allclose(frames[list(motion.SAME_AS)], frames, atol=1e-6)
    assert len({frame.tobytes() for frame in np.round(frames, 5)}) <= 9
    np.testing.assert_allclose(MotionWidget(alpha=0).magnified(), frames, atol=1e-5)


def test_closing_frees_what_moves():
    motion._followed.clear()  # other tests' widgets are still open
    first, second = MotionWidget(band="slow"), MotionWidget(band="fast")
    shared = weakref.ref(first.moving().followed)
    assert shared() is second.moving().followed
    first.close()
    assert shared() is not None
    second.close()
    assert shared() is None


def test_other_frames_are_shown_without_python():
    widget = MotionWidget()
    messages = []
    widget._send = lambda message, buffers=(): messages.append(message["state"])
    before = widget.frame
    widget.time = 9
    assert widget.frame is before
    assert [list(state) for state in messages] == [["time"]]
    widget.alpha = 7
    assert widget.frame is not before
    sent = widget._page["original"], widget.frame["magnified"]
    assert sum(len(array["data"]) for array in sent) < 500_000


def test_line_over_time_crosses_what_moves():
    widget = MotionWidget(alpha=12)
    for band in ("slow", "fast"):
        widget.band = band
        lines = motion.line(widget.magnified(), band)
        assert lines.shape == (64, 44)
        np.testing.assert_array_equal(lines[:16], lines[48:])
        assert (
            np.ptp(lines, axis=0).max() > 5 * np.ptp(motion.line(widget.clip(), band), axis=0).max()
        )


@pytest.mark.parametrize(
    ("name", "value", "error", "message"),
    [
        ("alpha", -1, ValueError, "alpha is a number from 0 to 100; got -1"),
        ("band", "medium", ValueError, "band is one of 'slow', 'fast', 'both'; got 'medium'"),
        ("time", 64, ValueError, "time is a whole number from 0 to 63; got 64"),
    ],
)
def test_motion_refuses_and_says_why(name, value, error, message):
    with pytest.raises(error, match=message):
        MotionWidget(**{name: value})
