"""Filters by hand: correlation and convolution, designed kernels, steering.

Axes, once for the whole kit: x runs to the right along a row of the array, y runs down the rows,
and a positive angle turns x towards y, which is clockwise on the screen.
"""

from coursekit.filters.check import EDGES, check_edges, check_image
from coursekit.filters.correlate import convolve2d, correlate2d
from coursekit.filters.kernels import binomial, gaussian, gaussian_derivative_basis
from coursekit.filters.orientation import (
    dominant_orientation,
    orientation_energy,
    steering_rank,
)
from coursekit.filters.steering import steer

__all__ = [
    "EDGES",
    "binomial",
    "check_edges",
    "check_image",
    "convolve2d",
    "correlate2d",
    "dominant_orientation",
    "gaussian",
    "gaussian_derivative_basis",
    "orientation_energy",
    "steer",
    "steering_rank",
]
