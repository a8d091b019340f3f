"""Marks of a session in one table, and of a whole folder from the command line."""

import re
import shutil
from pathlib import Path

import nbformat
import numpy as np
import pytest
from click.testing import CliRunner

from coursekit.checks import check, folder, summary
from coursekit.checks.folder import check_folder
from coursekit.checks.tasks import tasks_of_exercise
from coursekit.cli import main

ROOT = Path(__file__).parent.parent
SOLVED = ROOT / "solutions" / "06_backpropagation.ipynb"
UNSOLVED = ROOT / "exercises" / "06_backpropagation.ipynb"
OUT_OF = sum(task.points for task in tasks_of_exercise("06_1_tanh"))


@pytest.fixture(autouse=True)
def new_session(monkeypatch):
    monkeypatch.setattr(summary, "_latest", {})


def stub(*args):
    raise NotImplementedError()


def slope(x):
    return 1 - np.tanh(x) ** 2


def states():
    return {row.task_id: (row.words, row.points) for row in check.summary().rows}


def test_nothing_yet():
    table = check.summary()
    assert "Nothing was checked yet" in repr(table) == table.title
    assert table.title in table._repr_mimebundle_()["text/html"]


def test_every_task_of_the_exercise_is_there_with_its_latest_report():
    check("06_1_tanh", np.arctan, slope)
    check("06_1_tanh", np.tanh, slope)
    check("06_3_linear", stub, stub)
    rows = states()
    assert list(rows) == [task.id for task in tasks_of_exercise("06_1_tanh")]
    assert rows["06_1_tanh"] == ("✓ passed", 4)
    assert rows["06_2_iteration"] == ("○ not checked yet", 0)
    assert rows["06_3_linear"] == ("○ not written yet", 0)
    assert (check.summary().points, check.summary().max_points) == (4, OUT_OF)
    assert not check.summary().passed


def test_what_stands_in_the_way_is_said():
    check("06_1_tanh", np.arctan, slope)
    check("06_2_iteration", stub, stub, lambda W, dW, lr: W - lr * dW)
    check("06_3_linear", lambda *a: 1 / 0, stub)
    rows = states()
    assert rows["06_1_tanh"] == ("✗ not right yet", 2)
    assert rows["06_2_iteration"] == ("○ partly written", 1)
    assert rows["06_3_linear"] == ("✗ stopped with an error", 0)


def test_text_and_panel_say_the_same():
    check("06_1_tanh", np.tanh, lambda x: x)
    bundle = check.summary()._repr_mimebundle_()
    for words in ("06_1_tanh", "✗ not right yet", "2 of 4", f"2 of {OUT_OF:g} points"):
        assert words in bundle["text/plain"]
        assert words in bundle["text/html"]
    bar = re.search(r"\[(█*)(·*)\]", bundle["text/plain"])
    assert (len(bar[1]), len(bar[1]) + len(bar[2])) == (int(24 * 2 / OUT_OF), 24)
    assert f'aria-label="2 of {OUT_OF:g} points"' in bundle["text/html"]
    assert f"width: {200 / OUT_OF:.1f}%" in bundle["text/html"]


OWN = """
from coursekit.checks import task

@task("mine_10_b", points=1)
def second(answer, t):
    t.close(answer(1.0), 2.0)

@task("mine_2_a", points=2)
def first(answer, t):
    t.close(answer(1.0), 2.0)

@task("<b>", points=1)
def odd(answer, t):
    t.close(answer(1.0), 2.0)
"""


def test_a_teachers_own_tasks(tmp_path, monkeypatch):
    (tmp_path / "checks.py").write_text(OWN)
    monkeypatch.chdir(tmp_path)
    check("mine_10_b", lambda x: x)
    assert list(states()) == ["mine_2_a", "mine_10_b"]
    check("<b>", lambda x: 2 * x)
    assert "<b>" not in check.summary()._repr_mimebundle_()["text/html"]


# The command


def run(folder):
    result = CliRunner().invoke(main, ["check", str(folder)])
    return result.exit_code, result.output


