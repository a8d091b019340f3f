"""Short clips made from a photograph, with a motion below one pixel that is known exactly."""

from typing import NamedTuple

import numpy as np

from coursekit.data.pictures import load_image

N_FRAMES, FPS = 64, 20.0


class Clip(NamedTuple):
    """frames (t, h, w) or (t, h, w, 3) in about 0…1, fps, and shifts (t, 2): dx, dy in pixels."""

    frames: np.ndarray
    fps: float
    shifts: np.ndarray


# name -> picture, size (h, w) of its middle, and what moves: (dx, dy) pixels at so many hertz.
CLIPS = {
    "sway": ("camera", (256, 256), {1.25: (0.1, 0.0)}),
    "two_tempi": ("coins", (192, 256), {1.25: (0.1, 0.0), 3.75: (0.0, 0.1)}),
    "sway_colour": ("cat", (128, 160), {1.25: (0.08, 0.06)}),
}


def load_clip(name, *, motion=1.0):
    """A photograph that sways by Σ (dx, dy) sin(2π f t), too little to be seen: a `Clip`.

    name: one of `CLIPS`. "sway" moves sideways at 1.25 Hz, "two_tempi" sideways at 1.25 Hz and up
    and down at 3.75 Hz, "sway_colour" along a slope; each tempo fits a whole number of times into
    the 64 frames at 20 frames a second. motion multiplies the shifts: 0 stands still, and
    motion = 1 + α is what motion magnification by α should make of the clip. Raises ValueError
    for a name that is not there.
    """
    if not isinstance(name, str) or name not in CLIPS:
        raise ValueError(f"load_clip knows {', '.join(CLIPS)}; got {name!r}")
    picture, (h, w), tempi = CLIPS[name]
    image = load_image(picture)
    top, left = (image.shape[0] - h) // 2, (image.shape[1] - w) // 2
    time = np.arange(N_FRAMES)[:, None] / FPS  # (t, 1) seconds
    shifts = sum(np.sin(2 * np.pi * f * time) * reach for f, reach in tempi.items()) * motion
    return Clip(shifted(image[top : top + h, left : left + w], shifts), FPS, shifts)


def shifted(image, shifts):
    """The picture moved by each of shifts (t, 2) = (dx right, dy down): (t, h, w) or (t, h, w, c).

    image (h, w) or (h, w, c). By the shift theorem a moved picture has the same spectrum with
    the phase turned by 2π (u dx + v dy), which is exact for any part of a pixel. What comes in at
    an edge is the picture's mirror image.
    """
    h, w = image.shape[:2]
    mirrored = np.pad(image, [(0, h), (0, w)] + [(0, 0)] * (image.ndim - 2), mode="symmetric")
    spectrum = np.fft.rfft2(mirrored, axes=(0, 1))  # (2h, w + 1, ...)
    v = np.fft.fftfreq(2 * h).reshape(-1, 1, *[1] * (image.ndim - 2))  # cycles per pixel, down
    u = np.fft.rfftfreq(2 * w).reshape(1, -1, *[1] * (image.ndim - 2))  # and to the right
    frames = np.empty((len(shifts), *image.shape), image.dtype)
    for frame, (dx, dy) in zip(frames, shifts, strict=True):
        turned = spectrum * np.exp(-2j * np.pi * (u * dx + v * dy))
        frame[:] = np.fft.irfft2(turned, s=(2 * h, 2 * w), axes=(0, 1))[:h, :w]
    return frames
