"""Right answers of 03_what_pyramids_are_for, each written in another way than in the solution."""

from collections import Counter
from math import log2

import numpy as np


def core_hard(band, threshold):
    out = band.copy()
    out[(band <= threshold) & (band >= -threshold)] = 0
    return out


def core_soft(band, threshold):
    return band - np.clip(band, -threshold, threshold)


def quantise(band, step):
    return np.floor(band / step + 0.5).astype(int)


def entropy(codes):
    counts = Counter(codes.ravel().tolist()).values()
    return log2(codes.size) - sum(c * log2(c) for c in counts) / codes.size


def psnr(image, other):
    error = (image - other).ravel()
    return -20 * np.log10(np.linalg.norm(error) / np.sqrt(error.size))


def match_histogram(values, reference):
    """The inverse of the reference's distribution, at the values' own."""
    ranks = np.argsort(np.argsort(values.ravel()))
    shares = (ranks + 0.5) / values.size
    return np.quantile(reference, shares, method="hazen").reshape(values.shape)


def differences(blurred):
    return [after - before for before, after in zip(blurred, blurred[1:], strict=False)]


def extrema(dog, least):
    """Place by place."""
    mask = np.zeros(dog.shape)
    n, h, w = dog.shape
    for s in range(1, n - 1):
        for y in range(1, h - 1):
            for x in range(1, w - 1):
                cube = dog[s - 1 : s + 2, y - 1 : y + 2, x - 1 : x + 2].ravel()
                others = np.delete(cube, 13)
                high = cube[13] > max(others.max(), least)
                mask[s, y, x] = high or cube[13] < min(others.min(), -least)
    return mask


def phase_turns(first, now):
    """The same transform as a matrix, and the difference of angles wrapped."""
    k = np.arange(len(first))
    dft = np.exp(-2j * np.pi * np.outer(k[: len(first) // 2 + 1], k) / len(first))
    turns = np.angle(dft @ now) - np.angle(dft @ first)
    return np.arctan2(np.sin(turns), np.cos(turns))


def magnify(first, now, alpha):
    """With the transform of all n frequencies: a negative one turns the other way."""
    a, b = np.fft.fft(first), np.fft.fft(now)
    turn = np.arctan2((b * a.conj()).imag, (b * a.conj()).real)
    return np.fft.ifft(b * (np.cos(alpha * turn) + 1j * np.sin(alpha * turn))).real


def tricks(wavelength):
    return [2.9 * wavelength, 5 * wavelength]


RIGHT = {
    "03_1_coring": (core_hard, core_soft),
    "03_2_bits": (quantise, entropy, psnr),
    "03_3_histogram": (match_histogram,),
    "03_4_extrema": (differences, extrema),
    "03_5_magnify": (phase_turns, magnify),
    "03_6_tricks": (tricks,),
}
