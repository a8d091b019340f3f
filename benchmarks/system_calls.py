"""Which system calls answers make: python -m benchmarks.system_calls (Linux, with strace).

The honest notebooks of the tests and all solutions are marked in both sandboxes; what counts is
what a child calls after it has installed its filter. Then typical work with other packages, from
when they are imported: what a task that allows them would need.
"""

import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from benchmarks.timing import machine, report, table
from coursekit.grading import system_calls
from coursekit.grading.sandbox import REAL

ROOT = Path(__file__).parents[1]
MARK = """
import json, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
import corpus
from corpus.folder import write_teachers
from coursekit.grading import mark_submission, read_exercise, read_exercises
exercise = read_exercise(write_teachers(Path(".")) / "06_backpropagation.ipynb")
path = Path("x.ipynb")
for notebook in corpus.HONEST.values():
    path.write_bytes(notebook if isinstance(notebook, bytes) else json.dumps(notebook).encode())
    assert all(r.reason == "right" for r in mark_submission(path, exercise, sandbox={kind!r}))
for name, exercise in read_exercises({solutions!r}).items():
    mark_submission(Path({solutions!r}, name + ".ipynb"), exercise, sandbox={kind!r})
"""
BEGIN = "os.sync()"  # nobody else calls it: from here on the work counts
PACKAGES = {
    "SciPy": "from scipy import fft, linalg, ndimage, optimize, signal, stats",
    "Matplotlib": "import matplotlib; matplotlib.use('agg'); import matplotlib.pyplot as plt",
    "scikit-image": "import skimage.data, skimage.filters, skimage.transform, skimage.feature",
}
WORK = {
    "SciPy": (
        "x = np.linspace(0, 1, 400); fft.fft(x); linalg.svd(np.outer(x, x))\n"
        "ndimage.gaussian_filter(np.outer(x, x), 2); stats.norm.pdf(x)\n"
        "optimize.minimize(lambda v: (v ** 2).sum(), x[:9]); signal.lfilter([1], [1], x)"
    ),
    "Matplotlib": (
        "import io; fig, ax = plt.subplots(); ax.plot([1, 2], [3, 1], label='a'); ax.legend()\n"
        "ax.imshow(np.eye(9)); fig.savefig(io.BytesIO())"
    ),
    "scikit-image": (
        "x = np.random.default_rng(0).random((64, 48)); skimage.filters.gaussian(x, 2)\n"
        "skimage.transform.resize(x, (31, 20)); skimage.feature.canny(x)"
    ),
}


def traced(program, begins, folder):
    """Counter of the calls that processes make after a line that matches `begins`."""
    trace = Path(folder, "trace")
    command = ["strace", "-f", "-qq", "-o", trace, sys.executable, "-c", program]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    counted, inside = Counter(), set()
    for line in trace.read_text("utf-8", "replace").splitlines():
        if found := re.match(r"(\d+)\s+(\w+)\(", line):
            process, name = found.groups()
            if process in inside:
                counted[name] += 1
            if re.search(begins, line):
                inside.add(process)
            if name == "exit_group":  # the number may be given to another process
                inside.discard(process)
    return counted


def measure():
    """Who -> calls."""
    found = {}
    for kind in REAL:
        with tempfile.TemporaryDirectory() as folder:
            tests, solutions = str(ROOT / "tests"), str(ROOT / "solutions")
            program = MARK.format(tests=tests, solutions=solutions, kind=kind)
            found[kind] = traced(program, "PR_SET_SECCOMP", folder)
    for package, imports in PACKAGES.items():
        with tempfile.TemporaryDirectory() as folder:
            program = (
                f"import os\nimport numpy as np\n{imports}\n{BEGIN}\n{WORK[package]}\nos._exit(0)"
            )
            found[package] = traced(program, r"\bsync\(\)", folder)
    return found


def rows_of(found):
    """For every call: whether it is allowed, and who makes it how often."""
    with_files = system_calls.numbers(system_calls.WITH_FILES, system_calls.machine())
    without = system_calls.numbers(system_calls.WITHOUT_FILES, system_calls.machine())
    for name in sorted({name for calls in found.values() for name in calls} | with_files.keys()):
        under = "both" if name in without else "bwrap" if name in with_files else "neither"
        yield name, under, *(calls[name] or "" for calls in found.values())


def sizes():
    for name in system_calls.MACHINES:
        tables = system_calls.WITHOUT_FILES, system_calls.WITH_FILES
        yield name, *(len(system_calls.numbers(calls, name)) for calls in tables)


def main():
    found = measure()
    counts = table(("machine", "landlock: no files", "bwrap: with files"), sizes())
    calls = table(("call", "allowed under", *found), rows_of(found))
    report(
        "system_calls",
        f"""# System calls of answers
{machine()}, `python -m benchmarks.system_calls`

How many are allowed (of `fcntl` and `ioctl` four requests each):

{counts}

What was called, and how often: by honest notebooks and all solutions in the two sandboxes, and by
work with three packages that no task is allowed today. A row without counts is an older or newer
name of one that has some, or what another C library calls for the same.

{calls}
""",
    )


if __name__ == "__main__":
    main()
