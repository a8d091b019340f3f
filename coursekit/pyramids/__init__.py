"""Image pyramids: Gaussian, Laplacian and steerable, as filters and as matrices."""

from coursekit.pyramids.highpass import split_highpass
from coursekit.pyramids.laplacian import (
    full_resolution,
    gaussian_pyramid,
    laplacian_pyramid,
    reconstruct,
)
from coursekit.pyramids.matrices import (
    expand_matrix,
    laplacian_matrix,
    reduce_matrix,
    transform_matrices,
    transform_matrix,
)
from coursekit.pyramids.resample import expand, reduce
from coursekit.pyramids.steerable import (
    SteerablePyramid,
    reconstruct_steerable,
    steer_bands,
    steerable_pyramid,
)

__all__ = [
    "SteerablePyramid",
    "expand",
    "expand_matrix",
    "full_resolution",
    "gaussian_pyramid",
    "laplacian_matrix",
    "laplacian_pyramid",
    "reconstruct",
    "reconstruct_steerable",
    "reduce",
    "reduce_matrix",
    "split_highpass",
    "steer_bands",
    "steerable_pyramid",
    "transform_matrices",
    "transform_matrix",
]
