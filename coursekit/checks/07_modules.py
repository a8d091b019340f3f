"""Checks of 07_convolutional_networks, tasks 5 to 7: the modules of deck 002's homework, pooling.

Signals are x (l,), pictures (n, c, h, w). The names of boundaries are those of coursekit.nn.
"""

import math

import numpy as np

from coursekit import nn
from coursekit.checks import task
from coursekit.checks.answers import NotPassed

MODES = {"zeros": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}
OTHER_MODES = ("reflect", "replicate", "circular")


@task("07_5_conv1d", points=5)
def conv1d_task(conv1d_forward, conv1d_backward, t):
    with t.part("forward, zeros outside", points=1):
        check_signals(t, conv1d_forward, ["zeros"])

    with t.part("forward, the other three boundaries", points=1):
        check_signals(t, conv1d_forward, OTHER_MODES)

    with t.part("slope of the kernel", points=1):
        for mode in MODES:
            check_kernel_slope(t, conv1d_backward, mode)

    with t.part("slope of the signal, zeros outside", points=1):
        check_signal_slope(t, conv1d_backward, ["zeros"])

    with t.part("slope of the signal, the other three", points=1):
        check_signal_slope(t, conv1d_backward, OTHER_MODES)


@task("07_6_pool", points=5)
def pool_task(max_pool, max_pool_backward, t):
    with t.part("forward: signals", points=1):
        k = int(t.rng.integers(2, 5))
        check_pool(t, max_pool, draw_distinct(t, 2, 3, 1, 17), (1, k), (1, k))

    with t.part("forward: pictures, any stride", points=1):
        for size, stride in (((2, 3), (2, 3)), ((3, 2), (2, 1)), ((2, 2), (3, 4))):
            check_pool(t, max_pool, draw_distinct(t, 2, 3, 9, 11), size, stride)

    with t.part("backward: all to the largest", points=1):
        for size in ((1, 4), (3, 2)):
            x = draw_distinct(t, 3, 2, size[0] * 4 + 1, size[1] * 3 + 1)
            check_pool_slope(t, max_pool_backward, x, size, size)

    with t.part("backward: of equals, the first", points=1):
        x = t.rng.integers(0, 2, (2, 3, 6, 8)).astype(float) - 1
        check_pool_slope(t, max_pool_backward, x, (2, 4), (2, 4))

    with t.part("backward: windows that overlap", points=1):
        check_pool_slope(t, max_pool_backward, draw_distinct(t, 2, 3, 9, 7), (3, 3), (2, 1))


