"""DescentWidget: the state of the descent page, and the same paths for Python."""

from coursekit.widgets.base import CourseWidget, Preset, front_end
from coursekit.widgets.descent import model
from coursekit.widgets.traits import Choice, Number

ALONE = {"decay": 0.0, "method": "gradient descent", "batch": 16, "step": model.N_STEPS}
FRAME = ("formula", "start", "bottom", "x", "y", "levels")  # of a surface, as the page needs it


class DescentWidget(CourseWidget):
    """Fifty steps down a surface: one of six ways, or all of them in a race.

    lr: learning rate η, 0.001 to 2. momentum: m, 0 to 0.99. surface: "x²" (from x = 3), "bowl"
    (from (−4, 1.2)), "saddle", "Rosenbrock" or "line fit". decay: λ, 0 to 0.5, whose ½ λ‖w‖² is
    added to the loss. method: "gradient descent", "Adam", "line search", "Newton", "random search"
    (zeroth order: a try is kept when it is lower) or "all". batch: 1, 4 or 16 of the line fit's
    examples for each step; seed: their order, or what is tried, 0 to 7. step: how much of the path
    is drawn. The step is deck 004's: Δw = −∂L − λw + mΔw; w += ηΔw. Raises ValueError or TypeError
    for a state outside of these.
    """

    title = "Descent"
    question = "How long should a step down the hill be, and should it remember the last one?"
    topics = ("T2", "T3", "T4", "T5", "T6")
    controls = ("lr", "momentum", "surface", "decay", "method", "batch", "seed", "step")
    presets = (
        Preset(
            "works",
            "momentum in a bowl",
            "With momentum the path rolls along the valley and arrives. Take the momentum away, "
            "and at the same learning rate it crawls.",
            {"lr": 0.03, "momentum": 0.7, "surface": "bowl", **ALONE},
        ),
        Preset(
            "fails",
            "steps too long",
            "On x² every learning rate above 1 lands farther away than it started, on the other "
            "side, and the next step is longer still.",
            {"lr": 1.05, "momentum": 0.0, "surface": "x²", **ALONE},
        ),
        Preset(
            "puzzles",
            "one step",
            "At η = ½ one single step arrives, and at η = 1 it jumps for ever between 3 and −3. "
            "What becomes of x in one step of this formula?",
            {"lr": 0.5, "momentum": 0.0, "surface": "x²", **ALONE},
        ),
    )
    _esm = front_end("descent")

    lr = Number(0.1, 0.001, 2).tag(sync=True)
    momentum = Number(0.0, 0, 0.99).tag(sync=True)
    surface = Choice("x²", model.SURFACES).tag(sync=True)
    decay = Number(0.0, 0, 0.5).tag(sync=True)
    method = Choice("gradient descent", model.METHODS).tag(sync=True)
    batch = Choice(16, model.BATCHES).tag(sync=True)
    seed = Number(0, 0, model.N_SEEDS - 1, whole=True).tag(sync=True)
    step = Number(model.N_STEPS, 0, model.N_STEPS, whole=True).tag(sync=True)

    def facts(self):
        frames = {
            name: {part: getattr(surface, part) for part in FRAME}
            for name, surface in model.SURFACES.items()
        }
        return {
            "surfaces": frames,
            "examples": [model.FIT_X.tolist(), model.FIT_T.tolist()],
            "orders": [model.order(seed).tolist() for seed in range(model.N_SEEDS)],
            "tries": [model.tries(seed).tolist() for seed in range(model.N_SEEDS)],
            "try": model.TRY,
            "steps": model.N_STEPS,
            "arrived": model.ARRIVED,
            "far": model.FAR,
            "verdicts": model.VERDICTS,
            "methods": model.METHODS,
            "race": model.RACE,
            "whole": model.WHOLE,
        }

    def settings(self):
        """Learning rate, momentum, decay, batch and seed."""
        return model.Settings(self.lr, self.momentum, self.decay, self.batch, self.seed)

    def paths(self):
        """{name: points} of the method that is shown, or of all in the race."""
        return model.walks(self.surface, self.method, self.settings())

    def path(self):
        """The points of the (first) path, start included, (51, 1) or (51, 2)."""
        return next(iter(self.paths().values()))

    def losses(self):
        """The loss above the least at each of these points, (51,)."""
        return model.above(self.surface, self.path(), self.decay)

    def verdict(self):
        """What became of the path: a key of `coursekit.widgets.descent.model.VERDICTS`."""
        method, path = next(iter(self.paths().items()))
        return model.verdict(self.surface, method, path, self.settings())

    def still(self):
        from coursekit.widgets.descent.still import draw  # matplotlib is slow to import

        return draw(self.surface, self.paths(), self.decay)

    def sentence(self):
        formula = model.SURFACES[self.surface].formula
        words = model.sentence(self.surface, self.method, self.settings())
        settings = f"learning rate {self.lr:g} and momentum {self.momentum:g}"
        way = "Ways down" if self.method == "all" else self.method[0].upper() + self.method[1:]
        return f"{way} on {formula} with {settings}. {words}"
