"""Pooling as numbers: forward, the slopes on their way back, and what a number has seen."""

import numpy as np

from coursekit import nn
from coursekit.widgets.words import number

SIZES, STRIDES, KERNELS = (2, 3, 4), (1, 2, 3), (1, 3, 5)
LAYERS = {
    "max": nn.MaxPool2d,
    "average": nn.AvgPool2d,
    "min": nn.MinPool2d,
    "L2": lambda size, stride: nn.LPPool2d(2, size, stride),
}
DECK_004 = [
    [-7, 6, -1, 3, 9, 9, 6, -9],
    [3, -8, 0, 7, 10, 8, -3, 10],
    [-4, 2, -6, 4, -7, 5, 5, 7],
    [-3, -9, 1, 8, -8, 9, -1, -5],
    [-7, 10, -9, -5, 9, -8, -7, 10],
    [-5, 5, 9, 4, 10, -8, 7, 6],
    [-3, 8, 0, 2, 2, -3, -2, 5],
    [4, -6, 7, -3, 1, 4, 10, 0],
]
IMAGES = {
    "deck 004": np.array(DECK_004, float),
    "ties": np.add.outer(np.arange(8) // 2, np.arange(8) // 2) + 1.0,
    "up and down": np.where(np.indices((8, 8)).sum(axis=0) % 2, -9.0, 9.0),
}


def pool(image, kind, size, stride):
    """One number for each window: image (8, 8) -> (oh, ow)."""
    return LAYERS[kind](size, stride).forward(image[None, None])[0, 0]


def send_back(image, kind, size, stride, place):
    """Slope of the picture (8, 8) when the outputs 0 … place have the slopes 1, 2, 3, …"""
    layer = LAYERS[kind](size, stride)
    y = layer.forward(image[None, None])  # (1, 1, oh, ow)
    dy = np.arange(1.0, y.size + 1).reshape(y.shape)
    return layer.backward(np.where(dy <= place + 1, dy, 0))[0, 0]


def window(image, size, stride, place):
    """What the window sees at a place, (size, size), and the row and column where it begins."""
    columns = (image.shape[1] - size) // stride + 1
    y, x = (stride * i for i in divmod(place, columns))
    return image[y : y + size, x : x + size], y, x


def sentence(image, kind, size, stride, place, kernel):
    """What the window yields, who gets its slope, and how much of a picture it has seen."""
    seen, y, x = window(image, size, stride, place)
    value = pool(image, kind, size, stride).ravel()[place]
    field = size + kernel - 1
    sees = f" Behind a {kernel}×{kernel} convolution it sees {field} × {field} pixels."
    yields = f"The {kind} of the window at y {y}, x {x} is {number(value)}."
    return f"{yields} {share(seen, kind, y, x, place + 1)}{sees if kernel > 1 else ''}"


def share(seen, kind, y, x, slope):
    """Who gets the slope of a window, in words."""
    if kind == "average":
        return f"Each of its {seen.size} pixels gets {slope} / {seen.size} of the slope {slope}."
    if kind == "L2":
        return f"Each pixel gets its value / L2 of the slope {slope}."
    best = seen.max() if kind == "max" else seen.min()
    i, j = np.argwhere(seen == best)[0]
    word = {"max": "largest", "min": "smallest"}[kind]
    many = int((seen == best).sum())
    first = f"{many} are equal, and the first" if many > 1 else f"The {word}"
    return f"{first}, at y {y + i}, x {x + j}, gets the whole slope {slope}."
