"""Marks of a session in one table, and of a whole folder from the command line."""

import re
import shutil
from pathlib import Path

import nbformat
import numpy as np
import pytest
from click.testing import CliRunner

from coursekit.checks import check, summary
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
