"""The still picture of a descent: its paths and their losses."""

import io

import numpy as np
from PIL import Image

from coursekit.plots import BLUE, GREY, ORANGE
from coursekit.plots.style import course_style, new_figure
from coursekit.widgets.descent import model

STYLES = [  # of model.RACE
    (BLUE, "-"),
    (ORANGE, "--"),
    ("black", ":"),
    (GREY, "-."),
    ("black", (0, (6, 2))),
    (ORANGE, "-"),
]


def draw(name, paths, decay):
    """Paths on the surface beside the loss curves, as a PIL image."""
    with course_style():
        figure = new_figure(9, 3.6)
        left, right = figure.subplots(1, 2)
        _surface(left, name, decay)
        for runner, points in paths.items():
            colour, dashes = STYLES[model.RACE.index(runner)]
            loss = model.above(name, points, decay)
            shown = np.column_stack([points, model.cost(name, points, decay)])[:, :2]
            style = {"color": colour, "linestyle": dashes, "linewidth": 1.5, "label": runner}
            left.plot(*shown.T, marker="o", markersize=3, **style)
            left.plot(*shown[-1], "o", color=colour, markeredgecolor="black")
            right.semilogy(np.maximum(loss, 1e-12), **style)
        left.plot(*shown[0], "o", color="white", markeredgecolor="black")
        right.set(xlabel="step", ylabel="loss above the least", ylim=(1e-8, 1e4))
        if len(paths) > 1:
            right.legend(fontsize=9)
        file = io.BytesIO()
        figure.savefig(file, format="png", dpi=80)
    return Image.open(file)


def _surface(axes, name, decay):
    """x² as a curve, the others as contours."""
    surface = model.SURFACES[name]
    x = np.linspace(surface.x[0], surface.x[1], 101)
    axes.set(xlabel="x", ylabel="y", xlim=surface.x, ylim=surface.y)
    if len(surface.start) == 1:
        axes.plot(x, model.cost(name, x[:, None], decay), color=GREY, linewidth=1)
        axes.set(ylabel="loss")
        return
    y = np.linspace(surface.y[0], surface.y[1], 81)
    places = np.stack(np.meshgrid(x, y), axis=-1)  # (81, 101, 2)
    axes.contour(x, y, model.above(name, places, decay), surface.levels, colors=GREY, linewidths=1)
