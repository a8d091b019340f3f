"""Clips with a known motion, and short video: what was written comes back."""

import importlib.util

import numpy as np
import pytest
from foreign import parts

from coursekit.data import CLIPS, load_clip, load_image, read_video, shifted, write_video

# --- clips -----------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(20, 31), (21, 30, 3)])
def test_whole_pixels_move_as_they_are(shape, rng):
    image = rng.random(shape)
    right_and_down, left = shifted(image, [(2, 1), (-3, 0)])
    np.testing.assert_allclose(right_and_down[1:, 2:], image[:-1, :-2], atol=1e-14)
    np.testing.assert_allclose(left[:, :-3], image[:, 3:], atol=1e-14)


def test_parts_of_a_pixel_follow_the_wave_they_sample():
    """A cosine whose period fits the mirrored picture moves along its own formula."""
    x = np.arange(40) + 0.5
    wave = np.cos(2 * np.pi * 6 * x / 80)
    moved = shifted(np.tile(wave, (15, 1)), [(0.37, -0.2)])[0]
    symmetric = np.cos(2 * np.pi * 6 * x / 80) * np.cos(2 * np.pi * 6 * 0.37 / 80)
    sine = np.sin(2 * np.pi * 6 * x / 80) * np.sin(2 * np.pi * 6 * 0.37 / 80)
    np.testing.assert_allclose(moved, np.tile(symmetric + sine, (15, 1)), atol=1e-14)


def test_float32_stays_float32(rng):
    assert shifted(rng.random((8, 9)).astype(np.float32), [(0.5, 0.5)]).dtype == np.float32


@pytest.mark.parametrize("name", CLIPS)
def test_clips_are_the_photograph_moved_by_their_shifts(name):
    picture, size, tempi = CLIPS[name]
    clip, still = load_clip(name), load_clip(name, motion=0)
    assert clip.frames.shape[:3] == (64, *size)
    assert clip.frames.dtype == np.float64
    assert clip.frames.shape[3:] == load_image(picture).shape[2:]
    assert np.ptp(still.frames, axis=0).max() == 0
    np.testing.assert_array_equal(still.shifts, 0)
    moved = shifted(still.frames[0], clip.shifts[5:6])[0]
    np.testing.assert_allclose(clip.frames[5], moved, atol=1e-14)
    # The spectrum of the shifts holds the named tempi and nothing else.
    spectrum = np.abs(np.fft.rfft(clip.shifts, axis=0)) / 32
    hertz = np.fft.rfftfreq(64, 1 / clip.fps)
    for f, reach in zip(hertz, spectrum, strict=True):
        np.testing.assert_allclose(reach, tempi.get(f, (0, 0)), atol=1e-14)


def test_motion_multiplies_the_shifts():
    clip, more = load_clip("sway_colour"), load_clip("sway_colour", motion=7)
    np.testing.assert_allclose(more.shifts, 7 * clip.shifts)
    moved = shifted(clip.frames[0], 7 * clip.shifts[5:6])[0]
    np.testing.assert_allclose(more.frames[5], moved, atol=1e-14)


def test_unknown_clip_lists_those_there_are():
    with pytest.raises(ValueError, match="load_clip knows sway, .*; got 'subtle'"):
        load_clip("subtle")


# --- video -----------------------------------------------------------------------------------


def test_a_grey_gif_comes_back_to_half_a_step(tmp_path, rng):
    frames = rng.random((6, 20, 31))
    frames[3] = frames[2]  # a GIF stores equal neighbours once
    frames[5] = frames[4]
    write_video(tmp_path / "grey.GIF", frames, 25)
    again, fps = read_video(tmp_path / "grey.GIF")
    assert fps == 25
    assert again.shape == frames.shape
    np.testing.assert_allclose(again, frames, atol=0.5 / 255 + 1e-12)


def test_a_colour_gif_comes_back_about(tmp_path):
    frames = load_clip("sway_colour", motion=20).frames[:5]
    write_video(tmp_path / "colour.gif", frames, 20)
    again, fps = read_video(tmp_path / "colour.gif")
    assert (again.shape, fps) == (frames.shape, 20)
    assert np.abs(again - frames).mean() < 0.02


def test_other_tempi_go_to_the_next_hundredth_of_a_second(tmp_path, rng):
    write_video(str(tmp_path / "a.gif"), rng.random((3, 4, 5)), 30)
    assert read_video(str(tmp_path / "a.gif"))[1] == pytest.approx(100 / 3)


def test_what_lies_outside_is_cut_off(tmp_path):
    frames = np.array([-0.3, 0.5, 1.4])[:, None, None] * np.ones((1, 4, 5))
    write_video(tmp_path / "a.gif", frames, 10)
    np.testing.assert_allclose(read_video(tmp_path / "a.gif")[0][:, 0, 0], [0, 128 / 255, 1])


def test_one_frame(tmp_path):
    write_video(tmp_path / "a.gif", np.full((1, 4, 5), 0.2), 10)
    frames, fps = read_video(tmp_path / "a.gif")
    np.testing.assert_allclose(frames, np.full((1, 4, 5), 0.2))


