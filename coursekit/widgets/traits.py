"""Kinds of state that say what was wanted and what came when a value does not fit."""

import numbers

import numpy as np
import traitlets


class Number(traitlets.TraitType):
    """A finite number from low to high; `whole` allows integers only.

    A wrong type raises TypeError, a value outside (or NaN) raises ValueError.
    """

    def __init__(self, default, low, high, *, unit="", whole=False):
        super().__init__(default_value=default)
        self.low, self.high, self.unit, self.whole = low, high, unit, whole

    def validate(self, widget, value):
        kind = numbers.Integral if self.whole else numbers.Real
        name = "a whole number" if self.whole else "a number"
        wanted = f"{name} from {self.low} to {self.high}{self.unit and f' {self.unit}'}"
        message = f"{type(widget).__name__}.{self.name} is {wanted}; got {value!r}"
        if isinstance(value, bool) or not isinstance(value, kind):
            raise TypeError(message)
        if not self.low <= value <= self.high:
            raise ValueError(message)
        return int(value) if self.whole else float(value)


class Choice(traitlets.TraitType):
    """One of a few values; another raises ValueError."""

    def __init__(self, default, values):
        super().__init__(default_value=default)
        self.values = list(values)

    def validate(self, widget, value):
        if not any(type(value) is type(known) and value == known for known in self.values):
            known = ", ".join(map(repr, self.values))
            raise ValueError(
                f"{type(widget).__name__}.{self.name} is one of {known}; got {value!r}"
            )
        return value


class Matrix(traitlets.TraitType):
    """A square of numbers as nested lists, or the name of a known one.

    Raises TypeError for what is no array of numbers, ValueError for another name or side, and for
    numbers that are not finite or beyond ±1000.
    """

    def __init__(self, default, known, sides):
        super().__init__(default_value=default)
        self.known, self.sides = list(known), sides

    def validate(self, widget, value):
        sides = ", ".join(map(str, self.sides))
        wanted = f"one of {', '.join(self.known)}, or numbers (k, k) with k in {sides}"
        message = f"{type(widget).__name__}.{self.name} is {wanted}; got "
        if isinstance(value, str):
            if value not in self.known:
                raise ValueError(message + repr(value))
            return value
        try:
            matrix = np.array(value)  # a ragged list raises
        except ValueError:
            raise ValueError(f"{message}{value!r}") from None
        if matrix.dtype.kind not in "fiu":
            raise TypeError(f"{message}{value!r}")
        if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or len(matrix) not in self.sides:
            raise ValueError(f"{message}shape {matrix.shape}")
        if not (abs(matrix) <= 1000).all():
            raise ValueError(f"{message}a number that is not from −1000 to 1000")
        return matrix.astype(float).tolist()
