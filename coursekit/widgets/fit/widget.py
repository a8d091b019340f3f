"""FitWidget: the state of the fit, and the same network for Python."""

import numpy as np

from coursekit.widgets.base import CourseWidget, Preset, front_end
from coursekit.widgets.fit import model
from coursekit.widgets.traits import Choice, Number


class FitWidget(CourseWidget):
    """A few tanh units and a linear output, fitted to 50 points of a curve (Bishop, figure 5.3).

    curve: "x²", "sin x", "sin πx", "|x|" or "Heaviside". units: 1 to 8. step: 0 to 150 steps of
    training (Newton's method for a sum of squares, damped). seed: of the first weights, 0 to 19.
    Raises ValueError or TypeError for a state outside of these.
    """

    title = "Fit a function"
    question = "How do a few curves that all look alike add up to any other one?"
    topics = ("N6",)
    controls = ("step", "units", "curve", "seed")
    presets = (
        Preset(
            "works",
            "three make a parabola",
            "Added up, three tanh units lie on x² within a thousandth. None of the dashed curves "
            "looks like it.",
            {"curve": "x²", "units": 3, "seed": 2, "step": model.LAST},
        ),
        Preset(
            "fails",
            "one is too few",
            "One unit only rises or only falls, and sin πx does both. No training mends that: "
            "play, then give it a second unit, and a third.",
            {"curve": "sin πx", "units": 1, "seed": 2, "step": model.LAST},
        ),
        Preset(
            "puzzles",
            "smooth and a corner",
            "|x| has a corner, and tanh has none. Where is the error largest? And why is the step "
            "of Heaviside, which jumps, so much easier?",
            {"curve": "|x|", "units": 3, "seed": 2, "step": model.LAST},
        ),
    )
    _esm = front_end("fit")

    step = Number(model.LAST, 0, model.LAST, whole=True).tag(sync=True)
    units = Number(3, 1, model.MOST_UNITS, whole=True).tag(sync=True)
    curve = Choice("sin x", model.CURVES).tag(sync=True)
    seed = Number(2, 0, model.N_SEEDS - 1, whole=True).tag(sync=True)

    def facts(self):
        return {
            "last": model.LAST,
            "damping": [model.DAMPING, model.LEAST_DAMPING],
            "curves": {name: np.transpose(model.points(name)).tolist() for name in model.CURVES},
            "reached": model.REACHED,
            "uniforms": model.uniforms().tolist(),
        }

    def weights(self):
        """The weights after the present number of steps in a row, (3 · units + 1,)."""
        return model.train(self.curve, self.units, self.seed, self.step)[0]

    def errors(self):
        """The largest error at any of the 50 points after each step, (step + 1,)."""
        return model.train(self.curve, self.units, self.seed, self.step)[1]

    def still(self):
        from coursekit.widgets.fit.still import draw  # matplotlib is slow to import

        return draw(self.curve, self.weights(), self.errors())

    def sentence(self):
        return model.sentence(self.curve, self.units, self.seed, self.step)
