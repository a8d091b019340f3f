"""Still pictures for readers without a kernel, made from arrays."""

import numpy as np
from PIL import Image

BLUE, ORANGE = np.array([31, 111, 180]), np.array([217, 95, 2])  # positive, negative
GAP = 12  # pixels between pictures


def grey(image):
    """Colours of a picture with values in [0, 1]: (h, w) -> (h, w, 3), uint8."""
    return np.repeat(np.rint(255 * image)[..., None], 3, axis=-1).astype(np.uint8)


def signed(values, scale):
    """White is 0, blue is +scale, orange is −scale: (h, w) -> (h, w, 3), uint8."""
    part = np.clip(abs(values) / scale, 0, 1)[..., None]  # (h, w, 1)
    end = np.where(values[..., None] < 0, ORANGE, BLUE)  # (h, w, 3)
    return np.rint(255 + part * (end - 255)).astype(np.uint8)


def row(pictures, height):
    """Pictures (h, w, 3) side by side on white, each scaled to the same height; a PIL image."""
    images = [Image.fromarray(picture) for picture in pictures]
    images = [image.resize((image.width * height // image.height, height), 0) for image in images]
    width = sum(image.width for image in images) + GAP * (len(images) - 1)
    page, left = Image.new("RGB", (width, height), "white"), 0
    for image in images:
        page.paste(image, (left, 0))
        left += image.width + GAP
    return page
