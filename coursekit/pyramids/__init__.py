"""Image pyramids: Gaussian and Laplacian, as filters and as matrices."""

from coursekit.pyramids.laplacian import gaussian_pyramid, laplacian_pyramid, reconstruct
from coursekit.pyramids.matrices import expand_matrix, laplacian_matrix, reduce_matrix
from coursekit.pyramids.resample import expand, reduce

__all__ = [
    "expand",
    "expand_matrix",
    "gaussian_pyramid",
    "laplacian_matrix",
    "laplacian_pyramid",
    "reconstruct",
    "reduce",
    "reduce_matrix",
]
