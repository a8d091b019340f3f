"""Directions for the high-pass residual, which has none of its own."""

from functools import lru_cache

import numpy as np
from scipy.fft import fftfreq, irfft2, rfft2, rfftfreq


def split_highpass(residual, order):
    """The high-pass residual in N + 1 directions, complex, as the bands of a level are.

    residual (h, w) or (h, w, c); order N as in `steerable_pyramid`. Returns (N + 1, h, w) or
    (N + 1, h, w, c) at the angles of the bands. Imaginary parts are the quadrature partners of the
    real parts; these add up to the residual. Whoever moves bands by their phases can so move the
    finest details too.
    """
    planes = np.moveaxis(residual, -1, 0) if residual.ndim == 3 else residual
    spectrum = rfft2(planes)  # ([c,] h, w//2 + 1)
    out = np.empty((order + 1, *planes.shape), spectrum.dtype)
    for part, share, sign in zip(out, *_shares(planes.shape[-2:], order), strict=True):
        band = spectrum * share.astype(planes.dtype)
        part.real = irfft2(band, s=planes.shape[-2:])
        part.imag = irfft2(band * (-1j * sign).astype(spectrum.dtype), s=planes.shape[-2:])
    return np.moveaxis(out, 1, -1) if residual.ndim == 3 else out


@lru_cache(maxsize=4)
def _shares(shape, order):
    """What each direction takes of every frequency, and on which side of zero it sees it.

    Both (N + 1, h, w//2 + 1). The shares are cos^2N(θ − θₖ), the energy of the bands' masks,
    scaled to sum to one.
    """
    angles = np.arange(order + 1)[:, None, None] * np.pi / (order + 1)
    y, x = fftfreq(shape[0])[:, None], rfftfreq(shape[1])
    along = np.cos(angles) * x + np.sin(angles) * y  # (N + 1, h, w//2 + 1)
    r = np.hypot(x, y)
    along[:, 0, 0] = r[0, 0] = 1  # no direction: in equal shares
    shares = (along / r) ** (2 * order)
    return shares / shares.sum(axis=0), np.sign(along)
