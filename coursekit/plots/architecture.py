"""A network from left to right, one block for each layer."""

import math

from matplotlib.patches import Rectangle

from coursekit.plots.picture import Picture
from coursekit.plots.style import BLUE, GREY, WIDTH, course_style, new_figure

UNITS = ((1e6, " M"), (1e3, " k"))
MOST = 12  # blocks that a page has room for


def show_architecture(rows, *, alt, caption):
    """Draw a row of blocks: (c, h, w) is as tall as its pictures, as wide as it has of them.

    rows: 1 to 12 of (name, output shape, number of parameters), such as those of `nn.summary`
    without the kind. A vector (d,) is a thin bar, the taller the longer. Both sizes grow with the
    logarithm. What has parameters is blue, what has none is white. Raises ValueError for too many
    rows or another shape.
    """
    if not 1 <= len(rows) <= MOST:
        raise ValueError(f"show_architecture draws 1 to {MOST} layers; got {len(rows)}")
    for name, shape, _ in rows:
        if len(shape) not in (1, 3):
            raise ValueError(f"show_architecture expects (c, h, w) or (d,); got {shape} of {name}")
    with course_style():
        figure = new_figure(WIDTH, 3.2)
        axes = figure.subplots()
        axes.set(xlim=(-0.6, len(rows) - 0.4), ylim=(-1.7, 1.2))
        axes.axis("off")
        axes.axhline(0.5, color=GREY, linewidth=1, zorder=0)
        for place, (name, shape, n_params) in enumerate(rows):
            _draw_block(axes, place, shape, learns=n_params > 0)
            words = [name, *_shape_words(shape), short(n_params) if n_params else ""]
            for line, text in enumerate(words):
                weight = "bold" if line == 0 else "normal"
                axes.text(place, -0.3 - 0.38 * line, text, size=13, weight=weight, ha="center")
        return Picture(figure, alt=alt, caption=caption)


def _draw_block(axes, place, shape, learns):
    if len(shape) == 1:
        height, width = math.log2(1 + shape[0]) / 13, 0.12
    else:
        height, width = math.log2(1 + shape[1]) / 8, 0.1 + 0.08 * math.log2(shape[0])
    corner = place - width / 2, 0.5 - height / 2
    face = BLUE if learns else "white"
    axes.add_patch(Rectangle(corner, width, height, facecolor=face, edgecolor=GREY, linewidth=1.5))


def _shape_words(shape):
    """Two lines of text: how many, and of what size."""
    return (str(shape[0]), f"{shape[1]}×{shape[2]}" if len(shape) == 3 else "")


def short(count):
    """A count in three digits: 156, 48.1 k, 37.8 M."""
    for size, unit in UNITS:
        if count >= size:
            return f"{count / size:.3g}{unit}"
    return str(count)
