"""Still pictures for readers without a kernel, made from arrays."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from coursekit.widgets.words import number

BLUE, ORANGE = np.array([31, 111, 180]), np.array([217, 95, 2])  # positive, negative
GAP = 12  # pixels between pictures
MOST = 30  # rows or columns of an array whose numbers are shown
TALL = 320  # pixels of an array of cells, about
PALE = 2.5  # black numbers are read on pale colours
LINE = (205, 205, 205)
# matplotlib brings a font that knows a true minus; the package itself need not be imported.
FONT = Path(find_spec("matplotlib").origin).parent / "mpl-data/fonts/ttf/DejaVuSans.ttf"


def grey(image):
    """Colours of a picture with values in [0, 1]: (h, w) -> (h, w, 3), uint8."""
    return np.repeat(np.rint(255 * np.clip(image, 0, 1))[..., None], 3, axis=-1).astype(np.uint8)


def signed(values, scale):
    """White is 0, blue is +scale, orange is −scale: (h, w) -> (h, w, 3), uint8."""
    part = np.clip(abs(values) / scale, 0, 1)[..., None]  # (h, w, 1)
    end = np.where(values[..., None] < 0, ORANGE, BLUE)  # (h, w, 3)
    return np.rint(255 + part * (end - 255)).astype(np.uint8)


def cells(values, mark=None):
    """Cells with their numbers, or an array too large for numbers: (h, w) -> colours (…, …, 3).

    A large array without a negative number is a photograph, 0 to 255. mark: row, column, height
    and width of cells to frame.
    """
    if max(values.shape) <= MOST:
        return numbers(values, mark)
    return grey(values / 255) if values.min() >= 0 else signed(values, abs(values).max())


def numbers(values, mark=None):
    """Cells with their numbers on pale colours: (h, w) -> (h · cell, w · cell, 3), uint8."""
    scale, cell = PALE * abs(values).max() or 1.0, TALL // len(values)
    pixels = np.kron(signed(values, scale), np.ones((cell, cell, 1), np.uint8))
    image = Image.fromarray(pixels)
    draw = ImageDraw.Draw(image)
    texts = [number(value) for value in values.ravel()]
    font = ImageFont.truetype(FONT, cell * min(0.38, 1.5 / max(map(len, texts))))
    for text, (y, x) in zip(texts, np.ndindex(values.shape), strict=True):
        box = [x * cell, y * cell, (x + 1) * cell - 1, (y + 1) * cell - 1]
        draw.rectangle(box, outline=LINE)
        draw.text(((x + 0.5) * cell, (y + 0.5) * cell), text, "black", font, anchor="mm")
    if mark:
        y, x, height, width = (cell * part for part in mark)
        draw.rectangle([x, y, x + width - 1, y + height - 1], outline="black", width=3)
    return np.asarray(image)


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
