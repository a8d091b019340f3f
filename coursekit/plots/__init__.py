"""Pictures of arrays, in one style, each with a caption and with words for those who cannot see it.

Blue is positive, orange is negative, white is zero; photographs are grey. Every function returns a
`Picture`, which shows itself as the last line of a notebook cell.
"""

from coursekit.plots.architecture import show_architecture
from coursekit.plots.images import show_images, show_kernels
from coursekit.plots.lines import show_lines
from coursekit.plots.picture import Picture
from coursekit.plots.style import BLUE, GREY, ORANGE, SIGNED
from coursekit.plots.timeline import show_timeline

__all__ = [
    "BLUE",
    "GREY",
    "ORANGE",
    "SIGNED",
    "Picture",
    "show_architecture",
    "show_images",
    "show_kernels",
    "show_lines",
    "show_timeline",
]
