"""Fit: a few tanh units, added up, take the form of a curve."""

from coursekit.widgets.fit.widget import FitWidget

__all__ = ["FitWidget"]
