"""Pictures to their frequencies and back: the half plane that a real picture needs.

SciPy keeps float32 and is faster than NumPy, but takes longer to load than all else in this room;
so the functions import it, and whoever builds no steerable pyramid does not wait for it.
"""

import numpy as np


def spectrum_of(image):
    """(h, w) or (h, w, c) -> (h, w//2 + 1) or (c, h, w//2 + 1), of the same energy."""
    from scipy.fft import rfft2

    planes = np.moveaxis(image, -1, 0) if image.ndim == 3 else image
    return rfft2(planes, norm="ortho")


def image_of(spectrum, shape):
    """What `spectrum_of` came from, (..., h, w) with shape (h, w).

    Overwrites spectrum: fresh memory costs as much as arithmetic.
    """
    from scipy.fft import ifft, irfft

    columns = ifft(spectrum, axis=-2, norm="ortho", overwrite_x=True)
    return irfft(columns, n=shape[1], axis=-1, norm="ortho")