def test_a_folder_in_one_table(tmp_path):
    shutil.copy(SOLVED, tmp_path)
    code, output = run(tmp_path)
    assert code == 0, output
    assert f"{OUT_OF:g} of {OUT_OF:g} points" in output
    assert output.count("✓ passed") == len(tasks_of_exercise("06_1_tanh"))
    shutil.copy(UNSOLVED, tmp_path)
    (tmp_path / "broken.ipynb").write_text('{"cells": [')
    code, output = run(tmp_path)
    assert code == 1
    assert "broken.ipynb is no notebook that can be read" in output
    assert f"0 of {OUT_OF:g} points" in output


def notebook(*sources):
    return nbformat.v4.new_notebook(cells=list(map(nbformat.v4.new_code_cell, sources)))


def test_cells_with_errors_stop_nothing_and_dead_kernels_only_themselves(tmp_path):
    (tmp_path / "checks.py").write_text(OWN)
    start = "from coursekit.checks import check"
    double = 'check("mine_2_a", lambda x: 2 * x)'
    nbformat.write(notebook(start, "1 / 0", "def f(:", double), tmp_path / "errors.ipynb")
    nbformat.write(notebook(start, "import os; os._exit(3)", double), tmp_path / "dies.ipynb")
    nbformat.write(notebook(start, "check(never)"), tmp_path / "early.ipynb")
    nbformat.write(notebook("1 / 0"), tmp_path / "lecture.ipynb")
    seen = []
    table, troubles = check_folder(tmp_path, progress=lambda paths: seen.extend(paths) or paths)
    assert [path.stem for path in seen] == ["dies", "early", "errors"]
    assert {row.task_id: row.points for row in table.rows} == {"mine_2_a": 2, "mine_10_b": 0}
    assert list(troubles) == ["dies.ipynb", "early.ipynb"]
    assert "could not be run: DeadKernelError" in troubles["dies.ipynb"]
    assert "stopped before its first check" in troubles["early.ipynb"]


def test_a_folder_without_checks_is_one_line(tmp_path):
    nbformat.write(notebook("1 + 1"), tmp_path / "lecture.ipynb")
    code, output = run(tmp_path)
    assert (code, len(output.splitlines())) == (1, 1)
    assert "it holds no notebook with a check" in output


# What a notebook reports back


PASSED = "✓ passed"


@pytest.mark.parametrize(
    ("reported", "points", "wrong"),
    [
        ([["06_1_tanh", 4, 4, PASSED], ["06_7_stuck", 0, 2, "○ not checked yet"]], [4, 0], ""),
        ([["06_1_tanh", 400, 400, PASSED]], [4], "400 of 4 points and '✓ passed' for 06_1_tanh"),
        ([["06_1_tanh", -9, 4, "✗ not right yet"]], [0], "-9 of 4 points"),
        ([["06_1_tanh", 1, 1, PASSED]], [1], "1 of 4 points and '✓ passed'"),
        ([["06_1_tanh", 4, 4, PASSED]] * 3, [4], "06_1_tanh"),
        ([["06_1_tanh", float("inf"), 4, PASSED]], [], "Infinity"),
        ([["06_1_tanh", float("nan"), 4, PASSED]], [], "NaN"),
        ([["06_1_tanh", "4", 4, PASSED]], [], "06_1_tanh"),
        ([["06_1_tanh", 4, 4, "passed\x1b[2J"]], [], "passed"),
        ([["06_1_tanh", 4, 4]], [], "06_1_tanh"),
        ([["no_such_task", 4, 4, PASSED]], [], "no_such_task"),
        ([["x" * 10**6, 4, 4, PASSED]], [], "xxx"),
        ([[["06_1_tanh"], 4, 4, PASSED]], [], "06_1_tanh"),
        ([None, 5, {}, "x"], [], "null; 5"),
        ("06_1_tanh", [], "06_1_tanh"),
        (5, [], "5"),
    ],
)
def test_a_report_is_believed_as_far_as_the_tasks_go(reported, points, wrong):
    rows, words = folder.believed(reported, {"06_1_tanh": 4, "06_7_stuck": 2})
    assert [row.points for row in rows] == points
    assert all(row.max_points == {"06_1_tanh": 4, "06_7_stuck": 2}[row.task_id] for row in rows)
    assert all(0 <= row.points <= row.max_points for row in rows)
    assert (wrong in words) if wrong else words == ""
    assert len(words) <= 300


