"""Ways down a surface as numbers: the paths, their losses, and what became of them."""

from typing import NamedTuple

import numpy as np

from coursekit import nn
from coursekit.widgets.descent.surfaces import FIT_T, FIT_X, SURFACES

N_STEPS = 50
ARRIVED = 1e-4  # part of the first loss below which a path counts as arrived
FAR = 1e9  # a path that has gone so far stays there, for the numbers end somewhere
BATCHES = (1, 4, 16)
N_SEEDS = 8
TRY = 0.5  # deviation of the steps that random search tries
METHODS = ("gradient descent", "Adam", "line search", "Newton", "random search", "all")
RACE = ("gradient descent", "with momentum", "Adam", "line search", "Newton", "random search")
WHOLE = ("line search", "Newton", "random search")  # need no learning rate, see all examples

VERDICTS = {
    "diverging": "Diverging: the steps are too long, and the loss grows instead of falling.",
    "oscillating": "Oscillating: back and forth; after {steps} steps {left} % of the loss is left.",
    "too slow": "Too slow: after {steps} steps {left} % of the first loss is left.",
    "noisy": "Noisy: each step sees {batch} of 16 examples, so the path trembles on its way.",
    "stuck": "Stuck: the slope is 0 here, but this is no valley: downhill lies on two sides.",
    "converged": "Converged: from step {arrival} on, the loss stays below 0.01 % of the first.",
    "converged, oscillating": (
        "Converged, but oscillating: from step {arrival} on, the loss stays below 0.01 % of the "
        "first."
    ),
}


class Settings(NamedTuple):
    """What a walk needs to know beside its surface and its method."""

    lr: float
    momentum: float = 0.0
    decay: float = 0.0
    batch: int = 16
    seed: int = 0


class Point(nn.Module):
    """A place w (d,) as a model without inputs, so that nn's optimisers move it."""

    def __init__(self, start):
        super().__init__()
        self.params["weight"] = np.array(start)[None]  # (1, d)


def order(seed):
    """In which order a seed shows the 16 examples, epoch after epoch: enough for 50 batches."""
    rng = np.random.default_rng(seed)
    return np.concatenate([rng.permutation(16) for _ in range(13)])


def tries(seed):
    """What a seed lets random search try, one number after the other, in units of TRY."""
    return np.random.default_rng(seed).standard_normal(2 * N_STEPS)


def gradient(name, w, settings, step):
    """∂L/∂w (d,) of all examples, or of the step's batch of them."""
    if name != "line fit" or settings.batch == 16:
        return SURFACES[name].gradient(w)
    seen = order(settings.seed)[step * settings.batch : (step + 1) * settings.batch]
    design = np.column_stack([FIT_X[seen], np.ones(len(seen))])  # (batch, 2)
    return design.T @ (design @ w - FIT_T[seen]) / len(seen)


def cost(name, w, decay):
    """L(w) + ½ λ ‖w‖²: w (…, d) -> (…). The decay λ is a part of what is made small."""
    return SURFACES[name].height(w) + decay / 2 * (w**2).sum(axis=-1)


def walk(name, method, settings, n_steps=N_STEPS):
    """The points of one of METHODS, start included: (n_steps + 1, d).

    Gradient descent is deck 004's: Δw = −∂L − λw + mΔw; w += ηΔw. Line search, Newton (deck 002,
    lines 82–105) and random search, which needs no slope, always look at all examples.
    """
    surface = SURFACES[name]

    def height(w):
        return cost(name, w, settings.decay)

    def slope(w):
        return surface.gradient(w) + settings.decay * w

    if method == "random search":
        rng = np.random.default_rng(settings.seed)
        return nn.random_search(height, surface.start, n_steps, scale=TRY, rng=rng)
    if method == "line search":
        return nn.gradient_descent(height, slope, surface.start, n_steps)
    if method == "Newton":
        curvature = settings.decay * np.eye(len(surface.start))
        return nn.newton(slope, lambda w: surface.hessian(w) + curvature, surface.start, n_steps)
    return optimise(name, method, settings, n_steps)


