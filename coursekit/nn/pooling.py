"""Pooling: one number for each window of a channel (decks 001 and 004, "Pooling layer")."""

import math

import numpy as np

from coursekit.nn.expect import expect, expect_count, expect_floats, expect_number
from coursekit.nn.module import Module
from coursekit.nn.windows import AXES, output_size, pad, per_axis, unpad, windows


class Pooling(Module):
    """What the pooling layers share: windows forward, and slopes sent back to their pixels.

    The stride is the kernel size unless given, as in torch.nn. A pooling layer has no weights
    (deck 002 draws a weight box for it, a slip).
    """

    dims: int

    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        owner = self.owner = type(self).__name__
        self.kernel_size = per_axis(owner, "kernel_size", kernel_size, self.dims)
        self.stride = self.kernel_size
        if stride is not None:
            self.stride = per_axis(owner, "stride", stride, self.dims)
        self.padding = per_axis(owner, "padding", padding, self.dims, least=0)
        if any(2 * p > k for p, k in zip(self.padding, self.kernel_size, strict=True)):
            raise ValueError(
                f"{owner} expects padding of at most half the kernel {self.kernel_size}; "
                f"got {self.padding}"
            )

    def output_shape(self, shape):
        size = output_size(self.owner, shape[2:], self.kernel_size, self.stride, self.padding)
        return (*shape[:2], *size)

    def offsets(self):
        """Index of each kernel offset in windows (n, c, kh, kw, oh, ow), row by row."""
        return [(slice(None), slice(None), *offset) for offset in np.ndindex(self.kernel_size)]

    def windows(self, x, fill=0.0):
        """x (n, c, h, w) -> view (n, c, kh, kw, oh, ow) of the padded x."""
        expect(self.owner, x, ("n", "c", *AXES[self.dims]))
        self.output_shape(x.shape)  # raises when the kernel does not fit
        self.padded = pad(x, self.padding, fill=fill)
        return windows(self.padded, self.kernel_size, self.stride)

    def send_back(self, slopes):
        """Add slopes, one (n, c, oh, ow) for each offset, to the pixels they belong to: dx."""
        dx = np.zeros_like(self.padded)
        seen = windows(dx, self.kernel_size, self.stride, writeable=True)
        overlap = any(t < k for t, k in zip(self.stride, self.kernel_size, strict=True))
        for offset, slope in zip(self.offsets(), slopes, strict=True):
            if overlap:
                seen[offset] += slope
            else:
                seen[offset] = slope
        return unpad(dx, self.padding)


class MaxPooling(Pooling):
    """What MaxPool1d and MaxPool2d share: everything but the number of spatial axes."""

    def forward(self, x):
        seen = self.windows(x, fill=-np.inf)
        first, *others = self.offsets()
        y = seen[first].copy()
        self.winner = np.zeros(y.shape, np.min_scalar_type(len(others)))
        for i, offset in enumerate(others, start=1):
            value = seen[offset].copy()  # rows in one piece make the rest five times faster
            wins = (value > y).astype(self.winner.dtype)  # an equal value does not win
            np.maximum(self.winner, wins * i, out=self.winner)
            np.maximum(y, value, out=y)
        return y

    def backward(self, dy):
        """dy (n, c, oh, ow) -> dx (n, c, h, w): all of a slope goes to the winner of its window."""
        return self.send_back(dy * (self.winner == i) for i in range(len(self.offsets())))


class MaxPool1d(MaxPooling):
    """Largest of each window: x (n, c, l) -> (n, c, ol). See MaxPool2d."""

    dims = 1


class MaxPool2d(MaxPooling):
    """Largest pixel of each window: x (n, c, h, w) -> y (n, c, oh, ow).

    oh = (h + 2 padding − kh) // stride + 1; what is padded never wins. Of equal pixels the first
    wins, row by row, and gets the whole slope. Raises ValueError when the kernel does not fit.
    """

    dims = 2


class MinPool2d(MaxPool2d):
    """Smallest pixel of each window; otherwise as MaxPool2d: min x = −max(−x)."""

    def forward(self, x):
        return -super().forward(-expect("MinPool2d", x, ("n", "c", "h", "w")))


class AvgPooling(Pooling):
    """What AvgPool1d and AvgPool2d share: everything but the number of spatial axes."""

    def forward(self, x):
        seen = self.windows(x)
        return sum(seen[offset] for offset in self.offsets()) / math.prod(self.kernel_size)

    def backward(self, dy):
        """dy (n, c, oh, ow) -> dx (n, c, h, w): every pixel of a window gets the same share."""
        share = dy / math.prod(self.kernel_size)
        return self.send_back(share for _ in self.offsets())


class AvgPool1d(AvgPooling):
    """Mean of each window: x (n, c, l) -> (n, c, ol). See AvgPool2d."""

    dims = 1


class AvgPool2d(AvgPooling):
    """Mean of each window: x (n, c, h, w) -> y (n, c, oh, ow). Padded zeros count as pixels."""

    dims = 2


class LPPool2d(Pooling):
    """y = (Σ |x|^p)^(1/p) over each window, p = norm_type: x (n, c, h, w) -> (n, c, oh, ow).

    p = 2 is the decks' L2 pooling (deck 001, "Pooling Layer: Examples"), p = 1 a sum, and a large
    p almost a maximum. Slope: dx = dy · (|x| / y)^(p−1) · sign x, and 0 where the window is 0.
    torch.nn leaves out the |·|, so that odd p differ there where x < 0.
    """

    dims = 2

    def __init__(self, norm_type, kernel_size, stride=None):
        super().__init__(kernel_size, stride)
        self.p = expect_number("LPPool2d", "norm_type", norm_type, least=1)

    def forward(self, x):
        self.seen = self.windows(x)
        total = sum(np.abs(self.seen[offset]) ** self.p for offset in self.offsets())
        self.y = total ** (1 / self.p)
        return self.y

    def backward(self, dy):
        """dy (n, c, oh, ow) -> dx (n, c, h, w)."""
        safe = np.where(self.y > 0, self.y, 1)
        shares = (self.seen[offset] / safe for offset in self.offsets())
        return self.send_back(dy * np.abs(r) ** (self.p - 1) * np.sign(r) for r in shares)


class L2PoolFeatures(Module):
    """L2 pooling over features: y_j = √(Σ_k x_k²) over `size` neighbouring channels k.

    Shapes: x (n, c, …) -> y (n, (c − size) // stride + 1, …); the stride is `size` unless given.
    Source: deck 001, "L2-pooling over features".
    """

    def __init__(self, size, stride=None):
        super().__init__()
        self.size = expect_count("L2PoolFeatures", "size", size)
        self.stride = size if stride is None else expect_count("L2PoolFeatures", "stride", stride)
        self.pool = LPPool2d(2, (self.size, 1), (self.stride, 1))

    def output_shape(self, shape):
        sizes = (self.size,), (self.stride,), (0,)
        return (shape[0], *output_size("L2PoolFeatures", shape[1:2], *sizes), *shape[2:])

    def forward(self, x):
        expect_floats("L2PoolFeatures", x)
        self.shape = x.shape
        y_shape = self.output_shape(x.shape)
        y = self.pool.forward(x.reshape(*x.shape[:2], -1)[:, None])  # channels as rows
        return y.reshape(y_shape)

    def backward(self, dy):
        dx = self.pool.backward(dy.reshape(*dy.shape[:2], -1)[:, None])
        return dx.reshape(self.shape)
