"""Motion magnification as numbers: a clip of one period, what moves in it, and how far it may."""

import weakref
from functools import cache

import numpy as np

from coursekit.applications.phases import Bands, PhaseFollower, move, reach, smooth
from coursekit.applications.tempo import band_pass, tempi_between
from coursekit.data import load_clip
from coursekit.pyramids import reduce
from coursekit.widgets.words import number

CLIP = "two_tempi"  # sideways 1.25 times a second, up and down 3.75 times
PERIOD = 16  # frames after which it begins again
N_FRAMES = 64
BANDS = {"slow": (0.6, 2.0), "fast": (3.0, 5.0), "both": (0.6, 5.0)}  # hertz
N_LEVELS, ORDER = 4, 3
# A sway comes back the way it went: every frame as the one that it is the same as, 9 of them.
SAME_AS = (0, 1, 2, 3, 4, 3, 2, 1, 0, 15, 14, 13, 12, 13, 14, 15)
DIFFERENT = sorted(set(SAME_AS))
PLACES = [DIFFERENT.index(t) for t in SAME_AS]  # of every frame among these
# The part of a line that is shown over time crosses the edges of a coin.
ROW, COLUMNS = 70, (54, 98)
COLUMN, ROWS = 74, (48, 92)


@cache
def clip():
    """One period of the clip at half its size, float32 (16, 96, 128), and frames per second."""
    frames, fps, _ = load_clip(CLIP)
    return np.stack([reduce(frame) for frame in frames[:PERIOD]]).astype(np.float32), fps


class Followed:
    """Bands of the different frames, by their time, and how far their phases have turned.

    turns has one array (9, N + 1, h', w') for each band.
    """

    def __init__(self):
        frames, follower, turns = clip()[0], PhaseFollower(), {}
        self.bands = {t: Bands.of(frames[t], N_LEVELS, ORDER) for t in DIFFERENT}
        for t in SAME_AS:
            turns.setdefault(t, follower.step(self.bands[t]))
        each = [turns[t] for t in DIFFERENT]
        self.turns = [np.stack(level) for level in zip(*each, strict=True)]


_followed: weakref.WeakValueDictionary[str, Followed] = weakref.WeakValueDictionary()


def followed():
    """One for all widgets; its 12 MB go with the last of them."""
    found = _followed.get(CLIP)
    if found is None:
        found = _followed[CLIP] = Followed()
    return found


class Moving:
    """What moves in the clip at the tempi of one band.

    `coursekit.applications.magnify_motion` in parts: what does not depend on α is computed once,
    so that a new α costs only the last part.
    """

    def __init__(self, band):
        self.followed = followed()
        fps = clip()[1]
        chosen = tempi_between("MotionWidget", PERIOD, *BANDS[band], fps)
        turns = [band_pass(level[PLACES], chosen) for level in self.followed.turns]
        self.bands = self.followed.bands
        self.turns = {t: smooth([x[t] for x in turns], self.bands[t]) for t in DIFFERENT}

    def magnified(self, alpha):
        """The clip with these motions 1 + alpha times as large, (16, 96, 128)."""
        made = {t: self._frame(t, alpha) for t in DIFFERENT}
        return np.stack([made[t] for t in SAME_AS])

    def _frame(self, t, alpha):
        return move(self.bands[t], [alpha * turn for turn in self.turns[t]])

    def reach(self):
        """How far the clip moves within this band, and how far it may be moved, in pixels."""
        reaches = [reach(self.bands[t], self.turns[t]) for t in DIFFERENT]
        return max(reaches, key=lambda r: r[0] / r[1])


def line(frames, band):
    """A part of one line of all 64 frames below each other: of a row, or for "fast" of a column.

    (64, 44). What moves along it is a wave in this picture.
    """
    column = band == "fast"
    lines = frames[:, slice(*ROWS), COLUMN] if column else frames[:, ROW, slice(*COLUMNS)]
    return np.tile(lines, (N_FRAMES // len(frames), 1))


def bytes_of(frames):
    """Frames in 256 levels."""
    return np.rint(255 * np.clip(frames, 0, 1)).astype(np.uint8)


def words(alpha, band, shift, limit):
    """A verdict and its sentence."""
    low, high = BANDS[band]
    far = (1 + alpha) * shift
    verdict = "Too far." if far > limit else f"{number(far)} pixels."
    line = f"column {COLUMN}" if band == "fast" else f"row {ROW}"
    return [
        verdict,
        f"What moves {number(low)} to {number(high)} times a second moves by {number(shift)} "
        f"pixels, and 1 + α = {number(1 + alpha)} times as far is {number(far)}. Details this "
        f"fine can be moved by {number(limit)} at most. Below is a part of {line} over time.",
    ]
