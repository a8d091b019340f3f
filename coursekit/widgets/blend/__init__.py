"""Blending: two pictures joined along a cut that is dragged or painted, level by level."""

from coursekit.widgets.blend.widget import BlendWidget

__all__ = ["BlendWidget"]
