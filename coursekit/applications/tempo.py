"""Band-passes over time: an exact one for a clip that is there, a recursive one for a stream.

scipy.fft keeps float32, and is slow to import: by the first call, not with the package.
"""

import math

import numpy as np


def check_tempo(owner, low, high, fps):
    """Raise unless fps is above 0 and 0 ≤ low < high ≤ fps/2, all finite numbers."""
    for name, value in (("low", low), ("high", high), ("fps", fps)):
        if not isinstance(value, int | float | np.integer | np.floating):
            raise TypeError(f"{owner} expects {name} as a number; got {value!r}")
    if not 0 < fps < math.inf:
        raise ValueError(f"{owner} expects fps, frames per second, above 0; got {fps}")
    if not 0 <= low < high <= fps / 2:
        raise ValueError(
            f"{owner} expects 0 ≤ low < high ≤ fps/2 = {fps / 2:g} hertz; "
            f"got low = {low}, high = {high}"
        )


def tempi_between(owner, n_frames, low, high, fps):
    """Which frequencies of a clip's Fourier transform lie in low…high: (n_frames//2 + 1,) bools."""
    hertz = np.fft.rfftfreq(n_frames, 1 / fps)
    slack = 1e-9 * fps  # a limit that is one of the frequencies belongs to the band
    chosen = (hertz >= low - slack) & (hertz <= high + slack)
    if not chosen.any():
        raise ValueError(
            f"{owner} expects low…high to hold a multiple of {fps / n_frames:.3g} hertz, what "
            f"{n_frames} frames at {fps:g} a second can tell apart; got {low}…{high}"
        )
    return chosen


def band_pass(x, chosen):
    """x (t, ...) with only the chosen frequencies left, of the same shape and type."""
    from scipy.fft import irfft, rfft

    spectrum = rfft(x, axis=0)  # (t//2 + 1, ...)
    spectrum[~chosen] = 0
    return irfft(spectrum, n=len(x), axis=0)


class RecursiveBandPass:
    """Butterworth band-pass of order 1 over a stream of arrays, which keeps two of them.

    The analog filter B s / (s² + B s + Ω²) with s = (1 − z⁻¹)/(1 + z⁻¹), and low and high where
    its gain is 1/√2. Its gain is 1 and its delay 0 at one tempo in the middle, about √(low·high);
    slower ones come out early, faster ones late. After about 1/(high − low) seconds it has
    forgotten how it started.
    """

    def __init__(self, low, high, fps):
        a = math.tan(math.pi * low / fps)
        c = math.tan(math.pi * (0.5 - high / fps))  # 1 / tan(π high / fps), also for high = fps/2
        scale = 1 - a * c + a + c
        self.b0 = (1 - a * c) / scale
        self.a1, self.a2 = 2 * (a - c) / scale, (a * c - 1 + a + c) / scale
        self.s1 = self.s2 = 0.0

    def step(self, x):
        """y[t] = b₀ (x[t] − x[t−2]) − a₁ y[t−1] − a₂ y[t−2]."""
        y = self.b0 * x + self.s1
        self.s1 = self.s2 - self.a1 * y
        self.s2 = -self.b0 * x - self.a2 * y
        return y
