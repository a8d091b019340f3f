"""Layers without space: affine maps, and modules in a row."""

import numpy as np

from coursekit.nn.expect import expect, expect_count
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
        if not learning:
            return
        first = learning[0]
        for layer in reversed(layers[first + 1 :]):
            dy = layer.backward(dy)
        layers[first].backward_params(dy)

    def output_shape(self, shape):
        for layer in self.layers.values():
            shape = layer.output_shape(shape)
        return shape
