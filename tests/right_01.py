"""Right answers of 01_pyramids, each written in another way than in the solution."""

import numpy as np

ROW = np.array([1, 4, 6, 4, 1])


def level_shapes(shape, n_levels):
    return [[-int(-size // 2**k) for size in shape] for k in range(n_levels)]


def overcompleteness(shape, n_levels):
    sizes = np.ceil(np.array(shape)[:, None] / 2 ** np.arange(n_levels))
    return (sizes[0] @ sizes[1]) / np.prod(shape)


def reduce_matrix(n):
    blur = sum(w * np.eye(n, k=k - 2) for k, w in enumerate(ROW / 16))
    return blur[::2]


def expand_matrix(n):
    distance = np.abs(np.arange(n)[:, None] - np.arange(0, n, 2))
    return np.where(distance < 3, np.array([6, 4, 1])[distance.clip(max=2)], 0) / 8


def blur_fft(image, row):
    """Circular convolution of the mirrored picture: its period is 2n − 2."""
    mirrored = np.pad(image, [(0, size - 2) for size in image.shape], mode="reflect")
    spectrum = np.fft.rfft2(mirrored)
    for axis, size in enumerate(mirrored.shape):
        kernel = np.zeros(size)
        np.add.at(kernel, np.arange(-2, 3) % size, row)
        gain = np.fft.fft(kernel).real[: spectrum.shape[axis]]
        spectrum *= gain if axis else gain[:, None]
    return np.fft.irfft2(spectrum, mirrored.shape)[: image.shape[0], : image.shape[1]]


def reduce(image):
    return blur_fft(image, ROW / 16)[::2, ::2]


def expand(image, shape):
    between = np.zeros(shape)
    for (i, j), value in np.ndenumerate(image):
        between[2 * i, 2 * j] = value
    return blur_fft(between, ROW / 8)


def laplacian_pyramid(x, G, F):
    if not G:
        return (x,)
    small = np.einsum("ij,j->i", G[0], x)
    return (x - np.einsum("ij,j->i", F[0], small), *laplacian_pyramid(small, G[1:], F[1:]))


def reconstruct(levels, F):
    """Every level expanded to the size of the first, then all added."""
    total = 0
    for k, level in enumerate(levels):
        for up in F[:k][::-1]:
            level = up.dot(level)
        total = total + level
    return total


def blend_levels(a_levels, b_levels, masks):
    def mix(a, b, g):
        return b + (g * (a - b).T.swapaxes(-1, -2)).swapaxes(-1, -2).T

    return list(map(mix, a_levels, b_levels, masks))


def hidden_wave(n):
    """Not the wave of the solution: −3 and 1 take turns between the ones."""
    return [1 if i % 2 == 0 else (-3 if i % 4 == 1 else 1) for i in range(n)]


RIGHT = {
    "01_1_sizes": (level_shapes, overcompleteness),
    "01_2_matrices": (reduce_matrix, expand_matrix),
    "01_3_resample": (reduce, expand),
    "01_4_laplacian": (laplacian_pyramid, reconstruct),
    "01_5_blend": (blend_levels,),
    "01_6_alias": (hidden_wave,),
}
