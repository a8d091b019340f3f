"""Widgets at the speed of the hand, in JupyterLab with Chromium: python -m benchmarks.widgets

Needs pip install ".[test]" and a system Chromium; `--quick` takes few repeats, to see that it runs.
"""

import argparse
import gzip
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import numpy as np

from benchmarks.timing import machine, report, table
from benchmarks.widget_probes import (
    ANSWER,
    COUNT_PICTURES,
    IN_TURN,
    INTERACT,
    STEERING,
    SWEEP,
    TRAINING,
    WATCH,
)
from coursekit.widgets import catalogue
from coursekit.widgets.base import FOLDER

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))  # the tests' way into JupyterLab
from jupyter_page import FLAGS, READY, Lab, NotebookPage, chromium


class Pages:
    """Notebooks of one JupyterLab, each opened and run."""

    def __init__(self, browser, lab):
        self.browser, self.lab = browser, lab

    def open(self, *cells):
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
        nbformat.write(notebook, self.lab.folder / "benchmark.ipynb")
        return NotebookPage(self.browser, self.lab, "benchmark.ipynb", height=1100)

    def run(self, *cells):
        notebook = self.open(*cells)
        notebook.page.set_default_timeout(120_000)  # a busy machine is slow, not broken
        notebook.run_all()
        notebook.page.wait_for_timeout(1500)
        return notebook


def settled(page):
    """Wait until nothing has been painted for a second: a slow picture must not count later."""
    painted = None
    while painted != (painted := page.evaluate("painted.length")):
        page.wait_for_timeout(1000)


def key_presses(page, focus, n):
    """Milliseconds from a key press to painted pixels, n times."""
    times = []
    page.locator(focus).first.focus()
    settled(page)
    for _ in range(n):
        page.evaluate("() => { painted.length = 0; }")
        page.keyboard.press("ArrowRight")
        page.wait_for_function("painted.length > 0", polling=5)
        times.append(page.evaluate("painted[0] - pressed"))
        page.wait_for_timeout(120)
    return times


def dragged(page, handle, track, seconds):
    """Pictures per second while the mouse drags a handle to and fro over most of its track.

    A slower hand would not reach another degree in every sixtieth of a second. A mouse reports
    125 times a second and waits for no picture, as page.mouse.move does.
    """
    box, way = (page.locator(part).first.bounding_box() for part in (handle, track))
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    session = page.context.new_cdp_session(page)._impl_obj
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate("() => { painted.length = 0; }")
    start, moves = time.perf_counter(), []
    while (passed := time.perf_counter() - start) < seconds:
        move = {
            "type": "mouseMoved",
            "x": x + 0.4 * way["width"] * float(np.sin(3 * passed)),
            "y": y,
        }
        move |= {"button": "left", "buttons": 1}
        moves.append(page._loop.create_task(session.send("Input.dispatchMouseEvent", move, None)))
        page.wait_for_timeout(8)
    n = page.evaluate("new Set(painted).size")
    while not all(move.done() for move in moves):
        page.wait_for_timeout(8)
    page.mouse.up()
    return n / passed


def browser_side(pages, n, seconds):
    """Rows for the steering widget and for interact with inline matplotlib, in turn."""
    notebook = pages.run(STEERING, INTERACT)
    page = notebook.page
    page.evaluate(WATCH)
    kinds = {
        "SteeringWidget": (".ck input[name=angle]", ".ck input[name=angle]"),
        "interact, inline matplotlib": (".noUi-handle", ".noUi-target"),
    }
    times: dict[str, list[float]] = {name: [] for name in kinds}
    rates: dict[str, list[float]] = {name: [] for name in kinds}
    for _ in range(2):
        for name, (handle, track) in kinds.items():
            page.locator(handle).first.scroll_into_view_if_needed()
            times[name] += key_presses(page, handle, n)
            rates[name].append(dragged(page, handle, track, seconds))
    notebook.close()
    for name in kinds:
        p95 = np.percentile(times[name], 95)
        rate = statistics.median(rates[name])
        yield name, f"{statistics.median(times[name]):.1f}", f"{p95:.1f}", f"{rate:.1f}"
    ours, theirs = (statistics.median(values) for values in times.values())
    yield "ratio (target: 8 or more)", f"{theirs / ours:.1f}", "", ""


# What is moved between which two values, and the words that tell that the picture is the new one.
KERNEL_SIDE: tuple[tuple[str, str, str, tuple[float, float], str], ...] = (
    ("TrainingWidget, paused", "TrainingWidget", "momentum", (0.5, 0.8), "momentum {:g}"),
    ("UnitImageWidget, another unit", "UnitImageWidget", "unit", (1, 7), "“{:g}”"),
)


