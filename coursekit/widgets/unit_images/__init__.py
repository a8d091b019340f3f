"""Unit images: a picture grows that a unit of a network answers to most."""

from coursekit.widgets.unit_images.widget import UnitImageWidget

__all__ = ["UnitImageWidget"]
