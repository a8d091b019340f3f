"""Checks of 07_convolutional_networks, tasks 1 to 4: counts, convolution, im2col, its products.

Batches are x (n, c, h, w), weights (out, c, kh, kw), columns (n, c·kh·kw, oh·ow). Layers correlate.
"""

import math

import numpy as np

from coursekit import nn
from coursekit.checks import task


@task("07_1_counts", points=3)
def counts_task(weight_counts, table_parameters, receptive_field, t):
    with t.part("dense, local, shared", points=1):
        check_weight_counts(t, weight_counts, (200, 200), (10, 10), 40_000, 100)  # deck 001
        shape, kernel, units = t.rng.integers(20, 40, 2), t.sizes(2), t.rng.integers(50, 90)
        check_weight_counts(t, weight_counts, shape.tolist(), kernel, int(units), t.sizes(1)[0])

    with t.part("a layer with a table", points=1):
        kernel, maps = t.sizes(2), 8
        table = [tuple(range(int(t.rng.integers(1, maps)))) for _ in range(12)] + [tuple(range(8))]
        area, links = math.prod(kernel), sum(map(len, table))
        slips = {
            "forgotten biases: one for each output map": area * links,
            "a bias for each connection; there is one for each output map": (area + 1) * links,
            "every output map joined to every input map": (area * maps + 1) * len(table),
            "the biases alone and one number a connection: each has kh·kw": links + len(table),
        }
        right = area * links + len(table)
        t.close(table_parameters(table, kernel), right, "the count", slips)

    with t.part("receptive field", points=1):
        layers = [
            (int(k), int(s)) for k, s in zip(t.sizes(5), t.rng.integers(2, 4, 5), strict=True)
        ]
        strides = np.cumprod([1, *(s for _, s in layers)])
        grow = np.array([k - 1 for k, _ in layers])
        slips = {
            "ignoring the strides": 1 + grow.sum(),
            "an off-by-one: a single pixel sees 1": grow @ strides[:-1],
            "a layer's own stride: only the strides below it spread its pixels": 1
            + grow @ strides[1:],
            "the layers in the wrong order: the first is the one at the picture": field(layers),
        }
        t.close(receptive_field(layers), 1 + grow @ strides[:-1], "the size", slips)


@task("07_2_conv", points=5)
def conv_task(correlate2d, convolve2d, conv2d, t):
    with t.part("correlate2d", points=1):
        image, kernel, right, turned = draw_filter(t)
        slips = filter_slips(image, kernel) | {"convolution: the kernel is not turned here": turned}
        t.close(correlate2d(image, kernel), right, slips=slips)

    with t.part("convolve2d", points=1):
        image, kernel, turned, right = draw_filter(t)
        slips = filter_slips(image, kernel[::-1, ::-1]) | {
            "correlation: a convolution turns the kernel by 180°": turned,
            "turning the rows only; columns too": correlate(image, kernel[::-1]),
            "turning the columns only; rows too": correlate(image, kernel[:, ::-1]),
        }
        t.close(convolve2d(image, kernel), right, slips=slips)

    for name, settings in {
        "conv2d: channels, filters and bias": [(1, 0)],
        "conv2d: stride": [(2, 0), (3, 0)],
        "conv2d: padding, with every stride": [(1, 1), (2, 3)],
    }.items():
        with t.part(name, points=1):
            for stride, padding in settings:
                x, weight, bias = draw_layer(t)
                right = conv(x, weight, bias, stride, padding)
                slips = layer_slips(x, weight, bias, stride, padding)
                t.close(conv2d(x, weight, bias, stride, padding), right, "y", slips)


@task("07_3_im2col", points=4)
def im2col_task(im2col, t):
    for name, n_c in {
        "a single picture, one channel": (1, 1),
        "several channels": (1, None),
        "several pictures": (None, None),
    }.items():
        with t.part(name, points=1):
            x, kernel = draw_windows(t, *n_c)
            t.close(im2col(x, kernel), nn.im2col(x, kernel), "the matrix", im2col_slips(x, kernel))

    with t.part("weights times columns is a convolution", points=1):
        x, weight, _ = draw_layer(t)
        columns = t.shape(im2col(x, weight.shape[2:]), nn.im2col(x, weight.shape[2:]).shape)
        y = weight.reshape(len(weight), -1) @ columns
        right = conv(x, weight).reshape(y.shape)
        slips = {"filters turned over": conv(x, weight[:, :, ::-1, ::-1]).reshape(y.shape)}
        t.close(y, right, "weights times columns", slips)


