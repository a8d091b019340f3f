"""A sliding window as numbers: what it sees, the products, and their sums."""

from functools import cache

import numpy as np

from coursekit.data import load_image
from coursekit.nn import im2col
from coursekit.pyramids import gaussian_pyramid
from coursekit.widgets.words import number

OPERATIONS = ("correlation", "convolution")
STRIDES, PADDINGS = (1, 2, 3), (0, 1, 2)
SIDES = (1, 3, 5)  # of a kernel
LARGEST = 128  # rows and columns of a picture

KERNELS = {
    "box 3×3": np.full((3, 3), 1 / 9),
    "binomial 5×5": np.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1]) / 256,
    "slope in x": np.outer([1, 2, 1], [-1, 0, 1]) / 8,
    "sharpen": 2 * np.eye(3)[1][:, None] * np.eye(3)[1] - 1 / 9,
    "shift": np.outer([0, 1, 0], [0, 0, 1]) / 1,
    "corner": np.array([[3.0, 2, 0], [1, 0, 0], [0, 0, 0]]),
    "1×1": np.full((1, 1), 0.5),
}


IMAGES = ("deck 001", "flat", "dot", "stripes", "photograph")


def deck_001():
    """The picture of deck 001's box-filter table: a bright square with a hole, and a dot."""
    image = np.zeros((10, 10))
    image[2:7, 3:8] = 90
    image[5, 4] = 0
    image[8, 2] = 90
    return image


@cache
def images():
    """The pictures to slide over, {name: (h, w)}, with whole numbers from 0 to 255."""
    flat = np.full((8, 8), 90.0)
    dot = np.zeros((7, 7))
    dot[3, 3] = 1
    stripes = np.tile([90.0, 0, 0], (9, 3))
    photograph = np.rint(255 * gaussian_pyramid(load_image("camera"), 3)[-1])  # (128, 128)
    return dict(zip(IMAGES, (deck_001(), flat, dot, stripes, photograph), strict=True))


def used(kernel, operation):
    """The kernel as it lies on the picture: convolution turns it by 180°."""
    return kernel[::-1, ::-1] if operation == "convolution" else kernel


def places(size, side, stride, padding):
    """How many places the window has along an axis."""
    return (size + 2 * padding - side) // stride + 1


def respond(image, kernel, operation, stride, padding):
    """The picture seen through the kernel: image (h, w), kernel (k, k) -> (oh, ow)."""
    columns = im2col(image[None, None], kernel.shape, stride, padding)[0]  # (k·k, oh·ow)
    out = [places(size, len(kernel), stride, padding) for size in image.shape]
    return (used(kernel, operation).ravel() @ columns).reshape(out)


def products(image, kernel, operation, stride, padding, place):
    """What the window sees at a place times the kernel, (k, k); the place counts row by row."""
    columns = im2col(image[None, None], kernel.shape, stride, padding)[0]
    return columns[:, place].reshape(kernel.shape) * used(kernel, operation)


def sentence(shape, side, operation, stride, padding, place, value):
    """Where the window stands, and why the output has its size."""
    rows, columns = (places(size, side, stride, padding) for size in shape)
    y, x = divmod(place, columns)
    how = f"({shape[0]} + 2·{padding} − {side}) / {stride} + 1"
    whole = (shape[0] + 2 * padding - side) % stride == 0
    many = "1 product" if side == 1 else f"{side * side} products"
    turned = " with the turned kernel" if operation == "convolution" else ""
    return (
        f"Output y {y}, x {x} is {number(value)}. The sum of {many}{turned}; there are "
        f"{rows} × {columns} places, because {how} = {rows}{'' if whole else ', rounded down'}."
    )
