"""Networks of our own: how each is built and trained. Their weights lie next to this file.

Train one again and write its weights:

    OPENBLAS_CORETYPE=Haswell python -m coursekit.data.trained digits

A sum depends on the order of its terms, and so do the last bits of the weights: the line above
asks for the matrix products of one kind of processor, and training keeps to one thread.
"""

import sys
from pathlib import Path

import numpy as np

from coursekit.data.digits import load_digits28, shift_and_rotate
from coursekit.data.frozen import Scale
from coursekit.data.network import Network
from coursekit.data.packages import checked
from coursekit.data.textures import TEXTURES, load_textures, turn_and_relight
from coursekit.nn import (
    SGD,
    Adam,
    Conv2d,
    CrossEntropyLoss,
    Flatten,
    Linear,
    MaxPool2d,
    Module,
    ReLU,
    cosine_decay,
    fit,
    load,
    models,
    save,
)
from coursekit.nn.threads import blas

SHA256 = {
    "digits": "78cdb81fc8aac213de622826cb37cc890528f4415a21391be77b6caf38c836c9",
    "textures": "49a15df8aaf0432d5e8be622144942174ec94ee69fff6a59f7920bc7946b8d9b",
}


def digits_network(*, rng):
    """LeNet-5 for handwritten digits, x (n, 1, 28, 28) with ink 1 on paper 0."""
    layers = models.lenet5(rng=rng, dtype=np.float32).layers
    return Network("digits", layers, (28, 28), [str(k) for k in range(10)])


def textures_network(*, rng):
    """Three convolutions and their channels' means: patches x (n, 1, 32, 32) of photographs."""
    make = {"rng": rng, "dtype": np.float32}
    layers: dict[str, Module] = {
        "input": Scale(0.5, 0.25),
        "conv1": Conv2d(1, 16, 7, padding=3, **make),
        "relu1": ReLU(),
        "pool1": MaxPool2d(2),  # (n, 16, 16, 16)
        "conv2": Conv2d(16, 32, 5, padding=2, **make),
        "relu2": ReLU(),
        "pool2": MaxPool2d(2),  # (n, 32, 8, 8)
        "conv3": Conv2d(32, 64, 3, padding=1, **make),
        "relu3": ReLU(),
        "pool3": MaxPool2d(2),  # (n, 64, 4, 4)
        "flatten": Flatten(),
        "classes": Linear(1024, len(TEXTURES), **make),
    }
    return Network("textures", layers, (32, 32), TEXTURES)


def train_digits(seed, *, epochs=20):
    """LeNet-5 trained on 9,000 digits, each a little shifted and turned every time it is seen."""
    data, validation = load_digits28()
    return train(digits_network, adam, data, validation, seed, epochs, shift_and_rotate)


def train_textures(seed, *, epochs=20):
    """The network of textures, trained on one part of each photograph, judged on another."""
    data, validation = load_textures(rng=np.random.default_rng(0))
    return train(textures_network, decaying, data, validation, seed, epochs, turn_and_relight)


def adam(network):
    return Adam(network, lr=0.002)


def decaying(network):
    """Descent whose decay takes out of the filters what is left of their random start."""
    return SGD(network, lr=0.05, momentum=0.9, weight_decay=0.002)


def train(build, optimize, data, validation, seed, epochs, augment):
    rng = np.random.default_rng(seed)
    network = build(rng=rng)
    optimizer = optimize(network)
    steps = epochs * -(-len(data[0]) // 64)
    schedule = cosine_decay(optimizer.lr, steps, warmup=min(50, steps // 2))
    settings = {"epochs": epochs, "validation": validation, "augment": augment, "rng": rng}
    with blas().limit(limits=1):
        fit(network, CrossEntropyLoss(), optimizer, data, schedule=schedule, **settings)
    return network.eval()


BUILD = {"digits": digits_network, "textures": textures_network}
TRAIN = {"digits": train_digits, "textures": train_textures}


def load_trained(name):
    """The shipped network of this name, with the weights that training from seed 0 gave."""
    network = BUILD[name](rng=None)
    return load(network, checked(weights_path(name), SHA256[name])).eval()


def weights_path(name):
    return Path(__file__).with_name(f"{name}.safetensors")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        save(TRAIN[name](seed=0), weights_path(name))
