"""Right answers of 02_steerable_filters, each written in another way than in the solution."""

import math

import numpy as np


def steer(basis, angle):
    turned = np.exp(-1j * np.asarray(angle)) * (basis[0] + 1j * basis[1])
    return turned.real


def convolve2d(image, kernel):
    """With the Fourier transform of the padded picture."""
    kh, kw = kernel.shape
    padded = np.pad(image, [(kh // 2,) * 2, (kw // 2,) * 2], mode="reflect")
    spectrum = np.fft.rfft2(padded) * np.fft.rfft2(kernel, padded.shape)
    return np.fft.irfft2(spectrum, padded.shape)[kh - 1 :, kw - 1 :]


def steered_responses(image, basis, angles):
    """Kernels turned first: slower, and as right."""
    kernels = np.einsum("cm,ckl->mkl", np.stack([np.cos(angles), np.sin(angles)]), basis)
    return [convolve2d(image, kernel) for kernel in kernels]


def steering_weights(order, angle):
    """The coefficients of (cos α + sin α · z)^N, multiplied out."""
    weights = np.ones(1)
    for _ in range(order):
        weights = np.convolve(weights, [math.cos(angle), math.sin(angle)])
    return weights


def steering_rank(copies):
    rows = [copy.ravel() / 1.0 for copy in copies]
    return np.linalg.matrix_rank(rows, tol=1e-6 * np.linalg.norm(rows, 2))


def unsteerable():
    """Noise of 15 × 15 pixels; its mirror images above and below have the other sign."""
    half = np.random.default_rng(3).normal(size=(7, 15))
    return np.concatenate([half, np.zeros((1, 15)), -half[::-1]])


def dominant_orientation(responses):
    z = responses[0] + 1j * responses[1]
    return [np.angle(z * z) / 2 % np.pi, np.abs(z)]


def line_orientation(responses):
    """The eigenvector of the second derivatives whose eigenvalue is farthest from zero."""
    r_xx, r_xy, r_yy = (each.ravel() for each in responses)
    values, vectors = np.linalg.eigh(np.stack([r_xx, r_xy, r_xy, r_yy]).T.reshape(-1, 2, 2))
    pixels, best = np.arange(len(values)), np.abs(values).argmax(axis=1)
    x, y = vectors[pixels, :, best].T
    shape = responses.shape[1:]
    angle, strength = np.arctan2(y, x) % np.pi, np.abs(values[pixels, best])
    return angle.reshape(shape), strength.reshape(shape)


def kernels_of(masks, orders):
    """What a single bright pixel becomes: (n, h, w), the origin first."""
    factors = np.array([1, 1j, -1, -1j])[orders % 4]
    return np.fft.ifft2(factors[:, None, None] * masks).real


def split(image, masks, orders):
    """A convolution that wraps around: a shifted copy of the image for each number of a kernel."""
    return [
        sum(kernel[at] * np.roll(image, at, (0, 1)) for at in np.ndindex(kernel.shape))
        for kernel in kernels_of(masks, orders)
    ]


def put_together(parts, masks, orders):
    """A correlation, which shifts the other way."""
    total = np.zeros(parts.shape[1:])
    for part, kernel in zip(parts, kernels_of(masks, orders), strict=True):
        for y, x in np.ndindex(kernel.shape):
            total += kernel[y, x] * np.roll(part, (-y, -x), (0, 1))
    return total


RIGHT = {
    "02_1_steer": (steer,),
    "02_2_responses": (convolve2d, steered_responses),
    "02_3_rank": (steering_weights, steering_rank),
    "02_4_unsteerable": (unsteerable,),
    "02_5_orientation": (dominant_orientation, line_orientation),
    "02_6_bands": (split, put_together),
}
