"""Right answers of 07_convolutional_networks, each written in another way than in the solution."""

import numpy as np

MODES = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}


def weight_counts(pixels, window, n_units, n_filters):
    return np.array([pixels, window, window]) * [n_units, n_units, n_filters]


def table_parameters(table, kernel_size):
    return sum(np.prod(kernel_size) * len(maps) + 1 for maps in table)


def receptive_field(layers):
    """From the picture up: how far two neighbouring units lie apart, and what one of them sees."""
    size, apart = 1, 1
    for kernel, stride in layers:
        size += (kernel - 1) * apart
        apart *= stride
    return size


def correlate2d(image, kernel):
    """With the Fourier transform: a product with the conjugate spectrum correlates."""
    spectrum = np.fft.rfft2(image) * np.conj(np.fft.rfft2(kernel, image.shape))
    (h, w), (kh, kw) = image.shape, kernel.shape
    return np.fft.irfft2(spectrum, image.shape)[: h - kh + 1, : w - kw + 1]


def convolve2d(image, kernel):
    """Every row of the kernel runs along every row of the picture; one number at a time."""
    (h, w), (kh, kw) = image.shape, kernel.shape
    out = np.zeros((h - kh + 1, w - kw + 1))
    for i, j in np.ndindex(out.shape):
        for a in range(kh):
            out[i, j] += np.convolve(image[i + a, j : j + kw], kernel[kh - 1 - a], "valid")[0]
    return out


def conv2d(x, weight, bias, stride, padding):
    """One picture, one filter, one place at a time."""
    (n, c, h, w), (kh, kw) = x.shape, weight.shape[2:]
    padded = np.zeros((n, c, h + 2 * padding, w + 2 * padding))
    padded[:, :, padding : padding + h, padding : padding + w] = x
    rows = range(0, padded.shape[2] - kh + 1, stride)
    columns = range(0, padded.shape[3] - kw + 1, stride)
    y = np.empty((n, len(weight), len(rows), len(columns)))
    for each, o, i, j in np.ndindex(y.shape):
        window = padded[each, :, rows[i] : rows[i] + kh, columns[j] : columns[j] + kw]
        y[each, o, i, j] = np.vdot(window, weight[o]) + bias[o]
    return y


def im2col(x, kernel_size):
    """Column by column."""
    kh, kw = kernel_size
    places = np.ndindex(x.shape[2] - kh + 1, x.shape[3] - kw + 1)
    windows = [x[:, :, i : i + kh, j : j + kw].reshape(len(x), -1) for i, j in places]
    return np.stack(windows, axis=-1)


def col2im(columns, shape, kernel_size):
    """Window by window."""
    (n, c, _, w), (kh, kw) = shape, kernel_size
    dx = np.zeros(shape)
    for place in range(columns.shape[2]):
        i, j = divmod(place, w - kw + 1)
        dx[:, :, i : i + kh, j : j + kw] += columns[:, :, place].reshape(n, c, kh, kw)
    return dx


def conv_forward(columns, weight, bias):
    """The bias as a weight of a row of ones."""
    ones = np.ones((len(columns), 1, columns.shape[2]))
    return np.c_[weight, bias] @ np.concatenate([columns, ones], axis=1)


def conv_backward(columns, weight, dy):
    dcolumns = np.einsum("or,nop->nrp", weight, dy)
    dweight, dbias = 0, 0
    for each, slope in zip(columns, dy, strict=True):
        dweight = dweight + slope @ each.T
        dbias = dbias + slope @ np.ones(slope.shape[1])
    return [dcolumns, dweight, dbias]


def source(i, length, mode):
    """The sample that stands at place i, inside or outside; None for a zero."""
    if 0 <= i < length:
        return i
    if mode == "zeros":
        return None
    if mode == "replicate":
        return min(max(i, 0), length - 1)
    return i % length if mode == "circular" else abs(i) if i < 0 else 2 * length - 2 - i


def conv1d_forward(x, w, mode):
    y = [0.0] * len(x)
    for i, m in np.ndindex(len(x), len(w)):
        place = source(i + m - len(w) // 2, len(x), mode)
        y[i] += 0 if place is None else float(w[m] * x[place])
    return y


def conv1d_backward(x, w, dy, mode):
    dx, dw = np.zeros(len(x)), np.zeros(len(w))
    for i, m in np.ndindex(len(x), len(w)):
        place = source(i + m - len(w) // 2, len(x), mode)
        if place is not None:
            dx[place] += dy[i] * w[m]
            dw[m] += dy[i] * x[place]
    return dx, dw


def max_pool(x, size, stride):
    """The largest of kh·kw shifted pictures."""
    oh, ow = ((s - k) // t + 1 for s, k, t in zip(x.shape[2:], size, stride, strict=True))
    shifted = [
        x[:, :, a : a + stride[0] * oh : stride[0], b : b + stride[1] * ow : stride[1]][
            :, :, :oh, :ow
        ]
        for a, b in np.ndindex(*size)
    ]
    return np.maximum.reduce(shifted)


def max_pool_backward(x, dy, size, stride):
    """Offset by offset: a pixel that equals the largest, where nobody has taken the slope yet."""
    y, free, dx = max_pool(x, size, stride), np.ones(dy.shape, bool), np.zeros_like(x)
    rows, columns = np.ogrid[: dy.shape[2], : dy.shape[3]]
    for a, b in np.ndindex(*size):
        place = (slice(None), slice(None), rows * stride[0] + a, columns * stride[1] + b)
        wins = free & (x[place] == y)
        dx[place] += wins * dy
        free &= ~wins
    return dx


def fragile(n):
    """The signal of the solution, two samples later."""
    return [[1.0, 0.0, 0.0, 1.0][i % 4] for i in range(n)]


RIGHT = {
    "07_1_counts": (weight_counts, table_parameters, receptive_field),
    "07_2_conv": (correlate2d, convolve2d, conv2d),
    "07_3_im2col": (im2col,),
    "07_4_matrices": (col2im, conv_forward, conv_backward),
    "07_5_conv1d": (conv1d_forward, conv1d_backward),
    "07_6_pool": (max_pool, max_pool_backward),
    "07_7_fragile": (fragile,),
}
