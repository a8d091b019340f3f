"""Checks of 02_steerable_filters, task 6: an image split by masks over its spectrum, and back.

Masks m (n, h, w) are real, in the order of np.fft.fft2, and their squares sum to one. With its
order N a mask stands for B(ω) = i^N m(ω), and B(−ω) is the conjugate. Simoncelli & Freeman 1995.
"""

import numpy as np

from coursekit.checks import task


@task("02_6_bands", points=4)
def bands_task(split, put_together, t):
    with t.part("split: even orders", points=1):
        check_split(t, split, order=2)

    with t.part("split: odd orders", points=1):
        for order in (1, 3):
            check_split(t, split, order)

    with t.part("put together: any parts", points=1):
        for order in (1, 2, 3):
            masks, orders = draw_level(t, draw_shape(t), order, highpass=True)
            parts = t.normal(*masks.shape)
            right = added(parts, masks, orders)
            slips = adding_slips(parts, masks, orders)
            t.close(put_together(parts, masks, orders), right, "the image", slips)

    with t.part("two levels, and nothing is lost", points=1):
        check_levels(t, split, put_together, order=int(t.rng.choice([1, 3])))


def check_split(t, split, order):
    shape = draw_shape(t)
    image = t.normal(*shape)
    masks, orders = draw_level(t, shape, order, highpass=True)
    slips = splitting_slips(image, masks, orders)
    t.close(split(image, masks, orders), filtered(image, masks, orders), "the parts", slips)


def check_levels(t, split, put_together, order):
    """H, bands and L of an image, then bands and L of that L; back, and back without one part."""
    shape = draw_shape(t)
    image = t.normal(*shape)
    first, second = (draw_level(t, shape, order, highpass) for highpass in (True, False))
    parts = t.shape(split(image, *first), first[0].shape, "what split returns")
    t.close(np.sum(parts**2), np.sum(image**2), "the sum of the parts' squares")

    low = put_together(t.shape(split(parts[-1], *second), second[0].shape), *second)
    whole = np.stack([*parts[:-1], t.shape(low, shape, "the low-pass, put together")])
    t.close(put_together(whole, *first), image, "the image after two levels")

    k = int(t.rng.integers(len(parts)))
    masks, orders = first
    missing = added(filtered(image, masks, orders)[[k]], masks[[k]], orders[[k]])
    parts[k] = 0
    name = f"the image without part {k}"
    t.close(put_together(parts, *first), image - missing, name, {"all parts": image})


def draw_shape(t):
    return tuple(size + 3 for size in t.sizes(2))


def draw_level(t, shape, order, highpass):
    """Masks (n, h, w) of [H,] order + 1 bands and L, and their orders (n,).

    Any masks will do that are as even or odd as their orders and whose squares sum to one.
    """
    orders = np.array([0] * highpass + [order] * (order + 1) + [0])
    masks = t.normal(len(orders), *shape)
    masks += (-1.0) ** orders[:, None, None] * at_minus(masks)
    return masks / np.sqrt(np.sum(masks**2, axis=0)), orders


def at_minus(masks):
    """m(−ω): the zero frequency comes first and stays there."""
    return np.roll(masks[:, ::-1, ::-1], 1, axis=(1, 2))


def filtered(image, masks, orders):
    """The parts, with every wave written out: image (h, w) -> (n, h, w)."""
    rows, columns = waves(image.shape)
    spectrum = complex_masks(masks, orders) * (rows @ image @ columns)
    return (rows.conj() @ spectrum @ columns.conj()).real / image.size


def added(parts, masks, orders):
    """The way back, by the masks at −ω: parts (n, h, w) -> (h, w)."""
    return sum(
        filtered(part, at_minus(mask[None]), order)[0]
        for part, mask, order in zip(parts, masks, orders[:, None], strict=True)
    )


def waves(shape):
    """Matrices whose rows are the waves along y (h, h) and along x (w, w)."""
    return [np.exp(-2j * np.pi * np.outer(k, k) / len(k)) for k in map(np.arange, shape)]


def complex_masks(masks, orders):
    return 1j ** orders[:, None, None] * masks


def splitting_slips(image, masks, orders):
    """What the usual mistakes make of the parts."""
    spectrum, turned = np.fft.fft2(image), complex_masks(masks, orders) * np.fft.fft2(image)
    shifted = np.fft.fftshift(masks, axes=(1, 2))
    return {
        "leaving the factor i^N out": np.fft.ifft2(masks * spectrum).real,
        "the factor (−i)^N, which belongs to the way back": filtered(image, masks, -orders),
        "the zero frequency in the middle: these masks have it first": filtered(
            image, shifted, orders
        ),
        "the size of the complex numbers; they are real, and have a sign": np.abs(
            np.fft.ifft2(turned)
        ),
        "the real part of the spectrum, taken before the way back": np.fft.ifft2(turned.real).real,
        "a spectrum that was not turned back into an image": turned.real,
        "fft2 on the way back": np.fft.fft2(turned).real,
        "masks times pixels; they belong to the spectrum": masks * image,
    }


def adding_slips(parts, masks, orders):
    """What the usual mistakes make of the image."""
    spectra = np.fft.fft2(parts)
    shifted = np.fft.fftshift(masks, axes=(1, 2))
    conjugate = complex_masks(masks, orders).conj()
    return {
        "the masks of the way there: at −ω, the conjugate, odd orders change their sign": added(
            parts, masks, -orders
        ),
        "parts added without their masks": parts.sum(axis=0),
        "leaving the factor (−i)^N out": np.fft.ifft2(np.sum(masks * spectra, axis=0)).real,
        "the zero frequency in the middle: these masks have it first": added(
            parts, shifted, orders
        ),
        "parts that are not added": np.fft.ifft2(conjugate * spectra).real,
        "the mean of the parts; add them": added(parts, masks, orders) / len(parts),
    }
