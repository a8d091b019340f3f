"""Small square photographs, in 256 levels: what a page can compute with at every move of a hand."""

import numpy as np
from PIL import Image

from coursekit.data import load_image


def small(image, side, *, colour=False):
    """The middle square of a photograph at another size, uint8 (side, side) or (side, side, 3).

    image: a name of `coursekit.data.PICTURES` or uint8 (h, w) or (h, w, 3).
    """
    if isinstance(image, str):
        image = np.rint(255 * load_image(image)).astype(np.uint8)
    whole = Image.fromarray(image).convert("RGB" if colour else "L")
    h, w = image.shape[:2]
    left, top = (w - min(h, w)) // 2, (h - min(h, w)) // 2
    square = whole.crop((left, top, left + min(h, w), top + min(h, w)))
    return np.asarray(square.resize((side, side), Image.Resampling.LANCZOS))
