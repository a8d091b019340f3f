"""The still picture of a fit: the curve with its hidden units, and the error on the way."""

import io

import numpy as np
from PIL import Image

from coursekit.plots import BLUE, GREY
from coursekit.plots.style import course_style, new_figure
from coursekit.widgets.fit import model


def draw(curve, theta, errors):
    """Points, fit and hidden units beside the largest error, as a PIL image."""
    x, y = model.points(curve)
    fine = np.linspace(-1, 1, 201)
    with course_style():
        figure = new_figure(9, 3.6)
        left, right = figure.subplots(1, 2)
        left.plot(fine, model.hidden(theta, fine), "--", color=GREY, linewidth=1)
        left.plot(x, y, "o", markersize=4, markerfacecolor="none", markeredgecolor=GREY)
        left.plot(fine, model.predict(theta, fine), color=BLUE)
        left.set(xlabel="x", ylabel="y", ylim=(-1.25, 1.25))
        right.semilogy(errors, color=BLUE)
        right.axhline(model.REACHED[curve], color=GREY, linestyle="--", linewidth=1)
        right.set(xlabel="step", ylabel="largest error", ylim=(1e-5, 10))
        file = io.BytesIO()
        figure.savefig(file, format="png", dpi=80)
    return Image.open(file)
