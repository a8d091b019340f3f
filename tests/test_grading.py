"""The grader: no undeserved point, no honest one lost, and no submission touches another."""

import csv
import json
import multiprocessing
import shutil
import signal
import time
import tracemalloc
from pathlib import Path

import corpus
import nbformat
import pytest
from click.testing import CliRunner
from corpus.folder import graded, hand_in, write_teachers
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coursekit.checks.answers import NotPassed
from coursekit.cli import main
from coursekit.grading import (
    Limits,
    grade_folder,
    mark_submission,
    notebook,
    read_exercise,
    read_exercises,
)
from coursekit.grading.batch import Job, Workers, mark_all
from coursekit.grading.sandbox import Forker, best
from coursekit.grading.store import Marks, Result, Submission
from coursekit.grading.submissions import find_students
from coursekit.grading.tables import harmless

ROOT = Path(__file__).parent.parent
NAME = "06_backpropagation"
NOTEBOOK_WORDS = st.sampled_from(
    ["cells", "cell_type", "source", "metadata", "nbgrader", "grade_id", "code", "06_1_tanh_code"]
)


@pytest.fixture(scope="module")
def teachers(tmp_path_factory):
    return write_teachers(tmp_path_factory.mktemp("teachers"))


@pytest.fixture(scope="module")
def exercise(teachers):
    return read_exercise(teachers / f"{NAME}.ipynb")


def test_a_child_that_died_between_two_requests_is_a_reason():
    child = Forker("rlimit", Limits()).fork()
    child.forker.end_child()
    with pytest.raises(NotPassed, match="the process ended") as why:
        child.ask(("look", "x"), time.monotonic() + 10)
    assert why.value.state == "crashed"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NOTEBOOK_WORDS, inner, max_size=3),
    max_leaves=20,
)


@given(cells=st.lists(st.dictionaries(NOTEBOOK_WORDS, JSON, max_size=4), max_size=5) | JSON)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_json_is_read_or_refused(exercise, tmp_path, cells):
    path = tmp_path / "x.ipynb"
    path.write_text(json.dumps({"cells": cells}))
    try:
        learners = notebook.read_submission(path, exercise)
    except notebook.NotebookError:
        return
    assert all(type(cell.source) is str and type(cell.name) is str for cell in learners)


def test_reasons_say_what_happened(exercise, tmp_path):
    answers = {
        "06_1_tanh_code": "def tanh(x):\n    n = 3\n    return x / (n - 3.0) / undefined",
        "06_1_tanh_derivative_code": "def tanh_derivative(x):\n    return 1 - np.tanh(x)",
        "06_2_iteration_forward_code": "def forward(x0, W0, W1):\n    raise NotImplementedError()",
        "06_2_iteration_update_code": "def update(W, dW, lr):\n    W -= lr * dW\n    return W",
        "06_3_linear_forward_code": "def linear_forward(x, weight:",
        "06_3_linear_backward_code": "import os\ndef linear_backward(*a):\n    os._exit(3)",
    }
    path = tmp_path / "x.ipynb"
    path.write_text(json.dumps(corpus.solved(**answers)))
    tanh, iteration, linear = mark_submission(path, exercise)
    assert (tanh.points, iteration.points, linear.points) == (0, 3, 0)
    assert "NameError" in tanh.reason
    assert "cell 06_1_tanh_code, line 3: return x / (n - 3.0) / undefined" in tanh.reason
    assert "without the square" in tanh.reason
    assert "not written: forward" in iteration.reason
    assert "changed its input in place" in iteration.reason
    assert "not parseable: forward" in linear.reason
    assert "line 1: def linear_forward(x, weight:" in linear.reason
    assert "the process ended (exit status 3)" in linear.reason


def test_a_crash_costs_its_own_question_only(exercise, tmp_path):
    answers = {"06_2_iteration_backward_code": "import os\ndef backward(*a): os._exit(0)"}
    path = tmp_path / "x.ipynb"
    path.write_text(json.dumps(corpus.solved("import os\nos._exit(1)", **answers)))
    results = mark_submission(path, exercise)
    assert [result.points for result in results] == [4, 1, 5]  # the last is after the crash


