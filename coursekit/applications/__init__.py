"""What pyramids are for: one function, one picture and one measured number each."""

from coursekit.applications.blend import blend, blend_levels
from coursekit.applications.compress import compress, decompress
from coursekit.applications.denoise import bayes_thresholds, core, denoise, noise_gains
from coursekit.applications.keypoints import keypoints, scale_space
from coursekit.applications.motion import MotionMagnifier, magnify_motion

__all__ = [
    "MotionMagnifier",
    "bayes_thresholds",
    "blend",
    "blend_levels",
    "compress",
    "core",
    "decompress",
    "denoise",
    "keypoints",
    "magnify_motion",
    "noise_gains",
    "scale_space",
]