@task("07_4_matrices", points=6)
def matrices_task(col2im, conv_forward, conv_backward, t):
    with t.part("col2im is the adjoint of im2col", points=1):
        x, kernel = draw_windows(t)
        t.adjoint(lambda v: nn.im2col(v, kernel), lambda c: col2im(c, x.shape, kernel), x)

    with t.part("col2im adds", points=1):
        x, kernel = draw_windows(t)
        columns = t.normal(*nn.im2col(x, kernel).shape)
        right = nn.col2im(columns, x.shape, kernel)
        counts = nn.col2im(np.ones(columns.shape), x.shape, kernel)
        slips = {
            "overwriting: the entries of one pixel are added": last_entries(columns, x, kernel),
            "the mean of a pixel's entries: that undoes im2col, and is not its adjoint": right
            / counts,
            "height and width swapped": right.swapaxes(2, 3),
        }
        t.close(col2im(columns, x.shape, kernel), right, "the picture", slips)

    with t.part("conv_forward", points=1):
        columns, weight, bias, _ = draw_product(t)
        y = weight @ columns
        slips = {
            "a forgotten bias": y,
            "the bias taken away": y - bias[:, None],
            "the bias in every sum's term; it is added once": y + len(columns[0]) * bias[:, None],
        }
        t.close(conv_forward(columns, weight, bias), y + bias[:, None], "y", slips)

    with t.part("the slope of the columns", points=1):
        columns, weight, bias, dy = draw_product(t)
        got = t.unpack(conv_backward(columns, weight, dy), "dcolumns", "dweight", "dbias")[0]
        right = weight.T @ dy
        slips = {"the transpose": right.swapaxes(1, 2), "a swapped sign": -right}
        t.close(got, right, "dcolumns", slips)

    with t.part("the slope of the weights", points=1):
        columns, weight, bias, dy = draw_product(t)
        got = t.unpack(conv_backward(columns, weight, dy), "dcolumns", "dweight", "dbias")[1]
        each = dy @ columns.swapaxes(1, 2)  # (n, out, rows)
        t.gradient(
            lambda v: np.vdot(dy, v @ columns), got, weight, "dweight", sum_slips(each, dy[0, 0])
        )

    with t.part("the slope of the bias", points=1):
        columns, weight, bias, dy = draw_product(t)
        got = t.unpack(conv_backward(columns, weight, dy), "dcolumns", "dweight", "dbias")[2]
        slips = sum_slips(dy.sum(axis=2), dy[0, 0]) | {
            "a sum over the pictures only; every place has the same bias": dy.sum(axis=0)
        }
        t.gradient(lambda b: np.vdot(dy, weight @ columns + b[:, None]), got, bias, "dbias", slips)


def check_weight_counts(t, weight_counts, shape, kernel, n_units, n_filters):
    (h, w), (kh, kw) = shape, kernel
    got = t.shape(weight_counts(h * w, kh * kw, n_units, n_filters), (3,), "the list of counts")
    every = {"adding biases; weights alone are wanted": 1}
    t.close(got[0], h * w * n_units, "dense", slips_of(every, h * w, n_units))
    slips = slips_of(every, kh * kw, n_units)
    slips["one filter: not shared, each unit has its own"] = kh * kw
    t.close(got[1], kh * kw * n_units, "local", slips)
    slips = slips_of(every, kh * kw, n_filters)
    slips["one for each unit; that is what sharing saves"] = kh * kw * n_units
    t.close(got[2], kh * kw * n_filters, "shared", slips)


def slips_of(words, inputs, outputs):
    """{words: inputs + extra for each of the outputs}."""
    return {text: (inputs + extra) * outputs for text, extra in words.items()}


def field(layers):
    """The receptive field of layers that are listed from the top to the picture."""
    size = 1
    for kernel, stride in layers:
        size = (size - 1) * stride + kernel
    return size


def conv(x, weight, bias=0.0, stride=1, padding=0):
    """The layer: (n, out, oh, ow)."""
    columns = nn.im2col(x, weight.shape[2:], stride, padding)
    y = weight.reshape(len(weight), -1) @ columns + np.reshape(bias, (-1, 1))
    rows = (x.shape[2] + 2 * padding - weight.shape[2]) // stride + 1
    return y.reshape(*y.shape[:2], rows, -1)


def correlate(image, kernel):
    return conv(image[None, None], kernel[None, None])[0, 0]


def draw_filter(t):
    """Picture, kernel, their correlation and their convolution, where the kernel fits."""
    kh, kw, h, w = t.sizes(4)
    image, kernel = t.normal(h + kh, w + kw), t.normal(kh, kw)
    return image, kernel, correlate(image, kernel), correlate(image, kernel[::-1, ::-1])


