"""An image that climbs a unit's activation, and which of its pixels the unit listens to."""

import functools
import importlib.util
from typing import NamedTuple

import numpy as np

from coursekit.data import load_digits28, load_image, load_network
from coursekit.unitviz import maximize_unit, saliency
from coursekit.unitviz.maximize import PENALTIES, PENALTIES_INSIDE, VIEW, first_image
from coursekit.widgets.words import number

N_STEPS = 128  # of a whole run; its step size falls to 0
LAYERS = {  # of each network: the name of its first and last convolution and of its classes
    "digits": {"first": "conv1", "middle": "conv2", "classes": "fc3"},
    "textures": {"first": "conv1", "middle": "conv3", "classes": "classes"},
    "faces": {"first": "conv1", "middle": "conv4", "classes": "face"},
}
PLACES = ("first", "middle", "classes")
REGULARISERS = ("all", "random views", "L2", "total variation", "none")
STARTS = ("noise", "grey", "photograph")
MOST_UNITS = 128
network = functools.cache(load_network)


def names():
    """The networks that can be loaded here: "faces" comes with an extra."""
    return [n for n in LAYERS if n != "faces" or importlib.util.find_spec("mtcnn")]


class Aim(NamedTuple):
    """Which unit, and how its image is sought; the fields are the widget's controls."""

    network: str
    layer: str
    unit: int
    regulariser: str
    lr: float
    start: str
    seed: int

    @property
    def layer_name(self):
        return LAYERS[self.network][self.layer]

    def n_units(self):
        return n_units(self.network, self.layer)

    def place(self):
        """The unit, or the last one of its layer, and the layer as unitviz takes it."""
        return min(
            self.unit, self.n_units() - 1
        ), None if self.layer == "classes" else self.layer_name

    def name(self):
        unit, layer = self.place()
        known = network(self.network).names if layer is None else []
        return f"“{known[unit]}”" if known else f"unit {unit} of {layer}"


def n_units(name, layer):
    """How many units a layer has."""
    weights = network(name).layers[LAYERS[name][layer]].params["weight"]
    return min(len(weights), MOST_UNITS)


def first_photograph(name):
    """A picture to start from that the network knows to read, (h, w) or (h, w, 3)."""
    if name == "digits":
        _, (x, y) = load_digits28()
        image = x[np.flatnonzero(y == 4)[0], 0]
    elif name == "textures":
        image = network(name).to_size(load_image("cat"))
    else:
        image = network(name).to_size(load_image("astronaut")[20:220, 120:320])
    return np.clip(image, 0.02, 0.98).astype(np.float32)


def keeping_natural(regulariser, layer):
    """The settings of maximize_unit for a word of REGULARISERS."""
    l2, variation = PENALTIES if layer is None else PENALTIES_INSIDE
    bare = {"view": None, "levels": 1}
    return {
        "all": {},
        "random views": {"regularizer": (), "view": VIEW, "levels": 1},
        "L2": {"regularizer": l2, **bare},
        "total variation": {"regularizer": variation, **bare},
        "none": {"regularizer": (), **bare},
    }[regulariser]


class Ascent:
    """One image on its way up: `image`, and the `activations` after each step."""

    def __init__(self, aim):
        self.aim, self.model, rng = aim, network(aim.network), np.random.default_rng(aim.seed)
        unit, layer = aim.place()
        start = first_photograph(aim.network) if aim.start == "photograph" else aim.start
        settings = {"start": start, "lr": aim.lr} | keeping_natural(aim.regulariser, layer)
        self.states = maximize_unit.steps(  # type: ignore[attr-defined]
            self.model, unit, layer, steps=N_STEPS, rng=rng, **settings
        )
        self.image = first_image(self.model, start, None, np.random.default_rng(aim.seed)).squeeze()
        self.activations = []

    def step(self):
        """Take one step; False when it was the last."""
        state = next(self.states)
        self.image = state.image
        self.activations.append(state.activation)
        return len(self.activations) < N_STEPS

    def saliency(self):
        """Slope of the unit with respect to each pixel's brightness, (h, w)."""
        x = self.model.prepare(np.clip(self.image, 0, 1).astype(float))
        return saliency(self.model, x, *self.aim.place())[0].mean(axis=0)

    def reading(self):
        """What the network takes the image for: a name and its probability."""
        return self.model.predict(np.clip(self.image, 0, 1), top=1)[0]


def sentence(ascent):
    """A verdict, and what the network says of the image."""
    step, aim = len(ascent.activations), ascent.aim
    name, share = ascent.reading()
    means = {"none": "nothing", "all": "penalties and random views"}
    kept = means.get(aim.regulariser, f"only {aim.regulariser}")
    how = f"step size {number(aim.lr)}, with {kept} to keep it natural"
    value = f": activation {number(ascent.activations[-1])}" if step else ""
    read = f"The network reads the image as “{name}” with {100 * share:.3g} %"
    return f"Step {step} for {aim.name()}{value}.", f"{read}; {how}, started from {aim.start}."
