"""Correlation and convolution of a picture with a small kernel."""

import numpy as np

from coursekit.filters.banded import (
    BLOCK,
    correlation_block,
    pad,
    picture,
    slide_along,
    slide_down,
)
from coursekit.filters.check import check_edges, check_image


def correlate2d(image, kernel, *, edges="reflect"):
    """Slide a kernel over an image and sum the products: out[y, x] = Σ k[i, j] image[y+i, x+j].

    image (h, w) or (h, w, c), kernel (kh, kw) with odd sizes and its origin in the middle; the
    result has the image's shape and type. `edges` is numpy.pad's word for what lies outside:
    "reflect", "symmetric", "edge", "wrap" or "constant" (zeros). A kernel that is a column times
    a row costs kh + kw multiplications per pixel, any other kh · kw. Raises ValueError for a
    wrong rank, an even size, NaN or an unknown word. Deck 001, filtering reminder.
    """
    image, kernel = check_image("correlate2d", image), check_kernel("correlate2d", kernel)
    return _correlate(image, kernel, check_edges("correlate2d", edges))


def convolve2d(image, kernel, *, edges="reflect"):
    """Correlate with the kernel turned by 180°: out[y, x] = Σ k[i, j] image[y−i, x−j].

    Arguments, result and errors as in `correlate2d`. With a Gaussian derivative as the kernel
    this is the derivative of the smoothed image.
    """
    image, kernel = check_image("convolve2d", image), check_kernel("convolve2d", kernel)
    return _correlate(image, kernel[::-1, ::-1], check_edges("convolve2d", edges))


def check_kernel(owner, kernel):
    """Return a kernel (kh, kw) of finite real numbers with odd sizes, or raise."""
    kernel = np.asarray(kernel)
    if kernel.dtype.kind not in "fiub":
        raise TypeError(f"{owner} expects kernel as real numbers; got {kernel.dtype}")
    if kernel.ndim != 2 or not all(size % 2 for size in kernel.shape):
        hint = "; np.outer(k, k) makes a 2-D kernel of a row k" if kernel.ndim == 1 else ""
        raise ValueError(
            f"{owner} expects kernel of shape (kh, kw), both odd; got {kernel.shape}{hint}"
        )
    if not np.isfinite(kernel).all():
        raise ValueError(f"{owner} expects kernel without NaN or infinity")
    return kernel


def _correlate(image, kernel, edges):
    kernel = kernel.astype(image.dtype)
    (kh, kw), (h, w) = kernel.shape, image.shape[:2]
    padded = pad(image, (kh // 2, kw // 2), edges)  # (..., h + kh − 1, w + kw − 1)
    factors = separate(kernel)
    if factors:
        column, row = map(correlation_block, factors)
        return picture(slide_along(row, slide_down(column, padded, BLOCK, h), BLOCK, w))
    out = np.zeros((*padded.shape[:-2], h, w), image.dtype)
    for i, row in enumerate(kernel):
        out += slide_along(correlation_block(row), padded[..., i : i + h, :], BLOCK, w)
    return picture(out)


def separate(kernel):
    """Split a kernel into column (kh,) and row (kw,) with outer(column, row) = kernel, or None.

    A rank-1 matrix is known from the row and the column through its largest entry.
    """
    i, j = np.unravel_index(np.abs(kernel).argmax(), kernel.shape)
    largest = kernel[i, j]
    if 1 in kernel.shape or largest == 0:
        return None
    column, row = kernel[:, j], kernel[i] / largest
    error = np.abs(np.outer(column, row) - kernel).max()
    return (column, row) if error <= 4 * np.finfo(kernel.dtype).eps * abs(largest) else None
