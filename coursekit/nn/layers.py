"""Affine maps, batch normalisation, and modules in a row."""

import math

import numpy as np

from coursekit.nn.expect import expect, expect_count, expect_floats
from coursekit.nn.init import fan_in_uniform
from coursekit.nn.module import Module


class Linear(Module):
    """Affine map y = x Wᵀ + b.

    Shapes: x (n, d_in), weight (d_out, d_in), bias (d_out,), y (n, d_out).
    The first weights are those of `fan_in_uniform`.
    """

    def __init__(self, d_in, d_out, *, bias=True, rng, dtype=np.float64):
        super().__init__()
        self.d_in = expect_count("Linear", "d_in", d_in)
        self.d_out = expect_count("Linear", "d_out", d_out)
        self.params["weight"] = fan_in_uniform("Linear", (d_out, d_in), d_in, rng=rng, dtype=dtype)
        if bias:
            self.params["bias"] = fan_in_uniform("Linear", (d_out,), d_in, rng=rng, dtype=dtype)

    def forward(self, x):
        self.x = expect("Linear", x, ("n", self.d_in))
        y = x @ self.param("weight", x.dtype).T  # (n, d_in) (d_in, d_out) -> (n, d_out)
        if "bias" in self.params:
            y += self.param("bias", x.dtype)
        return y

    def backward(self, dy):
        """dy (n, d_out) -> dx (n, d_in)."""
        self.backward_params(dy)
        return dy @ self.param("weight", dy.dtype)

    def backward_params(self, dy):
        self.grads["weight"] = dy.T @ self.x  # (d_out, n) (n, d_in) -> (d_out, d_in)
        if "bias" in self.params:
            self.grads["bias"] = dy.sum(axis=0)

    def output_shape(self, shape):
        return (shape[0], self.d_out)


class Flatten(Module):
    """x (n, c, h, w) -> y (n, c·h·w): one row for each picture."""

    def forward(self, x):
        self.shape = expect_floats("Flatten", x).shape
        return x.reshape(self.output_shape(x.shape))

    def backward(self, dy):
        return dy.reshape(self.shape)

    def output_shape(self, shape):
        return (shape[0], math.prod(shape[1:]))


class BatchNorm2d(Module):
    """Every channel scaled to mean 0 and variance 1 over the batch, then y = weight x̂ + bias.

    Shapes: x and y (n, c, h, w), weight and bias (c,), c = num_features. While training, mean
    and variance are the batch's, and running averages of them (the variance over N − 1) move by
    the share `momentum`; after eval() these averages are used. Raises ValueError while training
    when a channel has one number only. Ioffe and Szegedy 2015.
    """

    def __init__(self, num_features, eps=1e-5, momentum=0.1, *, dtype=np.float64):
        super().__init__()
        self.num_features = expect_count("BatchNorm2d", "num_features", num_features)
        self.eps, self.momentum = eps, momentum
        self.params["weight"] = np.ones(num_features, dtype)
        self.params["bias"] = np.zeros(num_features, dtype)
        self.buffers["running_mean"] = np.zeros(num_features, dtype)
        self.buffers["running_var"] = np.ones(num_features, dtype)
        self.buffers["num_batches_tracked"] = np.array(0)

    def forward(self, x):
        expect("BatchNorm2d", x, ("n", self.num_features, "h", "w"))
        mean, variance = self.batch_statistics(x) if self.training else self.running_statistics(x)
        self.scale = channels(1 / np.sqrt(variance + self.eps))
        self.x_hat = (x - channels(mean)) * self.scale
        return channels(self.param("weight", x.dtype)) * self.x_hat + channels(
            self.param("bias", x.dtype)
        )

    def batch_statistics(self, x):
        count = x.size // self.num_features
        if count == 1:
            raise ValueError(
                f"BatchNorm2d needs more than one number per channel to train; got x {x.shape}"
            )
        mean, variance = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
        running = {"running_mean": mean, "running_var": variance * (count / (count - 1))}
        for key, value in running.items():
            self.buffers[key] += self.momentum * (value - self.buffers[key])
        self.buffers["num_batches_tracked"] += 1
        return mean, variance

    def running_statistics(self, x):
        return [self.buffers[key].astype(x.dtype) for key in ("running_mean", "running_var")]

    def backward(self, dy):
        """dy (n, c, h, w) -> dx; while training x also acts through its mean and variance."""
        self.grads["weight"] = (dy * self.x_hat).sum(axis=(0, 2, 3))
        self.grads["bias"] = dy.sum(axis=(0, 2, 3))
        if self.training:
            count = dy.size // self.num_features
            dy = dy - channels(self.grads["bias"] / count)
            dy -= self.x_hat * channels(self.grads["weight"] / count)
        return channels(self.param("weight", dy.dtype)) * self.scale * dy


def channels(values):
    """(c,) -> (c, 1, 1), which meets x (n, c, h, w) channel by channel."""
    return values[:, np.newaxis, np.newaxis]


class Sequential(Module):
    """Modules in a row: forward from first to last, backward from last to first.

    Sequential(Linear(…), Tanh()) names them "0", "1", …; Sequential({"fc1": Linear(…), …}) gives
    them names. `layers` is that dictionary, and model[0] is the first layer, as in torch.nn.
    """

    def __init__(self, *layers):
        super().__init__()
        named = layers[0] if len(layers) == 1 and isinstance(layers[0], dict) else None
        self.layers = named or {str(i): layer for i, layer in enumerate(layers)}
        for name, layer in self.layers.items():
            if not isinstance(layer, Module):
                raise TypeError(
                    f"Sequential expects modules; {name!r} is of type {type(layer).__name__}"
                )

    def __getitem__(self, index):
        return list(self.layers.values())[index]

    def __len__(self):
        return len(self.layers)

    def children(self):
        return self.layers

    def forward(self, x):
        for layer in self.layers.values():
            x = layer.forward(x)
        return x

    def backward(self, dy):
        for layer in reversed(self.layers.values()):
            dy = layer.backward(dy)
        return dy

    def backward_params(self, dy):
        layers = list(self.layers.values())
        learning = [i for i, layer in enumerate(layers) if any(layer.named_parameters())]
        if learning:
            for layer in reversed(layers[learning[0] + 1 :]):
                dy = layer.backward(dy)
            layers[learning[0]].backward_params(dy)

    def output_shape(self, shape):
        for layer in self.layers.values():
            shape = layer.output_shape(shape)
        return shape
