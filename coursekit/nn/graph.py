"""Backpropagation on single numbers: a graph of values that knows every slope on its way."""

import math
import numbers
from typing import NamedTuple


class Step(NamedTuple):
    """One line of `Value.trace`: a node with what flows through it forwards and backwards."""

    name: str
    op: str  # "input", "constant" or the operation
    inputs: tuple[str, ...]
    value: float
    local: tuple[float, ...]  # d value / d input, for each input
    upstream: float  # d output / d value


class Value:
    """A number that remembers from which numbers it was made, and the slope to each of them.

    Write a formula with +, −, ×, /, ** and the methods below, call backward() on its result, and
    every node's `grad` is the derivative of the result to that node. A value that is used twice
    gets the sum of both gradients (deck 001, patterns in gradient flow).

    >>> x, y, z = Value(-2, "x"), Value(5, "y"), Value(-4, "z")
    >>> f = (x + y) * z
    >>> f.backward()
    >>> x.grad, y.grad, z.grad
    (-4.0, -4.0, 3.0)
    """

    __array_ufunc__ = None  # np.float64(2) * value is then value * 2, not an array of objects

    def __init__(self, data, name=None):
        if not isinstance(data, numbers.Real):
            raise TypeError(f"Value expects a number; got {data!r}")
        self.data = float(data)
        self.name = name
        self.grad = 0.0
        self.op = "input"
        self.inputs: tuple[Value, ...] = ()
        self.slopes: tuple[float, ...] = ()  # d self / d input, for each input

    def __repr__(self):
        name = f"{self.name}: " if self.name else ""
        return f"Value({name}{self.data:.6g}, grad {self.grad:.6g})"

    def named(self, name):
        """Give a node of a formula its name: h = (w * x + b).named("h")."""
        self.name = name
        return self

    # Each operation: its value, and the slopes to its inputs.

    def __add__(self, other):
        other = value_of(other)
        return node("+", self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        other = value_of(other)
        return node("×", self.data * other.data, (self, other), (other.data, self.data))

    def maximum(self, other):
        """max(self, other): the larger one gets the whole gradient, the first one in a tie."""
        other = value_of(other)
        first = float(self.data >= other.data)
        return node("max", max(self.data, other.data), (self, other), (first, 1 - first))

    def copy(self):
        """The same number once more, as a node of its own."""
        return node("copy", self.data, (self,), (1.0,))

    def reciprocal(self):
        return node("1/x", 1 / self.data, (self,), (-1 / self.data**2,))

    def exp(self):
        y = math.exp(self.data)
        return node("exp", y, (self,), (y,))

    def log(self):
        return node("log", math.log(self.data), (self,), (1 / self.data,))

    def tanh(self):
        y = math.tanh(self.data)
        return node("tanh", y, (self,), (1 - y**2,))

    def relu(self):
        return node("relu", max(self.data, 0.0), (self,), (float(self.data > 0),))

    def sigmoid(self):
        """1 / (1 + exp(−x)) as one node; ((-x).exp() + 1).reciprocal() is the same in four."""
        y = 0.5 + 0.5 * math.tanh(self.data / 2)  # no overflow on either side
        return node("σ", y, (self,), (y * (1 - y),))

    def __pow__(self, n):
        if not isinstance(n, int | float):
            raise TypeError(f"Value ** n expects a plain number n; got {n!r}")
        slope = n * self.data ** (n - 1) if n else 0.0
        return node(f"^{n:g}", self.data**n, (self,), (slope,))

    # What is made of these.

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + -value_of(other)

    def __truediv__(self, other):
        return self * value_of(other).reciprocal()

    def __rsub__(self, other):
        return value_of(other) - self

    def __rtruediv__(self, other):
        return value_of(other) / self

    __radd__ = __add__
    __rmul__ = __mul__

    # Walking the graph.

    def nodes(self):
        """All nodes that this one is made of and itself, each after its inputs."""
        order, seen, stack = [], set(), [(self, False)]
        while stack:  # no recursion, so that a chain may be as long as memory allows
            value, inputs_done = stack.pop()
            if inputs_done:
                order.append(value)
            elif value not in seen:
                seen.add(value)
                stack.append((value, True))
                stack.extend((x, False) for x in reversed(value.inputs))
        return order

    def backward(self):
        """Set `grad` of every node to d self / d node, by the chain rule from the end."""
        order = self.nodes()
        for value in order:
            value.grad = 0.0
        self.grad = 1.0
        for value in reversed(order):
            for x, slope in zip(value.inputs, value.slopes, strict=True):
                x.grad += slope * value.grad

    def trace(self):
        """Run backward and list every node as a `Step`, inputs first."""
        self.backward()
        order = self.nodes()
        names = distinct_names(order)
        return [
            Step(names[v], v.op, tuple(names[x] for x in v.inputs), v.data, v.slopes, v.grad)
            for v in order
        ]


def distinct_names(values):
    """A name for each value, no two alike: its own, or its operation and place in the list."""
    names, taken = {}, set()
    for i, value in enumerate(values):
        name = value.name or f"{value.op} {i}"
        names[value] = f"{name} ({i})" if name in taken else name
        taken.add(names[value])
    return names


def node(op, data, inputs, slopes):
    """A value that an operation made of others."""
    value = Value(data)
    value.op, value.inputs, value.slopes = op, inputs, slopes
    return value


def value_of(x):
    """x itself when it is a Value, else x as a constant."""
    if isinstance(x, Value):
        return x
    constant = Value(x)
    constant.op, constant.name = "constant", f"{constant.data:g}"
    return constant
