"""Make an image that maximises a unit (deck 002, "Unit visualization via backprop")."""

from typing import NamedTuple

import numpy as np

from coursekit.nn.expect import expect_count, expect_generator, expect_number
from coursekit.unitviz.coordinates import Scales
from coursekit.unitviz.regularizers import l2, total_variation
from coursekit.unitviz.units import (
    Unit,
    check_picture,
    check_x,
    to_image,
    to_x,
    without_grey_axis,
)
from coursekit.unitviz.views import random_view, same_view

STARTS = ("noise", "grey")
PENALTIES = (l2(10.0), total_variation(30.0))  # for the score of a class
PENALTIES_INSIDE = (l2(1.0), total_variation(3.0))  # for units inside, which are smaller
VIEW = random_view(shift=2.0, angle=0.1, scale=0.1)


class Step(NamedTuple):
    """image (h, w) or (h, w, 3) in 0…1, the unit's activation for it, and steps taken so far."""

    image: np.ndarray
    activation: float
    step: int


def maximize_unit(model, unit, layer=None, *, steps=256, progress=False, rng, **settings):
    """Climb a unit's activation, less a penalty, by changing the image: (h, w) or (h, w, 3).

    model, unit and layer are those of `Unit`. The image maximises a(image) − Σ R(image), R being
    a penalty, hence the minus. The same rng gives the same image. settings:
        lr=0.1           root mean square of the first steps, in the image's logits; it falls to 0
        regularizer      penalties; by default (l2(10), total_variation(30)) for a class and a
                         tenth of it for a unit inside; () for none
        view             a `random_view` of the image at each step, or None for the image itself
        levels=4         of the Laplacian pyramid that is climbed; 1 climbs pixels
        start="noise"    or "grey", or an image
        shape            of the image, where the model leaves it open
    Raises ValueError for what is not there, and lists what is. maximize_unit.steps(…) is the same
    as a generator, which yields `Step` after each step and waits. Sources: Erhan et al.,
    "Visualizing higher-layer features of a deep network", 2009; Olah, Mordvintsev and Schubert,
    "Feature visualization", Distill 2017.
    """
    from tqdm.auto import tqdm  # slow to import

    climb = climb_unit(model, unit, layer, steps=steps, rng=rng, **settings)
    for state in tqdm(climb, total=steps, unit="step", disable=not progress):
        image = state.image
    return image


def climb_unit(
    model,
    unit,
    layer=None,
    *,
    steps=256,
    lr=0.1,
    rng,
    regularizer=None,
    view=VIEW,
    levels=4,
    start="noise",
    shape=None,
):
    """`maximize_unit` as a generator; the arguments are checked before the first step."""
    expect_count("maximize_unit", "steps", steps)
    expect_number("maximize_unit", "lr", lr)
    expect_generator("maximize_unit", rng)
    chosen = Unit(model, unit, layer)
    scales = Scales(first_image(model, start, shape, rng), levels)
    chosen.forward(check_x("maximize_unit", model, to_x(scales.image())))  # raises for a wrong unit
    if regularizer is None:
        regularizer = PENALTIES if layer is None else PENALTIES_INSIDE
    penalties = [regularizer] if callable(regularizer) else list(regularizer)
    rates = lr * (1 + np.cos(np.pi * np.arange(steps) / steps)) / 2
    return steps_of(chosen, scales, penalties, view or same_view, rates, rng)


maximize_unit.steps = climb_unit  # type: ignore[attr-defined]


def steps_of(unit, scales, penalties, view, rates, rng):
    image = scales.image()
    for step, rate in enumerate(rates, start=1):
        seen, send_back = view(image, rng)
        unit.forward(to_x(seen))
        slope = send_back(to_image(unit.backward()))
        for penalty in penalties:
            slope = slope - penalty(image)[1]
        scales.climb(slope, rate)
        image = scales.image()
        activation = float(unit.forward(to_x(image))[0])
        yield Step(without_grey_axis(image), activation, step)


def first_image(model, start, shape, rng):
    """The image (h, w, c) of float32 to start from: given, grey, or grey with a little noise."""
    if isinstance(start, np.ndarray):
        image = check_picture("maximize_unit", start, "start").astype(np.float32)
        return image.reshape(*image.shape[:2], -1)
    if start not in STARTS:
        raise ValueError(
            f"maximize_unit starts from {', '.join(STARTS)} or an image; got {start!r}"
        )
    h, w, *colours = shape or image_shape(model)
    noise = rng.standard_normal((h, w, *(colours or [1])), np.float32)
    return 0.5 + 0.05 * noise * (start == "noise")


def image_shape(model):
    """The shape of image that a network of data takes; of a photograph where it takes any."""
    if not hasattr(model, "image_shape"):
        raise ValueError(
            "maximize_unit needs shape=(h, w) or (h, w, 3): the model does not know it"
        )
    return tuple(n if isinstance(n, int) else model.photo_size for n in model.image_shape)
