"""Deep dream: a photograph in which a layer sees more of what it already sees."""

import numpy as np

from coursekit.nn.expect import expect_count, expect_generator, expect_number
from coursekit.pyramids import expand, gaussian_pyramid
from coursekit.unitviz.maximize import Step
from coursekit.unitviz.units import (
    Unit,
    check_picture,
    layers_up_to,
    run,
    to_image,
    to_x,
    without_grey_axis,
)


def deep_dream(model, image, layer, unit=None, *, progress=False, **settings):
    """Strengthen what a layer, or one unit of it, finds in a photograph, scale by scale.

    image (h, w) or (h, w, 3) in 0…1, of any size where `layer` comes before the network's first
    fully connected one; the result is alike. Without a unit, ½ mean of all activations² is
    climbed. settings: rng is required; octaves=4, each half as large as the next, steps=10 on
    each, lr=0.02 in grey values, jitter=8 pixels of random shift at each step. deep_dream.steps(…)
    yields `Step`, the image small at first. Source: Mordvintsev, Olah and Tyka, "Inceptionism",
    2015, with octaves of a Gaussian pyramid.
    """
    from tqdm.auto import tqdm  # slow to import

    for state in tqdm(dream_steps(model, image, layer, unit, **settings), disable=not progress):
        dreamt = state.image
    return dreamt


def dream_steps(model, image, layer, unit=None, *, octaves=4, steps=10, lr=0.02, jitter=8, rng):
    """`deep_dream` as a generator; the arguments are checked before the first step."""
    image = check_picture("deep_dream", image).astype(np.float32)
    image = image.reshape(*image.shape[:2], -1)
    expect_count("deep_dream", "steps", steps)
    expect_count("deep_dream", "jitter", jitter, least=0)
    expect_number("deep_dream", "lr", lr)
    expect_generator("deep_dream", rng)
    wish = Energy(model, layer) if unit is None else Unit(model, unit, layer)
    small_first = gaussian_pyramid(image, octaves)[::-1]
    wish.forward(to_x(small_first[0]))  # raises for a wrong unit or too small an image
    return octave_steps(wish, small_first, steps, lr, jitter, rng)


deep_dream.steps = dream_steps  # type: ignore[attr-defined]


def octave_steps(wish, octaves, steps, lr, jitter, rng):
    """Dream on the smallest picture; take what was added along to the next larger one."""
    added = np.zeros_like(octaves[0])
    for k, original in enumerate(octaves):
        if k:
            added = expand(added, original.shape)
        image = np.clip(original + added, 0, 1)
        for step in range(k * steps + 1, (k + 1) * steps + 1):
            image, value = dream_step(wish, image, lr, jitter, rng)
            yield Step(without_grey_axis(image), value, step)
        added = image - original


def dream_step(wish, image, lr, jitter, rng):
    """One step uphill on a shifted copy, so that no pixel always meets the same filter's place."""
    shift = tuple(rng.integers(-jitter, jitter + 1, size=2))
    value = wish.forward(to_x(np.roll(image, shift, axis=(0, 1))))
    slope = np.roll(to_image(wish.backward()), (-shift[0], -shift[1]), axis=(0, 1))
    step = lr * slope / max(float(np.abs(slope).mean()), 1e-12)
    return np.clip(image + step, 0, 1), float(value[0])


class Energy:
    """½ mean of the squares of a layer's activations, with `Unit`'s forward and backward."""

    def __init__(self, model, layer):
        self.layers = layers_up_to(model, layer)
        model.eval()

    def forward(self, x):
        self.y = run(self.layers, x)
        return (self.y**2).reshape(len(x), -1).mean(axis=1) / 2

    def backward(self):
        dy = self.y * (len(self.y) / self.y.size)
        for layer in reversed(self.layers):
            dy = layer.backward(dy)
        return dy
