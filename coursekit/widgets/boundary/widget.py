"""BoundaryWidget: the state of the plane of points, and the same learner for Python."""

import numbers

import numpy as np
import traitlets

from coursekit.widgets.base import CourseWidget, Preset, front_end
from coursekit.widgets.boundary import model
from coursekit.widgets.traits import Choice, Number

MOST = 40  # points by hand
XOR = {"data": "Boolean", "function": 6, "points": []}


class Points(traitlets.TraitType):
    """Rows [x, y, class] of points put in by hand; the class is 0 or 1."""

    def validate(self, widget, value):
        wanted = f"up to {MOST} rows [x, y, class], x and y from −3 to 3, class 0 or 1"
        message = f"{type(widget).__name__}.{self.name} is {wanted}; got {value!r}"
        rows = [list(row) for row in value] if isinstance(value, list | tuple) else None
        if rows is None or not all(isinstance(v, numbers.Real) for row in rows for v in row):
            raise TypeError(message)
        fits = all(
            len(row) == 3 and all(abs(v) <= 3 for v in row[:2]) and row[2] in (0, 1) for row in rows
        )
        if not fits or len(rows) > MOST:
            raise ValueError(message)
        return [[float(x), float(y), int(kind)] for x, y, kind in rows]


class BoundaryWidget(CourseWidget):
    """A perceptron, a logistic unit or a network of one hidden layer learns to part two classes.

    data: "Boolean", "two moons", "spirals" or "your own". function: which of the 16 functions of
    two bits, its outputs at 00, 01, 10, 11 read as a binary number (6 is XOR). unit: "perceptron",
    "logistic" or "network", the last with hidden (1 to 8) tanh units. step: 0 to 300 steps of
    training; seed: of the first weights, 0 to 9. points: rows [x, y, class] put in by hand.
    brush: the class of the next one. All is computed from this state by coursekit.nn. Raises
    ValueError or TypeError for a state outside of these.
    """

    title = "Decision boundary"
    question = "Which points can one straight line tell apart, and what do hidden units add?"
    topics = ("N3", "N4", "N5")
    controls = ("step", "data", "function", "unit", "hidden", "seed", "points", "brush")
    presets = (
        Preset(
            "works",
            "XOR, 1986",
            "Each of two hidden units draws a line, and the output takes what lies between the "
            "two. Try other new weights: not all of them get there.",
            {**XOR, "unit": "network", "hidden": 2, "seed": 1, "step": model.LAST},
        ),
        Preset(
            "fails",
            "XOR, 1969",
            "Play: whatever line the perceptron tries, some corner is wrong and pulls it away. "
            "There is no line, and the rule never ends.",
            {**XOR, "unit": "perceptron", "hidden": 2, "seed": 0, "step": 40},
        ),
        Preset(
            "puzzles",
            "all sixteen",
            "Go through the 16 functions of two bits. The perceptron learns all but two: which, "
            "and what have these two in common?",
            {**XOR, "function": 1, "unit": "perceptron", "hidden": 2, "seed": 0, "step": 20},
        ),
    )
    _esm = front_end("boundary")

    step = Number(0, 0, model.LAST, whole=True).tag(sync=True)
    data = Choice("Boolean", model.FRAMES).tag(sync=True)
    function = Number(6, 0, 15, whole=True).tag(sync=True)
    unit = Choice("network", model.UNITS).tag(sync=True)
    hidden = Number(2, 1, model.MOST_HIDDEN, whole=True).tag(sync=True)
    seed = Number(1, 0, model.N_SEEDS - 1, whole=True).tag(sync=True)
    points = Points([]).tag(sync=True)
    brush = Choice(1, (0, 1)).tag(sync=True)

    def facts(self):
        toys = {name: np.column_stack(toy).tolist() for name, toy in model.TOYS.items()}
        return {
            "last": model.LAST,
            "lr": model.LR,
            "names": model.NAMES,
            "units": model.UNITS,
            "frames": model.FRAMES,
            "toys": toys,
            "uniforms": model.uniforms().tolist(),
            "heads": model.HEADS,
            "lines": model.LINES,
            "most": MOST,
        }

    def task(self):
        """Who learns from which points."""
        points = tuple(map(tuple, self.points))
        return model.Task(self.data, self.function, points, self.unit, self.hidden, self.seed)

    def examples(self):
        """The points and their classes: x (n, 2) and y (n,)."""
        return model.examples(self.task())

    def learner(self):
        """The Perceptron or the network of coursekit.nn after the present number of steps."""
        return model.train(self.task(), self.step)[0]

    def mistakes(self):
        """How many points were on the wrong side after each step, (step + 1,)."""
        return model.train(self.task(), self.step)[1]

    def still(self):
        from coursekit.widgets.boundary.still import draw  # matplotlib is slow to import

        return draw(self.task(), self.step)

    def sentence(self):
        return model.sentence(self.task(), self.step)
