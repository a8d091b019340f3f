"""How far a clip's motion is from the truth, for the tests and the benchmark."""

import numpy as np


def motion_error(result, truth, size, margin=16):
    """Largest error of the motion in any frame, as a part of `size`, which is in pixels.

    result, truth (t, h, w). A small error d of the motion changes a picture by −d · slopes: the d
    that explains most of result − truth, by least squares inside a margin.
    """
    inside = (slice(margin, -margin), slice(margin, -margin))
    errors = []
    for frame, true in zip(result, truth, strict=True):
        slopes = np.stack([slope[inside].ravel() for slope in np.gradient(true)], axis=1)
        errors.append(np.linalg.lstsq(slopes, (true - frame)[inside].ravel(), rcond=None)[0])
    return np.linalg.norm(errors, axis=1).max() / size
