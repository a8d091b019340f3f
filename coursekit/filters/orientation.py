"""Which way a picture runs at each pixel, and which kernels can be steered at all."""

import math

import numpy as np

from coursekit.filters.check import check_edges, check_image
from coursekit.filters.correlate import check_kernel, convolve2d
from coursekit.filters.kernels import check_sigma, gaussian_derivative_basis
from coursekit.filters.steering import check_angle, steer

ROUNDING = 1024  # times eps: radians, far below what a picture of 256 levels can tell apart


def orientation_energy(image, angle, sigma, *, edges="reflect"):
    """Energy even² + odd² of a quadrature pair along `angle`: lines and edges count alike.

    image (h, w) or (h, w, c), sigma in pixels, angle in radians as for `steer`: a number or one
    angle a pixel. Returns the energy with the image's shape and type. The even filter is the
    second derivative of a Gaussian; the odd one, its partner a quarter period on, is the
    combination of the first and third that comes closest: it misses 1 % of the power, and so the
    energy of a moving wave ripples by up to 14 %. Freeman & Adelson 1991, section III.
    """
    image = check_image("orientation_energy", image)
    check_angle("orientation_energy", angle, image.shape)
    responses = _responses("orientation_energy", image, sigma, edges)
    return _energy(responses, angle, float(sigma))


def dominant_orientation(image, sigma, *, edges="reflect"):
    """Angle of the strongest energy at each pixel, and how much it stands out.

    Returns (angle, strength), both with the image's shape. angle, 0 ≤ angle < π, is that of
    `steer`: the direction across a line or an edge, from x (right) towards y (down); what is
    within rounding of π is 0, the same direction. strength is the part of
    the energy that goes like cos 2(α − angle) as the filters turn: 0 where no direction wins.
    Freeman & Adelson 1991, section III.
    """
    image = check_image("dominant_orientation", image)
    responses = _responses("dominant_orientation", image, sigma, edges)
    # Energy is a sum of even harmonics up to the sixth; five angles separate the second.
    turns = np.arange(5) * np.pi / 5
    energies = [_energy(responses, turn, float(sigma)) for turn in turns]
    c = sum(e * np.cos(2 * turn) for e, turn in zip(energies, turns, strict=True)) * 2 / 5
    s = sum(e * np.sin(2 * turn) for e, turn in zip(energies, turns, strict=True)) * 2 / 5
    angle = np.arctan2(s, c) / 2 % np.pi
    nearly = ROUNDING * np.finfo(image.dtype).eps
    angle[angle > np.pi - nearly] = 0  # a last bit below 0 must not become π
    return angle.astype(image.dtype, copy=False), np.hypot(c, s).astype(image.dtype, copy=False)


def steering_rank(kernel, tolerance=1e-3):
    """How many angular harmonics a kernel has, which is how many basis filters steer it.

    kernel (kh, kw), odd sizes. Its Fourier transform is computed on circles, where it is a sum of
    aₙ(r) e^{inφ} (deck 000, "polar Fourier"); counted are the n whose share of the power is above
    `tolerance`. 1 to 6 for Gaussian derivatives of order 0 to 5, many for a kernel that no small
    basis can steer. Freeman & Adelson 1991, theorem 1.
    """
    kernel = check_kernel("steering_rank", kernel).astype(np.float64)
    if not kernel.any():
        raise ValueError("steering_rank expects a kernel with at least one entry that is not 0")
    radii = np.linspace(0, np.pi, 33)[1:, None]  # (32, 1), in radians a pixel
    phi = np.arange(128) * 2 * np.pi / 128
    u, v = radii * np.cos(phi), radii * np.sin(phi)  # (32, 128)
    y, x = (np.arange(size) - size // 2 for size in kernel.shape)
    rows, columns = np.exp(-1j * v[..., None] * y), np.exp(-1j * u[..., None] * x)
    spectrum = (rows @ kernel * columns).sum(axis=-1)  # Σ kernel[y, x] e^{−i(ux + vy)}
    harmonics = np.fft.fft(spectrum, axis=1)  # aₙ at every radius
    power = (radii * np.abs(harmonics) ** 2).sum(axis=0)  # rings grow with their radius
    return int((power > tolerance * power.sum()).sum())


def _responses(owner, image, sigma, edges):
    """Derivatives of order 1, 2 and 3 of the blurred image, each (order + 1, h, w, ...)."""
    check_sigma(owner, sigma)
    check_edges(owner, edges)
    return [
        np.stack([convolve2d(image, k, edges=edges) for k in gaussian_derivative_basis(n, sigma)])
        for n in (1, 2, 3)
    ]


def _energy(responses, angle, sigma):
    """even² + odd², where odd = (g′ − ⅔σ² g‴) / (σ√π) is the least-squares partner of g″.

    For the spectra ω² e^{−σ²ω²/2} and aω + bω³ times the same bell, the fit is a = 1/(σ√π) and
    b = 2σ/(3√π); differentiating three times turns the sign of ω³.
    """
    first, even, third = (steer(r, angle) for r in responses)
    odd = (first - 2 / 3 * sigma**2 * third) / (sigma * math.sqrt(math.pi))
    return even**2 + odd**2
