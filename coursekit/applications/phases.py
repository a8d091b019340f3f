"""Moving a picture by the phases of its complex bands."""

from typing import NamedTuple

import numpy as np

from coursekit.pyramids import (
    SteerablePyramid,
    reconstruct_steerable,
    split_highpass,
    steerable_pyramid,
)

# Tried on photographs: 1.5 is best for strong edges, 2 for the finest details.
FURTHER = 1.75


class Bands(NamedTuple):
    """All that moves, finest first, each (N + 1, h', w') or (N + 1, h', w', c); and what stays.

    oriented[0] is the high-pass residual in N + 1 directions, oriented[1 + k] is level k of the
    steerable pyramid. All are complex.
    """

    oriented: list[np.ndarray]
    lowpass: np.ndarray

    @classmethod
    def of(cls, frame, n_levels, order):
        pyramid = steerable_pyramid(frame, n_levels, order, complex=True)
        highpass = split_highpass(pyramid.residual_highpass, order)
        return cls([highpass, *pyramid.bands], pyramid.residual_lowpass)

    def picture(self):
        highpass = self.oriented[0].real.sum(axis=0)
        return reconstruct_steerable(SteerablePyramid(self.oriented[1:], highpass, self.lowpass))

    def times(self, factors):
        """The same with every band multiplied by its factor, an array."""
        products = [band * f for band, f in zip(self.oriented, factors, strict=True)]
        return Bands(products, self.lowpass)


class PhaseFollower:
    """How far the phases of every band have turned since the first frame of a stream.

    The turns between neighbouring frames are added up, so that a slow drift may go on past π.
    """

    def __init__(self):
        self.last = None

    def step(self, bands):
        """Bands of the next frame -> turns in radians, one array (N + 1, h', w') for each band."""
        if self.last is None:
            self.turns = [np.zeros_like(amplitude(band)) for band in bands.oriented]
        else:
            pairs = zip(self.turns, bands.oriented, self.last.oriented, strict=True)
            self.turns = [turn + turn_between(before, now) for turn, now, before in pairs]
        self.last = bands
        return self.turns


def turn_between(before, now):
    """The angle by which a band turned; of all colours together, each weighed by its energy."""
    product = now * before.conj()
    return np.angle(product.sum(axis=-1, keepdims=True) if product.ndim == 4 else product)


def amplitude(band):
    """|band|, of all colours together."""
    return np.linalg.norm(band, axis=-1, keepdims=True) if band.ndim == 4 else np.abs(band)


def smooth(turns, bands):
    """Turns averaged over neighbours with weights [1 2 1] times the amplitude.

    Where the amplitude is small the phase is mostly noise. Wadhwa et al. 2013, "Noise handling".
    """
    weights = [amplitude(band) for band in bands.oriented]
    pairs = zip(turns, weights, strict=True)
    return [_divide(blur(turn * weight), blur(weight)) for turn, weight in pairs]


def blur(x):
    """[1 2 1]/4 along h and w of (N + 1, h, w, ...), wrapping around as the pyramid does."""
    for axis in (1, 2):
        x = (np.roll(x, 1, axis) + 2 * x + np.roll(x, -1, axis)) / 4
    return x


def move(bands, turns):
    """The picture whose bands have their phases turned by `turns`, radians.

    A band that is only turned leaves its amplitude behind, and the picture moves 5 to 10 % too
    little. So take the amplitudes of the picture just made, keep the phases, and make it again:
    a round of Griffin & Lim's algorithm (1984) with phases and amplitudes in each other's place.
    One round goes part of the way, so the change is multiplied by `FURTHER`.
    """
    turned = bands.times([_unit(turn) for turn in turns])
    made = Bands.of(turned.picture(), len(turns) - 1, len(turns[0]) - 1)
    pairs = zip(made.oriented, bands.oriented, strict=True)
    ratios = [_divide(np.abs(new), np.abs(old)) for new, old in pairs]
    return turned.times([np.maximum(1 + FURTHER * (r - 1), 0) for r in ratios]).picture()


def reach(bands, turns):
    """How far a picture with these turns moved, and how far it may be moved, both in pixels.

    Read from the finest level that has a tenth of the strongest level's slopes, in the direction
    that turned most: the limit is a quarter of the level's wavelength, 4 · 2^level. The mean turn
    is Σ A² turn² / Σ A² |turn|, which looks only at the part of the picture that moves.
    """
    levels = bands.oriented[1:]
    slopes = [np.vdot(band, band).real / 4**k for k, band in enumerate(levels)]
    k = next(k for k, slope in enumerate(slopes) if slope >= max(slopes) / 10)
    turn, energy = turns[k + 1], amplitude(levels[k]) ** 2  # (N + 1, h', w', ...)
    inside = tuple(range(1, turn.ndim))
    squares = (energy * turn**2).sum(axis=inside)  # (N + 1,)
    d = squares.argmax()
    if squares[d] <= 1e-12 * energy.sum():  # nothing moves, or nothing is there
        return 0.0, 2**k
    mean = squares[d] / (energy[d] * np.abs(turn[d])).sum()
    return float(mean / _frequency(levels[k][d]) * 2**k), 2**k


def _frequency(band):
    """Mean frequency of one band (h', w', ...), radians a sample, weighed by energy."""
    along_x = np.angle(np.vdot(band[:, :-1], band[:, 1:]))
    along_y = np.angle(np.vdot(band[:-1], band[1:]))
    return np.hypot(along_x, along_y)


def _unit(turn):
    """exp(i · turn), by its parts: in float32 that is much faster."""
    out = np.empty(turn.shape, np.result_type(turn, np.complex64))
    out.real, out.imag = np.cos(turn), np.sin(turn)
    return out


def _divide(a, b):
    """a / b for b ≥ 0, without an infinity where both are nothing."""
    return a / np.maximum(b, np.finfo(b.dtype).tiny)
