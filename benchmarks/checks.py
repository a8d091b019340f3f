"""How long a check takes on right solutions, and how wrong ones fare: python -m benchmarks.checks

Times every task of the exercises on the answers of its solution notebook, in this process; the
first call of a task, which loads what it needs, is not counted. With --wrong it also makes every
small change of every solution (tests/mutants.py) and counts those that still pass, which takes a
few minutes. The tests hold each notebook's changes by name.
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np
from tqdm import tqdm

from benchmarks.timing import machine, report, table
from coursekit.checks import check

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))
from mutants import solution_cells, survivors  # noqa: E402  # beside the tests

SOLUTIONS = sorted((ROOT / "solutions").glob("*.ipynb"))
ROUNDS = 10


def tasks():
    """(task id, its right answers) of all solution notebooks."""
    for path in SOLUTIONS:
        for task_id, (names, sources) in solution_cells(path).items():
            space = {"np": np}
            for source in sources:
                exec(source, space)
            yield task_id, [space[name] for name in names]


def seconds_of(task_id, answers):
    """(ROUNDS, 2): time on the clock and of the processor, with other inputs for each check."""
    times = []
    for seed in range(ROUNDS + 1):
        before = np.array([time.perf_counter(), time.process_time()])
        passed = check(task_id, *answers, seed=seed).passed
        times.append(np.array([time.perf_counter(), time.process_time()]) - before)
        if not passed:
            raise AssertionError(f"the solution of {task_id} does not pass with seed {seed}")
    return np.array(times[1:])


def speed():
    rows, every = [], []
    for task_id, answers in tqdm(list(tasks()), unit="task"):
        times = seconds_of(task_id, answers)
        every.append(times)
        rows.append([task_id, *in_numbers(times)])
    rows.append(["**all**", *in_numbers(np.concatenate(every))])
    head = ["task", "median, s", "slowest, s", "of the processor", "slowest"]
    return (
        f"{len(rows) - 1} tasks, {ROUNDS} checks of right answers each. Wanted on two free cores: "
        "a median of at most 0.5 s, none above 2 s.\n\n" + table(head, rows)
    )


def in_numbers(times):
    """Median and slowest, on the clock and of the processor."""
    return [f"{each:.3f}" for column in times.T for each in (np.median(column), column.max())]


def wrong():
    rows = []
    for path in tqdm(SOLUTIONS, unit="notebook"):
        count, passing = survivors(path)
        rows.append([path.stem, count, len(passing)])
    rows.append(["together", *(sum(row[i] for row in rows) for i in (1, 2))])
    return (
        "Solutions with one small change, and how many lines changed so that it still passes "
        "(the tests name each of these and say why it is as right as before).\n\n"
        + table(["notebook", "changes", "lines that pass"], rows)
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wrong", action="store_true", help="also try changed solutions")
    options = parser.parse_args()
    parts = ["# Checks", machine(), speed(), *([wrong()] if options.wrong else [])]
    report("checks", "\n\n".join(parts))


if __name__ == "__main__":
    main()
