"""Patches of eight textures, cut out of photographs that travel inside scikit-image's wheel."""

import numpy as np

from coursekit.nn.expect import expect_count, expect_generator

# Class -> the function of skimage.data that reads its photograph, and how much smaller it is made.
SOURCES = {
    "brick": ("brick", 2),
    "grass": ("grass", 2),
    "gravel": ("gravel", 2),
    "coins": ("coins", 2),
    "print": ("page", 1),
    "tissue": ("immunohistochemistry", 2),
    "galaxies": ("hubble_deep_field", 2),
    "cat": ("chelsea", 1),
}
TEXTURES = tuple(SOURCES)
SIDE = 32
TRAINING_SHARE = 0.7  # of the columns of each photograph; the others are for validation


def load_textures(*, n_train=600, n_validation=100, rng):
    """Cut random patches out of each photograph: (x, y) to train on and (x, y) to validate with.

    Shapes: x (8 n, 1, 32, 32) float32 in 0…1, y (8 n,) the index in `TEXTURES`; n patches of each
    class, which take turns. The patches to validate with come from another part of the picture.
    """
    expect_count("load_textures", "n_train", n_train)
    expect_count("load_textures", "n_validation", n_validation)
    expect_generator("load_textures", rng)
    photographs = [photograph(name) for name in TEXTURES]
    borders = [round(TRAINING_SHARE * image.shape[1]) for image in photographs]
    left = [image[:, :border] for image, border in zip(photographs, borders, strict=True)]
    right = [image[:, border:] for image, border in zip(photographs, borders, strict=True)]
    return patches(left, n_train, rng), patches(right, n_validation, rng)


def photograph(name):
    """The grey photograph (h, w) of a class in 0…1, made smaller by means of square blocks."""
    import skimage.data  # slow to import, and only needed here
    from skimage.transform import downscale_local_mean

    function, factor = SOURCES[name]
    image = getattr(skimage.data, function)() / 255
    if image.ndim == 3:
        image = image @ np.array([0.299, 0.587, 0.114])
    h, w = (size // factor * factor for size in image.shape)
    return downscale_local_mean(image[:h, :w], (factor, factor))


def patches(images, n, rng):
    """n patches of each image, in turns: x (n·len(images), 1, side, side), y the image's index."""
    y = np.arange(n * len(images)) % len(images)
    x = np.empty((len(y), 1, SIDE, SIDE), np.float32)
    for patch, label in zip(x[:, 0], y, strict=True):
        h, w = images[label].shape
        top, left = rng.integers(h - SIDE + 1), rng.integers(w - SIDE + 1)
        patch[:] = images[label][top : top + SIDE, left : left + SIDE]
    return x, y


def turn_and_relight(x, *, rng):
    """Flip patches and change their contrast and brightness, so that the pattern has to tell.

    Shapes: x (n, 1, h, w) in 0…1, result alike. Each half of the patches is flipped left to right;
    the contrast changes by 0.7…1.3 about the patch's mean, the brightness by −0.15…0.15.
    """
    flipped = rng.random(len(x)) < 0.5
    x = np.where(flipped[:, None, None, None], x[..., ::-1], x)
    contrast = rng.uniform(0.7, 1.3, (len(x), 1, 1, 1)).astype(x.dtype)
    brightness = rng.uniform(-0.15, 0.15, (len(x), 1, 1, 1)).astype(x.dtype)
    mean = x.mean(axis=(2, 3), keepdims=True)
    return np.clip(mean + contrast * (x - mean) + brightness, 0, 1)
