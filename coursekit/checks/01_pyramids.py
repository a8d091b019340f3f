"""Checks of 01_pyramids: sizes, G and F, reduce and expand, bands, blending, aliasing.

Signals are (n,), pictures (h, w) or (h, w, c); a level has half the samples of the one before,
rounded up.
"""

import numpy as np

from coursekit import pyramids
from coursekit.checks import task

# Deck 000, "Convolution and up-sampling as a matrix multiply": 8 F for 8 samples, zeros outside.
DECK_F = [
    [6, 1, 0, 0],
    [4, 4, 0, 0],
    [1, 6, 1, 0],
    [0, 4, 4, 0],
    [0, 1, 6, 1],
    [0, 0, 4, 4],
    [0, 0, 1, 6],
    [0, 0, 0, 4],
]
OTHER_EDGES = {
    "zeros outside": "constant",
    "a mirror that doubles the last sample": "symmetric",
    "the last sample repeated": "edge",
    "the other side of the picture, wrapped around": "wrap",
}


@task("01_1_sizes", points=2)
def sizes_task(level_shapes, overcompleteness, t):
    with t.part("shapes of the levels", points=1):
        h, w = 8 * t.rng.integers(3, 6) + 5, 16 * t.rng.integers(4, 7) + 2
        shapes = shapes_of((int(h), int(w)), 4)
        slips = {
            "rounding down: sample 0 is kept, so ⌈n/2⌉ stay": [(h >> k, w >> k) for k in range(4)],
            "height and width swapped": [shape[::-1] for shape in shapes],
            "one level too many: the picture is one of n_levels": shapes_of(shapes[0], 5),
            "starting below the picture, which is level 0": shapes_of(shapes[0], 5)[1:],
        }
        t.close(level_shapes(shapes[0], 4), shapes, "the list of shapes", slips)

    with t.part("overcompleteness", points=1):
        for shape, n_levels in [
            ((512, 512), 7),
            (tuple(map(int, 16 * t.rng.choice(9, 2) + 37)), 3),
        ]:
            shapes = shapes_of(shape, n_levels)
            pixels = np.prod(shape)
            total = np.prod(shapes, axis=1).sum()
            slips = {
                "leaving the picture itself out": total / pixels - 1,
                "the quotient turned over": pixels / total,
                "the total alone, not divided by the picture's pixels": total,
                "adding sides, not areas": np.sum(shapes) / sum(shape),
            }
            t.close(overcompleteness(shape, n_levels), total / pixels, slips=slips)


@task("01_2_matrices", points=4)
def matrices_task(reduce_matrix, expand_matrix, t):
    with t.part("G", points=2):
        for n in draw_even_and_odd(t):
            right = pyramids.reduce_matrix(n, edges="constant")
            slips = {
                "not dividing by 16": 16 * right,
                "dividing by 8: that is F": 2 * right,
                "the transpose: G makes few samples of many": right.T,
                "an off-by-one: row i lies around sample 2i, counted from 0": late(right),
                "steps of one sample, not two": band(right.shape, 1),
                "mirrored edges; here zeros lie outside": pyramids.reduce_matrix(n),
            }
            t.close(reduce_matrix(n), right, "G", slips)

    with t.part("F", points=1):
        for n in draw_even_and_odd(t):
            check_expand_matrix(t, expand_matrix(n), n)

    with t.part("F for 8 samples, as on the slide", points=1):
        F = t.shape(expand_matrix(8), (8, 4), "F")
        t.close(F, np.array(DECK_F) / 8, "F", {"not dividing by 8": np.array(DECK_F)})


