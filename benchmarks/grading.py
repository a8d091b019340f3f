"""The grader against nbgrader, and a large class: python -m benchmarks.grading [--class-size 10000]

Needs pip install ".[bench]". The notebook that both mark has two questions; both run the same
check cells. Seconds are of this machine, ratios of one run.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from benchmarks.timing import machine, report, table
from coursekit.grading import grade_folder
from coursekit.grading.sandbox import best

ROOT = Path(__file__).parents[1]
SOLUTIONS = ROOT / "solutions"
CHECKS = """
import numpy as np
from coursekit.checks import task

@task("two_1_tanh", points=2)
def tanh_task(tanh, t):
    with t.part("values", points=1):
        x = t.normal(3, 4)
        t.close(tanh(x), np.tanh(x))
    with t.part("far from zero", points=1):
        x = np.array([-900.0, 0.5, 900.0])
        t.close(tanh(x), np.tanh(x))

@task("two_2_linear", points=2)
def linear_task(linear, t):
    with t.part("forward", points=2):
        x, weight = t.normal(5, 3), t.normal(2, 3)
        t.close(linear(x, weight), x @ weight.T)
"""
CELLS = [
    ("setup", "import numpy as np\n\nfrom coursekit.checks import check", {}),
    ("tanh", "### BEGIN SOLUTION\ndef tanh(x):\n    return np.tanh(x)\n### END SOLUTION", {}),
    ("check_tanh", 'check("two_1_tanh", tanh)', {"points": 2}),
    (
        "linear",
        "### BEGIN SOLUTION\ndef linear(x, weight):\n    return x @ weight.T\n### END SOLUTION",
        {},
    ),
    ("check_linear", 'check("two_2_linear", linear)', {"points": 2}),
]


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--class-size", type=int, default=300, help="of the large class")
    options.add_argument("--submissions", type=int, default=200, help="of the two-question class")
    options.add_argument("--peers", type=int, default=6, help="submissions that nbgrader marks")
    options.add_argument("--solutions", type=int, default=100, help="of each exercise")
    options.add_argument("--jobs", type=int, default=os.cpu_count())
    settings = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        parts = [
            two_questions(Path(folder), settings),
            exercises(Path(folder), settings),
            memory(Path(folder), settings),
            large_class(Path(folder), settings),
        ]
    report("grading", "\n\n".join([f"# The grader\n{machine()}, sandbox {best()[0]}", *parts]))


# Two questions, beside nbgrader


def two_questions(folder, settings):
    notebook = two_question_notebook()
    teachers = folder / "teachers"
    teachers.mkdir()
    (teachers / "two.ipynb").write_text(json.dumps(notebook))
    (teachers / "checks.py").write_text(CHECKS)
    ours = settings.submissions / mark(folder, teachers, notebook, settings.submissions, settings)
    theirs = settings.peers / nbgrader(folder / "course", notebook, settings.peers)
    rows = [
        [f"coursekit, {settings.jobs} jobs", settings.submissions, f"{ours:.1f}"],
        ["nbgrader autograde", settings.peers, f"{theirs:.2f}"],
        ["times faster", "", f"{ours / theirs:.0f}"],
    ]
    return "## Two questions\n" + table(["", "submissions", "a second"], rows)


def two_question_notebook():
    cells = []
    for name, source, extra in CELLS:
        is_answer = source.startswith("###")
        meta = {"grade_id": name, "schema_version": 3, "solution": is_answer, "locked": False}
        meta |= {"grade": bool(extra), "task": False, **extra}
        cell = {"cell_type": "code", "id": name, "source": source, "outputs": []}
        cells.append(cell | {"metadata": {"nbgrader": meta}, "execution_count": None})
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}


def mark(folder, teachers, notebook, count, settings):
    """Seconds from the call to the table, the start of the workers included."""
    submissions = folder / f"submissions-{count}"
    for number in range(count):
        (submissions / f"s{number}").mkdir(parents=True)
        (submissions / f"s{number}" / "two.ipynb").write_text(json.dumps(notebook))
    start = time.perf_counter()
    grade_folder(submissions, teachers, folder / "grades.csv", jobs=settings.jobs)
    seconds = time.perf_counter() - start
    rows = (folder / "grades.csv").read_text().count(",2,2,4,4,")
    assert rows == count, f"{rows} of {count} with full marks"
    return seconds


def nbgrader(course, notebook, count):
    """Seconds for `nbgrader autograde` of a class, after the assignment was made."""
    (course / "source" / "two").mkdir(parents=True)
    (course / "source" / "two" / "two.ipynb").write_text(json.dumps(notebook))
    (course / "source" / "two" / "checks.py").write_text(CHECKS)
    run_nbgrader(course, "generate_assignment", "two")
    for number in range(count):
        shutil.copytree(course / "release" / "two", course / "submitted" / f"s{number}" / "two")
        path = course / "submitted" / f"s{number}" / "two" / "two.ipynb"
        path.write_text(answered(path.read_text(), notebook))
    start = time.perf_counter()
    run_nbgrader(course, "autograde", "two")
    return time.perf_counter() - start


def answered(text, notebook):
    """The released notebook with the answers in it again."""
    released = json.loads(text)
    answers = {cell["id"]: cell["source"] for cell in notebook["cells"]}
    for cell in released["cells"]:
        name = cell["metadata"]["nbgrader"]["grade_id"]
        if cell["metadata"]["nbgrader"]["solution"]:
            cell["source"] = answers[name]
    return json.dumps(released)


def run_nbgrader(course, *words):
    command = [sys.executable, "-m", "nbgrader", *words, "--CourseDirectory.root", str(course)]
    done = subprocess.run(command, cwd=course, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]


# The course's own exercises


def exercises(folder, settings):
    """How fast the reference solutions are marked once the workers have started."""
    count, rows = settings.solutions, []
    for path in sorted(SOLUTIONS.glob("*.ipynb")):
        teachers, submissions = folder / f"t-{path.stem}", folder / f"s-{path.stem}"
        teachers.mkdir()
        shutil.copy(path, teachers)
        for number in range(count):
            (submissions / f"s{number}").mkdir(parents=True)
            shutil.copy(path, submissions / f"s{number}")
        clock = Clock()
        output = folder / f"{path.stem}.csv"
        grade_folder(submissions, teachers, output, jobs=settings.jobs, progress=clock)
        rows.append([path.stem, f"{clock.rate:.1f}", f"{clock.milliseconds:.0f}"])
    heads = ["exercise", "a second", "processor time of each, ms"]
    return f"## Reference solutions, {count} each\n" + table(heads, rows)


class Clock:
    """Goes along with the rows of a run; the first quarter, in which workers start, is left out."""

    def __call__(self, rows, total):
        for number, row in enumerate(rows, 1):
            if number == total // 4:
                start = time.perf_counter(), processor_seconds()
            if number == total:
                end = time.perf_counter(), processor_seconds()
            yield row
        marked = total - total // 4
        self.rate = marked / (end[0] - start[0])
        self.milliseconds = (end[1] - start[1]) / marked * 1e3


def processor_seconds():
    """Of this process, its workers, and the submissions that have run in them."""
    seconds = time.process_time()
    for process in psutil.Process().children(recursive=True):
        try:
            seconds += sum(process.cpu_times()[:4])  # with those of children that have ended
        except psutil.Error:
            continue
    return seconds


def memory(folder, settings):
    """Most memory of the main process, for a class and for one four times as large."""
    (folder / "teachers-of-many").mkdir()
    shutil.copy(SOLUTIONS / "06_backpropagation.ipynb", folder / "teachers-of-many")
    rows = []
    for size in (1_000, 4_000):
        submissions = folder / f"many-{size}" / "class"
        for number in range(size):
            (submissions / f"{number:05}").mkdir(parents=True)
        _, peak, _ = marked_apart(submissions, folder / "teachers-of-many", settings.jobs)
        rows.append([size, f"{peak / 1e6:.0f} MB"])
    return "## Memory of the main process\n" + table(["students who handed in nothing", ""], rows)


# A class with a tenth of broken and hostile work


def large_class(folder, settings):
    sys.path.insert(0, str(ROOT / "tests"))
    import corpus
    from corpus.folder import hand_in, write_teachers

    odd = list((corpus.HOSTILE | corpus.BROKEN).items())
    class_folder, teachers = folder / "class", folder / "teachers-of-class"
    teachers.mkdir()
    for number in range(settings.class_size):
        name, content = odd[number // 10 % len(odd)] if number % 10 == 0 else ("", corpus.SOLUTION)
        hand_in(class_folder, {f"{number:05}{name}": content})
    before = set(psutil.pids())
    seconds, peak, rows = marked_apart(class_folder, write_teachers(teachers), settings.jobs)
    left = [pid for pid in set(psutil.pids()) - before if is_ours(pid)]
    honest = [row for row in rows if row.split(",")[0].isdigit()]
    wrong = [row for row in honest if f",{corpus.FULL},{corpus.FULL}," not in row]
    facts = [
        ["submissions", settings.class_size],
        ["rows", len(rows)],
        ["a second", f"{settings.class_size / seconds:.1f}"],
        ["honest work without full marks", len(wrong)],
        ["hostile or broken work with points", len(undeserved(rows))],
        ["peak memory of the main process", f"{peak / 1e6:.0f} MB"],
        ["processes left", len(left)],
        ["temporary files left", len(os.listdir(folder / "tmp"))],
    ]
    return "## A class, a tenth of it broken or hostile\n" + table(["", ""], facts)


def undeserved(rows):
    odd = [row.split(",") for row in rows if not row.split(",")[0].isdigit()]
    return [cells for cells in odd if cells[4] != "0"]


def is_ours(pid):
    try:
        return "forker.py" in " ".join(psutil.Process(pid).cmdline())
    except psutil.Error:
        return False


def marked_apart(submissions, teachers, jobs):
    """Seconds, peak memory in bytes and rows of a run in a process of its own."""
    output = submissions.parent / "class.csv"
    code = (
        "import resource\nfrom coursekit.grading import grade_folder\n"
        "if __name__ == '__main__':\n"
        f"    grade_folder({str(submissions)!r}, {str(teachers)!r}, {str(output)!r}, jobs={jobs})\n"
        "    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)\n"
    )
    script = submissions.parent / "run.py"
    script.write_text(code)
    (submissions.parent / "tmp").mkdir()
    own = os.environ | {"TMPDIR": str(submissions.parent / "tmp")}
    start = time.perf_counter()
    done = subprocess.run([sys.executable, script], stdout=-1, text=True, check=True, env=own)
    seconds = time.perf_counter() - start
    rows = [line for line in output.read_text().splitlines()[1:] if line[:5].isdigit()]
    return seconds, int(done.stdout), rows


if __name__ == "__main__":
    main()
