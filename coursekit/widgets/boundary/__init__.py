"""Boundary: what one unit, or a few hidden ones, can tell apart in a plane."""

from coursekit.widgets.boundary.widget import BoundaryWidget

__all__ = ["BoundaryWidget"]
