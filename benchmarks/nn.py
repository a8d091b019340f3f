"""Layers and training steps against PyTorch on the CPU: python -m benchmarks.nn

Needs pip install ".[bench]". Everything is float32, the two are timed in turn, with 1 and with 2
threads. How well the networks learn is in benchmarks.nn_accuracy.
"""

import argparse
import collections
import math
import statistics

import numpy as np
import torch
from threadpoolctl import threadpool_limits

from benchmarks.nn_accuracy import torch_lenet5
from benchmarks.timing import gemm_peak, machine, paired, peak_megabytes, report, seconds, table
from coursekit import nn

BATCH = 64
THREADS = (1, 2)
# name: (shape of x, out_channels, kernel, stride, padding)
CONVOLUTIONS = {
    "Conv2d (32,16,32,32) → 32, 3×3": ((32, 16, 32, 32), 32, 3, 1, 1),
    "Conv2d (16,64,32,32) → 64, 3×3": ((16, 64, 32, 32), 64, 3, 1, 1),
    "Conv2d (4,3,227,227) → 96, 11×11, stride 4": ((4, 3, 227, 227), 96, 11, 4, 0),
}
CONVOLUTION_TARGET, STEP_TARGET, MEMORY_TARGET = 1.3, 1.0, 64.0
IN_THE_WAY = """
What stands in the way of a target that is missed:

- The narrow layer, 16 → 32 channels: its three matrix products alone take some 85 % of PyTorch's
  time, near the machine's limit. PyTorch convolves directly; here the columns are copied, too.
- Two threads: the copies of both go through one shared cache and one memory, while PyTorch has
  nothing to copy. The pictures of a batch are shared out among threads where a layer is large; in a
  small net such as LeNet-5 every operation takes less than waking a thread for it in Python, so
  that there one thread does all but the matrix products.
""".strip()


def layer_and_input(shape, out, kernel, stride, padding):
    rng = np.random.default_rng(0)
    layer = nn.Conv2d(shape[1], out, kernel, stride, padding, rng=rng, dtype=np.float32)
    return layer, rng.standard_normal(shape, np.float32)


def convolution(*settings):
    """Forward and backward of one layer, ours and PyTorch's, on the same numbers."""
    layer, x = layer_and_input(*settings)
    dy = np.random.default_rng(1).standard_normal(layer.output_shape(x.shape), np.float32)
    peer = torch.nn.Conv2d(x.shape[1], *settings[1:])
    peer_x, peer_dy = torch.tensor(x, requires_grad=True), torch.tensor(dy)

    def ours():
        return layer.forward(x), layer.backward(dy)

    def theirs():
        peer.zero_grad()
        peer_x.grad = None
        peer(peer_x).backward(peer_dy)

    return ours, theirs


def training_step(model, peer, shape):
    """Forward, cross-entropy, backward and SGD with momentum, for one batch of this shape."""
    rng = np.random.default_rng(0)
    x, labels = rng.random(shape, np.float32), rng.integers(0, 10, shape[0])
    loss, optimizer = nn.CrossEntropyLoss(), nn.SGD(model, 0.01, momentum=0.9)
    peer_x, peer_labels = torch.tensor(x), torch.tensor(labels)
    peer_loss = torch.nn.CrossEntropyLoss()
    peer_optimizer = torch.optim.SGD(peer.parameters(), lr=0.01, momentum=0.9)

    def ours():
        loss.forward(model.forward(x), labels)
        model.backward_params(loss.backward())
        optimizer.step()

    def theirs():
        peer_optimizer.zero_grad()
        peer_loss(peer(peer_x), peer_labels).backward()
        peer_optimizer.step()

    return ours, theirs


def cases():
    """Name -> (ours, theirs, most that the ratio may be)."""
    rng = np.random.default_rng(0)
    lenet = nn.models.lenet5(rng=rng, dtype=np.float32)
    mlp = nn.models.mlp((784, 256, 10), "ReLU", rng=rng, dtype=np.float32)
    t = torch.nn
    peer_mlp = t.Sequential(t.Linear(784, 256), t.ReLU(), t.Linear(256, 10))
    steps = {
        f"LeNet-5 training step, batch {BATCH}": (lenet, torch_lenet5(lenet), (BATCH, 1, 28, 28)),
        f"MLP 784-256-10 training step, batch {BATCH}": (mlp, peer_mlp, (BATCH, 784)),
    }
    convolutions = {k: (*convolution(*v), CONVOLUTION_TARGET) for k, v in CONVOLUTIONS.items()}
    return {k: (*training_step(*v), STEP_TARGET) for k, v in steps.items()} | convolutions


