"""Pyramids: the levels of a photograph, switched on and off, and what is left of it."""

from coursekit.widgets.pyramid.widget import PyramidWidget

__all__ = ["PyramidWidget"]