def test_same_marks_as_the_learners_panel(exercise, tmp_path):
    """Half of the work: the grader and the cells' own checks agree on every question."""
    answers = {
        "06_1_tanh_code": "def tanh(x):\n    return np.tanh(x) + (abs(x) > 9)",
        "06_2_iteration_backward_code": "def backward(x0, x2, x3, y, W1):\n    d = x3 - y\n"
        "    return (d @ W1).T @ x0, d.T @ x2",
        "06_3_linear_backward_code": "def linear_backward(x, weight, dy):\n"
        "    return dy @ weight, x.T @ dy",
    }
    path = tmp_path / "x.ipynb"
    path.write_text(json.dumps(corpus.solved(**answers)))
    names = {}
    reports = []
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code" and cell.source.startswith("check("):
            reports.append(eval(cell.source, names))
        elif cell.cell_type == "code":
            exec(cell.source, names)
    results = mark_submission(path, exercise)
    assert [r.points for r in results] == [report.points for report in reports] == [3, 3, 3]


# Folders and tables


def test_layouts(tmp_path, teachers):
    text = json.dumps(corpus.SOLUTION)
    folder = tmp_path / "in"
    for name in ("ann", "bo/06", "=cmd()", "new\nline", "empty", "cy"):
        (folder / name).mkdir(parents=True)
    (folder / "ann" / f"{NAME}.ipynb").write_text(text)
    (folder / "bo" / "06" / f"{NAME}.ipynb").write_text(text)
    (folder / "=cmd()" / f"{NAME} (1).ipynb").write_text(text)  # recognised by its ids
    (folder / "new\nline" / f"{NAME}.ipynb").write_text("{")
    (folder / "dee.ipynb").write_text(text)
    (folder / "cy" / "theirs").symlink_to(folder / "ann")  # another student's work
    (folder / "notes.txt").write_text("for the teacher")
    rows = graded(folder, teachers)
    totals = {name: float(row["total"]) for name, row in rows.items()}
    assert totals == {
        "'=cmd()": corpus.FULL,
        "ann": corpus.FULL,
        "bo": corpus.FULL,
        "cy": 0,
        "dee": corpus.FULL,
        "empty": 0,
        "new\nline": 0,
    }
    assert "not handed in" in rows["cy"]["reasons"]
    assert "not handed in" in rows["empty"]["reasons"]


def test_a_table_no_spreadsheet_executes():
    assert harmless("=1+1") == "'=1+1"
    assert harmless("@x") == "'@x"
    assert harmless("ann") == "ann"
    assert harmless("a\x1b[2J\udcff") == "a\N{REPLACEMENT CHARACTER}[2J\N{REPLACEMENT CHARACTER}"


def test_a_fault_of_ours_stops_nobody(tmp_path, teachers, monkeypatch):
    folder = tmp_path / "in"
    folder.mkdir()
    hand_in(folder, {"ann": corpus.SOLUTION, "bo": corpus.SOLUTION})
    monkeypatch.setattr("coursekit.grading.mark.read_submission", lambda *a: 1 / 0)
    rows = graded(folder, teachers)
    assert list(rows) == ["ann", "bo"]
    assert "the grader failed: ZeroDivisionError" in rows["bo"]["reasons"]


def test_points_of_notebook_and_task_must_agree(tmp_path):
    changed = json.dumps(corpus.SOLUTION).replace('"points": 4', '"points": 5')
    (tmp_path / f"{NAME}.ipynb").write_text(changed)
    with pytest.raises(ValueError, match="06_1_tanh has 5 points, its task has 4"):
        read_exercises(tmp_path)


def test_workers_give_the_same_rows(tmp_path, teachers):
    """In any order; a worker that is killed loses nothing."""
    folder = tmp_path / "in"
    folder.mkdir()
    hand_in(folder, {f"s{i}": corpus.SOLUTION for i in range(5)} | {"t": corpus.BROKEN["a-list"]})
    one, two = graded(folder, teachers), graded(folder, teachers, jobs=2)
    assert one == two
    assert sorted(one) == [*(f"s{i}" for i in range(5)), "t"]


def test_a_lost_worker_loses_nobody(tmp_path, teachers):
    folder = tmp_path / "in"
    folder.mkdir()
    hand_in(folder, {f"s{i}": corpus.SOLUTION for i in range(12)})
    students, _ = find_students(folder, read_exercises(teachers))
    found = [Submission(each.name, NAME, each.notebook(NAME)) for each in students]
    job = Job(tuple(read_exercises(teachers).values()), Limits(), "rlimit")
    totals = {}
    for submission, marks in mark_all(found, job, jobs=2):
        if not totals:
            multiprocessing.active_children()[0].kill()
        assert submission.student not in totals
        totals[submission.student] = sum(result.points for result in marks.results)
    assert totals == {f"s{i}": corpus.FULL for i in range(12)}


def test_a_worker_that_waits_for_the_lock_of_a_lost_one_is_ended():
    """The pool ends it with `terminate`, and workers ignore TERM."""
    worker = Workers().Process(target=time.sleep, args=(100,))
    worker.start()
    worker.terminate()
    worker.join(30)
    assert worker.exitcode == -signal.SIGKILL


def test_memory_does_not_grow_with_the_class(tmp_path, teachers, monkeypatch):
    """Marks of 20 kB are on their way to the disk, not kept: a student costs a name and a path."""

    def wordy(submission, job):
        results = tuple(Result(q.task_id, 0, q.points, "wrong: " + "x" * 5_000) for q in questions)
        return Marks(results, {"text": "y" * 5_000})

    def peak(count):
        folder = tmp_path / f"{count}"
        hand_in(folder, {f"s{i}": {"cells": []} for i in range(count)})
        tracemalloc.start()
        results = tmp_path / f"results-{count}"
        grade_folder(folder, teachers, results, sandbox="rlimit", allow_unsandboxed=True)
        try:
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    questions = read_exercise(teachers / f"{NAME}.ipynb").questions
    monkeypatch.setattr("coursekit.grading.batch.mark_one", wordy)
    peak(2)  # what is loaded once
    small, large = peak(20), peak(80)
    assert large - small < 60 * 5_000


def test_one_exercise(tmp_path):
    folder = tmp_path / "in"
    hand_in(folder, {"ann": corpus.SOLUTION})
    (folder / "ann" / "01_pyramids.ipynb").write_text("{}")
    teachers = write_teachers(tmp_path)
    shutil.copy(ROOT / "solutions" / "01_pyramids.ipynb", teachers)
    assert graded(folder, teachers, exercise="06")["ann"]["out of"] == str(corpus.FULL)
    second = graded(folder, teachers, exercise="01_pyramids")["ann"]  # beside the first
    points = {cell for name, cell in second.items() if name.startswith("01_")}
    assert points == {"0", ""}  # a sentence waits for a person
    assert second["total"] == str(corpus.FULL)
    with pytest.raises(ValueError, match="no exercise is called '99'; there are 01_pyramids"):
        graded(folder, teachers, exercise="99")


# The command


@pytest.mark.needs("sandbox")
def test_grade_command(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # no ./solutions here: the installed exercises are the law
    hand_in(
        tmp_path / "in", {"ann": json.loads((ROOT / "solutions" / f"{NAME}.ipynb").read_text())}
    )
    result = CliRunner().invoke(main, ["grade", "in", "--jobs", "1"])
    assert result.exit_code == 0, result.output
    assert "1 student marked, see results/grades.csv" in result.output
    with open("results/grades.csv", encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["student"] == "ann"
    assert row["total"] == row["out of"] != "0"
    assert row["sandbox"] == best()[0]


def test_grade_options(tmp_path, monkeypatch):
    monkeypatch.chdir(write_teachers(tmp_path))
    (tmp_path / "solutions").mkdir()
    write_teachers(tmp_path / "solutions")
    hand_in(tmp_path / "in", {"ann": corpus.SOLUTION})
    words = ["grade", "in", "--exercise", "06", "--jobs", "2", "--sandbox", "rlimit"]
    refused = CliRunner().invoke(main, words)
    assert refused.output.startswith("Error: limits alone (you chose it) do not keep submissions")
    assert not Path("results").exists()
    result = CliRunner().invoke(main, [*words, "--allow-unsandboxed"])
    assert result.exit_code == 0, result.output
    assert (
        Path("results/grades.csv").read_text().splitlines()[1].startswith("ann,4,6,5,15,15,rlimit,")
    )


@pytest.mark.parametrize("folder", ["missing", "empty", "file"])
def test_wrong_folders_are_one_line(tmp_path, monkeypatch, folder):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("")
    result = CliRunner().invoke(main, ["grade", folder])
    assert result.exit_code != 0
    assert result.output.startswith("Error: ")
    assert len(result.output.splitlines()) == 1
    assert not (tmp_path / "results").exists()


@pytest.mark.needs("sandbox")
def test_an_unwritable_table_is_one_line(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "solutions").mkdir()
    write_teachers(tmp_path / "solutions")
    hand_in(tmp_path / "in", {"ann": corpus.SOLUTION})
    result = CliRunner().invoke(main, ["grade", "in", "-o", "no/x.csv"])
    assert result.exit_code != 0
    assert result.output.startswith("Error: cannot write")