def times(rounds):
    """A table of medians and ratios, every case with every number of threads."""
    rows = []
    for n_threads in THREADS:
        torch.set_num_threads(n_threads)
        with threadpool_limits(n_threads, "blas"):
            for name, (ours, theirs, target) in cases().items():
                pair = paired(ours, theirs, rounds)
                met = "yes" if pair.ratio <= target else "no"
                ms = (f"{pair.ours:.2f}", f"{pair.theirs:.2f}", f"{pair.ratio:.2f}")
                rows.append([name, n_threads, *ms, f"≤ {target}", met])
    header = ["what", "threads", "coursekit, ms", "PyTorch, ms", "ratio", "target", "met"]
    return table(header, rows)


def memory():
    """A table of the memory that a layer needs beyond its input, its output and their slopes."""
    rows = []
    for name, settings in CONVOLUTIONS.items():
        ours, _ = convolution(*settings)
        y, dx = ours()
        with threadpool_limits(1, "blas"):
            extra = peak_megabytes(ours) - (y.nbytes + dx.nbytes) / 1e6
        columns = y.nbytes / y.shape[1] * products(settings) / y.size / 1e6
        met = "yes" if extra <= MEMORY_TARGET else "no"
        rows.append([name, f"{extra:.1f}", f"{columns:.1f}", f"≤ {MEMORY_TARGET:.0f}", met])
    return table(["what", "extra, MB", "all columns, MB", "target", "met"], rows)


def products(settings):
    """Multiplications of one of the three products: for y, for the filters, for the input."""
    layer, x = layer_and_input(*settings)
    return math.prod(layer.output_shape(x.shape)) * math.prod(layer.params["weight"].shape[1:])


def limits():
    """A table of the least time that the machine allows: large matrix products and no copy."""
    rows = []
    for n_threads in THREADS:
        with threadpool_limits(n_threads, "blas"):
            peak = gemm_peak()
        for name, settings in CONVOLUTIONS.items():
            least = 3 * 2e-9 * products(settings) / peak * 1e3
            rows.append([name, n_threads, f"{peak:.0f}", f"{least:.1f}"])
    return table(["what", "threads", "10⁹ operations a second", "least ms"], rows)


def profile(rounds):
    """A table of what a forward pass does on one thread: copy columns, multiply, all of it."""
    rows = []
    for name, settings in CONVOLUTIONS.items():
        layer, x = layer_and_input(*settings)
        y = layer.forward(x)[..., None]
        pictures, weight = range(len(x)), layer.grouped_weight(x.dtype)
        tiles = layer.tiles(layer.padded)
        bands = tiles.bands(y)

        def copy(tiles=tiles, pictures=pictures):
            collections.deque(tiles.filled(pictures), maxlen=0)

        def multiply(tiles=tiles, pictures=pictures, weight=weight, bands=bands):
            for at, columns in tiles.empty(pictures):
                np.matmul(weight, columns, out=bands[at])

        def forward(layer=layer, x=x):
            layer.forward(x)

        with threadpool_limits(1, "blas"):
            parts = [
                statistics.median(seconds(part) for _ in range(rounds)) * 1e3
                for part in (copy, multiply, forward)
            ]
        rows.append([name, *(f"{ms:.1f}" for ms in parts)])
    return table(["what", "columns, ms", "product, ms", "whole forward, ms"], rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=30)
    rounds = parser.parse_args().rounds
    before = machine()
    parts = [
        "# Speed and memory of coursekit.nn against PyTorch",
        f"Written by `python -m benchmarks.nn --rounds {rounds}`: medians over {rounds} rounds in "
        "which the two take turns, and the median of the ratios of each round. float32; forward "
        f"and backward, for layers with the slope of x too. {before}, torch {torch.__version__}.",
        times(rounds),
        "## Memory",
        memory(),
        "## What the machine allows",
        "A matrix product of 1024 × 1024 numbers, and the time that a layer's three products "
        "would take at that speed if nothing were copied.",
        limits(),
        "## Where a forward pass spends its time",
        profile(rounds),
        IN_THE_WAY,
        f"Load average afterwards: {machine().rsplit(' ', 1)[-1]}.",
    ]
    report("nn", "\n\n".join(parts))


if __name__ == "__main__":
    main()
