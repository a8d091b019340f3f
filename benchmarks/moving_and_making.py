"""The parts of `benchmarks.applications` about texture synthesis and motion magnification."""

import sys
import time
import tracemalloc
import warnings
from pathlib import Path

import numpy as np

from benchmarks.timing import seconds, table
from coursekit.applications import (
    MotionMagnifier,
    histogram_distances,
    magnify_motion,
    phases,
    synthesize_texture,
)
from coursekit.data import load_clip, load_image, shifted
from coursekit.pyramids import reconstruct_steerable, steerable_pyramid

sys.path.append(str(Path(__file__).parents[1] / "tests"))
from motion_truth import motion_error
from test_texture import likeness

TEMPO = {"low": 0.6, "high": 2.0, "fps": 20.0}


def measure_texture():
    """Distances of the histograms before and after, and what histograms do not hold."""
    rows, edges = [], []
    for name in ("brick", "grass", "gravel"):
        image = load_image(name)[:256, :256]
        for n in (0, 1, 5, 10):
            made = synthesize(image, n)
            distances = histogram_distances(image, made)
            worst = max(distances, key=distances.get)
            mean = np.mean([*distances.values()])
            rows.append([name, n, f"{mean:.3f}", f"{distances[worst]:.3f}", worst])
        edges.append([name, f"{likeness(image):.2f}", f"{likeness(made):.2f}"])
    wait = seconds(lambda: synthesize(image, 10))
    return "\n\n".join(
        [
            "256×256 out of 256×256, 5 levels of 4 orientations. Distance: mean difference of the "
            "sorted coefficients, as a part of their standard deviation in the texture; the mean "
            "over the pixels, the bands and the residuals, and the worst of them.",
            table(["texture", "iterations", "mean distance", "worst", "of"], rows),
            f"Ten iterations take {wait:.1f} s. What it cannot do: histograms know nothing of long "
            "edges. Largest correlation of a picture with itself 32 pixels on:",
            table(["texture", "photograph", "made"], edges),
        ]
    )


def synthesize(image, n_iterations):
    rng = np.random.default_rng(0)
    return synthesize_texture(
        image, image.shape, rng=rng, n_iterations=n_iterations, progress=False
    )


def measure_motion():
    """Errors against clips whose motion is known; time and memory of both forms."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the limit is passed on purpose
        return "\n\n".join(
            [
                "Largest error of the motion in any frame, in percent of the magnified motion, "
                "by least squares on the picture's slopes, at least 16 pixels from the edges. The "
                "clips move by 0.1 pixel; 1 pixel is the limit that `magnify_motion` names. Both "
                "tables: 4 orientations.",
                table(["clip", "levels", *(f"to {1 + a} × 0.1 px" for a in ALPHAS)], errors()),
                "Why `move` moves more than phases: sway, 6 levels, the frame farthest out, in "
                "percent.",
                table(["moved", *(f"to {1 + a} × 0.1 px" for a in ALPHAS)], shortcuts()),
                "64 frames of 256×256. Peak memory is NumPy's, without the clip itself; a stream "
                "hands each frame on. Pyramids: the time as a multiple of one complex pyramid made "
                "and put together again; the array form needs three and two of these, the stream "
                "two and two.",
                table(
                    [
                        "form",
                        "levels",
                        "type",
                        "ms a frame",
                        "pyramids",
                        "MB for 32 frames",
                        "MB for 64",
                    ],
                    costs(),
                ),
            ]
        )


ALPHAS = (1, 4, 8, 9, 14, 19)


def errors():
    rows = []
    for name in ("sway", "two_tempi", "sway_colour"):
        for levels in (4, None):
            cells = [
                error(magnify_motion(frames, a, n_levels=levels, progress=False, **TEMPO), truth, a)
                for a, frames, truth in cases(name)
            ]
            rows.append([name, levels or "all", *cells])
    return rows


def cases(name):
    """(α, frames of one period, what they should become)."""
    clip, still = load_clip(name), load_clip(name, motion=0).frames[0]
    for a in ALPHAS:
        factor = (1 + a, 1) if name == "two_tempi" else 1 + a  # its dy has another tempo
        yield a, clip.frames[:16], shifted(still, clip.shifts[:16] * factor)


def error(result, truth, alpha):
    if result.ndim == 4:
        result, truth = result.mean(axis=3), truth.mean(axis=3)
    return f"{100 * motion_error(result, truth, 0.1 * (1 + alpha)):.1f}"


def shortcuts():
    """The frame of largest motion, moved by less than `move` does."""
    rows = {
        "phases of the bands": lambda bands, turns: turned(bands, [0 * turns[0], *turns[1:]]),
        "and of the high-pass residual": turned,
        "and amplitudes, one plain round": lambda bands, turns: moved(bands, turns, 1),
        f"that {phases.FURTHER} times as far": phases.move,
    }
    cells = {label: [] for label in rows}
    for a, frames, truth in cases("sway"):
        follower = phases.PhaseFollower()
        for frame in frames[:5]:
            bands = phases.Bands.of(frame, 6, 3)
            turns = follower.step(bands)
        smoothed = [a * turn for turn in phases.smooth(turns, bands)]
        for label, method in rows.items():
            cells[label].append(error(method(bands, smoothed)[None], truth[4:5], a))
    return [[label, *values] for label, values in cells.items()]


def turned(bands, turns):
    return bands.times([np.exp(1j * turn) for turn in turns]).picture()


def moved(bands, turns, further):
    usual, phases.FURTHER = phases.FURTHER, further
    try:
        return phases.move(bands, turns)
    finally:
        phases.FURTHER = usual


def costs():
    clip = load_clip("sway").frames
    rows = []
    for levels, kind in ((4, np.float64), (4, np.float32), (None, np.float64)):
        frames = clip.astype(kind)
        for label, run in (("array", whole), ("stream", stream)):
            run(frames[:16], levels)  # makes the masks
            wait, floor = (
                each_frame(run, frames, levels),
                each_frame(there_and_back, frames, levels),
            )
            peaks = [peak(run, x, levels) for x in (frames[:32], frames)]
            cells = (f"{wait:.0f}", f"{wait / floor:.1f}", *(f"{value:.0f}" for value in peaks))
            rows.append([label, levels or "all 7", np.dtype(kind).name, *cells])
    return rows


def each_frame(run, frames, n_levels):
    """Milliseconds a frame."""
    start = time.perf_counter()
    run(frames, n_levels)
    return (time.perf_counter() - start) * 1e3 / len(frames)


def peak(run, frames, n_levels):
    """Most memory that NumPy held during a run, in 10⁶ bytes."""
    tracemalloc.start()
    run(frames, n_levels)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most / 1e6


def there_and_back(frames, n_levels):
    for frame in frames:
        reconstruct_steerable(steerable_pyramid(frame, n_levels or 7, 3, complex=True))


def whole(frames, n_levels):
    magnify_motion(frames, 8, n_levels=n_levels, progress=False, **TEMPO)


def stream(frames, n_levels):
    magnifier = MotionMagnifier(8, n_levels=n_levels, **TEMPO)
    for frame in frames:
        magnifier.step(frame)