def optimise(name, method, settings, n_steps):
    """The points of nn.SGD or nn.Adam, (n_steps + 1, d)."""
    point, adam = Point(SURFACES[name].start), method == "Adam"
    lr, momentum, decay = settings[:3]
    optimizer = nn.Adam(point, lr) if adam else nn.SGD(point, lr, momentum, decay)
    points = [point.params["weight"][0].copy()]
    for step in range(n_steps):
        w = points[-1]
        if abs(w).max() < FAR:
            dw = gradient(name, w, settings, step) + (decay * w if adam else 0)
            point.grads["weight"] = dw[None]
            optimizer.step()
        points.append(point.params["weight"][0].copy())
    return np.array(points)


def walks(name, method, settings):
    """{name: points} of one method, or of all of them in a race."""
    if method != "all":
        return {method: walk(name, method, settings)}
    runners = [runner for runner in RACE if settings.momentum or runner != "with momentum"]
    plain = settings._replace(momentum=0.0)
    return {
        runner: walk(name, runner, settings if runner == "with momentum" else plain)
        for runner in runners
    }


def bottom(name, decay):
    """Where cost is least: found by Newton's method, from the bottom without decay."""
    surface = SURFACES[name]
    if not decay:
        return np.array(surface.bottom)
    curvature = decay * np.eye(len(surface.bottom))
    return nn.newton(
        lambda w: surface.gradient(w) + decay * w,
        lambda w: surface.hessian(w) + curvature,
        surface.bottom,
        20,
    )[-1]


def above(name, points, decay):
    """Cost above the least, (n_steps + 1,)."""
    least = cost(name, bottom(name, decay), decay)
    return np.maximum(cost(name, points, decay) - least, 0)


def arrival(loss):
    """Number of steps after which the loss stays arrived; len(loss) when it never does."""
    far = np.flatnonzero(loss > ARRIVED * loss[0])
    return int(far[-1]) + 1 if len(far) else 0


def swings(offsets):
    """How often a path overshoots the bottom by 5 % of its start, where it does so most.

    offsets: the points from the bottom, (n, d). An axis that starts near the bottom counts with
    a fifth of the longest one.
    """
    crossed = offsets[1:] * offsets[:-1] < 0  # (n_steps, d)
    start = abs(offsets[0])
    far = abs(offsets[1:]) > 0.05 * np.maximum(start, 0.2 * start.max())
    return int((crossed & far).sum(axis=0).max())


def verdict(name, method, points, settings):
    """What became of a path: one of the words of `VERDICTS`."""
    loss, lowest = above(name, points, settings.decay), bottom(name, settings.decay)
    if not loss[-10:].max() <= loss[0] * (1 + 1e-9):
        return "diverging"
    # Random search goes to and fro by chance, and never to a higher place.
    oscillating = method != "random search" and swings(points - lowest) > 3
    if arrival(loss) < len(loss):
        return "converged, oscillating" if oscillating else "converged"
    if name == "line fit" and settings.batch < 16 and method not in WHOLE:
        return "noisy"
    if abs(SURFACES[name].gradient(points[-1]) + settings.decay * points[-1]).max() < 1e-6:
        return "stuck"
    return "oscillating" if oscillating else "too slow"


def sentence(name, method, settings):
    """What became of the path, or of each path of a race, in words."""
    paths = walks(name, method, settings)
    if method == "all":
        ends = [f"{runner} {end(name, runner, way, settings)}" for runner, way in paths.items()]
        return f"Race: {', '.join(ends)}."
    points = paths[method]
    loss = above(name, points, settings.decay)
    return VERDICTS[verdict(name, method, points, settings)].format(
        steps=N_STEPS,
        left=f"{100 * loss[-1] / loss[0]:.3g}",
        arrival=arrival(loss),
        batch=settings.batch,
    )


def end(name, runner, points, settings):
    """How a runner of a race ended: "12 steps", or the word for its failure."""
    word = verdict(name, runner, points, settings)
    if not word.startswith("converged"):
        return word
    steps = arrival(above(name, points, settings.decay))
    return f"{steps} step{'s'[: steps != 1]}"
