"""Real photographs that travel inside scikit-image's wheel, so that nothing is downloaded."""

import numpy as np

# Our name -> the function of skimage.data that reads it. All are in the wheel itself.
PICTURES = {
    "camera": "camera",  # 512×512 grey
    "astronaut": "astronaut",  # 512×512 colour
    "brick": "brick",  # 512×512 grey texture
    "cat": "chelsea",  # 300×451 colour
    "coffee": "coffee",  # 400×600 colour
    "coins": "coins",  # 303×384 grey
    "grass": "grass",  # 512×512 grey texture
    "gravel": "gravel",  # 512×512 grey texture
    "moon": "moon",  # 512×512 grey
    "rocket": "rocket",  # 427×640 colour
}


def load_image(name):
    """Read one of the course's photographs.

    name: one of `PICTURES`. Returns float64 in [0, 1], shape (h, w) for grey pictures and
    (h, w, 3) for colour ones. Raises ValueError for a name that is not there.
    Origin and licence of each picture: `coursekit/data/SOURCES.md`.
    """
    if name not in PICTURES:
        raise ValueError(f"load_image knows {', '.join(sorted(PICTURES))}; got {name!r}")
    import skimage.data  # slow to import, and only needed here

    return getattr(skimage.data, PICTURES[name])().astype(np.float64) / 255