@task("07_7_fragile", points=2)
def fragile_task(fragile, t):
    with t.part("one step changes what pooling sees", points=1):
        _, moved = pooled_twice(t, fragile)
        if moved.max() - moved.min() < 0.5:
            message = "moved by one sample, what pooling sees is a constant as before"
            raise NotPassed("wrong", message)

    with t.part("for as much as half of it", points=1):
        _, moved = pooled_twice(t, fragile)
        right = np.sort(np.repeat([0, 1], len(moved) // 2))
        t.close(np.sort(moved), right, "the sorted list of what pooling sees after the step")


def draw_signal(t):
    """x (l,), w (k,) with odd k < l, dy (l,)."""
    k = int(t.rng.choice([5, 7]))  # with 3, doubling the last sample is repeating it
    length = k + int(t.rng.integers(2, 8))
    return t.normal(length), t.normal(k), t.normal(length)


def signal_windows(x, k, mode):
    """Every window of the padded signal, (l, k); forward is these times the kernel."""
    padded = np.pad(x, k // 2, mode=MODES.get(mode, mode))
    return np.lib.stride_tricks.sliding_window_view(padded, k)


def signal_matrix(length, w, mode):
    """The layer as a matrix (l, l): column j is what sample j alone gives."""
    return np.stack([signal_windows(e, len(w), mode) @ w for e in np.eye(length)], axis=1)


def check_signals(t, conv1d_forward, modes):
    for mode in modes:
        x, w, _ = draw_signal(t)
        slips = {
            f"another boundary, {other}": signal_windows(x, len(w), other) @ w
            for other in (*MODES, "symmetric")
            if other != mode
        }
        slips["convolution: a layer does not turn its kernel"] = (
            signal_windows(x, len(w), mode) @ w[::-1]
        )
        slips["no padding: the result is as long as x"] = np.correlate(x, w, "valid")
        y = signal_windows(x, len(w), mode) @ w
        t.close(conv1d_forward(x, w, mode), y, f"y ({mode})", slips)


def check_kernel_slope(t, conv1d_backward, mode):
    x, w, dy = draw_signal(t)
    rows = signal_windows(x, len(w), mode)
    _, dw = t.unpack(conv1d_backward(x, w, dy, mode), "dx", "dw")
    slips = {
        "a kernel turned over": (rows.T @ dy)[::-1],
        "a mean over the places; their slopes are added": rows.T @ dy / len(x),
        "zeros outside, whatever the boundary": signal_windows(x, len(w), "zeros").T @ dy,
    }
    t.gradient(lambda v: np.vdot(dy, rows @ v), dw, w, f"dw ({mode})", slips)


def check_signal_slope(t, conv1d_backward, modes):
    for mode in modes:
        x, w, dy = draw_signal(t)
        matrix = signal_matrix(len(x), w, mode)
        dx, _ = t.unpack(conv1d_backward(x, w, dy, mode), "dx", "dw")
        slips = {
            "the kernel the wrong way round: backward turns it": signal_matrix(
                len(x), w[::-1], mode
            ).T
            @ dy,
            "losing what the added samples received: it goes to those they were copied from": (
                signal_matrix(len(x), w, "zeros").T @ dy
            ),
            "the forward pass of dy": matrix @ dy,
        }
        if mode != "zeros":
            turned = signal_windows(dy, len(w), mode) @ w[::-1]
            slips["padding dy like x: the boundary is undone, not repeated"] = turned
        t.close(dx, matrix.T @ dy, f"dx ({mode})", slips)
        t.adjoint(
            lambda v, m=matrix: m @ v,
            lambda v, a=(x, w), m=mode: t.unpack(conv1d_backward(*a, v, m), "dx", "dw")[0],
            x,
            f"dx ({mode})",
        )


def draw_distinct(t, *shape):
    """Numbers below zero, no two alike: nothing ties, and zeros from outside would win."""
    return -1.0 - t.rng.permutation(math.prod(shape)).reshape(shape) / 10


def check_pool(t, max_pool, x, size, stride):
    right = nn.MaxPool2d(size, stride).forward(x)
    slips = {
        "the mean": nn.AvgPool2d(size, stride).forward(x),
        "the smallest": nn.MinPool2d(size, stride).forward(x),
        "height and width swapped": right.swapaxes(2, 3),
        "the largest in size, whatever the sign": nn.MaxPool2d(size, stride).forward(np.abs(x)),
        "zeros around the picture: what is outside never wins": np.maximum(right, 0),
    }
    if stride != size:
        slips["a stride as large as the window"] = nn.MaxPool2d(size).forward(x)
    if stride != (1, 1):
        slips["windows at every place: the stride is forgotten"] = nn.MaxPool2d(size, 1).forward(x)
    t.close(max_pool(x, size, stride), right, "y", slips)


def check_pool_slope(t, max_pool_backward, x, size, stride):
    pool = nn.MaxPool2d(size, stride)
    dy = t.normal(*pool.forward(x).shape)
    right = pool.backward(dy)
    average = nn.AvgPool2d(size, stride)
    average.forward(x)
    slips = pool_slips(x, dy, size, stride) | {
        "an equal share for every pixel of a window": average.backward(dy),
        "the whole slope for every pixel of a window": average.backward(dy) * math.prod(size),
        "ones in place of dy": pool.backward(np.ones(dy.shape)),
    }
    t.close(max_pool_backward(x, dy, size, stride), right, "dx", slips)


def pool_slips(x, dy, size, stride):
    """The slopes when ties are settled in other ways, or pixels of two windows overwritten."""
    everyone, shared, last, written = (np.zeros(x.shape) for _ in range(4))
    for n, c, i, j in np.ndindex(dy.shape):
        rows, columns = (
            slice(a * s, a * s + k) for a, s, k in zip((i, j), stride, size, strict=True)
        )
        window = x[n, c, rows, columns]
        wins = window == window.max()
        everyone[n, c, rows, columns] += wins * dy[n, c, i, j]
        shared[n, c, rows, columns] += wins * dy[n, c, i, j] / wins.sum()
        place = np.argwhere(wins)
        last[n, c, rows, columns][tuple(place[-1])] += dy[n, c, i, j]
        written[n, c, rows, columns][tuple(place[0])] = dy[n, c, i, j]
    return {
        "the whole slope for every one of the equals": everyone,
        "equal shares for the equals": shared,
        "the last of the equals": last,
        "overwriting: a pixel that wins twice gets both slopes": written,
    }


def pooled_twice(t, fragile):
    """What max pooling of two sees of the signal, and of the signal one sample later."""
    n = 4 * int(t.rng.integers(2, 6))
    x = t.shape(fragile(n), (n,), "the signal")
    before, after = (np.roll(x, step).reshape(-1, 2).max(axis=1) for step in (0, 1))
    t.close(before, np.ones(n // 2), "what pooling sees before the step")
    return before, after
