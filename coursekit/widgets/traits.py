"""Kinds of state that say what was wanted and what came when a value does not fit."""

import numbers

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
        if not isinstance(value, (str, bool)) or value not in self.values:
            known = ", ".join(map(repr, self.values))
            raise ValueError(
                f"{type(widget).__name__}.{self.name} is one of {known}; got {value!r}"
            )
        return value
