"""Coring as numbers: a noisy photograph, the cleaned one, and what was won in decibels."""

import numpy as np

from coursekit.applications import core, denoise, noise_gains
from coursekit.pyramids import laplacian_pyramid
from coursekit.widgets.photographs import small
from coursekit.widgets.words import number

SIDE = 160  # rows and columns
KINDS = ("soft", "hard")
THRESHOLDS = (0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 2.5, 3, 3.5, 4, 5)  # of the curve, times σ
TRANSFORM = "laplacian"


def photograph(name):
    """The photograph without noise, (SIDE, SIDE)."""
    return small(name, SIDE) / 255


def noise(seed):
    """White noise of standard deviation 1, (SIDE, SIDE)."""
    return np.random.default_rng(seed).normal(size=(SIDE, SIDE))


def gains():
    """How strong noise of strength 1 is in each band, finest first."""
    return noise_gains((SIDE, SIDE), transform=TRANSFORM)


def cleaned(noisy, sigma, threshold, kind):
    """The noisy picture cored; sigma in grey levels of 255, threshold times sigma."""
    return denoise(noisy, threshold * sigma / 255, kind=kind, transform=TRANSFORM)


def psnr(picture, truth):
    """Peak signal to noise in decibels; the peak is 1."""
    return float(-10 * np.log10(np.mean((picture - truth) ** 2)))


def kept(noisy, sigma, threshold, kind):
    """The part of the bands' numbers that coring leaves."""
    *bands, _ = laplacian_pyramid(noisy, len(gains()) + 1)
    cut = threshold * sigma / 255
    left = [core(b, cut * gain, kind) != 0 for b, gain in zip(bands, gains(), strict=True)]
    return sum(int(b.sum()) for b in left) / sum(b.size for b in left)


def sentence(before, after, part, kind):
    """What coring won."""
    gain = round(after - before, 2)
    verdict = "lost" if gain < 0 else "won"
    return (
        f"{number(abs(gain))} dB {verdict}. PSNR {number(before)} dB with noise, {number(after)} "
        f"dB after {kind} coring, which leaves {number(100 * part)} % of the numbers in the bands."
    )
