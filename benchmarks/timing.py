"""Two things timed in one run, in turn, so that whatever else the machine does hits both."""

import os
import platform
import statistics
import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
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


def paired(ours, theirs, rounds=30, warm_up=3, clock=time.perf_counter):
    """Time two functions of no arguments alternately.

    clock=time.process_time counts what the processor did and not what it waited for others.
    """

    def once(function):
        return seconds(function, clock)

    times = [
        (once(ours), once(theirs)) if i % 2 else (once(theirs), once(ours))[::-1]
        for i in range(warm_up + rounds)
    ][warm_up:]
    mine, other = zip(*times, strict=True)
    ratios = [a / b for a, b in times]
    medians = (statistics.median(mine) * 1e3, statistics.median(other) * 1e3)
    return Pair(*medians, statistics.median(ratios))


def seconds(function, clock=time.perf_counter):
    """Time of one call, after a pause, as threads of the other library spin on for a while, and
    after a call that fills the caches."""
    time.sleep(PAUSE)
    function()
    start = clock()
    function()
    return clock() - start


def peak_megabytes(function):
    """Most memory that NumPy held beyond what it held before, in 10⁶ bytes.

    In a new thread, so that what a thread keeps for later counts too.
    """
    tracemalloc.start()
    with ThreadPoolExecutor(1) as new_thread:
        new_thread.submit(function).result()
    peak = tracemalloc.get_traced_memory()[1]
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
    first = hasattr(os, "sched_getscheduler") and os.sched_getscheduler(0) != os.SCHED_OTHER
    return (
        f"Python {platform.python_version()}, NumPy {np.__version__}, {platform.machine()}, "
        f"{os.cpu_count()} cores{' at real-time priority' if first else ''}, load average {load}"
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
