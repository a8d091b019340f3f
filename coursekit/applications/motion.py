"""Motion magnification: a motion of less than a pixel is made large enough to be seen.

Where a picture moves, the complex bands of its steerable pyramid turn their phases, by the motion
times the frequency of the band. These turns are filtered over time, multiplied by α and added:
the bands then move 1 + α times as far. Wadhwa, Rubinstein, Durand & Freeman 2013; deck 000,
"Phase-based Pipeline".
"""

import math
import warnings

import numpy as np

from coursekit.applications.phases import Bands, PhaseFollower, move, reach, smooth
from coursekit.applications.tempo import RecursiveBandPass, band_pass, check_tempo, tempi_between
from coursekit.filters import check_image
from coursekit.pyramids.laplacian import most_levels


def magnify_motion(frames, alpha, *, low, high, fps, n_levels=None, order=3, progress=True):
    """Make the motions of a clip whose tempo lies in low…high 1 + α times as large.

    frames (t, h, w) or (t, h, w, 3); alpha: at least 0; low, high: hertz, 0 ≤ low < high ≤ fps/2;
    fps: frames per second; n_levels (by default all that the size allows) and order are those of
    the steerable pyramid; progress=False hides the bar. Returns frames of the same shape and type,
    which may leave the old range a little. Colours move together, by one motion found in all.

    The band-pass cuts the clip's Fourier transform: exact for a tempo that fits a whole number of
    times into the clip, weaker for others in the first and the last period. A magnified motion
    may be as large as a quarter wavelength of the finest details, which is 1 pixel for a sharp
    clip; up to there the clips of `load_clip` come out right to 2 %, past it a UserWarning tells
    the largest alpha. Near the edges motion comes out smaller: the pyramid wraps around. The turns
    of all phases are kept, 9 float32 numbers for a grey pixel; for a long clip, or one that still
    goes on, there is `MotionMagnifier`. Raises ValueError or TypeError for fewer than 2 frames,
    frames of different shapes, NaN, and numbers out of range.
    """
    owner = "magnify_motion"
    frames, alpha = _check_frames(owner, frames), _check_alpha(owner, alpha)
    check_tempo(owner, low, high, fps)
    chosen = tempi_between(owner, len(frames), low, high, fps)
    n_levels = _levels(n_levels, frames[0])
    with _bar(2 * len(frames), progress) as bar:
        turns = _turns_over_time(frames, n_levels, order, bar)
        for band in turns:  # (t, N + 1, h', w', ...)
            for k in range(order + 1):  # one after the other takes less room
                band[:, k] = band_pass(band[:, k], chosen)
        out, reaches = np.empty_like(frames), []
        for t, frame in enumerate(frames):
            bands = Bands.of(frame, n_levels, order)
            now = smooth([band[t] for band in turns], bands)
            out[t] = move(bands, [alpha * turn for turn in now])
            reaches.append(reach(bands, now))
            bar.update()
    _warn_if_too_far(owner, alpha, reaches)
    return out


class MotionMagnifier:
    """`magnify_motion` for a stream: one frame in, one frame out, in memory that does not grow.

    A stream cannot know what comes, so that its band-pass is recursive: right for tempi in the
    middle of low…high, early or late beside it, and only after the first periods (see
    `RecursiveBandPass`). Arguments, errors and all else as in `magnify_motion`.

        magnifier = MotionMagnifier(20, low=1, high=2, fps=30)
        magnified = (magnifier.step(frame) for frame in frames)
    """

    def __init__(self, alpha, *, low, high, fps, n_levels=None, order=3):
        owner = "MotionMagnifier"
        check_tempo(owner, low, high, fps)
        self.alpha, self.n_levels, self.order = _check_alpha(owner, alpha), n_levels, order
        self.tempo = low, high, fps
        self.follower = PhaseFollower()
        self.filters = None
        self.shape = None
        self.warned = False

    def step(self, frame):
        """The next frame, (h, w) or (h, w, 3), with its motion since the first one magnified.

        The first frame says the shape of all; another one raises ValueError.
        """
        owner = "MotionMagnifier.step"
        frame = check_image(owner, frame, "frame")
        self.shape = self.shape or frame.shape
        _check_shape(owner, self.shape, frame.shape, "this one")
        bands = Bands.of(frame, _levels(self.n_levels, frame), self.order)
        turns = self.follower.step(bands)
        self.filters = self.filters or [RecursiveBandPass(*self.tempo) for _ in turns]
        filtered = [f.step(turn) for f, turn in zip(self.filters, turns, strict=True)]
        now = smooth(filtered, bands)
        if not self.warned:
            self.warned = _warn_if_too_far(owner, self.alpha, [reach(bands, now)])
        return move(bands, [self.alpha * turn for turn in now])


def _turns_over_time(frames, n_levels, order, bar):
    """Turns of every band since the first frame: one float32 array (t, N + 1, h', w') for each."""
    follower = PhaseFollower()
    for t, frame in enumerate(frames):
        turns = follower.step(Bands.of(frame, n_levels, order))
        if t == 0:
            stored = [np.empty((len(frames), *turn.shape), np.float32) for turn in turns]
        for band, turn in zip(stored, turns, strict=True):
            band[t] = turn
        bar.update()
    return stored


def _warn_if_too_far(owner, alpha, reaches):
    """Warn when a magnified motion is past the limit; `reaches` are pairs (shift, limit)."""
    shift, limit = max(reaches, key=lambda pair: pair[0] / pair[1])
    too_far = (1 + alpha) * shift > limit
    if too_far:
        largest = max(math.floor(100 * (limit / shift - 1)) / 100, 0)
        warnings.warn(
            f"{owner} makes a motion of about {shift:.3g} px {1 + alpha:g} times as large, but the "
            f"finest details carry at most {limit} px, a quarter of their wavelength: use alpha up "
            f"to {largest:g}",
            stacklevel=3,
        )
    return too_far


def _levels(n_levels, frame):
    """All levels that the size allows, unless a number was asked for."""
    return max(most_levels(min(frame.shape[:2])) - 2, 1) if n_levels is None else n_levels


def _bar(total, progress):
    from tqdm.auto import tqdm  # the bar that suits a notebook or a terminal; slow to import

    return tqdm(total=total, desc="magnify motion, twice over", unit="frame", disable=not progress)


def _check_alpha(owner, alpha):
    if not isinstance(alpha, int | float | np.integer | np.floating):
        raise TypeError(f"{owner} expects alpha as a number; got {alpha!r}")
    if not 0 <= alpha < math.inf:
        raise ValueError(f"{owner} expects alpha of at least 0 and finite; got {alpha}")
    return float(alpha)


def _check_frames(owner, frames):
    """Frames as one array (t, h, w) or (t, h, w, c) of floats, of the first one's type."""
    if len(frames) < 2:
        raise ValueError(f"{owner} expects a clip of at least 2 frames; got {len(frames)}")
    first = check_image(owner, frames[0], "frames[0]")
    checked = np.empty((len(frames), *first.shape), first.dtype)
    for t, frame in enumerate(frames):
        _check_shape(owner, first.shape, np.shape(frame), f"frames[{t}]")
        checked[t] = check_image(owner, np.asarray(frame).astype(first.dtype), f"frames[{t}]")
    return checked


def _check_shape(owner, wanted, shape, which):
    if shape != wanted:
        raise ValueError(f"{owner} expects frames of one shape, {wanted}; {which} has {shape}")