@pytest.mark.needs("video")
@pytest.mark.parametrize("ending", ["mp4", "mov", "mkv", "avi"])
def test_h264_keeps_what_is_seen(tmp_path, ending):
    frames = load_clip("sway_colour").frames[:6]
    write_video(tmp_path / f"a.{ending}", frames, 20)
    again, fps = read_video(tmp_path / f"a.{ending}")
    assert (again.shape, fps) == (frames.shape, 20)
    assert np.abs(again - frames).mean() < 0.03
    with pytest.raises(ValueError, match=r"even h and w for H.264; got \(127, 160\)"):
        write_video(tmp_path / f"a.{ending}", frames[:, 1:], 20)


def test_a_missing_codec_is_one_clear_line(tmp_path, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    (tmp_path / "a.mp4").write_bytes(b"")
    words = r'needs a codec for a.mp4: pip install "imageio\[pyav\]", or use .gif$'
    with pytest.raises(ModuleNotFoundError, match=f"^write_video {words}"):
        write_video(tmp_path / "a.mp4", np.zeros((2, 4, 4)), 20)
    with pytest.raises(ModuleNotFoundError, match=f"^read_video {words}"):
        read_video(tmp_path / "a.mp4")


def test_files_that_are_no_video(tmp_path):
    (tmp_path / "a.gif").write_bytes(b"GIF of nothing")
    with pytest.raises(ValueError, match="^read_video cannot make a video of a.gif: .*$"):
        read_video(tmp_path / "a.gif")
    with pytest.raises(FileNotFoundError, match="there is none at .*b.gif"):
        read_video(tmp_path / "b.gif")
    with pytest.raises(FileNotFoundError):
        write_video(tmp_path / "nowhere" / "a.gif", np.zeros((2, 4, 4)), 20)
    for function in (read_video, lambda path: write_video(path, np.zeros((2, 4, 4)), 20)):
        with pytest.raises(ValueError, match=r"knows .gif, .mp4, .*; got 'a.txt'"):
            function(tmp_path / "a.txt")


LARGE = {
    "1 or more frames of 12000×9000 pixels": parts.gif((12_000, 9_000), parts.gif_frame()),
    "too large": parts.gif((60_000, 60_000), parts.gif_frame()),
    "5,001 or more frames of 9×9 pixels": parts.gif((9, 9), *[parts.gif_frame()] * 5_001),
    "6,001 or more frames": parts.gif((9, 9), parts.gif_frame(1), parts.gif_frame(6000)),
    "cut off or damaged, or no .gif": parts.gif((9, 9), parts.gif_frame(1, 0, 0, 9, 9)),
}


@pytest.mark.parametrize("words", LARGE)
@pytest.mark.filterwarnings("error")  # Pillow's would come beside the sentence
def test_a_gif_of_few_bytes_does_not_become_gigabytes(tmp_path, words):
    (tmp_path / "a.gif").write_bytes(LARGE[words])
    with pytest.raises(ValueError, match=f"^read_video cannot make .* a.gif: .*{words}") as caught:
        read_video(tmp_path / "a.gif")
    assert caught.value.__suppress_context__


def test_as_many_frames_as_are_promised(tmp_path):
    frames = [parts.gif_frame(1)] * 4998
    (tmp_path / "a.gif").write_bytes(parts.gif((2, 3), *frames, parts.gif_frame(2)))
    frames, fps = read_video(tmp_path / "a.gif")
    assert frames.shape == (5000, 3, 2)
    assert fps == 100


@pytest.mark.needs("video")
@pytest.mark.parametrize("ending", ["mp4", "mkv", "mov", "avi"])
def test_the_ending_says_what_a_file_is_and_no_address_in_it_is_followed(tmp_path, ending):
    """FFmpeg alone would read the clip that a list names."""
    write_video(tmp_path / f"right.{ending}", np.zeros((3, 32, 32)), 20)
    for content in (
        f"#EXTM3U\n#EXTINF:1,\nright.{ending}\n#EXT-X-ENDLIST\n",
        f"ffconcat version 1.0\nfile right.{ending}\n",
    ):
        (tmp_path / f"a.{ending}").write_text(content)
        with pytest.raises(ValueError, match=f"cut off or damaged, or no .{ending}$"):
            read_video(tmp_path / f"a.{ending}")


def test_bad_frames(tmp_path):
    path = tmp_path / "a.gif"
    for shape in [(4, 5), (0, 4, 5), (2, 4, 5, 4)]:
        with pytest.raises(ValueError, match=r"frames of shape \(t, h, w\) or"):
            write_video(path, np.zeros(shape), 20)
    with pytest.raises(TypeError, match="floats in 0…1; got uint8"):
        write_video(path, np.zeros((2, 4, 5), np.uint8), 20)
    with pytest.raises(ValueError, match="without NaN"):
        write_video(path, np.full((2, 4, 5), np.nan), 20)
    for fps in (0, -5, 200, np.nan):
        with pytest.raises(ValueError, match="write_video expects fps"):
            write_video(path, np.zeros((2, 4, 5)), fps)
