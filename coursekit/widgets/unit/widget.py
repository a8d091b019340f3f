"""UnitWidget: the state of one unit, and the same numbers for Python."""

import numpy as np

from coursekit.widgets.base import CourseWidget, Preset, front_end
from coursekit.widgets.traits import Choice, Number
from coursekit.widgets.unit import model


class UnitWidget(CourseWidget):
    """One unit with two inputs: a = w₁x₁ + w₂x₂ + b, y = f(a), and the slopes that train it.

    x1, x2, w1, w2, b: −2 to 2. function: "linear", "logistic", "tanh", "ReLU", "leaky ReLU",
    "PReLU" or "step". alpha: slope of the last two ReLUs below 0, 0 to 1. The functions are the
    layers of coursekit.nn. Raises ValueError or TypeError for a state outside of these.
    """

    title = "One unit"
    question = "When does a unit answer, and when has it stopped listening?"
    topics = ("N1", "N2")
    controls = ("w1", "w2", "b", "x1", "x2", "alpha", "function")
    presets = (
        Preset(
            "works",
            "tanh near zero",
            "Near a = 0 the slope of tanh is almost 1: what comes back from above goes on to the "
            "weights nearly whole.",
            {"function": "tanh", "w1": 0.5, "w2": -0.5, "b": 0.0, "x1": 1.0, "x2": 0.6},
        ),
        Preset(
            "fails",
            "asleep",
            "Far out the logistic unit says 1 whatever happens. Its slope is nearly 0: even if 1 "
            "is wrong, it can hardly learn so.",
            {"function": "logistic", "w1": 2.0, "w2": 2.0, "b": 1.0, "x1": 1.5, "x2": 1.0},
        ),
        Preset(
            "puzzles",
            "dead or alive",
            "Drag the point: no example here wakes this unit. Which change of b would? And can a "
            "slope of 0 ever find it?",
            {"function": "ReLU", "w1": 0.5, "w2": -0.5, "b": -2.0, "x1": 1.0, "x2": 0.5},
        ),
    )
    _esm = front_end("unit")

    w1 = Number(1.0, -2, 2).tag(sync=True)
    w2 = Number(-1.0, -2, 2).tag(sync=True)
    b = Number(0.5, -2, 2).tag(sync=True)
    x1 = Number(1.0, -2, 2).tag(sync=True)
    x2 = Number(0.4, -2, 2).tag(sync=True)
    alpha = Number(0.25, 0, 1).tag(sync=True)
    function = Choice("logistic", model.FUNCTIONS).tag(sync=True)

    def facts(self):
        return {
            "functions": model.FUNCTIONS,
            "withAlpha": model.WITH_ALPHA,
            "largest": model.LARGEST_SLOPE,
            "saturated": model.SATURATED,
            "verdicts": model.VERDICTS,
        }

    def unit(self):
        """The present unit and its example."""
        x, w = (self.x1, self.x2), (self.w1, self.w2)
        return model.Unit(x, w, self.b, self.function, self.alpha)

    def answer(self):
        """a, y = f(a) and f′(a)."""
        return model.answer(self.unit())

    def slopes(self):
        """∂y/∂w₁, ∂y/∂w₂ and ∂y/∂b."""
        return model.slopes(self.unit())

    def verdict(self):
        """Whether it can learn: a key of `coursekit.widgets.unit.model.VERDICTS`."""
        return model.verdict(self.unit())

    def outputs(self, n=60):
        """y over the plane of inputs, x₂ = 2 in the first row: (n, n)."""
        x1 = np.linspace(-2, 2, n)
        a = self.w1 * x1 + self.w2 * x1[::-1, None] + self.b  # (n, n)
        return model.activation(self.function, self.alpha, a.ravel())[0].reshape(n, n)

    def still(self):
        from coursekit.widgets.unit.still import draw  # matplotlib is slow to import

        return draw(self.unit(), self.outputs())

    def sentence(self):
        return model.sentence(self.unit())
