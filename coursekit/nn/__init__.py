"""Neural networks by hand: layers with forward and backward, losses, optimisers."""

from coursekit.nn.activations import Tanh
from coursekit.nn.gradcheck import gradcheck, numeric_gradient
from coursekit.nn.layers import Linear, Sequential
from coursekit.nn.losses import EuclideanLoss
from coursekit.nn.module import Module
from coursekit.nn.optim import SGD

__all__ = [
    "SGD",
    "EuclideanLoss",
    "Linear",
    "Module",
    "Sequential",
    "Tanh",
    "gradcheck",
    "numeric_gradient",
]
