"""LayerWidget: one step of learning, number by number, and its update with a sign to choose."""

from coursekit.widgets.base import CourseWidget, Preset, front_end, style_sheet
from coursekit.widgets.layers import model
from coursekit.widgets.traits import Choice, Number


class LayerWidget(CourseWidget):
    """Boxes that pass numbers forwards and slopes backwards, then move their weights.

    example: "deck 002" (its worked example) or "deck 004" (the network 2-3-1). step: 0 to 11; the
    last two are the update and the loss after it. eta: −1 to 1, of W ← W − η (∂L/∂W)ᵀ. The
    numbers are those of coursekit.nn. Raises ValueError or TypeError for another state.
    """

    title = "Layer boxes"
    question = "Which two things does a layer multiply on the way back, and in which order?"
    topics = ("B3", "B4", "B5", "B6", "B7")
    controls = ("step", "eta", "example")
    presets = (
        Preset(
            "works",
            "the worked example",
            "Every number of deck 002, to the last: the loss falls from 0.0175 to 0.00759. The "
            "deck writes + and takes η = −0.2; that is this step.",
            {"example": "deck 002", "step": 11, "eta": 0.2},
        ),
        Preset(
            "fails",
            "the other sign",
            "With η = −0.2 in W − η ∂L the same slopes lead uphill: one sign, and the loss nearly "
            "doubles instead of halving.",
            {"example": "deck 002", "step": 11, "eta": -0.2},
        ),
        Preset(
            "puzzles",
            "which order?",
            "x₀ is 2×1 and ∂L/∂x₁ is 1×3. Which product of the two has room for all six weights, "
            "and why is it transposed in the update?",
            {"example": "deck 004", "step": 9, "eta": 0.2},
        ),
    )
    _esm = front_end("layers")
    _css = style_sheet("layers")

    step = Number(0, 0, model.LAST, whole=True).tag(sync=True)
    eta = Number(0.2, -1, 1).tag(sync=True)
    example = Choice("deck 002", model.EXAMPLES).tag(sync=True)

    def facts(self):
        examples = {
            name: example._asdict()
            | model.walk(name)._asdict()
            | {"words": model.fixed_words(name)}
            for name, example in model.EXAMPLES.items()
        }
        return {"examples": examples, "last": model.LAST}

    def walk(self):
        """The values and slopes of the example, as `model.Walk`."""
        return model.walk(self.example)

    def updated(self):
        """The weights after the update, and the x3 and the loss that they give."""
        return model.updated(self.example, self.eta)

    def still(self):
        from coursekit.widgets.layers.still import draw

        return draw(self.example, self.step, self.eta)

    def sentence(self):
        return " ".join(model.words(self.example, self.step, self.eta))
