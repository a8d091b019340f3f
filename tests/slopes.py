"""The slope of a large network, checked along a few directions instead of pixel by pixel."""

import copy

import numpy as np


def slope_error(network, x, directions=4, steps=(1e-7, 1e-8)):
    """Largest relative error of ⟨dx, v⟩ against central differences, in float64 on a copy.

    The loss is ⟨c, network.forward(x)⟩ with random c; the directions v are random too. Among
    100,000 units one often has a kink between x − hv and x + hv, where no slope is right, so the
    better of two steps h counts for each direction.
    """
    network, rng = copy.deepcopy(network), np.random.default_rng(0)
    x = x.astype(np.float64)
    c = rng.standard_normal(network.forward(x).shape)
    dx = network.backward(c)

    def error(v, h):
        difference = network.forward(x + h * v) - network.forward(x - h * v)
        measured, ours = np.vdot(c, difference) / (2 * h), np.vdot(dx, v)
        return abs(measured - ours) / max(abs(measured), abs(ours), 1e-3)

    random = rng.standard_normal((directions, *x.shape))
    return max(min(error(v, h) for h in steps) for v in random)
