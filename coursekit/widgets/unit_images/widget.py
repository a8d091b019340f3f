"""UnitImageWidget: the image that a unit answers to, growing while one looks on."""

import numpy as np

from coursekit.widgets import still
from coursekit.widgets.base import Preset, front_end, style_sheet
from coursekit.widgets.live import LiveWidget, signed_bytes
from coursekit.widgets.traits import Choice, Number
from coursekit.widgets.unit_images import model


class UnitImageWidget(LiveWidget):
    """An image climbs the activation of one unit, as `coursekit.unitviz.maximize_unit` does.

    network: "digits", "textures", or "faces" where the extra is installed. layer: "first" or
    "middle" (its first and last convolution), or "classes". unit: its number; one beyond the last
    is the last. regulariser: what keeps the image natural. lr: step size, 0.01 to 1. start:
    "noise", "grey" or "photograph". steps: up to 128. Raises ValueError or TypeError for another
    state.
    """

    title = "Unit images"
    question = "What does a unit look for, and is it what you would call by its name?"
    topics = ("V1", "V2", "V3")
    controls = ("network", "layer", "unit", "regulariser", "lr", "start", "seed", "steps")
    fresh = controls[:-1]
    presets = (
        Preset(
            "works",
            "a three grows",
            "From noise, the image climbs to what the network calls a 3. Penalties and random "
            "views keep its strokes smooth.",
            {"network": "digits", "layer": "classes", "unit": 3, "regulariser": "all"}
            | {"lr": 0.1, "start": "noise", "steps": 40},
        ),
        Preset(
            "fails",
            "nothing keeps it natural",
            "With nothing but the slope, confetti excites the unit just as much, and the network "
            "is as certain. Would you read a 3?",
            {"network": "digits", "layer": "classes", "unit": 3, "regulariser": "none"}
            | {"lr": 0.1, "start": "noise", "steps": 40},
        ),
        Preset(
            "puzzles",
            "four or nine",
            "A handwritten 4, and sixteen steps towards 9: the network is certain now. Which "
            "pixels did it take, and what do you read?",
            {"network": "digits", "layer": "classes", "unit": 9, "regulariser": "all"}
            | {"lr": 0.1, "start": "photograph", "steps": 16},
        ),
    )
    _esm = front_end("unit_images")
    _css = style_sheet("unit_images")

    network = Choice("digits", model.names()).tag(sync=True)
    layer = Choice("classes", model.PLACES).tag(sync=True)
    unit = Number(3, 0, model.MOST_UNITS - 1, whole=True).tag(sync=True)
    regulariser = Choice("all", model.REGULARISERS).tag(sync=True)
    lr = Number(0.1, 0.01, 1).tag(sync=True)
    start = Choice("noise", model.STARTS).tag(sync=True)
    steps = Number(0, 0, model.N_STEPS, whole=True).tag(sync=True)
    ascent: model.Ascent

    def facts(self):
        known = {"layers": model.PLACES, "regularisers": model.REGULARISERS}
        return (
            {"networks": model.names(), "starts": model.STARTS, "last": model.N_STEPS}
            | known
            | {"fresh": self.fresh}
        )

    def begin(self):
        self.ascent = model.Ascent(model.Aim(*(getattr(self, name) for name in self.fresh)))

    def advance(self):
        return self.ascent.step()

    def compute(self):
        ascent = self.ascent
        slopes, strength = signed_bytes(ascent.saliency())
        return {
            "words": model.sentence(ascent),
            "image": np.rint(255 * np.clip(ascent.image, 0, 1)).astype(np.uint8),
            "saliency": slopes,
            "strength": strength,
            "activations": np.array(ascent.activations),
            "units": ascent.aim.n_units(),
        }

    def still(self):
        image, slopes = np.clip(self.ascent.image, 0, 1), self.ascent.saliency()
        colours = still.grey(image) if image.ndim == 2 else np.rint(255 * image).astype(np.uint8)
        return still.row([colours, still.signed(slopes, abs(slopes).max())], height=320)

    def sentence(self):
        return " ".join(model.sentence(self.ascent))
