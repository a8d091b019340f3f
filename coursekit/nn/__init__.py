"""Neural networks by hand: layers with forward and backward, losses, optimisers."""

from coursekit.nn import graph, models
from coursekit.nn.activations import (
    Identity,
    LeakyReLU,
    PReLU,
    ReLU,
    Sigmoid,
    Softmax,
    Step,
    Tanh,
)
from coursekit.nn.conv import Conv1d, Conv2d
from coursekit.nn.evaluate import accuracy, confusion_matrix, predict
from coursekit.nn.gradcheck import gradcheck, numeric_gradient
from coursekit.nn.jacobians import check_chain, jacobian, jacobian_shapes
from coursekit.nn.layers import BatchNorm2d, Flatten, Linear, Sequential
from coursekit.nn.losses import BCELoss, CrossEntropyLoss, EuclideanLoss, MSELoss, NLLLoss
from coursekit.nn.minimise import gradient_descent, line_search, newton, random_search
from coursekit.nn.module import Module
from coursekit.nn.optim import SGD, Adam, penalty
from coursekit.nn.perceptron import Perceptron
from coursekit.nn.pooling import (
    AvgPool1d,
    AvgPool2d,
    L2PoolFeatures,
    LPPool2d,
    MaxPool1d,
    MaxPool2d,
    MinPool2d,
)
from coursekit.nn.schedules import cosine_decay, inverse_decay, step_decay
from coursekit.nn.state import load, load_state_dict, save, state_dict
from coursekit.nn.summary import summary
from coursekit.nn.training import History, fit, patience
from coursekit.nn.vector import objective, parameters_to_vector, vector_to_parameters
from coursekit.nn.windows import col2im, im2col

__all__ = [
    "SGD",
    "Adam",
    "AvgPool1d",
    "AvgPool2d",
    "BCELoss",
    "BatchNorm2d",
    "Conv1d",
    "Conv2d",
    "CrossEntropyLoss",
    "EuclideanLoss",
    "Flatten",
    "History",
    "Identity",
    "L2PoolFeatures",
    "LPPool2d",
    "LeakyReLU",
    "Linear",
    "MSELoss",
    "MaxPool1d",
    "MaxPool2d",
    "MinPool2d",
    "Module",
    "NLLLoss",
    "PReLU",
    "Perceptron",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "Softmax",
    "Step",
    "Tanh",
    "accuracy",
    "check_chain",
    "col2im",
    "confusion_matrix",
    "cosine_decay",
    "fit",
    "gradcheck",
    "gradient_descent",
    "graph",
    "im2col",
    "inverse_decay",
    "jacobian",
    "jacobian_shapes",
    "line_search",
    "load",
    "load_state_dict",
    "models",
    "newton",
    "numeric_gradient",
    "objective",
    "parameters_to_vector",
    "patience",
    "penalty",
    "predict",
    "random_search",
    "save",
    "state_dict",
    "step_decay",
    "summary",
    "vector_to_parameters",
]
