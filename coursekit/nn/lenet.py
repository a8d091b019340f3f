"""The two layers of LeNet-5 that later networks dropped (LeCun et al., 1998, section II.B)."""

import numpy as np

from coursekit.nn.conv import Conv2d
from coursekit.nn.expect import expect, expect_count
from coursekit.nn.init import fan_in_uniform
from coursekit.nn.module import Module

# Which of the six maps of S2 each of the sixteen maps of C3 looks at (table I of the paper):
# three neighbours, four neighbours, two pairs, and all.
C3_TABLE = (
    *((i, (i + 1) % 6, (i + 2) % 6) for i in range(6)),
    *((i, (i + 1) % 6, (i + 2) % 6, (i + 3) % 6) for i in range(6)),
    *((i, i + 1, (i + 3) % 6, (i + 4) % 6) for i in range(3)),
    tuple(range(6)),
)


class TableConv2d(Module):
    """A convolution in which each output map sees only the input maps that its table names.

    Shapes: x (n, c, h, w), weight (connections, k, k) in the order of the table, bias (out,),
    y (n, out, h − k + 1, w − k + 1). It works as Conv2d whose other filters are 0.
    """

    def __init__(self, in_channels, table, kernel_size, *, rng, dtype=np.float64):
        super().__init__()
        k = expect_count("TableConv2d", "kernel_size", kernel_size)
        self.outputs = np.repeat(np.arange(len(table)), [len(row) for row in table])
        self.inputs = np.concatenate(table)
        self.conv = Conv2d(in_channels, len(table), k, rng=None)  # the engine; holds no weights
        filters = [
            fan_in_uniform("TableConv2d", (len(row), k, k), len(row) * k * k, rng=rng, dtype=dtype)
            for row in table
        ]
        self.params["weight"] = np.concatenate(filters)
        fan_in = k * k * min(map(len, table))
        self.params["bias"] = fan_in_uniform(
            "TableConv2d", (len(table),), fan_in, rng=rng, dtype=dtype
        )

    def forward(self, x):
        weight = np.zeros(self.conv.params["weight"].shape, x.dtype)
        weight[self.outputs, self.inputs] = self.params["weight"]
        self.conv.params = {"weight": weight, "bias": self.params["bias"]}
        return self.conv.forward(x)

    def backward(self, dy):
        dx = self.conv.backward(dy)
        self.grads["weight"] = self.conv.grads["weight"][self.outputs, self.inputs]
        self.grads["bias"] = self.conv.grads["bias"]
        return dx

    def output_shape(self, shape):
        return self.conv.output_shape(shape)


class Subsample(Module):
    """y = weight · (sum of each 2×2 window) + bias: average pooling with a slope and an offset.

    Shapes: x (n, c, h, w) with even h and w, weight (c,), bias (c,), y (n, c, h/2, w/2).
    It starts as the plain average: weight ¼, bias 0.
    """

    def __init__(self, channels, dtype=np.float64):
        super().__init__()
        self.channels = expect_count("Subsample", "channels", channels)
        self.params["weight"] = np.full(channels, 0.25, dtype)
        self.params["bias"] = np.zeros(channels, dtype)

    def forward(self, x):
        n, c, oh, ow = self.output_shape(
            expect("Subsample", x, ("n", self.channels, "h", "w")).shape
        )
        self.sums = x.reshape(n, c, oh, 2, ow, 2).sum(axis=(3, 5))  # (n, c, h, w) -> (n, c, oh, ow)
        return self.sums * self.per_map("weight", x.dtype) + self.per_map("bias", x.dtype)

    def backward(self, dy):
        self.grads["weight"] = (dy * self.sums).sum(axis=(0, 2, 3))
        self.grads["bias"] = dy.sum(axis=(0, 2, 3))
        return np.kron(dy * self.per_map("weight", dy.dtype), np.ones((2, 2), dy.dtype))

    def per_map(self, key, dtype):
        return self.param(key, dtype)[:, None, None]  # (c,) -> (c, 1, 1)

    def output_shape(self, shape):
        n, c, h, w = shape
        if h % 2 or w % 2:
            raise ValueError(f"Subsample expects even h and w; got {h} and {w}")
        return (n, c, h // 2, w // 2)
