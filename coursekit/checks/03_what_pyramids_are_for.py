"""Checks of 03_what_pyramids_are_for: coring, bits, histograms, extrema, motion by phases.

Bands and pictures are (h, w), stacks (n, h, w), signals (n,).
"""

import numpy as np

from coursekit import applications
from coursekit.checks import task
from coursekit.checks.answers import NotPassed


@task("03_1_coring", points=2)
def coring_task(core_hard, core_soft, t):
    with t.part("hard", points=1):
        band, threshold = draw_band(t)
        small = np.abs(band) <= threshold
        slips = coring_slips(band, threshold) | {
            "soft coring: what is large stays as it is": applications.core(band, threshold),
            "throwing the large numbers away": band * small,
        }
        t.close(core_hard(band, threshold), np.where(small, 0, band), slips=slips)

    with t.part("soft", points=1):
        band, threshold = draw_band(t)
        right = applications.core(band, threshold)
        hard = applications.core(band, threshold, "hard")
        slips = coring_slips(band, threshold) | {
            "hard coring: what is large moves towards 0 too": hard,
            "a lost sign": np.abs(right),
            "moving small numbers past 0: they stop there": band - threshold * np.sign(band),
        }
        t.close(core_soft(band, threshold), right, slips=slips)


@task("03_2_bits", points=4)
def bits_task(quantise, entropy, psnr, t):
    with t.part("quantise", points=1):
        band, step = 3 * t.normal(*t.sizes(2)), float(t.rng.uniform(0.2, 0.9))
        right = np.rint(band / step)
        slips = {
            "rounding down, not to the nearest": np.floor(band / step),
            "cutting the digits off, not rounding": np.trunc(band / step),
            "multiples of the step; the codes are whole numbers": step * right,
            "multiplying by the step": np.rint(band * step),
        }
        t.close(quantise(band, step), right, "the codes", slips)

    with t.part("entropy of values that are equally frequent", points=1):
        bits = int(t.rng.integers(2, 5))
        codes = t.rng.permutation(np.repeat(7 * np.arange(2**bits) + 3, 6)).reshape(3, -1)
        t.close(entropy(codes), bits, "the entropy", entropy_slips(codes))

    with t.part("entropy of any codes", points=1):
        codes = np.rint(2 * t.normal(9, 14)).astype(int)
        t.close(entropy(codes), bits_of(codes), "the entropy", entropy_slips(codes))

    with t.part("PSNR", points=1):
        image = t.rng.random(t.sizes(2))
        other = image + 10 ** -t.rng.uniform(1, 2) * t.normal(*image.shape)
        mse = np.mean((image - other) ** 2)
        slips = {
            "the sign: a small error gives a large PSNR": 10 * np.log10(mse),
            "the natural logarithm": -10 * np.log(mse),
            "a root too much: 10 log of the mean square": -5 * np.log10(mse),
            "20 in place of 10, which is for the root of the MSE": -20 * np.log10(mse),
            "the sum of squares: MSE is their mean": -10 * np.log10(mse * image.size),
        }
        t.close(psnr(image, other), -10 * np.log10(mse), "the PSNR", slips)


@task("03_3_histogram", points=4)
def histogram_task(match_histogram, t):
    with t.part("as many references as values", points=2):
        values, reference = t.normal(4, 9), 2 * t.normal(3, 12) + 5
        check_histogram(t, match_histogram, values, reference)

    with t.part("fewer references, or more", points=2):
        for shape in ((5, 4), (9, 7)):
            check_histogram(t, match_histogram, t.normal(5, 6), t.normal(*shape) ** 3 + 2)


