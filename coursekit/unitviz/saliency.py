"""Which pixels a unit listens to: its slope with respect to the picture."""

import numpy as np

from coursekit.nn.expect import expect_count, expect_generator, expect_number
from coursekit.unitviz.units import Unit, check_x

KINDS = ("gradient", "magnitude", "smoothgrad")


def saliency(model, x, unit, layer=None, *, kind="gradient", samples=25, noise=0.1, rng=None):
    """Slope of one unit with respect to every pixel.

    x (n, c, h, w). kind "gradient": d unit / dx, of x's shape. "magnitude": the largest |slope|
    of a pixel's channels, (n, h, w). "smoothgrad": the mean gradient over `samples` copies of x
    with added noise of that standard deviation, which needs rng. unit and layer as in `Unit`.
    Sources: Simonyan, Vedaldi and Zisserman, "Deep inside convolutional networks", 2014;
    Smilkov et al., "SmoothGrad", 2017; deck 002, "Unit visualization via backprop".
    """
    if kind not in KINDS:
        raise ValueError(f"saliency expects kind as one of {', '.join(KINDS)}; got {kind!r}")
    x = check_x("saliency", model, x)
    chosen = Unit(model, unit, layer)
    if kind == "smoothgrad":
        return smooth_gradient(chosen, x, samples, noise, rng)
    slope = gradient(chosen, x)
    return slope if kind == "gradient" else np.abs(slope).max(axis=1)


def gradient(unit, x):
    unit.forward(x)
    return unit.backward()


def smooth_gradient(unit, x, samples, noise, rng):
    expect_count("saliency", "samples", samples)
    expect_number("saliency", "noise", noise)
    expect_generator("saliency", rng)
    total = np.zeros_like(x)
    for _ in range(samples):
        total += gradient(unit, x + noise * rng.standard_normal(x.shape).astype(x.dtype))
    return total / samples
