"""Short video to and from files, through imageio. GIF always works; the rest needs a codec."""

import importlib.util
from pathlib import Path

import imageio.v3 as iio
import numpy as np

from coursekit.nn.expect import expect_number

H264 = (".mp4", ".mov", ".mkv", ".avi")  # through PyAV, which the extra "video" brings


def read_video(path):
    """Read a short video whole: frames in 0…1 as float64, and the frames per second.

    path: a .gif, or with `pip install "coursekit[video]"` a .mp4, .mov, .mkv or .avi. Returns
    (frames, fps); frames (t, h, w) when every pixel is grey, else (t, h, w, 3). Raises
    ValueError for another ending or a file that is no video, FileNotFoundError, and
    ModuleNotFoundError where the codec is missing.
    """
    path = _check_path("read_video", path)
    if not path.is_file():
        raise FileNotFoundError(f"read_video expects a file; there is none at {path}")
    frames, fps = _in_one_line("read_video", _read_gif if _is_gif(path) else _read_h264, path)
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
    _in_one_line("write_video", _write_gif if _is_gif(path) else _write_h264, path, frames, fps)


def _write_gif(path, frames, fps):
    milliseconds = 10 * round(100 / fps)
    iio.imwrite(path, frames, plugin="pillow", is_batch=True, duration=milliseconds, loop=0)


def _read_gif(path):
    frames = iio.imread(path, plugin="pillow", mode="RGB")  # (t, h, w, 3)
    with iio.imopen(path, "r", plugin="pillow") as file:
        durations = [file.metadata(index=k).get("duration") or 100 for k in range(len(frames))]
    shortest = min(durations)
    times = [round(duration / shortest) for duration in durations]  # equal neighbours are one frame
    return np.repeat(frames, times, axis=0), 1000 / shortest


def _write_h264(path, frames, fps):
    if frames.ndim == 3:
        frames = np.repeat(frames[..., None], 3, axis=-1)  # (t, h, w) -> (t, h, w, 3)
    iio.imwrite(path, frames, plugin="pyav", is_batch=True, codec="libx264", fps=fps)


def _read_h264(path):
    return iio.imread(path, plugin="pyav"), float(iio.immeta(path, plugin="pyav")["fps"])


def _in_one_line(owner, use, path, *arguments):
    """Call use(path, …); a codec's many ways to fail become one line that names the file."""
    if not _is_gif(path) and importlib.util.find_spec("av") is None:
        raise ModuleNotFoundError(
            f'{owner} needs a codec for {path.name}: pip install "imageio[pyav]", or use .gif'
        )
    try:
        return use(path, *arguments)
    except Exception as error:
        if isinstance(error, OSError) and error.errno:
            raise  # no space, no permission, no folder: the system's own words are clear
        words = f"{owner} cannot make a video of {path.name}: {error}".splitlines()[0]
        raise ValueError(words) from error


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
