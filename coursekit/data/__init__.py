"""Pictures, digits, toy problems and fetched sets that the course uses; `SOURCES.md` says whose."""

from coursekit.data.clips import CLIPS, Clip, load_clip, shifted
from coursekit.data.connectedness import connectedness, four_bars, is_connected
from coursekit.data.digits import load_digits28, shift_and_rotate
from coursekit.data.downloads import load_cifar10, load_mnist
from coursekit.data.network import Network
from coursekit.data.networks import load_network
from coursekit.data.pictures import PICTURES, load_image
from coursekit.data.textures import TEXTURES, load_textures
from coursekit.data.torch_file import read_pth
from coursekit.data.toys import boolean_functions, curves, spirals, two_moons, xor
from coursekit.data.video import read_video, write_video

__all__ = [
    "CLIPS",
    "PICTURES",
    "TEXTURES",
    "Clip",
    "Network",
    "boolean_functions",
    "connectedness",
    "curves",
    "four_bars",
    "is_connected",
    "load_cifar10",
    "load_clip",
    "load_digits28",
    "load_image",
    "load_mnist",
    "load_network",
    "load_textures",
    "read_pth",
    "read_video",
    "shift_and_rotate",
    "shifted",
    "spirals",
    "two_moons",
    "write_video",
    "xor",
]