@task("01_3_resample", points=5)
def resample_task(reduce, expand, t):
    with t.part("reduce, away from the edges", points=1):
        image = t.normal(12, 9) + 1
        right = pyramids.reduce(image)
        slips = {
            "no blur before samples are dropped": image[::2, ::2],
            "weights that do not add up to 1": 256 * right,
            "weights of a row that add up to 2: those are expand's": 4 * right,
            "starting at sample 1, not 0": pyramids.reduce(image[1:, 1:]),
        }
        check_inside(t, reduce(image), right, slips)

    with t.part("reduce, at the edges", points=1):
        image = t.normal(9, 14) + 1
        slips = {f: pyramids.reduce(image, edges=e) for f, e in OTHER_EDGES.items()}
        t.close(reduce(image), pyramids.reduce(image), slips=slips)

    with t.part("expand, away from the edges", points=1):
        image = t.normal(7, 5) + 1
        right = pyramids.expand(image, (13, 10))
        slips = {
            "repeating samples": image.repeat(2, 0).repeat(2, 1)[:13, :10],
            "zeros left between the samples": zeros_between(image, (13, 10)),
            "[1 4 6 4 1]/16: three of four samples are zeros, so it is too dark": right / 4,
            "not dividing by 8 along rows and columns": 64 * right,
        }
        check_inside(t, expand(image, (13, 10)), right, slips)

    with t.part("expand, at the edges", points=1):
        image = t.normal(6, 4) + 1
        slips = {f: pyramids.expand(image, (11, 8), edges=e) for f, e in OTHER_EDGES.items()}
        t.close(expand(image, (11, 8)), pyramids.expand(image, (11, 8)), slips=slips)

    with t.part("odd and even sizes", points=1):
        for shape in [(9, 11), (10, 7), (7, 12), (8, 6)]:
            image = t.normal(*shape)
            small = pyramids.reduce(image)
            t.close(reduce(image), small, "what reduce returns")
            t.close(expand(small, shape), pyramids.expand(small, shape), "what expand returns")


@task("01_4_laplacian", points=4)
def laplacian_task(laplacian_pyramid, reconstruct, t):
    with t.part("the bands and the last blur", points=2):
        x, G, F = draw_pyramid(t, n_bands=3)
        right, blurs = analyse(x, G, F)
        got = t.unpack(laplacian_pyramid(x, G, F), "L1", "L2", "L3", "x4")
        for k in range(3):
            slips = {
                "F G x alone: the band is x minus that": blurs[k] - right[k],
                "the sign: x comes first, F G x is taken away": -right[k],
                "the Gaussian level itself": blurs[k],
            }
            t.close(got[k], right[k], f"L{k + 1}", slips)
        t.close(got[3], right[3], "x4, the last blur,")

    with t.part("reconstruct, from any levels", points=1):
        x, G, F = draw_pyramid(t, n_bands=2)
        *bands, last = [t.normal(*level.shape) for level in analyse(x, G, F)[0]]
        right = synthesise([*bands, last], F)
        no_blur = synthesise([*bands, 0 * last], F)
        slips = {
            "the bands alone: the last blur is left out": no_blur,
            "the last blur alone, expanded: the bands are left out": right - no_blur,
            "a minus sign: bands are added": right - 2 * no_blur,
        }
        t.close(reconstruct([*bands, last], F), right, "x1", slips)

    with t.part("exact reconstruction", points=1):
        x, G, F = draw_pyramid(t, n_bands=4)
        levels = t.unpack(laplacian_pyramid(x, G, F), "L1", "L2", "L3", "L4", "x5")
        for k, level in enumerate(analyse(x, G, F)[0]):
            t.shape(levels[k], level.shape, f"level {k + 1}")
        t.close(reconstruct(list(levels), F), x, "the signal that comes back")


@task("01_5_blend", points=3)
def blend_task(blend_levels, t):
    with t.part("grey pictures", points=1):
        check_blend(t, blend_levels, *draw_levels(t, ()))

    with t.part("a mask of ones shows a, one of zeros shows b", points=1):
        a, b, masks = draw_levels(t, ())
        check_blend(t, blend_levels, a, b, [np.ones(g.shape) for g in masks])
        check_blend(t, blend_levels, a, b, [np.zeros(g.shape) for g in masks])

    with t.part("pictures with colours", points=1):
        check_blend(t, blend_levels, *draw_levels(t, (3,)))


@task("01_6_alias", points=2)
def alias_task(hidden_wave, t):
    for name, odd in (("an even number of samples", 0), ("an odd number of samples", 1)):
        with t.part(name, points=1):
            n = 2 * int(t.rng.integers(6, 12)) + odd
            x = t.shape(hidden_wave(n), (n,), "the wave")
            t.close(x[::2], np.ones(len(x[::2])), "what remains of every second sample")
            small = pyramids.reduce_matrix(n) @ x
            slips = {
                "a constant, which no blur removes; it must be a wave": np.ones(len(small) - 2)
            }
            name = "the wave after blur and dropping, away from the edges,"
            t.close(small[1:-1], np.zeros(len(small) - 2), name, slips)


