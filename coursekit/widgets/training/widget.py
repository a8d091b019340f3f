"""TrainingWidget: a run that learns while its settings are dragged, and the runs before it."""

import numpy as np

from coursekit.widgets.base import Preset, front_end, style_sheet
from coursekit.widgets.live import LiveWidget, signed_bytes
from coursekit.widgets.training import model
from coursekit.widgets.traits import Choice, Number

N_RUNS = 5  # in the table, the present one among them


class TrainingWidget(LiveWidget):
    """A network learns handwritten digits, and its settings are moved while it does.

    network: "MLP" (784 → 24 → 10) or "LeNet-5". lr, momentum, weight_decay: those of nn.SGD, in
    force from the next step on. seed: of the first weights and the order of the digits. steps: to
    be at; step(n) takes n more. `run` is the run itself, with its `model`, `losses` and `marks`.
    Raises ValueError or TypeError for a state outside of these.
    """

    title = "Training"
    question = "What do the learning rate, momentum and decay do to a network while it learns?"
    topics = ("T5", "C9")
    controls = ("lr", "momentum", "weight_decay", "network", "seed", "steps")
    fresh = ("network", "seed")
    presets = (
        Preset(
            "works",
            "a good start",
            "Three hundred steps with momentum, and about nine digits of ten are right. Look at "
            "the misread ones: are they hard for you, too?",
            {"network": "MLP", "lr": 0.1, "momentum": 0.9, "weight_decay": 0.0, "steps": 300},
        ),
        Preset(
            "fails",
            "steps too long",
            "Steps this long switch the hidden units off for good: every digit gets the same "
            "answer. Turn η down and play on: does it recover?",
            {"network": "MLP", "lr": 2.0, "momentum": 0.0, "weight_decay": 0.0, "steps": 200},
        ),
        Preset(
            "puzzles",
            "weights that decay",
            "The losses end higher than without decay, and nearly as many digits are right. What "
            "have the filters lost, and what have they kept?",
            {"network": "MLP", "lr": 0.1, "momentum": 0.0, "weight_decay": 0.05, "steps": 300},
        ),
    )
    _esm = front_end("training")
    _css = style_sheet("training")

    lr = Number(0.1, 0.001, 2).tag(sync=True)
    momentum = Number(0.9, 0, 0.99).tag(sync=True)
    weight_decay = Number(0.0, 0, 0.1).tag(sync=True)
    network = Choice("MLP", model.NETWORKS).tag(sync=True)
    run: model.Run
    earlier: list[list[str]]  # rows of the table

    def facts(self):
        return {"fresh": self.fresh, "networks": list(model.NETWORKS), "rows": N_RUNS}

    def settings(self):
        return {name: getattr(self, name) for name in model.NAMES}

    def begin(self):
        before = [self.run.row()] if hasattr(self, "run") and self.run.losses else []
        self.earlier = [*getattr(self, "earlier", []), *before][1 - N_RUNS :]
        self.run = model.Run(self.network, self.seed, self.settings())

    def advance(self):
        return self.run.step(self.settings())

    def compute(self):
        run = self.run
        pictures, labels, read = run.misread()
        filters, strength = signed_bytes(run.filters())
        return {
            "words": model.sentence(run, self.settings()),
            "losses": run.curve(),
            "marks": model.thinned(run.marks),
            "filters": filters,
            "strength": strength,
            "misread": np.rint(255 * pictures).astype(np.uint8),
            "labels": labels,
            "read": read,
            "runs": [*self.earlier, run.row()],
        }

    def still(self):
        from coursekit.widgets.training.still import draw  # matplotlib is slow to import

        return draw(self.run)

    def sentence(self):
        return " ".join(model.sentence(self.run, self.settings()))
