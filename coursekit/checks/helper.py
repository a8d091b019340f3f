"""The helper `t` of a task: draws inputs and states what is expected of the answers."""

from contextlib import contextmanager, suppress

import numpy as np

from coursekit.checks.answers import NotPassed, describe
from coursekit.checks.report import Part
from coursekit.nn import numeric_gradient

TOLERANCE = {"float16": 1e-2, "float32": 1e-4}  # relative; 1e-6 for everything else


class Helper:
    """Inputs and expectations for the author of a task.

    Every part draws from its own generator, so its inputs do not depend on how the parts before it
    went, and a seed brings them back. What is drawn is float64.
    """

    def __init__(self, seed):
        self.seed = seed
        self.parts = []
        self.last_call = None  # name and arguments

    @contextmanager
    def part(self, name, points):
        """One property and its points. Whatever goes wrong inside costs these points only."""
        part = Part(name, points)
        self.rng = np.random.default_rng([self.seed, len(self.parts)])
        self.parts.append(part)
        self.last_call = None
        try:
            yield part
            return
        except NotPassed as why:
            part.state, part.message, part.lines = why.state, why.message, why.lines
        except Exception as error:  # the task stumbled over a value that it did not foresee
            part.state, part.message = "wrong", f"what came back is of no use: {describe(error)}"
        if self.last_call is not None:
            name, args = self.last_call
            part.inputs = f"{name}({', '.join(map(brief, args))})"

    def follow(self, name, answer):
        """The answer itself, with its calls noted for the message."""
        if not callable(answer):
            return answer

        def call(*args):
            self.last_call = name, args
            return answer(*args)

        return call

    def sizes(self, count):
        """`count` sizes from 2 to 7, no two alike: swapped axes cannot hide."""
        return [int(size) for size in self.rng.choice(np.arange(2, 8), count, replace=False)]

    def normal(self, *shape):
        return self.rng.standard_normal(shape)

    def unpack(self, value, *names):
        """The values of a tuple or list that should hold one for each name."""
        if not isinstance(value, tuple | list) or len(value) != len(names):
            came = f"{len(value)} things" if isinstance(value, tuple | list) else kind(value)
            raise NotPassed("wrong", f"it should return {', '.join(names)}; got {came}")
        return value

    def shape(self, got, shape, name="the result"):
        """`got` as an array, which must be of numbers and have this shape."""
        array = numbers(got, name)
        if array.shape != shape:
            message = f"{name} should have the shape {shape}; it has {array.shape}"
            raise NotPassed("wrong", message)
        return array

    def close(self, got, want, name="the result", slips=None):
        """`got` must agree with the array `want`.

        slips: {words: value that comes out of a likely mistake}; when `got` is one of them, the
        message says so.
        """
        want = np.asarray(want)
        array = numbers(got, name)
        if agree(array, want):
            return
        for words, value in (slips or {}).items():
            if agree(array, np.asarray(value)):
                raise NotPassed("wrong", f"{name} is what one gets from {words}")
        self.shape(array, want.shape, name)
        if not np.isfinite(array).all():
            raise NotPassed("wrong", f"{name} has numbers that are not finite")
        error = np.abs(array - want)
        where = tuple(int(i) for i in np.unravel_index(error.argmax(), error.shape))
        place = f" at index {where}" if where else ""
        raise NotPassed("wrong", f"{name} is off by up to {error.max():.2g}{place}")

    def gradient(self, f, got, x, name="the gradient", slips=None):
        """`got` must be the gradient of the scalar function f at x, measured by differences."""
        self.close(got, numeric_gradient(f, x), name, slips)

    def adjoint(self, forward, backward, x, name="the result"):
        """⟨forward(x), y⟩ = ⟨x, backward(y)⟩ for the linear `forward` and a random y."""
        forward_x = forward(x)
        y = self.normal(*forward_x.shape)
        backward_y = self.shape(backward(y), x.shape, name)
        left, right = np.vdot(forward_x, y), np.vdot(x, backward_y)
        size = np.linalg.norm(forward_x) * np.linalg.norm(y)
        if not abs(left - right) <= tolerance(backward_y) * size:
            message = f"⟨forward(x), y⟩ should equal ⟨x, {name}⟩ for every x and y; it does not"
            raise NotPassed("wrong", message)


def numbers(value, name):
    """`value` as an array of real numbers; a list of numbers will do."""
    if isinstance(value, np.ndarray | np.generic) and value.dtype.kind in "biuf":
        return np.asarray(value)
    if isinstance(value, list | tuple | float | int):
        with suppress(ValueError, TypeError):  # a list of rows that differ in length, or of names
            return np.array(value, np.float64)
    hint = " (is the return missing?)" if value is None else ""
    message = f"{name} should be an array of numbers; got {kind(value)}{hint}"
    raise NotPassed("wrong", message)


def agree(got, want):
    """Same shape, and equal up to rounding on the scale of the largest number wanted."""
    if got.shape != want.shape:
        return False
    scale = max(1.0, np.abs(want).max(initial=0))
    return bool((np.abs(got - want) <= tolerance(got) * scale).all())  # NaN never agrees


def tolerance(array):
    return TOLERANCE.get(array.dtype.name, 1e-6)


def kind(value):
    return "None" if value is None else f"a {type(value).__name__}"


def brief(value):
    """An argument in a few characters: its shape and its first numbers."""
    if not isinstance(value, np.ndarray):
        return f"{value:.3g}" if isinstance(value, float) else str(value)[:40]
    first = " ".join(f"{number:.2f}" for number in value.ravel()[:3])
    more = " …" if value.size > 3 else ""
    return f"array {value.shape} [{first}{more}]"