def answers(pages, n):
    """Rows of milliseconds from a slider to the picture that Python computed for it."""
    for title, maker, slider, values, words in KERNEL_SIDE:
        notebook = pages.run(f"from coursekit.widgets import {maker}\n{maker}()")
        page = notebook.page
        first, last = [], []
        for k in range(2 * n):
            value = values[k % 2]
            first.append(page.evaluate(ANSWER, [slider, value, words.format(value)]))
            page.wait_for_timeout(80)
        for k in range(n):
            value = values[k % 2]
            sweep = [*np.linspace(values[0], values[1], 60).tolist(), value]
            last.append(page.evaluate(SWEEP, [slider, sweep, words.format(value)]))
            page.wait_for_timeout(80)
        notebook.close()
        yield (
            title,
            f"{statistics.median(first):.0f}",
            f"{statistics.median(last):.0f}",
            max_of(last),
        )


def max_of(values):
    return f"{max(values):.0f}"


def training(pages, rounds):
    """Rows: pictures per second while a network learns, and how much slower it learns for that."""
    notebook = pages.run(TRAINING)
    notebook.ask(IN_TURN)
    notebook.page.evaluate(COUNT_PICTURES)
    for network in ("MLP", "LeNet-5"):
        before = notebook.page.evaluate("pictures")
        printed = notebook.ask(f"print(*await in_turn({network!r}, {rounds}))")
        alone, watched, seconds = map(float, printed.split())
        pictures = (notebook.page.evaluate("pictures") - before) / seconds
        yield network, f"{alone:.0f}", f"{pictures:.1f}", f"{100 * (1 - watched / alone):.0f} %"
    notebook.close()


def opening(pages, n):
    """Seconds from a ready kernel to six widgets on the page."""
    names = [entry.widget.__name__ for entry in catalogue()][:6]
    cells = [f"from coursekit.widgets import {name}\n{name}()" for name in names]
    for _ in range(n):
        notebook = pages.open(*cells)
        notebook.page.wait_for_function(READY)
        start = time.perf_counter()
        notebook.command("notebook:run-all-cells")
        notebook.page.wait_for_function(
            "document.querySelectorAll('.ck figure :is(canvas, svg)[aria-label]').length >= 6"
            " && document.querySelectorAll('.ck').length === 6",
            timeout=120_000,
        )
        yield time.perf_counter() - start
        notebook.close()


MEMORY = """
import psutil
from coursekit import widgets
widgets.DescentWidget()._repr_mimebundle_()  # what all of them load
before = psutil.Process().memory_info().rss
widget = widgets.{name}()
widget._repr_mimebundle_()
print((psutil.Process().memory_info().rss - before) / 1e6)
"""


def memory():
    """Rows: megabytes that a kernel holds for the first widget of each kind."""
    for entry in catalogue():
        name = entry.widget.__name__
        command = [sys.executable, "-c", MEMORY.format(name=name)]
        printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        yield name, f"{float(printed):.0f}"


def front_end_bytes():
    """Gzipped size of all that the pages of the widgets are made of, each file once."""
    files = [p for p in sorted(Path(str(FOLDER)).rglob("*")) if p.suffix in {".js", ".css"}]
    return len(gzip.compress(b"".join(path.read_bytes() for path in files)))


def measure(pages, quick):
    n, rounds, seconds = (3, 1, 1) if quick else (30, 5, 5)
    opened = statistics.median(opening(pages, rounds))
    return [
        "# Widgets",
        machine(),
        "A 512×512 picture that follows a slider, in milliseconds from the key press to painted "
        "pixels, and pictures per second in a drag. Targets: 34 ms, 40 pictures/s.",
        table(["what", "median", "95 %", "pictures/s"], browser_side(pages, n, seconds)),
        "Pictures that Python computes: milliseconds from the slider to its picture, and from the "
        "last of 60 moves in half a second to the last picture. Targets: 80 and 150.",
        table(["what", "first", "last", "last at worst"], answers(pages, n)),
        "Training while one looks on. Targets: 20 pictures/s, at most 15 % slower.",
        table(["network", "bare steps/s", "pictures/s", "slower"], training(pages, n)),
        f"Opening six widgets, from a ready kernel: {opened:.1f} s (target 3). Front end of all "
        f"{len(catalogue())} widgets, gzipped: {front_end_bytes() / 1000:.1f} kB (target 60).",
        "Memory of a kernel for the first widget of each kind, in 10⁶ bytes, data and libraries "
        "that it loads included. Target: 50.",
        table(["what", "MB"], memory()),
    ]


def main():
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few repeats, and nothing is kept")
    quick = parser.parse_args().quick
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        lab = Lab(Path(folder))
        try:
            browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
            text = "\n\n".join(measure(Pages(browser, lab), quick))
            browser.close()
        finally:
            lab.stop()
    print(text) if quick else report("widgets", text)


if __name__ == "__main__":
    main()
