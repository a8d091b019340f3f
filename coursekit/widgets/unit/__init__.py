"""Unit: one sum of weighted inputs, and the function that it goes through."""

from coursekit.widgets.unit.widget import UnitWidget

__all__ = ["UnitWidget"]
