"""An image as the sum of its scales, to be climbed in all of them at once."""

import numpy as np

from coursekit.nn.activations import sigmoid
from coursekit.pyramids import laplacian_pyramid, reconstruct, reduce

MARGIN = 0.01  # 0 and 1 themselves are infinitely far away
# Covariance of red, green and blue in four photographs of the course (astronaut, cat, coffee,
# rocket), over its largest eigenvalue: in nature the three mostly go up and down together.
COLOURS = np.array([[0.56, 0.36, 0.21], [0.36, 0.35, 0.29], [0.21, 0.29, 0.33]])


class Scales:
    """image = σ(Σ of the levels of a Laplacian pyramid); with one level, pixel by pixel.

    σ keeps the image in 0…1. The slope of level k is the slope of the image, reduced k times and
    multiplied by 4ᵏ, because expanding is 4 times the transpose of reducing when zeros lie
    outside: the gradient of a Laplacian pyramid is a Gaussian pyramid. Every level moves by the
    same root mean square `lr`; in plain pixels almost all of a step goes into the finest scale.
    Of three colours the slope is first multiplied by their covariance in photographs, which is
    the step uphill when colours are counted in the units in which they vary.
    """

    def __init__(self, image, n_levels):
        inside = np.clip(image, MARGIN, 1 - MARGIN)
        logits = np.log(inside / (1 - inside))
        self.levels = laplacian_pyramid(logits, n_levels, edges="constant")

    def image(self):
        self.y = sigmoid(reconstruct(self.levels, edges="constant"))
        return self.y

    def climb(self, slope, lr):
        """Move every level uphill, given the slope of the image."""
        slope = slope * self.y * (1 - self.y)
        if slope.shape[2] == 3:
            slope = slope @ COLOURS.astype(slope.dtype)
        for k, level in enumerate(self.levels):
            if k:
                slope = 4 * reduce(slope, edges="constant")
            size = np.sqrt(np.mean(slope**2))
            if size > 0:
                level += (lr / size) * slope
