"""The still picture of a run: losses, accuracies, filters and misread digits."""

import io

import numpy as np
from PIL import Image

from coursekit.plots import BLUE, GREY
from coursekit.plots.style import SIGNED, course_style, new_figure


def draw(run):
    """Two curves beside the filters and the misread digits, as a PIL image."""
    marks = np.array(run.marks)
    with course_style():
        figure = new_figure(13, 3.6)
        loss, right, filters, digits = figure.subplots(1, 4)
        loss.semilogy(*run.curve().T, color=GREY, linewidth=0.8)
        for axes, training, validation in ((loss, 1, 3), (right, 2, 4)):
            axes.plot(marks[:, 0], marks[:, training], color=BLUE, marker=".", label="training")
            axes.plot(marks[:, 0], marks[:, validation], "k.--", label="validation")
            axes.set(xlabel="step")
            axes.legend()
        loss.set(ylabel="loss", ylim=(0.01, 10))
        right.set(ylabel="right", ylim=(0, 1))
        scale = abs(run.filters()).max()
        filters.imshow(run.filters(), cmap=SIGNED, vmin=-scale, vmax=scale)
        filters.set(title="filters")
        misread, _, _ = run.misread()
        digits.imshow(np.hstack([1 - x for x in misread[:3]] or [np.ones((28, 28))]), cmap="gray")
        digits.set(title="misread")
        for axes in (filters, digits):
            axes.set(xticks=[], yticks=[])
        file = io.BytesIO()
        figure.savefig(file, format="png", dpi=80)
    return Image.open(file)
