"""Layers of networks that others have trained: weights are buffers, and only dL/dx is computed.

What the weights would have to learn is not asked for, and leaving it out halves the work of an
image that is optimised. They hold `weight` and `bias` with normalisation already folded in.
Arrays are (n, c, h, w) as everywhere; in memory the channels of a pixel lie side by side, which
is what 1×1 and depthwise convolutions read at once.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from coursekit.nn import Module, Sequential
from coursekit.nn.expect import expect
from coursekit.nn.windows import output_size


class Scale(Module):
    """y = (x − mean) / deviation, the numbers that a network saw while it was trained."""

    def __init__(self, mean, deviation):
        super().__init__()
        self.mean, self.deviation = mean, deviation

    def forward(self, x):
        return (x - np.asarray(self.mean, x.dtype)) / np.asarray(self.deviation, x.dtype)

    def backward(self, dy):
        return dy / np.asarray(self.deviation, dy.dtype)


class SamePad(Module):
    """Pad so that y has ⌈size / stride⌉ places, the odd row and column at the end.

    x (n, c, h, w) -> y (n, c, h + …, w + …). This is TensorFlow's padding="same"; before a pooling
    layer fill is −∞, so that what is padded never wins.
    """

    def __init__(self, kernel_size, stride=1, fill=0.0):
        super().__init__()
        self.kernel_size, self.stride, self.fill = kernel_size, stride, fill

    def widths(self, size):
        """Pixels to add before and after a side of this size."""
        total = max((-(-size // self.stride) - 1) * self.stride + self.kernel_size - size, 0)
        return total // 2, total - total // 2

    def forward(self, x):
        self.shape = x.shape
        widths = [self.widths(size) for size in x.shape[2:]]
        x = channels_last(x)  # (n, h, w, c)
        return channels_second(np.pad(x, [(0, 0), *widths, (0, 0)], constant_values=self.fill))

    def backward(self, dy):
        (top, _), (left, _) = (self.widths(size) for size in self.shape[2:])
        return dy[:, :, top : top + self.shape[2], left : left + self.shape[3]]

    def output_shape(self, shape):
        return (*shape[:2], *(size + sum(self.widths(size)) for size in shape[2:]))


class Pointwise(Module):
    """A 1×1 convolution: every pixel's channels times one matrix.

    Shapes: x (n, c, h, w), weight (out, c), bias (out,), y (n, out, h, w).
    """

    def __init__(self, weight, bias):
        super().__init__()
        self.buffers = {"weight": weight, "bias": bias}

    def forward(self, x):
        weight = self.buffers["weight"].astype(x.dtype, copy=False)
        expect("Pointwise", x, ("n", weight.shape[1], "h", "w"))
        y = each_pixel(x, weight.T)
        y += self.buffers["bias"].astype(x.dtype, copy=False)[:, None, None]
        return y

    def backward(self, dy):
        return each_pixel(dy, self.buffers["weight"].astype(dy.dtype, copy=False))

    def output_shape(self, shape):
        return (shape[0], len(self.buffers["bias"]), *shape[2:])


class Depthwise(Module):
    """One filter for each channel, which sees no other channel.

    Shapes: x (n, c, h, w), weight (k, k, c), bias (c,), y (n, c, oh, ow); no padding. einsum adds
    up the k² products place by place, over all channels at once, which lie side by side.
    """

    def __init__(self, weight, bias, stride):
        super().__init__()
        self.buffers = {"weight": weight, "bias": bias}
        self.stride = stride

    def forward(self, x):
        weight = self.buffers["weight"].astype(x.dtype, copy=False)
        self.shape = expect("Depthwise", x, ("n", weight.shape[2], "h", "w")).shape
        y = correlate_each(channels_last(x), weight, self.stride)
        y += self.buffers["bias"].astype(x.dtype, copy=False)
        return channels_second(y)

    def backward(self, dy):
        """dy, its places `stride` apart, correlated with the filters turned by 180°."""
        weight = self.buffers["weight"].astype(dy.dtype, copy=False)
        n, c, h, w = self.shape
        grow, stride = len(weight) - 1, self.stride
        apart = np.zeros((n, h + grow, w + grow, c), dy.dtype)
        bottom, right = (grow + (places - 1) * stride + 1 for places in dy.shape[2:])
        apart[:, grow:bottom:stride, grow:right:stride] = channels_last(dy)
        return channels_second(correlate_each(apart, weight[::-1, ::-1], 1))

    def output_shape(self, shape):
        kernel, stride = self.buffers["weight"].shape[:2], (self.stride, self.stride)
        return (*shape[:2], *output_size("Depthwise", shape[2:], kernel, stride, (0, 0)))


def each_pixel(x, matrix):
    """x (n, c, h, w), the channels of every pixel times matrix (c, out): (n, out, h, w)."""
    n, c, h, w = x.shape
    rows = channels_last(x).reshape(-1, c) @ matrix  # (n·h·w, c) (c, out): one large product
    return channels_second(rows.reshape(n, h, w, -1))


def correlate_each(x, weight, stride):
    """x (n, h, w, c), every channel with its own filter of weight (k, k, c): (n, oh, ow, c)."""
    seen = sliding_window_view(x, weight.shape[:2], axis=(1, 2))  # (n, h', w', c, k, k)
    return np.einsum("nhwcij,ijc->nhwc", seen[:, ::stride, ::stride], weight)


def channels_last(x):
    """(n, c, h, w) -> (n, h, w, c) in that order in memory; copies only when it is not so yet."""
    return np.ascontiguousarray(x.transpose(0, 2, 3, 1))


def channels_second(y):
    """(n, h, w, c) -> (n, c, h, w), the same memory."""
    return y.transpose(0, 3, 1, 2)


class ReLU6(Module):
    """y = min(max(0, x), 6), slope 1 in between: a ReLU for numbers of few bits."""

    def forward(self, x):
        self.y = np.minimum(np.maximum(x, 0), 6)
        return self.y

    def backward(self, dy):
        return dy * ((self.y > 0) & (self.y < 6))


class Residual(Sequential):
    """y = x + layers(x) (He, Zhang, Ren and Sun, 2016)."""

    def forward(self, x):
        return x + super().forward(x)

    def backward(self, dy):
        return dy + super().backward(dy)


class GlobalAverage(Module):
    """The mean of each channel over its places: x (n, c, h, w) -> y (n, c)."""

    def forward(self, x):
        self.shape = x.shape
        return x.mean(axis=(2, 3))

    def backward(self, dy):
        share = dy / (self.shape[2] * self.shape[3])
        return np.broadcast_to(share[:, :, None, None], self.shape)

    def output_shape(self, shape):
        return shape[:2]
