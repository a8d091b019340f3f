"""Steering: a derivative of a Gaussian in any direction from a few fixed kernels."""

from coursekit.widgets.steering.widget import SteeringWidget

__all__ = ["SteeringWidget"]
