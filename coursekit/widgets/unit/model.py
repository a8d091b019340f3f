"""One unit as numbers: a = w·x + b, y = f(a), and the slopes of y."""

from typing import NamedTuple

import numpy as np

from coursekit import nn
from coursekit._shared.ties import cancelled
from coursekit.widgets.words import number

SATURATED = 0.05  # part of the largest slope below which a unit counts as saturated
FUNCTIONS = ("linear", "logistic", "tanh", "ReLU", "leaky ReLU", "PReLU", "step")
WITH_ALPHA = ("leaky ReLU", "PReLU")
LARGEST_SLOPE = {"logistic": 0.25}  # of the others: 1
VERDICTS = {
    "linear": "Linear: the slope is 1 for every a, and layers of such units are one affine map.",
    "step": "Flat: the slope of a step is 0, so gradient descent finds nothing to mend here.",
    "off": "Off: the slope is 0, so this example moves no weight. Off for all of them, it is dead.",
    "leaking": "Leaking: below 0 the slope is α = {slope}, so that the unit can come back.",
    "learning α": "Leaking: the slope is α = {slope}, and α learns too, with ∂y/∂α = a = {a}.",
    "on": "On: the slope is 1, and all that comes back from above goes on to the weights.",
    "saturated": "Saturated: the slope {slope} is {part} % of the largest; learning hardly moves.",
    "sloped": "Awake: the slope {slope} is {part} % of the largest, so the weights can learn.",
}


class Unit(NamedTuple):
    """One unit at one example: its inputs, weights and bias, its function, and α."""

    x: tuple[float, float]
    w: tuple[float, float]
    b: float
    function: str
    alpha: float


def layer(function, alpha):
    """The layer of `coursekit.nn` that is this function."""
    if function == "leaky ReLU":
        return nn.LeakyReLU(alpha)
    if function == "PReLU":
        return nn.PReLU(init=alpha)
    known = {
        "linear": nn.Identity,
        "logistic": nn.Sigmoid,
        "tanh": nn.Tanh,
        "ReLU": nn.ReLU,
        "step": nn.Step,
    }
    return known[function]()


def activation(function, alpha, a):
    """f(a) and f′(a) for an array of sums (n,): two arrays (n,)."""
    made = layer(function, alpha)
    y = made.forward(a)
    if function == "step":  # its backward warns of these zeros
        return y, np.zeros_like(a)
    return y, made.backward(np.ones_like(a))


def total(unit):
    """a = w·x + b, 0 on the line: 0.1 + 0.2 − 0.3 is above it by rounding alone."""
    terms = unit.w[0] * unit.x[0], unit.w[1] * unit.x[1], unit.b
    return float(cancelled(sum(terms), sum(map(abs, terms))))


def answer(unit):
    """a, y = f(a) and f′(a)."""
    a = total(unit)
    y, slope = activation(unit.function, unit.alpha, np.array([a]))
    return a, float(y[0]), float(slope[0])


def slopes(unit):
    """∂y/∂w₁, ∂y/∂w₂ and ∂y/∂b: f′(a) times x₁, x₂ and 1."""
    slope = answer(unit)[2]
    return slope * unit.x[0], slope * unit.x[1], slope


def verdict(unit):
    """One of the words of `VERDICTS`."""
    a, _, slope = answer(unit)
    if unit.function in ("linear", "step"):
        return unit.function
    if unit.function in ("logistic", "tanh"):
        part = slope / LARGEST_SLOPE.get(unit.function, 1)
        return "saturated" if part < SATURATED else "sloped"
    if a > 0:
        return "on"
    return {"ReLU": "off", "leaky ReLU": "leaking", "PReLU": "learning α"}[unit.function]


def sentence(unit):
    """What the unit answers, whether it can learn from this example, and how fast."""
    a, y, slope = answer(unit)
    part = 100 * slope / LARGEST_SLOPE.get(unit.function, 1)
    facts = {"a": number(a), "slope": number(slope), "part": number(part)}
    said = VERDICTS[verdict(unit)].format(**facts)
    names = zip(("w₁", "w₂", "b"), slopes(unit), strict=True)
    parts = ", ".join(f"∂y/\u2060∂{name} = {number(value)}" for name, value in names)
    return f"a = {number(a)} and y = {number(y)}. {said} {parts}."
