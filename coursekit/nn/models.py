"""Networks of the lectures, from three hidden units to AlexNet.

rng=None makes any of them without weights: enough for `summary` and for `load`, and free.
"""

import numpy as np

from coursekit.nn import activations
from coursekit.nn.activations import ReLU, Sigmoid, Tanh
from coursekit.nn.conv import Conv2d
from coursekit.nn.layers import Flatten, Linear, Sequential
from coursekit.nn.lenet import C3_TABLE, Subsample, TableConv2d
from coursekit.nn.module import Module
from coursekit.nn.pooling import MaxPool2d


def mlp(sizes, activation="Tanh", *, rng, dtype=np.float64):
    """Linear layers with an activation between them; the last one stays linear.

    sizes: (d_in, hidden, …, d_out). activation: a class of nn such as ReLU, or its name.

    >>> mlp((784, 256, 10), "ReLU", rng=np.random.default_rng(0)).output_shape((64, 784))
    (64, 10)
    """
    if len(sizes) < 2:
        raise ValueError(f"mlp expects two sizes or more; got {tuple(sizes)}")
    make = activation_class(activation)
    layers = []
    for d_in, d_out in zip(sizes[:-1], sizes[1:], strict=True):
        layers += [Linear(d_in, d_out, rng=rng, dtype=dtype), make()]
    return Sequential(*layers[:-1])


def net_2_3_1(*, rng, dtype=np.float64):
    """Deck 004's network F(X) = φ(Xw)v: two inputs, three sigmoid units, one output, no biases.

    The deck's w (2, 3) is hidden.weight.T, and its v (3, 1) is output.weight.T.
    """
    return Sequential(
        {
            "hidden": Linear(2, 3, bias=False, rng=rng, dtype=dtype),
            "sigmoid": Sigmoid(),
            "output": Linear(3, 1, bias=False, rng=rng, dtype=dtype),
        }
    )


def lenet5(*, rng, original=False, dtype=np.float64):
    """LeNet-5: digits x (n, 1, 28, 28) -> scores (n, 10), for CrossEntropyLoss; 61,706 numbers.

    That is the form in use today, with ReLU, max pooling and full convolutions. original=True is
    the one of 1998, with 60,000: `lenet5_1998`.
    """
    if original:
        return lenet5_1998(rng=rng, dtype=dtype)
    make = {"rng": rng, "dtype": dtype}
    return Sequential(
        {
            "conv1": Conv2d(1, 6, 5, padding=2, **make),
            "relu1": ReLU(),
            "pool1": MaxPool2d(2),  # (n, 6, 14, 14)
            "conv2": Conv2d(6, 16, 5, **make),
            "relu2": ReLU(),
            "pool2": MaxPool2d(2),  # (n, 16, 5, 5)
            "flatten": Flatten(),
            "fc1": Linear(400, 120, **make),
            "relu3": ReLU(),
            "fc2": Linear(120, 84, **make),
            "relu4": ReLU(),
            "fc3": Linear(84, 10, **make),
        }
    )


def lenet5_1998(*, rng, dtype=np.float64):
    """LeNet-5 as published: x (n, 1, 32, 32), digits in a margin of 2, -> features (n, 84).

    C3 sees only parts of S2 (table I), and subsampling has weights. Left out: the ten output
    units, which compare the 84 features with pictures drawn by hand and learn nothing (put a
    Linear(84, 10) there to classify), and the factors in 1.7159 tanh(2a/3), here tanh(a).
    Source: LeCun et al., "Gradient-based learning applied to document recognition", 1998,
    section II.B.
    """
    make = {"rng": rng, "dtype": dtype}
    return Sequential(
        {
            "C1": Conv2d(1, 6, 5, **make),  # (n, 6, 28, 28)
            "tanh1": Tanh(),
            "S2": Subsample(6, dtype),
            "tanh2": Tanh(),
            "C3": TableConv2d(6, C3_TABLE, 5, **make),  # (n, 16, 10, 10)
            "tanh3": Tanh(),
            "S4": Subsample(16, dtype),
            "tanh4": Tanh(),
            "C5": Conv2d(16, 120, 5, **make),  # (n, 120, 1, 1)
            "tanh5": Tanh(),
            "flatten": Flatten(),
            "F6": Linear(120, 84, **make),
            "tanh6": Tanh(),
        }
    )


def alexnet(*, rng, dtype=np.float32):
    """AlexNet: photographs x (n, 3, 227, 227) -> scores (n, 1000); 60,965,224 numbers, 244 MB.

    conv2, conv4 and conv5 work in two groups of channels, one for each graphics card of 2012.
    Left out: the local response normalisation after conv1 and conv2, which has no weights, and
    dropout. Source: Krizhevsky, Sutskever and Hinton, "ImageNet classification with deep
    convolutional neural networks", 2012, section 3.
    """
    make = {"rng": rng, "dtype": dtype}
    return Sequential(
        {
            "conv1": Conv2d(3, 96, 11, stride=4, **make),
            "relu1": ReLU(),
            "pool1": MaxPool2d(3, stride=2),  # (n, 96, 27, 27)
            "conv2": Conv2d(96, 256, 5, padding=2, groups=2, **make),
            "relu2": ReLU(),
            "pool2": MaxPool2d(3, stride=2),  # (n, 256, 13, 13)
            "conv3": Conv2d(256, 384, 3, padding=1, **make),
            "relu3": ReLU(),
            "conv4": Conv2d(384, 384, 3, padding=1, groups=2, **make),
            "relu4": ReLU(),
            "conv5": Conv2d(384, 256, 3, padding=1, groups=2, **make),
            "relu5": ReLU(),
            "pool5": MaxPool2d(3, stride=2),  # (n, 256, 6, 6)
            "flatten": Flatten(),
            "fc6": Linear(9216, 4096, **make),
            "relu6": ReLU(),
            "fc7": Linear(4096, 4096, **make),
            "relu7": ReLU(),
            "fc8": Linear(4096, 1000, **make),
        }
    )


def activation_class(activation):
    """The class itself, or the one of this name in nn.activations, whatever its case."""
    if isinstance(activation, type):
        return activation
    names = {n.lower(): n for n in vars(activations) if is_activation(getattr(activations, n))}
    if not isinstance(activation, str) or activation.lower() not in names:
        raise ValueError(
            "mlp expects activation as a class such as nn.Tanh, one object of which is made for "
            f"every layer, or as one of {', '.join(sorted(names.values()))}; got {activation!r}"
        )
    return getattr(activations, names[activation.lower()])


def is_activation(value):
    return isinstance(value, type) and issubclass(value, Module) and value is not Module
