"""Pictures, digits, toy problems and fetched sets that the course uses; `SOURCES.md` says whose."""

from coursekit.data.connectedness import connectedness, four_bars, is_connected
from coursekit.data.digits import load_digits28, shift_and_rotate
from coursekit.data.downloads import load_cifar10, load_mnist
from coursekit.data.pictures import PICTURES, load_image
from coursekit.data.toys import boolean_functions, curves, spirals, two_moons, xor

__all__ = [
    "PICTURES",
    "boolean_functions",
    "connectedness",
    "curves",
    "four_bars",
    "is_connected",
    "load_cifar10",
    "load_digits28",
    "load_image",
    "load_mnist",
    "shift_and_rotate",
    "spirals",
    "two_moons",
    "xor",
]
