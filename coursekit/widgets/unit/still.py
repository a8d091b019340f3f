"""The still picture of a unit: its function, the slope, and its answers over the plane."""

import io

import numpy as np
from PIL import Image

from coursekit.plots import BLUE, GREY
from coursekit.plots.style import SIGNED, course_style, new_figure
from coursekit.widgets.unit import model

AXIS = np.linspace(-10, 10, 401)


def draw(unit, outputs):
    """f and f′ with the present a as a dot beside y over the inputs, as a PIL image."""
    a, y, slope = model.answer(unit)
    curves = model.activation(unit.function, unit.alpha, AXIS)
    with course_style():
        figure = new_figure(10.5, 3.6)
        left, middle, right = figure.subplots(1, 3)
        for axes, values, here, name in zip(
            (left, middle), curves, (y, slope), ("y = f(a)", "slope f′(a)"), strict=True
        ):
            axes.plot(AXIS, values, color=GREY)
            axes.plot(a, here, "o", color=BLUE, markeredgecolor="black")
            axes.set(xlabel="a", ylabel=name)
        middle.set(ylim=(-0.1, 1.15))
        scale = max(1.0, abs(outputs).max())
        box = {"extent": (-2, 2, -2, 2), "cmap": SIGNED, "vmin": -scale, "vmax": scale}
        right.imshow(outputs, **box)
        right.plot(*unit.x, "o", color="white", markeredgecolor="black")
        right.set(xlabel="x₁", ylabel="x₂")
        file = io.BytesIO()
        figure.savefig(file, format="png", dpi=80)
    return Image.open(file)