FAKE = """
import coursekit.checks.summary as s
class Row:
    def __init__(self, *values):
        self.task_id, self.points, self.max_points, self.words = values
class Fake:
    rows = [Row("06_1_tanh", 400, 400, "✓ passed"), Row("\\x1b]0;owned\\x07\\x1b[2J", 4, 4, "")]
s.summary = Fake
import os, sys
os.write(1, b"owned"); os.write(2, b"owned"); sys.__stderr__.write("owned")
"""


def test_a_replaced_summary_gives_no_points_and_no_orders(tmp_path, capfd):
    nbformat.write(notebook(FAKE, 'check("06_1_tanh")'), tmp_path / "mine.ipynb")
    code, output = run(tmp_path)
    assert code == 1
    assert "06_1_tanh  ✓ passed  4 of 4" in output
    assert "mine.ipynb reports what no check says: 400 of 4 points" in output
    assert not {"\x1b", "\x07"} & set(output)
    assert "owned" not in "".join(capfd.readouterr())


@pytest.mark.parametrize(
    "own", ["raise SystemExit('\x1b[2J gone')", "import os; os._exit(3)", "1 / 0", "def f(:"]
)
def test_own_tasks_that_cannot_be_read_stop_nothing(own, tmp_path):
    shutil.copy(UNSOLVED, tmp_path)
    (tmp_path / "checks.py").write_text(own, "utf-8")
    code, output = run(tmp_path)
    assert code == 1
    assert "checks.py could not be read: ValueError" in output
    assert f"0 of {OUT_OF:g} points" in output
    assert "\x1b" not in output


def test_own_tasks_that_never_end_are_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(folder, "OWN_SECONDS", 1)
    (tmp_path / "checks.py").write_text("while True: pass", "utf-8")
    shutil.copy(UNSOLVED, tmp_path)
    code, output = run(tmp_path)
    assert code == 1
    assert "checks.py could not be read: TimeoutExpired" in output


def test_own_tasks_may_be_made_by_any_code_and_import_a_neighbour(tmp_path):
    made = """
import neighbour
from coursekit.checks import task
for name in neighbour.names:
    globals()[name] = task(f"mine_1_{name}", points=3)(lambda answer, t: t.close(answer(1.0), 1.0))
"""
    (tmp_path / "checks.py").write_text(made, "utf-8")
    (tmp_path / "neighbour.py").write_text("names = ['a', 'b']", "utf-8")
    cells = ["from coursekit.checks import check", 'check("mine_1_a", lambda x: x)']
    nbformat.write(notebook(*cells), tmp_path / "mine.ipynb")
    code, output = run(tmp_path)
    assert code == 1
    assert "mine_1_a  ✓ passed           3 of 3" in output
    assert "mine_1_b  ○ not checked yet  0 of 3" in output


def test_names_of_files_and_errors_bring_no_orders(tmp_path):
    (tmp_path / "a\x1b[2J\nb.ipynb").write_text("{", "utf-8")
    code, output = run(tmp_path)
    assert code == 1
    assert output.splitlines()[-1].startswith("a b.ipynb is no notebook that can be read")
    assert not {"\x1b", "\x07"} & set(output)


def test_the_command_says_whom_it_is_for():
    help_text = " ".join(CliRunner().invoke(main, ["check", "--help"]).output.split())
    readme = " ".join((ROOT / "README.md").read_text("utf-8").split())
    for text in (help_text, readme):
        assert "without a sandbox" in text
        assert "coursekit grade" in text
