"""Curves over a shared horizontal axis."""

import numpy as np

from coursekit.plots.picture import Picture
from coursekit.plots.style import BLUE, GREY, ORANGE, course_style, new_figure

# Colour alone never tells two curves apart: each also has its own dashes and its own mark.
LOOKS = [
    {"color": BLUE, "linestyle": "-", "marker": "o"},
    {"color": ORANGE, "linestyle": "--", "marker": "s"},
    {"color": GREY, "linestyle": ":", "marker": "^"},
    {"color": "black", "linestyle": "-.", "marker": "D"},
]


def show_lines(x, curves, *, xlabel, ylabel, alt, caption):
    """Draw up to four curves: curves is {name: y}, each y as long as x.

    A curve of at most 40 points also shows the points. Raises ValueError for more than four
    curves (nobody tells five apart from the last row) or for a y of another length.
    """
    if not 1 <= len(curves) <= len(LOOKS):
        raise ValueError(f"show_lines draws 1 to {len(LOOKS)} curves; got {len(curves)}")
    for name, y in curves.items():
        if np.shape(y) != np.shape(x):
            raise ValueError(
                f"show_lines expects every curve to have the shape of x, {np.shape(x)}; "
                f"got {np.shape(y)} for {name!r}"
            )
    with course_style():
        figure = new_figure(8, 4)
        axes = figure.subplots()
        axes.axhline(0, color=GREY, linewidth=0.8)
        for (name, y), look in zip(curves.items(), LOOKS, strict=False):
            axes.plot(x, y, label=name, **look | ({} if len(y) <= 40 else {"marker": ""}))
        axes.set(xlabel=xlabel, ylabel=ylabel)
        if len(curves) > 1:
            axes.legend(frameon=False)
        return Picture(figure, alt=alt, caption=caption)
