"""Noise removal by coring: what is small in a band of a pyramid is noise, and goes.

Simoncelli & Adelson 1996, "Noise removal via Bayesian wavelet coring"; deck 000, "Laplacian
pyramid applications".
"""

import math
from functools import lru_cache

import numpy as np

from coursekit.filters import check_image
from coursekit.pyramids import (
    expand_matrix,
    laplacian_pyramid,
    reconstruct,
    reconstruct_steerable,
    reduce_matrix,
    steerable_pyramid,
)
from coursekit.pyramids.laplacian import most_levels

LEVELS = 5  # fewer when the picture is small
ORDER = 3  # four orientations of the steerable pyramid
TRANSFORMS = ("steerable", "laplacian")


def core(band, threshold, kind="soft"):
    """Set what is at most `threshold` in size to 0; "soft" also moves the rest towards 0 by it.

    band: an array of any shape, returned changed and of the same type. kind: "soft", a continuous
    curve, or "hard", which keeps large coefficients as they are. Raises ValueError for another
    kind. Donoho & Johnstone 1994.
    """
    if kind == "soft":
        return np.sign(band) * np.maximum(abs(band) - threshold, 0)
    if kind == "hard":
        return band * (abs(band) > threshold)
    raise ValueError(f'core expects kind "soft" or "hard"; got {kind!r}')


def denoise(image, threshold, *, kind="soft", transform="steerable"):
    """Core every level of a pyramid but the last blur, and put the image together again.

    image (h, w) or (h, w, c). threshold: in grey levels of the image, a number or one for each
    level, finest first; each level uses it times its `noise_gains`, so the same number means the
    same share of the noise everywhere. For white noise of standard deviation σ about 3σ is right
    for "hard" and 1.5σ for "soft"; `bayes_thresholds` finds better ones for "soft", and "laplacian"
    needs them. transform: "steerable", whose oriented bands gather an edge in fewer coefficients,
    or "laplacian". Raises ValueError for a negative threshold, a wrong number of them, or another
    word.
    """
    image = check_image("denoise", image)
    n_levels = _n_levels("denoise", image.shape, transform)
    levels, put_together = _split(image, n_levels, transform)
    thresholds = _check_thresholds(threshold, len(levels))
    gains = noise_gains(image.shape, transform=transform)
    return put_together(
        [core(b, t * g, kind) for b, t, g in zip(levels, thresholds, gains, strict=True)]
    )


def bayes_thresholds(image, sigma, *, transform="steerable"):
    """The threshold of every level that suits "soft" coring of white noise: σ² / σ_signal.

    image: the noisy picture; sigma: standard deviation of its noise, above 0. What a level has
    beyond σ (both in grey levels, after division by its gain) is taken for signal: a level full
    of signal is hardly cored, one of pure noise is emptied. Returns a list for `denoise`.
    Chang, Yu & Vetterli 2000, BayesShrink.
    """
    image = check_image("bayes_thresholds", image)
    if not 0 < sigma < math.inf:
        raise ValueError(f"bayes_thresholds expects sigma above 0; got {sigma}")
    levels, _ = _split(image, _n_levels("bayes_thresholds", image.shape, transform), transform)
    gains = noise_gains(image.shape, transform=transform)
    signal = [np.mean((b / g) ** 2) - sigma**2 for b, g in zip(levels, gains, strict=True)]
    return [sigma**2 / math.sqrt(s) if s > 0 else math.inf for s in signal]


def noise_gains(shape, *, transform="steerable"):
    """Standard deviation of each level of a pyramid of white noise with standard deviation 1.

    shape: of the image; the levels are those that `denoise` cores, finest first. It is the root
    of the mean square length of a level's filters, found from the filters alone; for "laplacian"
    of those far from the edges.
    """
    n_levels = _n_levels("noise_gains", shape, transform)
    if transform == "laplacian":
        return list(_laplacian_gains(n_levels))
    return list(_steerable_gains(tuple(shape[:2]), n_levels))


@lru_cache(maxsize=8)
def _steerable_gains(shape, n_levels):
    """From the answer to a single bright pixel, wherever it is: the filters wrap around."""
    impulse = np.zeros(shape)
    impulse[0, 0] = 1
    levels, _ = _split(impulse, n_levels, "steerable")
    return [math.sqrt(impulse.size * np.mean(level**2)) for level in levels]


@lru_cache(maxsize=8)
def _laplacian_gains(n_levels):
    """From the matrices in 1-D: the filters of a level in 2-D are a⊗a − b⊗b.

    Row a of …GG blurs, row b of FG…GG blurs once more, and |a⊗a − b⊗b|² = |a|⁴ − 2(ab)² + |b|⁴.
    """
    blur, gains = np.eye(2 ** (n_levels + 3)), []
    for _ in range(n_levels):
        smaller = reduce_matrix(len(blur), edges="wrap") @ blur
        again = expand_matrix(len(blur), edges="wrap") @ smaller
        pairs = ((blur, blur), (blur, again), (again, again))
        aa, ab, bb = ((p * q).sum(axis=1).mean() for p, q in pairs)
        gains.append(math.sqrt(aa**2 - 2 * ab**2 + bb**2))
        blur = smaller
    return gains


def _n_levels(owner, shape, transform):
    """How many band-pass levels are cored: fewer than LEVELS when the picture is small."""
    if transform not in TRANSFORMS:
        raise ValueError(f"{owner} expects transform among {TRANSFORMS}; got {transform!r}")
    if min(shape[:2]) < 3:
        raise ValueError(f"{owner} expects an image of at least 3 × 3 pixels; got {shape}")
    return min(LEVELS, most_levels(min(shape[:2])) - 2)


def _split(image, n_levels, transform):
    """The levels to core, finest first, and the function that makes an image of them."""
    if transform == "laplacian":
        *bands, rest = laplacian_pyramid(image, n_levels + 1)
        return bands, lambda cored: reconstruct([*cored, rest])
    pyramid = steerable_pyramid(image, n_levels, ORDER)

    def put_together(cored):
        pyramid.residual_highpass, *pyramid.bands = cored
        return reconstruct_steerable(pyramid)

    return [pyramid.residual_highpass, *pyramid.bands], put_together


def _check_thresholds(threshold, n):
    thresholds = [threshold] * n if np.ndim(threshold) == 0 else list(threshold)
    if len(thresholds) != n or not all(t >= 0 for t in thresholds):
        raise ValueError(
            f"denoise expects threshold as a number of at least 0, or {n} of them; got {threshold}"
        )
    return thresholds