def shapes_of(shape, n_levels):
    """(h, w) of n_levels levels, the first is `shape`."""
    return [tuple(-(-size // 2**k) for size in shape) for k in range(n_levels)]


def draw_even_and_odd(t):
    """An even and an odd number of samples, 6 to 13."""
    n = 2 * int(t.rng.integers(3, 7))
    return n, n + 1


def late(matrix):
    """The matrix with every row moved on by one sample."""
    moved = np.zeros_like(matrix)
    moved[:, 1:] = matrix[:, :-1]
    return moved


def band(shape, step):
    """[1 4 6 4 1]/16 around sample step·i of every row i."""
    distance = np.abs(np.arange(shape[1]) - step * np.arange(shape[0])[:, None])
    return np.select([distance == 0, distance == 1, distance == 2], [6, 4, 1]) / 16


def check_expand_matrix(t, F, n):
    right = pyramids.expand_matrix(n, edges="constant")
    slips = {
        "[1 4 6 4 1]/16: half of the samples are zeros, so it is too small": right / 2,
        "not dividing by 8": 8 * right,
        "the transpose: F makes many samples of few": right.T,
        "an off-by-one: column j lies around sample 2j, counted from 0": late(right.T).T,
        "mirrored edges; here zeros lie outside": pyramids.expand_matrix(n),
    }
    t.close(F, right, "F", slips)


def zeros_between(image, shape):
    out = np.zeros(shape)
    out[::2, ::2] = image
    return out


def check_inside(t, got, right, slips):
    """Compare what no edge reaches: two samples in from each side."""
    if np.shape(got) == right.T.shape != right.shape:
        slips = slips | {"height and width swapped": right.T}
        t.close(got, right, slips=slips)
    inside = slice(2, -2), slice(2, -2)
    slips = {
        words: value[inside] if value.shape == right.shape else value
        for words, value in slips.items()
    }
    t.close(t.shape(got, right.shape)[inside], right[inside], "the middle of the result", slips)


def draw_pyramid(t, n_bands):
    """A signal (n,) and lists of n_bands matrices G and F that fit it."""
    n = int(t.rng.integers(35, 60))
    sizes = [-(-n // 2**k) for k in range(n_bands)]
    edges = str(t.rng.choice(["reflect", "constant", "edge"]))  # the formulas hold for all
    G = [pyramids.reduce_matrix(size, edges=edges) for size in sizes]
    F = [pyramids.expand_matrix(size, edges=edges) for size in sizes]
    return t.normal(n), G, F


def analyse(x, G, F):
    """The list of the bands and the last blur; the list of all blurs, x first."""
    levels, blurs = [], [x]
    for g, f in zip(G, F, strict=True):
        blurs.append(g @ blurs[-1])
        levels.append(blurs[-2] - f @ blurs[-1])
    return [*levels, blurs[-1]], blurs


def synthesise(levels, F):
    x = levels[-1]
    for band_k, f in zip(levels[-2::-1], F[::-1], strict=True):
        x = band_k + f @ x
    return x


def copies(arrays):
    """A list of the caller's own, so that changes in it reach nobody."""
    return [array.copy() for array in arrays]


def draw_levels(t, colours):
    """Three levels of a, of b and of a mask between 0 and 1."""
    shapes = shapes_of(tuple(int(4 * size + 5) for size in t.sizes(2)), 3)
    a, b = ([t.normal(*shape, *colours) for shape in shapes] for _ in range(2))
    return a, b, [t.rng.random(shape) for shape in shapes]


def check_blend(t, blend_levels, a, b, masks):
    got = t.unpack(
        blend_levels(copies(a), copies(b), copies(masks)), "level 0", "level 1", "level 2"
    )
    for k in range(3):
        g = masks[k] if a[k].ndim == 2 else masks[k][:, :, None]
        right = g * a[k] + (1 - g) * b[k]
        slips = {
            "a and b swapped: a shows where the mask is 1": g * b[k] + (1 - g) * a[k],
            "b at full strength: its weight is 1 − g": g * a[k] + b[k],
            "the same weight for both": g * (a[k] + b[k]),
            "a's share alone": g * a[k],
        }
        t.close(got[k], right, f"level {k}", slips)
