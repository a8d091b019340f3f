"""The one style of the course: two colours for the sign, letters that the last row can read."""

from matplotlib import rc_context
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

# Orange and blue stay apart for every common kind of colour-blindness. Both are dark enough for a
# line on white (contrast at least 3.7), and the widgets' front ends use the same two.
BLUE = "#1f6fb4"  # positive
ORANGE = "#d95f02"  # negative
GREY = "#595959"  # everything that has no sign: axes, guides, a third curve

SIGNED = LinearSegmentedColormap.from_list("signed", [ORANGE, "#ffffff", BLUE])

WIDTH = 9.6  # inches of the widest picture; a notebook shows an inch as 96 CSS pixels
STYLE = {
    "font.size": 15,
    "axes.titlesize": 15,
    "axes.edgecolor": GREY,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "image.interpolation": "nearest",
    "lines.linewidth": 2.5,
    "lines.markersize": 9,
}


def new_figure(width, height):
    """An empty figure of width × height inches that belongs to nobody but its caller.

    It does not pass through pyplot, so nothing stays open and no setting of the reader changes.
    """
    return Figure(figsize=(width, height), dpi=192, layout="constrained", facecolor="white")


def course_style():
    """The context in which every picture is drawn."""
    return rc_context(STYLE)
