"""What pyramids are for: one function, one picture and one measured number each."""

from coursekit.applications.blend import blend, blend_levels
from coursekit.applications.compress import compress, decompress
from coursekit.applications.denoise import bayes_thresholds, core, denoise, noise_gains
from coursekit.applications.keypoints import keypoints, scale_space
from coursekit.applications.motion import MotionMagnifier, magnify_motion
from coursekit.applications.texture import (
    histogram_distances,
    match_histogram,
    synthesize_texture,
)

__all__ = [
    "MotionMagnifier",
    "bayes_thresholds",
    "blend",
    "blend_levels",
    "compress",
    "core",
    "decompress",
    "denoise",
    "histogram_distances",
    "keypoints",
    "magnify_motion",
    "match_histogram",
    "noise_gains",
    "scale_space",
    "synthesize_texture",
]
