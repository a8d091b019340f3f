"""The still picture of a descent: its path and its losses."""

import io

import numpy as np
from PIL import Image

from coursekit.plots import BLUE, GREY, ORANGE
from coursekit.plots.style import course_style, new_figure


def draw(surface, points, loss):
    """Path on the surface beside the loss curve, as a PIL image."""
    with course_style():
        figure = new_figure(9, 3.6)
        left, right = figure.subplots(1, 2)
        _path(left, surface, points, loss)
        right.semilogy(np.maximum(loss, 1e-12), color=BLUE)
        right.set(xlabel="step", ylabel="loss", ylim=(1e-8, 1e4))
        file = io.BytesIO()
        figure.savefig(file, format="png", dpi=80)
    return Image.open(file)


def _path(axes, surface, points, loss):
    x = np.linspace(-5, 5, 101)
    if len(surface.start) == 1:
        axes.plot(x, surface.curvature[0] * x**2 / 2, color=GREY, linewidth=1)
        points = np.column_stack([points[:, 0], loss])
        axes.set(xlabel="x", ylabel="loss", xlim=(-5, 5), ylim=(-1, 17))
    else:
        y = np.linspace(-3.5, 3.5, 71)[:, None]
        a, b = surface.curvature
        axes.contour(x, y[:, 0], (a * x**2 + b * y**2) / 2, [0.5, 2, 5, 10, 20, 40], colors=GREY)
        axes.set(xlabel="x", ylabel="y", xlim=(-5, 5), ylim=(-3.5, 3.5))
    axes.plot(*points.T, color=BLUE, marker="o", markersize=4, linewidth=1.5)
    axes.plot(*points[0], "o", color="white", markeredgecolor="black")
    axes.plot(*points[-1], "o", color=ORANGE, markeredgecolor="black")
