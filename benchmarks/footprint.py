"""Imports beside NumPy's, and kernels with a lecture: python -m benchmarks.footprint

Needs pip install ".[bench]". Each import has an interpreter of its own, all in turn, several times
over. Lectures run in real kernels, every cell; a widget that Python has made counts, its page in
the browser does not.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
import psutil
from jupyter_client.manager import start_new_kernel

from benchmarks.timing import machine, report, table

ROOT = Path(__file__).parents[1]
ROOMS = "coursekit.nn, coursekit.pyramids, coursekit.checks"
IMPORTS = ("numpy", ROOMS, "skimage", "torch")  # skimage alone loads nothing until asked
TIMED = """
import time
start = time.perf_counter()
import {}
seconds = time.perf_counter() - start
pages = int(open("/proc/self/statm").read().split()[1])
print(seconds * 1e3, pages * 4096 / 1e6)
"""


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=15)
    options.add_argument("--lectures", default="*", help="names, as in a shell")
    settings = options.parse_args()
    parts = ["# Footprint", machine(), imports(settings.rounds), lectures(settings.lectures)]
    report("footprint", "\n\n".join(parts))


# Imports


def imports(rounds):
    """Fastest time and memory of each import, and the median ratio to NumPy's of each round."""
    with tempfile.TemporaryDirectory() as compiled:
        for names in IMPORTS:  # an editable install has no compiled files; these are kept apart
            once(names, compiled)
        seen = {names: [] for names in IMPORTS}
        for _ in range(rounds):
            for names in IMPORTS:
                seen[names].append(once(names, compiled))
    base = seen["numpy"]
    rows = [row(names, runs, base) for names, runs in seen.items()]
    header = ["import", "ms", "median ms", "× NumPy, fastest", "× NumPy, median of rounds", "MB"]
    return f"## Imports, {rounds} rounds\n" + table([*header, "MB over NumPy"], rows)


def once(names, compiled):
    """Milliseconds of an import in a new interpreter, and the memory then, in 10⁶ bytes."""
    own = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    own["PYTHONPYCACHEPREFIX"] = compiled
    command = [sys.executable, "-c", TIMED.format(names)]
    done = subprocess.run(command, env=own, cwd=ROOT, capture_output=True, text=True, check=True)
    return [float(number) for number in done.stdout.split()]


def row(names, runs, base):
    times, sizes = zip(*runs, strict=True)
    fastest, least = min(time for time, _ in base), min(size for _, size in base)
    ratio = statistics.median(time / other for time, (other, _) in zip(times, base, strict=True))
    return [
        f"`{names}`",
        f"{min(times):.0f}",
        f"{statistics.median(times):.0f}",
        f"{min(times) / fastest:.2f}",
        f"{ratio:.2f}",
        f"{min(sizes):.1f}",
        f"{min(sizes) - least:+.1f}",
    ]


# Lectures


def lectures(names):
    """Memory of a kernel after all cells of each lecture, the largest first."""
    rows = [kernel_row("(no lecture)", [])]
    for path in sorted((ROOT / "notebooks").glob(f"{names}.ipynb")):
        cells = nbformat.read(path, as_version=4).cells
        rows.append(kernel_row(path.stem, [c.source for c in cells if c.cell_type == "code"]))
    rows.sort(key=lambda row: -float(row[1]))
    header = ["lecture", "RSS, MB", "PSS, MB", "peak RSS, MB", "the cell that adds most", "MB"]
    return "## A kernel with one lecture, all cells run\n" + table(header, rows)


def kernel_row(name, cells):
    """Run cells one by one, and see how much each leaves behind."""
    manager, client = start_new_kernel(cwd=ROOT / "notebooks", stderr=subprocess.DEVNULL)
    try:
        kernel = psutil.Process(manager.provisioner.pid)
        sizes = [kernel.memory_info().rss]
        for source in cells:
            reply = client.execute_interactive(source, timeout=600, output_hook=lambda _: None)
            assert reply["content"]["status"] == "ok", (name, reply["content"])
            sizes.append(kernel.memory_info().rss)
        memory, peak = kernel.memory_full_info(), peak_of(kernel.pid)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    grown, source = max(zip(differences(sizes), cells, strict=True), default=(0, ""))
    numbers = [mega(value) for value in (memory.rss, memory.pss, peak)]
    return [name, *numbers, f"`{source.strip().splitlines()[-1]}`" if source else "", mega(grown)]


def peak_of(pid):
    """Most memory that a process ever held, in bytes; Linux only."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024


def differences(sizes):
    return [b - a for a, b in zip(sizes, sizes[1:], strict=False)]


def mega(size):
    return f"{size / 1e6:.0f}"


if __name__ == "__main__":
    main()