@task("03_4_extrema", points=4)
def extrema_task(differences, extrema, t):
    with t.part("differences", points=1):
        blurred = t.normal(*t.sizes(3))
        right = np.diff(blurred, axis=0)
        slips = {
            "the sign: the more blurred one comes first": -right,
            "differences along the rows": np.diff(blurred, axis=2),
        }
        t.close(differences(blurred), right, "the stack", slips)

    with t.part("maxima", points=1):
        check_extrema(t, extrema, np.abs(t.normal(5, 10, 13)), least=1e-3)

    with t.part("minima", points=1):
        check_extrema(t, extrema, -np.abs(t.normal(6, 13, 9)), least=1e-3)

    with t.part("those far enough from zero", points=1):
        dog = t.normal(5, 12, 11)
        minima = np.sort(dog[extrema_of(dog, 0) & (dog < 0)])
        least = float(-minima[len(minima) // 2])  # that one is not beyond it, and goes too
        check_extrema(t, extrema, dog, least)


@task("03_5_magnify", points=4)
def magnify_task(phase_turns, magnify, t):
    with t.part("turns, up to whole turns", points=1):
        first, now = draw_signals(t)
        phi, right = known_turns(t, phase_turns(first, now), first, now)
        t.close(circle(phi), circle(right), "the turns", {"the turn backwards": circle(-right)})

    with t.part("turns from −π to π", points=1):
        for _ in range(8):  # a pair whose difference of angles stays in range shows nothing
            first, now = draw_signals(t)
            phi, right = known_turns(t, phase_turns(first, now), first, now)
            apart = np.angle(np.fft.rfft(now)) - np.angle(np.fft.rfft(first))
            slips = {
                "a difference of two angles, which may be beyond ±π": apart[: len(right)],
                "angles from 0 to 2π": right % (2 * np.pi),
                "degrees": np.rad2deg(right),
            }
            t.close(phi, right, "the turns", slips)

    with t.part("a motion becomes 1 + α times as large", points=1):
        for alpha in (float(t.rng.uniform(2, 4)), -1.0):
            x, _ = draw_signals(t)
            d = float(t.rng.uniform(0.05, 0.15))
            slips = {
                "α times the motion: it was there once already": moved(x, alpha * d),
                "the opposite motion": moved(x, (1 - alpha) * d),
                "the signal as it is now": moved(x, d),
                "multiplying the difference of grey levels": x + (1 + alpha) * (moved(x, d) - x),
            }
            slips = slips if alpha > 0 else {}
            t.close(magnify(x, moved(x, d), alpha), moved(x, (1 + alpha) * d), slips=slips)

    with t.part("any two signals", points=1):
        for _ in range(2):
            first, now = draw_signals(t)
            alpha = float(t.rng.uniform(-3, 3))
            wrong = with_turns(first, first, now, 1 + alpha)
            slips = {"the sizes of the first spectrum; those of now stay": wrong}
            t.close(magnify(first, now, alpha), with_turns(now, first, now, alpha), slips=slips)


@task("03_6_tricks", points=2)
def tricks_task(tricks, t):
    with t.part("backwards", points=1):
        wavelength = float(t.rng.uniform(5, 30))
        backwards, _ = t.unpack(tricks(wavelength), "backwards", "invisible")
        seen = seen_motion(t, backwards, wavelength, "backwards")
        if not -0.49 < seen < -0.01:
            message = f"it seems to move by {seen:+.2f} wavelengths; wanted is a minus sign"
            raise NotPassed("wrong", message)

    with t.part("invisible", points=1):
        wavelength = float(t.rng.uniform(5, 30))
        _, invisible = t.unpack(tricks(wavelength), "backwards", "invisible")
        seen = seen_motion(t, invisible, wavelength, "invisible")
        if not abs(seen) < 1e-4:
            raise NotPassed("wrong", f"it seems to move by {seen:+.2f} wavelengths; wanted is none")


def draw_band(t):
    """A band (h, w) with some numbers of exactly ± the threshold, and the threshold."""
    threshold = int(t.rng.integers(20, 60)) / 64
    band = t.normal(*t.sizes(2))
    band[0, 0], band[1, 1] = threshold, -threshold
    band[0, 1], band[1, 0] = 3 * threshold, -2 * threshold
    return band, threshold


def coring_slips(band, threshold):
    return {
        "setting all negative numbers to 0: their size counts": np.where(band > threshold, band, 0),
        "clipping: what is large becomes the threshold": np.clip(band, -threshold, threshold),
    }


def bits_of(codes):
    _, counts = np.unique(codes, return_counts=True)
    return np.sum(counts * np.log2(codes.size / counts)) / codes.size


def entropy_slips(codes):
    values, counts = np.unique(codes, return_counts=True)
    shares, bits = counts / codes.size, bits_of(codes)
    return {
        "the natural logarithm: bits want log2": bits * np.log(2),
        "a missing minus sign": -bits,
        "the bits of all numbers together; wanted is one number's": bits * codes.size,
        "the sum of the logarithms, without the weights p": -np.log2(shares).sum(),
        "the number of different values": len(values),
        "log2 of the number of different values, as if all were as frequent": np.log2(len(values)),
    }


def check_histogram(t, match_histogram, values, reference):
    right = applications.match_histogram(values, reference)
    r, n, m = np.sort(reference, axis=None), values.size, reference.size
    ranks = values.ravel().argsort().argsort()  # of each value among the values
    scaled = (values - values.mean()) / values.std() * reference.std() + reference.mean()
    slips = {
        "sorting: the order of the values is lost": np.sort(right, axis=None).reshape(right.shape),
        "argsort alone: it lists places, not ranks": r[values.argsort(axis=None) % m],
        "the order turned round": applications.match_histogram(-values, reference),
        "matching mean and standard deviation only": scaled,
        "swapped arguments": applications.match_histogram(reference, values),
    }
    if n != m:
        slips["a formula without the halves"] = np.interp(ranks / n * m, np.arange(m), r)
        nearest = np.rint((ranks + 0.5) / n * m - 0.5).astype(int).clip(0, m - 1)
        slips["the nearest reference; read between the two neighbours"] = r[nearest]
    slips = {
        w: v if v.shape == reference.shape else v.reshape(right.shape) for w, v in slips.items()
    }
    t.close(match_histogram(values, reference), right, slips=slips)


def extrema_of(dog, least, neighbours=((0, 1, 2),) * 3):
    """Mask of the extrema among the shifts given for each axis, 1 being no shift."""
    n, h, w = dog.shape
    inner = dog[1:-1, 1:-1, 1:-1]
    near = [
        dog[k : n - 2 + k, i : h - 2 + i, j : w - 2 + j]
        for k in neighbours[0]
        for i in neighbours[1]
        for j in neighbours[2]
    ]
    highest = (inner == np.max(near, axis=0)) & (inner > least)
    lowest = (inner == np.min(near, axis=0)) & (inner < -least)
    return np.pad(highest | lowest, 1)


def check_extrema(t, extrema, dog, least):
    right = extrema_of(dog, least)
    slips = {
        "leaving `least` out": extrema_of(dog, 0),
        "8 neighbours: those in the pictures before and behind count too": extrema_of(
            dog, least, neighbours=((1,), (0, 1, 2), (0, 1, 2))
        ),
        "neighbours in scale only": extrema_of(dog, least, neighbours=((0, 1, 2), (1,), (1,))),
        "an array without its rim: the shape stays": right[1:-1, 1:-1, 1:-1],
        "maxima alone": right & (dog > 0),
        "minima alone": right & (dog < 0),
        "the opposite: True at keypoints": ~right,
    }
    slips = {words: value * 1.0 for words, value in slips.items()}
    t.close(extrema(dog, least), right * 1.0, "the mask", slips)


def draw_signals(t):
    """Two signals (n,), n even or odd, whose frequencies 1 … (n − 1)//2 all have some size."""
    n = int(t.rng.integers(12, 22))
    m = (n - 1) // 2
    signals = []
    for _ in range(2):
        spectrum = np.zeros(n // 2 + 1, complex)
        spectrum[0] = n / 4
        phases = t.rng.uniform(-np.pi, np.pi, m)
        spectrum[1 : m + 1] = n / 4 * t.rng.uniform(0.5, 1.5, m) * np.exp(1j * phases)
        signals.append(np.fft.irfft(spectrum, n))
    return signals


def known_turns(t, phi, first, now):
    """The learner's turns and the right ones, without that of n/2, whose size is 0."""
    n = len(first)
    phi = t.shape(phi, (n // 2 + 1,), "the turns")
    right = np.angle(np.fft.rfft(now) * np.fft.rfft(first).conj())
    return phi[: (n + 1) // 2], right[: (n + 1) // 2]


def circle(angle):
    """Points that are the same for angles a whole turn apart."""
    return np.stack([np.cos(angle), np.sin(angle)])


def moved(x, d):
    """The signal moved to the right by d samples; what leaves comes in again on the left."""
    turn = np.exp(-2j * np.pi * np.arange(len(x) // 2 + 1) * d / len(x))
    return np.fft.irfft(np.fft.rfft(x) * turn, len(x))


def with_turns(x, first, now, factor):
    """x with its phases turned by `factor` times the turns from first to now."""
    turns = np.angle(np.fft.rfft(now) * np.fft.rfft(first).conj())
    return np.fft.irfft(np.fft.rfft(x) * np.exp(1j * factor * turns), len(x))


def seen_motion(t, distance, wavelength, name):
    """How far a wave seems to have moved, in wavelengths, −½ to ½."""
    distance = float(t.shape(distance, (), name))
    if not 0 < distance < np.inf:
        raise NotPassed("wrong", f"{name} should be a motion to the right, above 0")
    turn = np.angle(np.exp(-2j * np.pi * distance / wavelength))
    return -float(turn) / (2 * np.pi)
