"""Descent: what the learning rate and the momentum do to gradient descent."""

from coursekit.widgets.descent.widget import DescentWidget

__all__ = ["DescentWidget"]
