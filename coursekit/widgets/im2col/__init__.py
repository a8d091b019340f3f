"""im2col: every window becomes a column, and a convolution one matrix product."""

from coursekit.widgets.im2col.widget import Im2colWidget

__all__ = ["Im2colWidget"]
