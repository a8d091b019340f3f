"""Rows of pictures: photographs in grey, responses and kernels in blue and orange."""

import numpy as np

from coursekit.plots.picture import Picture
from coursekit.plots.style import GREY, SIGNED, WIDTH, course_style, new_figure

TALLEST = {"image": 4.6, "kernel": 3.2}  # inches: a row must fit on a projected page with its text


def show_images(images, titles=None, *, alt, caption):
    """Draw a row of pictures; a picture with a negative number is drawn in blue and orange.

    images: list of (h, w) or (h, w, 3) arrays. titles: one string for each of them. Colour and
    grey pictures run from 0 (black) to 1 (white). All signed pictures of a row share one scale,
    so that their strengths can be compared; one pixel in a hundred may lie beyond it, or a single
    bright edge would leave the rest white. Raises ValueError for another rank or a title too many
    or too few.
    """
    images = _checked("show_images", images, titles, ranks=(2, 3))
    signed = [image for image in images if image.min() < 0]
    scale = max((np.quantile(abs(image), 0.99) for image in signed), default=None)
    return _row("image", images, titles, scale, alt, caption)


def show_kernels(kernels, titles=None, *, alt, caption):
    """Draw a row of kernels in blue (positive) and orange (negative), with numbers if small.

    kernels: list of (k, k) arrays, up to 7 columns wide with their numbers written in them.
    All kernels of a row share one scale.
    """
    kernels = _checked("show_kernels", kernels, titles, ranks=(2,))
    scale = max(abs(kernel).max() for kernel in kernels) or 1
    return _row("kernel", kernels, titles, scale, alt, caption)


def _checked(name, images, titles, ranks):
    images = [np.asarray(image) for image in images]
    for image in images:
        if image.ndim not in ranks or image.size == 0:
            raise ValueError(f"{name} expects a list of pictures (h, w); got one of {image.shape}")
    if not images or (titles is not None and len(titles) != len(images)):
        raise ValueError(
            f"{name} expects one title for each picture; "
            f"got {len(images)} pictures and {len(titles or [])} titles"
        )
    return images


def _row(kind, images, titles, scale, alt, caption):
    """Draw the checked pictures; scale is the strength at the ends of the colours, or None."""
    with course_style():
        figure = new_figure(*_size(kind, images, titles, scale))
        row = figure.subplots(1, len(images), squeeze=False)[0]
        for axes, image, title in zip(row, images, titles or [""] * len(images), strict=True):
            if kind == "kernel" or image.min() < 0:
                signed = axes.imshow(image, cmap=SIGNED, vmin=-scale, vmax=scale)
            else:
                axes.imshow(image, cmap="grey", vmin=0, vmax=1)
            axes.set(title=title, xticks=[], yticks=[])
            axes.spines[:].set(visible=True, color=GREY)
            if kind == "kernel" and image.shape[1] <= 7:
                _write_numbers(axes, image, scale)
        if scale is not None:
            _add_scale(figure, signed, row, scale)
        return Picture(figure, alt=alt, caption=caption)


def _add_scale(figure, signed, row, scale):
    bar = figure.colorbar(signed, ax=row, ticks=[-scale, 0, scale], shrink=0.7, aspect=12)
    bar.ax.set_yticklabels([f"−{scale:.2g}", "0", f"+{scale:.2g}"])


def _size(kind, images, titles, scale):
    """Width and height in inches: as wide as the page unless that would be too tall."""
    aspect = max(image.shape[0] / image.shape[1] for image in images)
    room_for_titles = 0.1 + 0.3 * max((title.count("\n") + 1 for title in titles or []), default=0)
    room_for_bar = 0 if scale is None else 1.4
    tall = min(TALLEST[kind], aspect * (WIDTH - room_for_bar) / len(images))
    return min(WIDTH, len(images) * tall / aspect + room_for_bar), tall + room_for_titles


def _write_numbers(axes, kernel, scale):
    for (row, column), value in np.ndenumerate(kernel):
        colour = "white" if abs(value) > 0.6 * scale else "black"
        words = "0" if abs(value) < 1e-6 * scale else f"{value:.2g}".replace("-", "−")
        axes.text(column, row, words, ha="center", va="center", color=colour)
