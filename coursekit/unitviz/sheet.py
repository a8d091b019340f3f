"""Contact sheets: one image per unit, all in one array."""

import math

import numpy as np

from coursekit.nn.expect import expect_count
from coursekit.unitviz.maximize import image_shape, maximize_unit
from coursekit.unitviz.units import Unit


def contact_sheet(model, layer=None, *, units=None, columns=None, rng, **settings):
    """Maximise every unit of a layer and lay the images out in rows: (H, W) or (H, W, 3).

    units: which ones, all of them for None. settings are those of `maximize_unit`. Each unit gets
    its own stream of rng, so that its image does not depend on the others.
    """
    if units is None:
        units = range(count_units(model, layer, settings.get("shape")))
    units = list(units)
    streams = rng.spawn(len(units))
    images = [
        maximize_unit(model, unit, layer, rng=stream, **settings)
        for unit, stream in zip(units, streams, strict=True)
    ]
    return tile(images, columns)


def count_units(model, layer, shape):
    h, w, *colours = shape or image_shape(model)
    chosen = Unit(model, 0, layer)
    chosen.forward(np.zeros((1, *(colours or [1]), h, w), np.float32))
    return chosen.y.shape[1]


def tile(images, columns=None, gap=2):
    """Images of one shape in rows, about as many rows as columns, on white with white gaps."""
    images = [np.asarray(image) for image in images]
    if not images or any(image.shape != images[0].shape for image in images):
        shapes = sorted({image.shape for image in images})
        raise ValueError(f"tile expects images of one shape; got {shapes or 'none'}")
    columns = math.ceil(math.sqrt(len(images))) if columns is None else columns
    expect_count("tile", "columns", columns)
    h, w, *colours = images[0].shape
    rows = math.ceil(len(images) / columns)
    width = columns * (w + gap) - gap
    sheet = np.ones((rows * (h + gap) - gap, width, *colours), images[0].dtype)
    for k, image in enumerate(images):
        top, left = k // columns * (h + gap), k % columns * (w + gap)
        sheet[top : top + h, left : left + w] = image
    return sheet
