"""Real photographs that travel inside scikit-image's wheel, so that nothing is downloaded.

Only the files are used: the modules that read them there bring SciPy, a second and 30 MB.
"""

from pathlib import Path

import numpy as np
import skimage  # itself only: its modules load when they are asked for
from PIL import Image

FOLDER = Path(skimage.__file__).parent / "data"

# Our name -> the file in it.
PICTURES = {
    "camera": "camera.png",  # 512×512 grey
    "astronaut": "astronaut.png",  # 512×512 colour
    "brick": "brick.png",  # 512×512 grey texture
    "cat": "chelsea.png",  # 300×451 colour
    "coffee": "coffee.png",  # 400×600 colour
    "coins": "coins.png",  # 303×384 grey
    "grass": "grass.png",  # 512×512 grey texture
    "gravel": "gravel.png",  # 512×512 grey texture
    "moon": "moon.png",  # 512×512 grey
    "rocket": "rocket.jpg",  # 427×640 colour
}


def load_image(name):
    """Read one of the course's photographs.

    name: one of `PICTURES`. Returns float64 in [0, 1], shape (h, w) for grey pictures and
    (h, w, 3) for colour ones. Raises ValueError for a name that is not there.
    Origin and licence of each picture: `coursekit/data/SOURCES.md`.
    """
    if not isinstance(name, str) or name not in PICTURES:
        raise ValueError(f"load_image knows {', '.join(sorted(PICTURES))}; got {name!r}")
    with Image.open(FOLDER / PICTURES[name]) as picture:
        return np.asarray(picture, np.float64) / 255
