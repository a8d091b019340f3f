"""Pyramids as numbers: the levels of a photograph, what each gives to it, what is lost without."""

import numpy as np

from coursekit.pyramids import (
    full_resolution,
    gaussian_pyramid,
    laplacian_pyramid,
    reconstruct_steerable,
    steerable_pyramid,
)
from coursekit.widgets.photographs import small
from coursekit.widgets.words import number

SIDE = 128  # rows and columns of the photograph
KINDS = ("Gaussian", "Laplacian", "steerable")
MOST = {"Gaussian": 7, "Laplacian": 7, "steerable": 3}  # levels
ORDER = 3  # four orientations
ANGLES = (0, 45, 90, 135)  # degrees
SEEN = 0.25  # the error at the ends of the colours


def names(kind, n_levels):
    """What the parts of a pyramid are called, finest first; the last is the last blur."""
    if kind == "Gaussian":
        return [f"G{k}" for k in range(n_levels)]
    if kind == "Laplacian":
        return [*(f"L{k}" for k in range(n_levels - 1)), "rest"]
    return ["high", *(f"B{k}-{angle}" for k in range(n_levels) for angle in ANGLES), "low"]


def all_names():
    """Every name that a part can have."""
    return [name for kind, most in MOST.items() for name in names(kind, most)]


def photograph(name):
    """The grey photograph, (SIDE, SIDE), of 256 levels from 0 to 1."""
    return small(name, SIDE) / 255


def parts(image, kind, n_levels):
    """The pyramid: {name: numbers}, each at the size that it is kept in."""
    if kind == "steerable":
        pyramid = steerable_pyramid(image, n_levels, ORDER)
        bands = [band for level in pyramid.bands for band in level]
        arrays = [pyramid.residual_highpass, *bands, pyramid.residual_lowpass]
    else:
        make = gaussian_pyramid if kind == "Gaussian" else laplacian_pyramid
        arrays = make(image, n_levels)
    return dict(zip(names(kind, n_levels), arrays, strict=True))


def contributions(image, kind, n_levels):
    """What each part gives to the picture, {name: (SIDE, SIDE)}.

    Those of a Laplacian or a steerable pyramid add up to the image. A Gaussian level is a whole
    blurred picture by itself.
    """
    if kind != "steerable":
        levels = parts(image, kind, n_levels)
        return dict(zip(levels, full_resolution(list(levels.values())), strict=True))
    pyramid = steerable_pyramid(image, n_levels, ORDER)
    which = [("residual_highpass", None)]
    which += [(level, [k]) for level in range(n_levels) for k in range(ORDER + 1)]
    which += [("residual_lowpass", None)]
    arrays = [reconstruct_steerable(pyramid, [level], bands) for level, bands in which]
    return dict(zip(names(kind, n_levels), arrays, strict=True))


def used(kind, n_levels, off):
    """The parts that the picture is made of; of a Gaussian pyramid the finest that is on."""
    on = [name for name in names(kind, n_levels) if name not in off]
    return on[:1] if kind == "Gaussian" else on


def picture(image, kind, n_levels, off):
    """The image put together without some parts, (SIDE, SIDE)."""
    given = contributions(image, kind, n_levels)
    return sum((given[name] for name in used(kind, n_levels, off)), np.zeros_like(image))


def error(image, again):
    """How far a picture is from the image, in grey levels of 255: root of mean square, and most."""
    gap = 255 * (again - image)
    return float(np.sqrt(np.mean(gap**2))), float(abs(gap).max())


def packed(array):
    """Numbers as the page receives them: 16 bits with a sign, and the unit they count in."""
    unit = float(abs(array).max()) / 32767 or 1.0
    counts = np.rint(array / unit).astype("<i2")
    return {"shape": list(array.shape), "unit": unit, "data": counts.tobytes()}


def message(name):
    """What the page receives: the photograph, and its steerable pyramids part by part.

    The other pyramids are computed there. Pyramids of fewer levels differ in "low" only.
    """
    image, steerable = photograph(name), []
    for n_levels in range(MOST["steerable"], 0, -1):
        kept = parts(image, "steerable", n_levels)
        given = contributions(image, "steerable", n_levels)
        fewer = n_levels < MOST["steerable"]
        steerable += [
            {"name": part if part != "low" else f"low{n_levels}"}
            | {"part": packed(kept[part]), "given": packed(given[part])}
            for part in (["low"] if fewer else kept)
        ]
    grey = {"shape": [SIDE, SIDE], "data": small(name, SIDE).tobytes()}
    return {"name": name, "photograph": grey, "steerable": steerable}


def sentence(kind, n_levels, off, sizes, far):
    """What the picture is made of and how far it is from the photograph; sizes {name: count}."""
    rms, most = far
    on, total, pixels = used(kind, n_levels, off), sum(sizes.values()), SIDE**2
    title = kind[0].upper() + kind[1:]
    missing = [name for name in sizes if name in off]
    without = f"without {', '.join(missing)}" if missing else "with every part on"
    if kind == "Gaussian":
        without = f"from {on[0]} alone" if on else "without any level"
    return (
        f"RMS error {number(rms)}, at most {number(most)} of 255. {title} pyramid of {n_levels} "
        f"{'level' if n_levels == 1 else 'levels'}, {without}: "
        f"{sum(sizes[name] for name in on)} of its {total} numbers; the photograph has {pixels}, "
        f"so the whole pyramid is {number(total / pixels)} times as large."
    )
