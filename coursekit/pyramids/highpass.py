"""Directions for the high-pass residual, which has none of its own."""

from functools import lru_cache

import numpy as np

from coursekit.pyramids.spectrum import image_of, spectrum_of


def split_highpass(residual, order):
    """The high-pass residual in N + 1 directions, complex, as the bands of a level are.

    residual (h, w) or (h, w, c); order N as in `steerable_pyramid`. Returns (N + 1, h, w) or
    (N + 1, h, w, c) at the angles of the bands. Imaginary parts are the quadrature partners of the
    real parts; these add up to the residual. Whoever moves bands by their phases can so move the
    finest details too.
    """
    shape = residual.shape[:2]
    spectrum = spectrum_of(residual)  # ([c,] h, w//2 + 1)
    out = np.empty((order + 1, *residual.shape[2:], *shape), spectrum.dtype)
    for part, share, sign in zip(out, *_shares(shape, order), strict=True):
        band = spectrum * share.astype(residual.dtype)
        part.imag = image_of(band * (-1j * sign).astype(spectrum.dtype), shape)
        part.real = image_of(band, shape)
    return np.moveaxis(out, 1, -1) if residual.ndim == 3 else out


@lru_cache(maxsize=4)
def _shares(shape, order):
    """What each direction takes of every frequency, and on which side of zero it sees it.

    Both (N + 1, h, w//2 + 1). The shares are cos^2N(θ − θₖ), the energy of the bands' masks,
    scaled to sum to one.
    """
    angles = np.arange(order + 1)[:, None, None] * np.pi / (order + 1)
    y, x = np.fft.fftfreq(shape[0])[:, None], np.fft.rfftfreq(shape[1])
    along = np.cos(angles) * x + np.sin(angles) * y  # (N + 1, h, w//2 + 1)
    r = np.hypot(x, y)
    along[:, 0, 0] = r[0, 0] = 1  # no direction: in equal shares
    shares = (along / r) ** (2 * order)
    return shares / shares.sum(axis=0), np.sign(along)
