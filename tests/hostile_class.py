"""All hostile notebooks in one class: `python hostile_class.py FOLDER SANDBOX` prints its marks.

A program of its own, so that a test can run it as another user.
"""

import json
import sys
from pathlib import Path

import corpus
import psutil
from corpus.folder import graded, hand_in, write_teachers

from coursekit.grading import Limits

LIMITS = Limits(request_seconds=10, total_seconds=60, memory_bytes=400 << 20)


def neighbours(names):
    """An honest submission before every sixth dishonest one, and one after the last."""
    return {f"{name}-": corpus.SOLUTION for name in list(names)[::6]} | {"~": corpus.SOLUTION}


def left_over():
    """Command lines of what is still running below this process, workers' own ends aside."""
    _, alive = psutil.wait_procs(psutil.Process().children(recursive=True), timeout=10)
    words = [" ".join(process.cmdline()) for process in alive]
    return [line for line in words if line and "resource_tracker" not in line]


def main(folder, sandbox):
    folder = Path(folder)
    (folder / "teachers").mkdir(parents=True)
    hand_in(folder / "class", corpus.HOSTILE | neighbours(corpus.HOSTILE))
    for path in folder.glob("class/*"):  # whoever could reach them might change them
        path.chmod(0o777)
    how = {"jobs": 2, "sandbox": sandbox, "limits": LIMITS}
    rows = graded(folder / "class", write_teachers(folder / "teachers"), **how)
    modes = {path.stat().st_mode & 0o777 for path in folder.glob("class/*")}
    print(json.dumps({"rows": rows, "left over": left_over(), "modes": sorted(modes)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
