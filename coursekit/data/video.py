"""Short video to and from files, through imageio. GIF always works; the rest needs a codec."""

import importlib.util
import warnings
from pathlib import Path

import imageio.v3 as iio
import numpy as np
from PIL import Image, ImageSequence

from coursekit.nn.expect import expect_number, shown

# Ending and FFmpeg's name of it, through PyAV, which the extra "video" brings.
H264 = {".mp4": "mp4", ".mov": "mov", ".mkv": "matroska", ".avi": "avi"}
MOST_FRAMES, MOST_PIXELS = 5000, 1 << 25  # of one video; as floats such many pixels take 0.8 GB


def read_video(path):
    """Read a short video whole: frames in 0…1 as float64, and the frames per second.

    path: a .gif, or with `pip install "coursekit[video]"` a .mp4, .mov, .mkv or .avi. Returns
    (frames, fps); frames (t, h, w) when every pixel is grey, else (t, h, w, 3). Raises
    ValueError for another ending, a file that is no video, and one of more than 5,000 frames or
    33 million pixels (128 frames of 512×512), FileNotFoundError, and ModuleNotFoundError where the
    codec is missing.
    """
    path = _check_path("read_video", path)
    if not path.is_file():
        raise FileNotFoundError(f"read_video expects a file; there is none at {path}")
    _check_codec("read_video", path)
    with path.open("rb") as file:
        try:
            frames, fps = _read_gif(file) if _is_gif(path) else _read_h264(file, path)
        except _Refused as refused:
            raise _in_one_line("read_video", path, refused) from None
        except Exception as error:  # a damaged file makes a codec fail in many ways
            large = isinstance(error, Image.DecompressionBombError)
            words = f"it is {'too large' if large else 'cut off or damaged'}, or no {path.suffix}"
            raise _in_one_line("read_video", path, words) from None
    if (frames == frames[..., :1]).all():
        frames = frames[..., 0]  # (t, h, w, 3) -> (t, h, w)
    return frames / 255, fps


def write_video(path, frames, fps):
    """Write frames in 0…1 as a short video of 8 bits; what lies outside 0…1 is cut off.

    path: as for `read_video`; frames (t, h, w) or (t, h, w, 3); fps: frames per second. A GIF
    keeps grey exactly and colours about, as 256 a frame; it counts time in hundredths of a
    second, so that fps is at most 100 and exact where 100 / fps is whole, and keeps a clip that
    never changes as one frame. H.264 keeps about what is seen, and needs even h and w. Raises
    ValueError and TypeError for other input, and as `read_video` does.
    """
    path, frames = _check_path("write_video", path), _to_bytes(frames)
    most = 100 if _is_gif(path) else np.inf
    if not 0 < expect_number("write_video", "fps", fps) <= most:
        raise ValueError(f"write_video expects fps above 0, for GIF at most 100; got {fps}")
    if not _is_gif(path) and (frames.shape[1] % 2 or frames.shape[2] % 2):
        raise ValueError(f"write_video expects even h and w for H.264; got {frames.shape[1:3]}")
    _check_codec("write_video", path)
    try:
        (_write_gif if _is_gif(path) else _write_h264)(path, frames, fps)
    except Exception as error:
        if isinstance(error, OSError) and error.errno:
            raise  # no space, no permission, no folder: the system's own words are clear
        raise _in_one_line("write_video", path, error) from None


class _Refused(ValueError):
    """A file has what is not read; the words say what."""


def _write_gif(path, frames, fps):
    milliseconds = 10 * round(100 / fps)
    iio.imwrite(path, frames, plugin="pillow", is_batch=True, duration=milliseconds, loop=0)


def _read_gif(file):
    frames: list[np.ndarray] = []
    durations = []
    quiet = warnings.catch_warnings(action="ignore")  # Pillow warns of sizes that are refused below
    with quiet, Image.open(file, formats=["GIF"]) as picture:
        for frame in ImageSequence.Iterator(picture):
            _check_size(len(frames) + 1, frame.size)  # before its pixels are decoded
            frames.append(np.asarray(frame.convert("RGB")))
            durations.append(frame.info.get("duration") or 100)
    shortest = min(durations)
    times = [round(duration / shortest) for duration in durations]  # equal neighbours are one frame
    _check_size(sum(times), picture.size)
    held = [frame for frame, n in zip(frames, times, strict=True) for _ in range(n)]
    return _of_one_size(held), 1000 / shortest


def _check_size(n_frames, size):
    """A file of few bytes can hold, or say that it holds, any number of pixels."""
    if n_frames > MOST_FRAMES or n_frames * size[0] * size[1] > MOST_PIXELS:
        came = f"{n_frames:,} or more frames of {size[0]}×{size[1]} pixels"
        most = f"{MOST_FRAMES:,} frames and {MOST_PIXELS:,} pixels"
        raise _Refused(f"it has {came}; at most {most} are read")


def _of_one_size(frames):
    """Frames as one array (t, h, w, 3)."""
    if len({frame.shape for frame in frames}) != 1:
        raise _Refused("it has no pictures, or pictures of several sizes")
    return np.array(frames)


def _write_h264(path, frames, fps):
    if frames.ndim == 3:
        frames = np.repeat(frames[..., None], 3, axis=-1)  # (t, h, w) -> (t, h, w, 3)
    iio.imwrite(path, frames, plugin="pyav", is_batch=True, codec="libx264", fps=fps)


def _read_h264(file, path):
    import av

    frames: list[np.ndarray] = []
    limit = {"max_pixels": str(MOST_PIXELS)}
    # An open file and the name of its format: else FFmpeg would follow addresses that it holds.
    with av.open(file, format=H264[path.suffix.lower()], options=limit) as container:
        stream = container.streams.best("video")
        if stream is None or not stream.guessed_rate:
            raise _Refused("it has no pictures, or does not say how many a second")
        _check_size(1, (stream.width, stream.height))
        stream.codec_context.options = limit  # what the frames say decides, and comes later
        for frame in container.decode(stream):
            _check_size(len(frames) + 1, (frame.width, frame.height))
            frames.append(frame.to_ndarray(format="rgb24"))
        return _of_one_size(frames), float(stream.guessed_rate)


def _check_codec(owner, path):
    if not _is_gif(path) and importlib.util.find_spec("av") is None:
        raise ModuleNotFoundError(
            f'{owner} needs a codec for {path.name}: pip install "imageio[pyav]", or use .gif'
        )


def _in_one_line(owner, path, error):
    """A codec's many ways to fail as one line that names the file."""
    first, *_ = str(error).splitlines() or [type(error).__name__]
    return ValueError(f"{owner} cannot make a video of {path.name}: {shown(first, 200)}")


def _check_path(owner, path):
    path = Path(path)
    if path.suffix.lower() not in (".gif", *H264):
        raise ValueError(f"{owner} knows .gif, {', '.join(H264)}; got {path.name!r}")
    return path


def _is_gif(path):
    return path.suffix.lower() == ".gif"


def _to_bytes(frames):
    frames = np.asarray(frames)
    if frames.ndim not in (3, 4) or frames.size == 0 or (frames.ndim == 4 and frames.shape[3] != 3):
        raise ValueError(
            f"write_video expects frames of shape (t, h, w) or (t, h, w, 3); got {frames.shape}"
        )
    if frames.dtype.kind != "f":
        raise TypeError(f"write_video expects frames as floats in 0…1; got {frames.dtype}")
    if not np.isfinite(frames).all():
        raise ValueError("write_video expects frames without NaN or infinity")
    return np.round(np.clip(frames, 0, 1) * 255).astype(np.uint8)