def filter_slips(image, kernel):
    """Mistakes of size and of axes; the kernel is the one that is laid on the picture."""
    (kh, kw), right = kernel.shape, correlate(image, kernel)
    padded = np.pad(image, [(kh // 2, (kh - 1) // 2), (kw // 2, (kw - 1) // 2)])
    return {
        "height and width swapped": right.T,
        "an off-by-one: the last row and column are missing": right[:-1, :-1],
        "zeros around the picture; here the kernel stays inside": correlate(padded, kernel),
        "a mean over the kernel; it is a sum": right / kernel.size,
    }


def draw_windows(t, n=None, c=None):
    """x (n, c, h, w) and a kernel size (kh, kw), which fits; the sizes differ."""
    kh, kw, *rest = t.sizes(4)
    free = [size for size in range(3, 8) if size not in {kh, kw}]  # or the matrix is symmetric
    oh, ow = map(int, t.rng.choice(free, 2, replace=False))
    return t.normal(n or rest[0], c or rest[1], oh + kh - 1, ow + kw - 1), (kh, kw)


def draw_layer(t):
    """x (n, c, h, w), weight (out, c, kh, kw), bias (out,), with sizes that differ."""
    n, c, out, kh, kw = t.sizes(5)
    x = t.normal(n, c, kh + 5, kw + 8 - 2 * (kh == kw + 3))
    return x, t.normal(out, c, kh, kw), t.normal(out) + 2


def layer_slips(x, weight, bias, stride, padding):
    right = conv(x, weight, bias, stride, padding)
    b, p = bias[:, None, None], padding
    wide = np.pad(x, [(0, 0), (0, 0), (p, p), (p, p)], mode="edge")
    slips = {
        "a forgotten bias": right - b,
        "the bias added once for each channel": right + (x.shape[1] - 1) * b,
        "a mean over the channels; they are added": (right - b) / x.shape[1] + b,
        "the first channel alone; all are added": conv(
            x[:, :1], weight[:, :1], bias, stride, padding
        ),
        "convolution: a layer does not turn its filters": conv(
            x, weight[:, :, ::-1, ::-1], bias, stride, padding
        ),
        "height and width swapped": right.swapaxes(2, 3),
    }
    if stride > 1:
        slips["forgetting the stride"] = conv(x, weight, bias, 1, padding)
    if padding:
        slips["forgetting the padding"] = conv(x, weight, bias, stride, 0)
        slips["the last pixels repeated; outside are zeros"] = conv(wide, weight, bias, stride)
    return slips


def im2col_slips(x, kernel):
    right = nn.im2col(x, kernel)
    n, c, _, ow = x.shape[:2] + conv(x, np.ones((1, x.shape[1], *kernel))).shape[2:]
    seen = right.reshape(n, c, *kernel, -1, ow)  # (n, c, kh, kw, oh, ow)
    return {
        "the transpose: a window is a column": right.swapaxes(1, 2),
        "rows ordered ky, kx, channel": seen.transpose(0, 2, 3, 1, 4, 5).reshape(right.shape),
        "rows ordered channel, kx, ky": seen.swapaxes(2, 3).reshape(right.shape),
        "places counted down the columns; count them along the rows": seen.swapaxes(4, 5).reshape(
            right.shape
        ),
        "windows that do not overlap": nn.im2col(x, kernel, kernel),
        "an off-by-one: the last places are missing": nn.im2col(x[:, :, :-1, :-1], kernel),
        "windows turned over": right.reshape(n, c, -1, right.shape[2])[:, :, ::-1].reshape(
            right.shape
        ),
        "columns without the axis of the pictures": right[0],
    }


def last_entries(columns, x, kernel):
    """What is left of col2im when later entries overwrite earlier ones, offset by offset."""
    out = np.zeros(x.shape)
    n, c, h, w = x.shape
    oh, ow = h - kernel[0] + 1, w - kernel[1] + 1
    for entries, (ky, kx) in zip(
        columns.reshape(n, c, -1, oh, ow).swapaxes(0, 2), np.ndindex(*kernel), strict=True
    ):
        out[:, :, ky : ky + oh, kx : kx + ow] = entries.swapaxes(0, 1)
    return out


def draw_product(t):
    """columns (n, rows, places), weight (out, rows), bias (out,), dy (n, out, places)."""
    n, rows, places, out = t.sizes(4)
    shapes = (n, rows, places), (out, rows), (out,), (n, out, places)
    return [t.normal(*shape) for shape in shapes]


def sum_slips(each, places):
    """Mistakes of adding up over the pictures; each: the slope of every picture (n, …)."""
    return {
        "a mean over the pictures; their slopes are added": each.mean(axis=0),
        "a mean over the places; their slopes are added": each.sum(axis=0) / len(places),
        "the first picture alone": each[0],
        "one slope for each picture; they are added": each,
        "the transpose: a slope has the shape of its weight": each.sum(axis=0).T,
    }
