"""One step of learning in a small network as numbers: forwards, backwards, the update.

Pictures are columns and slopes are rows, as in deck 002: x₁ = W₀x₀, and ∂L/∂W₀ = x₀ ∂L/∂x₁ is the
transpose of what `coursekit.nn` keeps in `grads`, of the weights' own shape. Deck 004 writes rows:
its w is W₀ᵀ, its v is W₁ᵀ.
"""

import functools
from typing import NamedTuple

import numpy as np

from coursekit.nn import EuclideanLoss, Linear, Sequential, Sigmoid, Tanh
from coursekit.widgets.words import number

FUNCTIONS = {"tanh": Tanh, "σ": Sigmoid}


class Example(NamedTuple):
    """A network y = W₁ f(W₀x₀) with its one training pair."""

    function: str
    x0: list
    w0: list
    w1: list
    y: float


EXAMPLES = {
    # deck 002, "Backpropagation example"
    "deck 002": Example("tanh", [1.0, 0.1], [[1.0, -3.0], [0.2, 1.0]], [[1.0, -1.0]], 0.5),
    # deck 004's F(X) = φ(Xw)v, "Backpropagation: the math"; the numbers are ours
    "deck 004": Example(
        "σ", [1.0, -2.0], [[1.0, 0.5], [-1.0, 0.5], [0.5, -0.5]], [[1.0, -1.0, 2.0]], 1.0
    ),
}


class Walk(NamedTuple):
    """Every number of one step of learning, as matrices (lists of rows)."""

    values: dict  # x0, x1, x2, x3 and loss; columns
    slopes: dict  # of the loss: x3, x2, x1 as rows, w1 and w0 as x · slope


@functools.cache
def walk(name):
    """Forwards and backwards through an example with `coursekit.nn`."""
    example = EXAMPLES[name]
    model, loss = network(example), EuclideanLoss()
    x = np.array([example.x0])
    values = {"x0": x}
    for k, layer in enumerate(model.layers.values(), start=1):
        values[f"x{k}"] = x = layer.forward(x)
    values["loss"] = np.array([[loss.forward(x, np.array([[example.y]]))]])
    slopes = {"x3": loss.backward()}
    for k, layer in reversed(list(enumerate(model.layers.values()))):
        slopes[f"x{k}"] = layer.backward(slopes[f"x{k + 1}"])
    slopes |= {"w1": model[2].grads["weight"].T, "w0": model[0].grads["weight"].T}
    columns = {name: value.T.tolist() for name, value in values.items()}
    return Walk(columns, {name: slope.tolist() for name, slope in slopes.items()})


def network(example):
    """The network of an example, its weights set."""
    layers = [Linear(len(m[0]), len(m), bias=False, rng=None) for m in (example.w0, example.w1)]
    for layer, weight in zip(layers, (example.w0, example.w1), strict=True):
        layer.params["weight"] = np.array(weight)
    return Sequential(layers[0], FUNCTIONS[example.function](), layers[1])


def updated(name, eta):
    """W₀ and W₁ after W ← W − η (∂L/∂W)ᵀ, and x₃ and the loss that they give."""
    example, slopes = EXAMPLES[name], walk(name).slopes
    w0, w1 = (
        np.array(w) - eta * np.transpose(slopes[key])
        for w, key in ((example.w0, "w0"), (example.w1, "w1"))
    )
    x3 = network(example._replace(w0=w0, w1=w1)).forward(np.array([example.x0]))
    loss = EuclideanLoss().forward(x3, np.array([[example.y]]))
    return {"w0": w0.tolist(), "w1": w1.tolist(), "x3": x3.tolist(), "loss": loss}


# What each step shows: what becomes known, its formula, and the factors with their shapes.
STEPS = (
    ("Start.", None, "x₀, the weights and the wish y are known", ()),
    ("Forward.", "x1", "x₁ = W₀ x₀", ("w0", "x0")),
    ("Forward.", "x2", "x₂ = {f}(x₁), number by number", ("x1",)),
    ("Forward.", "x3", "x₃ = W₁ x₂", ("w1", "x2")),
    ("Forward.", "loss", "L = ½ (x₃ − y)²", ("x3",)),
    ("Backward.", "dx3", "∂L/∂x₃ = x₃ − y", ("x3",)),
    ("Backward.", "dw1", "∂L/∂W₁ = x₂ ∂L/∂x₃", ("x2", "dx3")),
    ("Backward.", "dx2", "∂L/∂x₂ = ∂L/∂x₃ W₁", ("dx3", "w1")),
    ("Backward.", "dx1", "∂L/∂x₁ = ∂L/∂x₂ diag({f}′(x₁))", ("dx2", "diagonal")),
    ("Backward.", "dw0", "∂L/∂W₀ = x₀ ∂L/∂x₁", ("x0", "dx1")),
    ("Update.", "new", "W ← W − η (∂L/∂W)ᵀ", ()),
    ("Again.", "after", "forward with the new weights", ()),
)
LAST = len(STEPS) - 1


def matrix(name, key):
    """One of the matrices that STEPS names, as a list of rows."""
    example, (values, slopes) = EXAMPLES[name], walk(name)
    if key == "diagonal":
        slope = np.divide(slopes["x1"], slopes["x2"])[0]
        return np.diag(slope).tolist()
    if key in ("w0", "w1"):
        return getattr(example, key)
    return slopes[key[1:]] if key.startswith("d") else values[key]


def shape(rows):
    return f"{len(rows)}×{len(rows[0])}"


def written(rows):
    """A matrix in a line: (1 −3; 0.2 1)."""
    return f"({'; '.join(' '.join(number(v) for v in row) for row in rows)})"


def fixed_words(name):
    """Verdict and sentence of the steps that do not depend on η."""
    said = []
    for verdict, result, formula, factors in STEPS[: LAST - 1]:
        formula = formula.format(f=EXAMPLES[name].function)
        sentence = f"{formula}."
        if factors:
            shapes = "·".join(f"({shape(matrix(name, key))})" for key in factors)
            known = matrix(name, result)
            sentence = f"{formula}: {shapes} → ({shape(known)}), here {written(known)}."
        said.append([verdict, sentence])
    return said


def words(name, step, eta):
    """Verdict and sentence of a step."""
    if step < LAST - 1:
        return fixed_words(name)[step]
    new, before = updated(name, eta), walk(name).values["loss"][0][0]
    if step == LAST - 1:
        both = f"W₁ = {written(new['w1'])}, W₀ = {written(new['w0'])}"
        return ["Update.", f"W ← W − η (∂L/∂W)ᵀ with η = {number(eta)}: {both}."]
    change = "falls" if new["loss"] < before else "rises" if new["loss"] > before else "stays"
    told = f"x₃ = {number(new['x3'][0][0])}, and the loss {change}"
    return ["Again.", f"{told} from {number(before)} to {number(new['loss'])}."]
