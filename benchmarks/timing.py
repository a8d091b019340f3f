"""Two things timed in one run, in turn, so that whatever else the machine does hits both."""

import os
import platform
import statistics
import time
import tracemalloc
from pathlib import Path
from typing import NamedTuple

import numpy as np

PAUSE = 0.02
RESULTS = Path(__file__).parent / "results"


class Pair(NamedTuple):
    """Medians in milliseconds, and the median of the ratios ours / theirs of each round."""

    ours: float
    theirs: float
    ratio: float


def paired(ours, theirs, rounds=30, warm_up=3):
    """Time two functions of no arguments alternately."""
    times = [
        (seconds(ours), seconds(theirs)) if i % 2 else (seconds(theirs), seconds(ours))[::-1]
        for i in range(warm_up + rounds)
    ][warm_up:]
    mine, other = zip(*times, strict=True)
    ratios = [a / b for a, b in times]
    medians = (statistics.median(mine) * 1e3, statistics.median(other) * 1e3)
    return Pair(*medians, statistics.median(ratios))


def seconds(function):
    """Time of one call, after a pause, as threads of the other library spin on for a while, and
    after a call that fills the caches."""
    time.sleep(PAUSE)
    function()
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def peak_megabytes(function):
    """Most memory that NumPy held beyond what it held before, in 10⁶ bytes; after one warm-up."""
    function()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    tracemalloc.reset_peak()
    function()
    peak = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    return peak / 1e6


def gemm_peak(n=1024, rounds=20):
    """Billions of float32 operations per second in a large matrix product: the machine's limit."""
    a = np.ones((n, n), np.float32)
    best = min(seconds(lambda: a @ a) for _ in range(rounds))
    return 2 * n**3 / best / 1e9


def machine():
    """One line about where this was measured."""
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"Python {platform.python_version()}, NumPy {np.__version__}, {platform.machine()}, "
        f"{os.cpu_count()} cores, load average {load}"
    )


def table(header, rows):
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def report(name, text):
    """Print a report and keep it as benchmarks/results/{name}.md."""
    print(text)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.md").write_text(text + "\n", encoding="utf-8")
