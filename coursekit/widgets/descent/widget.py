"""DescentWidget: the state of the descent page, and the same path for Python."""

from coursekit.widgets.base import CourseWidget, Preset, front_end
from coursekit.widgets.descent import model
from coursekit.widgets.traits import Choice, Number


class DescentWidget(CourseWidget):
    """Fifty steps of gradient descent with momentum, on x² or in a narrow bowl.

    lr: learning rate η, 0.001 to 2. momentum: m, 0 to 0.99. surface: "x²" (from x = 3) or "bowl"
    (from (−4, 1.2)). The step is deck 004's: Δw = −∂L + m Δw; w += η Δw. Raises ValueError or
    TypeError for a state outside of these.
    """

    title = "Descent"
    question = "How long should a step down the hill be, and should it remember the last one?"
    topics = ("T3", "T5")
    controls = ("lr", "momentum", "surface")
    presets = (
        Preset(
            "works",
            "momentum in a bowl",
            "With momentum the path rolls along the valley and arrives. Take the momentum away, "
            "and at the same learning rate it crawls.",
            {"lr": 0.03, "momentum": 0.7, "surface": "bowl"},
        ),
        Preset(
            "fails",
            "steps too long",
            "On x² every learning rate above 1 lands farther away than it started, on the other "
            "side, and the next step is longer still.",
            {"lr": 1.05, "momentum": 0.0, "surface": "x²"},
        ),
        Preset(
            "puzzles",
            "one step",
            "At η = ½ one single step arrives, and at η = 1 it jumps for ever between 3 and −3. "
            "What becomes of x in one step of this formula?",
            {"lr": 0.5, "momentum": 0.0, "surface": "x²"},
        ),
    )
    _esm = front_end("descent")

    lr = Number(0.1, 0.001, 2).tag(sync=True)
    momentum = Number(0.0, 0, 0.99).tag(sync=True)
    surface = Choice("x²", model.SURFACES).tag(sync=True)

    def facts(self):
        return {
            "surfaces": {name: surface._asdict() for name, surface in model.SURFACES.items()},
            "steps": model.N_STEPS,
            "arrived": model.ARRIVED,
            "verdicts": model.VERDICTS,
        }

    def path(self):
        """The points of the present path, start included, (51, 1) or (51, 2)."""
        return model.descend(model.SURFACES[self.surface], self.lr, self.momentum)

    def losses(self):
        """The loss at each of these points, (51,)."""
        return model.losses(model.SURFACES[self.surface], self.path())

    def verdict(self):
        """What became of the path: a key of `coursekit.widgets.descent.model.VERDICTS`."""
        return model.verdict(self.path(), self.losses())

    def still(self):
        from coursekit.widgets.descent.still import draw  # matplotlib is slow to import

        return draw(model.SURFACES[self.surface], self.path(), self.losses())

    def sentence(self):
        surface = model.SURFACES[self.surface]
        words = model.sentence(surface, self.lr, self.momentum)
        settings = f"learning rate {self.lr:g} and momentum {self.momentum:g}"
        return f"Gradient descent on {surface.formula} with {settings}. {words}"
