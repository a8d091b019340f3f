"""Convolutional layers: columns of windows, times a matrix of filters (deck 004, "Im2col")."""

import math

import numpy as np

from coursekit.nn.expect import expect, expect_count
from coursekit.nn.init import fan_in_uniform
from coursekit.nn.module import Module
from coursekit.nn.tiles import (
    Tiles,
    correlate_windows,
    filter_and_correlate_windows,
    filter_windows,
    lay_apart,
    lay_beside,
    side_by_side,
    spread_windows,
)
from coursekit.nn.windows import (
    AXES,
    PADDING_MODES,
    output_size,
    pad,
    per_axis,
    unpad,
    windows,
)


class Convolution(Module):
    """What Conv1d and Conv2d share: everything but the number of spatial axes, `dims`.

    y = weight · im2col(x), one matrix product per group of channels. The columns of a whole batch
    would fill kh·kw times the memory of x, so they are made tile by tile and thrown away.
    """

    dims: int

    def __init__(
        self,
        in_channels,
        out_channels,
        kernel_size,
        stride=1,
        padding=0,
        *,
        groups=1,
        bias=True,
        padding_mode="zeros",
        rng,
        dtype=np.float64,
    ):
        super().__init__()
        owner = self.owner = type(self).__name__
        self.in_channels = expect_count(owner, "in_channels", in_channels)
        self.out_channels = expect_count(owner, "out_channels", out_channels)
        self.kernel_size = per_axis(owner, "kernel_size", kernel_size, self.dims)
        self.stride = per_axis(owner, "stride", stride, self.dims)
        self.padding = per_axis(owner, "padding", padding, self.dims, least=0)
        self.groups = expect_count(owner, "groups", groups)
        self.padding_mode = padding_mode
        self.check_settings()
        shape = (out_channels, in_channels // groups, *self.kernel_size)
        fan_in = math.prod(shape[1:])
        self.params["weight"] = fan_in_uniform(owner, shape, fan_in, rng=rng, dtype=dtype)
        if bias:
            shape = (out_channels,)
            self.params["bias"] = fan_in_uniform(owner, shape, fan_in, rng=rng, dtype=dtype)

    def check_settings(self):
        """Raise ValueError when groups do not divide the channels or a padding mode is unknown."""
        channels = self.in_channels, self.out_channels
        if any(c % self.groups for c in channels):
            raise ValueError(
                f"{self.owner} expects groups to divide both channels; "
                f"got {self.groups} groups for {channels[0]} -> {channels[1]} channels"
            )
        if self.padding_mode not in PADDING_MODES:
            raise ValueError(
                f"{self.owner} expects padding_mode as one of {', '.join(PADDING_MODES)}; "
                f"got {self.padding_mode!r}"
            )

    def output_shape(self, shape):
        size = output_size(self.owner, shape[2:], self.kernel_size, self.stride, self.padding)
        return (shape[0], self.out_channels, *size)

    def forward(self, x):
        self.x = expect(self.owner, x, ("n", self.in_channels, *AXES[self.dims]))
        self.y_shape = n, out, *size = self.output_shape(x.shape)
        self.beside = side_by_side(n, size[-1])
        self.padded = lay_beside(pad(x, self.padding, self.padding_mode), self.beside)
        y = np.empty((len(self.padded), out, *size, self.beside), x.dtype)
        bias = self.params.get("bias", np.zeros(out)).astype(x.dtype)
        weight = self.grouped_weight(x.dtype)
        filter_windows(weight, self.tiles(self.padded), y, bias.reshape(self.groups, -1, 1))
        return lay_apart(y)

    def backward(self, dy):
        """dy (n, out_channels, oh, ow) -> dx (n, in_channels, h, w)."""
        expect(self.owner, dy, self.y_shape, "dy")
        if set(self.stride) == {1} and self.out_channels <= 2 * self.in_channels:
            return self.backward_turned(dy)
        self.backward_params(dy)
        return self.backward_input(dy)

    def backward_params(self, dy):
        """Columns of x, times dyᵀ (deck 004, "calculate our weight updates")."""
        expect(self.owner, dy, self.y_shape, "dy")
        self.bias_slope(dy)
        tiles = self.tiles(self.padded)
        slope = correlate_windows(tiles, lay_beside(dy, self.beside))  # (groups, c·kh·kw, out)
        self.grads["weight"] = slope.swapaxes(1, 2).reshape(self.params["weight"].shape)

    def backward_input(self, dy):
        """dx = col2im(weightᵀ · dy), for every stride (deck 004, "the reverse of im2col")."""
        dx = np.zeros_like(self.padded)
        tiles = self.tiles(dx, writeable=True)
        spread_windows(self.grouped_weight(dy.dtype), tiles, lay_beside(dy, self.beside))
        return unpad(lay_apart(dx), self.padding, self.padding_mode)

    def backward_turned(self, dy):
        """All slopes at once, for stride 1: the columns are those of dy.

        dx is dy, padded by k − 1 and correlated with the filters turned by 180°. Nothing is added
        up in memory, so this is faster unless dy has many more channels than x.
        """
        self.bias_slope(dy)
        padded_dy = lay_beside(pad(dy, [k - 1 for k in self.kernel_size]), self.beside)
        seen = windows(padded_dy, self.kernel_size, self.stride)  # places: the pixels of padded x
        x = self.padded
        if self.padding_mode == "zeros":  # nobody asks for the slope of the zeros
            x = lay_beside(self.x, self.beside)
            inside = (slice(p, p + s) for p, s in zip(self.padding, self.x.shape[2:], strict=True))
            seen = seen[(slice(None),) * (2 + self.dims) + tuple(inside)]
        dx = np.empty(x.shape, dy.dtype)
        tiles = Tiles(seen, self.kernel_size, self.groups, self.in_channels)
        slope = filter_and_correlate_windows(self.turned_weight(dy.dtype), tiles, dx, x)
        self.grads["weight"] = self.turned_back(slope)
        dx = lay_apart(dx)
        return dx if self.padding_mode == "zeros" else unpad(dx, self.padding, self.padding_mode)

    def bias_slope(self, dy):
        if "bias" in self.params:
            rows = dy.reshape(*dy.shape[:2], -1)  # (n, out, oh·ow)
            ones = np.ones(rows.shape[2], dy.dtype)  # a product with ones is the fastest sum
            self.grads["bias"] = (rows @ ones).sum(axis=0)

    def tiles(self, picture, writeable=False):
        seen = windows(picture, self.kernel_size, self.stride, writeable)
        return Tiles(seen, self.kernel_size, self.groups, self.out_channels)

    def grouped_weight(self, dtype):
        """(groups, out/groups, c/groups·kh·kw)."""
        weight = self.param("weight", dtype)
        return weight.reshape(self.groups, self.out_channels // self.groups, -1)

    def turned_weight(self, dtype):
        """Turned by 180°, inputs and outputs exchanged: (groups, c/groups, out/groups·kh·kw)."""
        weight = self.param("weight", dtype)  # (out, c/groups, kh, kw)
        weight = np.flip(weight, axis=tuple(range(2, weight.ndim)))
        weight = weight.reshape(self.groups, -1, *weight.shape[1:]).swapaxes(1, 2)
        return weight.reshape(*weight.shape[:2], -1)

    def turned_back(self, slope):
        """(groups, out/groups·kh·kw, c/groups) -> the layout of weight, (out, c/groups, kh, kw)."""
        slope = slope.reshape(self.out_channels, *self.kernel_size, -1)
        slope = np.flip(slope, axis=tuple(range(1, 1 + self.dims)))
        return np.ascontiguousarray(np.moveaxis(slope, -1, 1))


class Conv1d(Convolution):
    """Slide filters along signals: x (n, c, l) -> y (n, out, (l + 2 padding − k) // stride + 1).

    Parameters: weight (out, c/groups, k), bias (out,). See Conv2d.
    """

    dims = 1


class Conv2d(Convolution):
    """Slide filters over pictures: x (n, c, h, w) -> y (n, out, oh, ow).

    y[i, o] = bias[o] + Σ_c x[i, c] ⋆ weight[o, c], a correlation: filters are not turned over.
    oh = (h + 2 padding − kh) // stride + 1. Parameters: weight (out, c/groups, kh, kw), bias
    (out,). kernel_size, stride and padding are a number or one for each axis. groups cuts the
    channels into groups that do not see each other (groups = channels is depthwise).
    padding_mode: zeros, reflect, replicate or circular. No dilation.

    Raises ValueError when the kernel is larger than the padded input, and for other bad sizes.
    Source: LeCun et al., "Gradient-based learning applied to document recognition", 1998;
    deck 001, line 1257; deck 004, "Implement using matrices".
    """

    dims = 2
