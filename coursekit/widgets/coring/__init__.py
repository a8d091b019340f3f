"""Coring: a noisy photograph, and what is left when the small numbers of its bands go."""

from coursekit.widgets.coring.widget import CoringWidget

__all__ = ["CoringWidget"]
