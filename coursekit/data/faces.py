"""The three networks that find faces, with the weights of the package mtcnn (SOURCES.md)."""

import math

import numpy as np

from coursekit.data.frozen import SamePad, Scale
from coursekit.data.joblib_file import read_arrays
from coursekit.data.network import Network
from coursekit.data.packages import weight_file
from coursekit.nn import Conv2d, Flatten, Linear, MaxPool2d, Module, PReLU

SHA256 = {
    "pnet": "ea6b0c3e685ebee3165326ad6484acc95f2ef78f1c94fbf40a55704fa989f7b5",
    "rnet": "cb00e6460f3c98b0bfafaba3c0a0ded4bdf6e62cee7174d969e8670d7e757fee",
    "onet": "94f6ea2f4cf985275ee958cdd762d17b6009348a4fb9d8c6be39ba73ffd22ca3",
}
# Side of the picture, number of hidden layers, and the pooling after some of them.
DESIGNS = {
    "pnet": (12, 3, {1: (2, "same")}),
    "rnet": (24, 4, {1: (3, "same"), 2: (3, "valid")}),
    "onet": (48, 5, {1: (3, "same"), 2: (3, "valid"), 3: (2, "same")}),
}


class FaceNetwork(Network):
    """One of MTCNN's networks: x (n, 3, side, side) in 0…1 -> scores (n, 2), no face and face.

    The side is 12 for the P-Net, 24 for the R-Net and 48 for the O-Net, which is the one that
    load_network("faces") gives; the others are its attributes `pnet` and `rnet`. Left out are the
    outputs that place the frame and the landmarks. Source: Zhang et al., "Joint face detection
    and alignment using multitask cascaded convolutional networks", 2016.
    """

    pnet: "FaceNetwork"
    rnet: "FaceNetwork"


def load_face_networks():
    """The O-Net, with the other two as its attributes."""
    onet = face_network("onet")
    onet.pnet, onet.rnet = face_network("pnet"), face_network("rnet")
    return onet


def face_network(name):
    """Build a network from its arrays: weight, bias and PReLU's slopes of each hidden layer.

    The outputs' weights and biases come after these, those of the two classes at the very end.
    """
    arrays = stored_arrays(name)
    side, n_hidden, pools = DESIGNS[name]
    layers: dict[str, Module] = {"input": Scale(0.5, 128 / 255)}
    for i in range(1, n_hidden + 1):
        weight, bias, slopes = arrays[3 * i - 3 : 3 * i]
        if weight.ndim == 4:
            channels = len(bias)
            layers |= convolution(i, weight, bias)
        else:
            layers |= {"flatten": Flatten(), f"fc{i}": dense(in_our_order(weight, channels), bias)}
        layers[f"prelu{i}"] = with_params(PReLU(slopes.size), weight=slopes.ravel())
        layers |= pooling(i, *pools[i]) if i in pools else {}
    weight, bias = arrays[-2:]
    layers |= {} if "flatten" in layers else {"flatten": Flatten()}
    layers["face"] = dense(weight.reshape(-1, 2), bias)
    return FaceNetwork(name, layers, (side, side, 3), ("no face", "face")).eval()


def stored_arrays(name):
    import lz4.frame  # comes with mtcnn

    path = weight_file("mtcnn", f"assets/weights/{name}.lz4", SHA256[name])
    return read_arrays(lz4.frame.decompress(path.read_bytes()))


def convolution(i, weight, bias):
    """TensorFlow's weight (kh, kw, c, out) -> ours (out, c, kh, kw)."""
    weight = weight.transpose(3, 2, 0, 1)
    layer = Conv2d(weight.shape[1], len(weight), weight.shape[2:], rng=None)
    return {f"conv{i}": with_params(layer, weight=weight, bias=bias)}


def pooling(i, size, padding):
    pad = {f"pad{i}": SamePad(size, 2, fill=-math.inf)} if padding == "same" else {}
    return {**pad, f"pool{i}": MaxPool2d(size, stride=2)}


def dense(weight, bias):
    return with_params(Linear(*weight.shape, rng=None), weight=weight.T, bias=bias)


def in_our_order(weight, channels):
    """Rows of weight (w·h·c, out), which run over places first, as Flatten's (c·h·w, out)."""
    side = math.isqrt(len(weight) // channels)
    by_place = weight.reshape(side, side, channels, -1)  # (w, h, c, out)
    return by_place.transpose(2, 1, 0, 3).reshape(weight.shape)


def with_params(layer, **params):
    layer.params = {key: np.array(value, np.float32, order="C") for key, value in params.items()}
    return layer
