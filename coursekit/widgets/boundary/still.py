"""The still picture of a boundary: the plane with its points, and the mistakes on the way."""

import io

import numpy as np
from PIL import Image

from coursekit.plots import BLUE, ORANGE
from coursekit.plots.style import SIGNED, course_style, new_figure
from coursekit.widgets.boundary import model


def draw(task, step):
    """The plane beside the number of mistakes after each step, as a PIL image."""
    learner, wrong = model.train(task, step)
    with course_style():
        figure = new_figure(9, 4)
        left, right = figure.subplots(1, 2)
        _plane(left, learner, task)
        right.plot(wrong, color=BLUE)
        right.set(xlabel="step", ylabel="points on the wrong side", ylim=(-0.2, None))
        file = io.BytesIO()
        figure.savefig(file, format="png", dpi=80)
    return Image.open(file)


def _plane(axes, learner, task):
    x0, x1, y0, y1 = frame = model.FRAMES[task.data]
    places = np.stack(np.meshgrid(np.linspace(x0, x1, 120), np.linspace(y0, y1, 120)), axis=-1)
    score = model.scores(learner, places.reshape(-1, 2)).reshape(120, 120)
    side = np.sign(score) if task.unit == "perceptron" else np.tanh(score / 2)
    axes.imshow(side, cmap=SIGNED, vmin=-2.5, vmax=2.5, extent=frame, origin="lower")
    x, y = places[..., 0], places[..., 1]
    if score.min() < 0 < score.max():
        axes.contour(x, y, score, [0], colors="black", linewidths=4, alpha=0.5)
    for (u, v), b in zip(*model.hidden_lines(learner), strict=True):
        dashed = {"colors": "black", "linestyles": "--", "linewidths": 1}
        axes.contour(x, y, u * x + v * y + b, [0], **dashed)
    points, kinds = model.examples(task)
    for kind, colour, marker in [(0, ORANGE, "s"), (1, BLUE, "o")]:
        axes.plot(*points[kinds == kind].T, marker, color=colour, markeredgecolor="white")
    axes.set(xlabel="x₁", ylabel="x₂")
