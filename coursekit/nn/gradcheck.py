"""Derivatives by measuring: difference quotients, and the check of a layer against them."""

import copy

import numpy as np

from coursekit.nn.expect import expect_floats


def numeric_gradient(f, x, h=1e-6, *, scheme="central"):
    """Gradient of the scalar function f at x, one component at a time; x and the result alike.

    central: (f(x + h e_i) − f(x − h e_i)) / 2h, off by O(h²).
    forward: (f(x + h e_i) − f(x)) / h, off by O(h).
    Rounding adds about 1e-16 |f| / h to both, so that neither likes h too small.
    """
    if scheme not in {"central", "forward"}:
        raise ValueError(f'numeric_gradient expects scheme "central" or "forward"; got {scheme!r}')
    x = expect_floats("numeric_gradient", x).astype(np.float64)
    gradient = np.empty_like(x)
    for i in np.ndindex(x.shape):
        here = x[i]
        x[i] = here + h
        above = f(x)
        x[i] = here - h if scheme == "central" else here
        gradient[i] = (above - f(x)) / (2 * h if scheme == "central" else h)
        x[i] = here
    return gradient


def relative_error(a, b):
    """max|a − b| / max(max|a|, max|b|, 1e-3), for two arrays; ValueError unless of one shape.

    The largest component sets the scale. Below 1e-3 it does not: there the rounding of the
    difference quotient, about 1e-10, would be all that one sees.
    """
    if a.shape != b.shape:
        raise ValueError(f"a slope has the shape of its array, {b.shape}; got {a.shape}")
    return float(np.abs(a - b).max() / max(np.abs(a).max(), np.abs(b).max(), 1e-3))


class GradientError(float):
    """The largest of the relative errors in `by_name`: of "x" and of each parameter."""

    by_name: dict[str, float]

    def __new__(cls, by_name):
        self = super().__new__(cls, np.max(list(by_name.values())))  # np.max lets NaN through
        self.by_name = by_name
        return self


def gradcheck(layer, x, h=1e-6):
    """Compare layer.backward with central differences: dx and the slope of every parameter.

    The loss is L = ⟨c, layer.forward(x)⟩ with a fixed random c, computed in float64 on a copy, so
    that nothing of the layer changes. Returns the largest `relative_error` as a number;
    `.by_name` tells it for "x" and for each parameter ("weight", "0.bias", …). A right layer is
    below 1e-6. Keep x away from kinks, such as the 0 of ReLU: no slope is right there.
    """
    layer = copy.deepcopy(layer)
    x = expect_floats("gradcheck", x).astype(np.float64)
    for _, module, key in layer.named_parameters():
        module.params[key] = module.params[key].astype(np.float64)
    y = layer.forward(x)
    c = np.random.default_rng(0).standard_normal(y.shape)

    backward = {"x": layer.backward(c)}
    backward |= {name: m.grads[key].copy() for name, m, key in layer.named_parameters()}

    def loss_with(module, key):
        def loss(value):
            module.params[key] = value
            return np.vdot(c, layer.forward(x))

        return loss

    measured = {"x": numeric_gradient(lambda v: np.vdot(c, layer.forward(v)), x, h)}
    for name, module, key in layer.named_parameters():
        value = module.params[key]
        measured[name] = numeric_gradient(loss_with(module, key), value, h)
        module.params[key] = value
    return GradientError({k: relative_error(backward[k], measured[k]) for k in measured})
