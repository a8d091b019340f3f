"""The three laws of the exercises, held cell for cell over every solution notebook.

The cells run here in one namespace, as Run All does; that they also run in a real kernel is what
nbval shows on the same files.
"""

import copy
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner

from coursekit.checks import Report
from coursekit.checks.tasks import course_tasks, find_task
from coursekit.cli import main
from coursekit.grading import read_exercise, stale_exercises, strip, write_exercises
from coursekit.grading.mark import mark_submission

ROOT = Path(__file__).parent.parent
SOLUTIONS = sorted((ROOT / "solutions").glob("*.ipynb"))
each_solution = pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: path.stem)


def read(path):
    return nbformat.read(path, as_version=4)


def exercise_of(path):
    return ROOT / "exercises" / path.name


def nbgrader_of(cell):
    return cell.metadata["nbgrader"]


def run(notebook):
    """Run all code cells; return the reports of the autotest cells, in order."""
    names, reports = {}, []
    for cell in notebook.cells:
        if cell.cell_type == "code" and nbgrader_of(cell)["grade"]:
            reports.append(eval(cell.source, names))
        elif cell.cell_type == "code":
            exec(compile(cell.source, cell.id, "exec"), names)
    assert all(isinstance(report, Report) for report in reports)
    return reports


# The laws


@each_solution
def test_law_1_a_stripped_solution_is_the_exercise(path):
    stripped, exercise = strip(read(path)), read(exercise_of(path))
    assert len(stripped.cells) == len(exercise.cells)
    for ours, theirs in zip(stripped.cells, exercise.cells, strict=True):
        assert ours == theirs
    assert stripped == exercise
    assert stale_exercises(ROOT / "solutions", ROOT / "exercises") == []


@each_solution
def test_law_2_an_unsolved_exercise_runs_to_its_end_and_passes_nothing(path):
    reports = run(read(exercise_of(path)))
    assert reports
    for report in reports:
        assert repr(report) == f"{report.task_id}: not written yet"
        assert all(part.state == "not written" for part in report.parts)
        assert not report.passed


@each_solution
def test_law_3_every_check_of_a_solution_passes(path, capsys):
    solution = read(path)
    reports = run(solution)
    assert [report for report in reports if not report.passed] == []
    numbers_in_the_text_are_printed(solution, capsys.readouterr().out)


def numbers_in_the_text_are_printed(notebook, printed):
    """Decimal numbers of the prose are printed by a cell, or are inputs that stand in one."""
    text = " ".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    code = " ".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    known = set(re.findall(r"\d+\.\d+", printed + code))
    assert set(re.findall(r"\d+\.\d+", re.sub(r"`[^`]*`", "", text))) <= known


# What a solution notebook keeps to


@each_solution
def test_one_id_runs_through_heading_check_marks_and_report(path):
    notebook = read(path)
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    exercise = read_exercise(path)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    graded = [nbgrader_of(cell) for cell in code if nbgrader_of(cell)["grade"]]
    assert [meta["grade_id"] for meta in graded] == [q.task_id for q in exercise.questions]
    for question in exercise.questions:
        assert re.search(rf"(?m)^## {question.task_id} · ", text)
        assert f"*{question.points} points, about" in text
        assert find_task(question.task_id).points == question.points
        assert list(question.answers) == find_task(question.task_id).answers


def test_every_task_is_asked_somewhere():
    asked = [q.task_id for path in SOLUTIONS for q in read_exercise(path).questions]
    assert sorted(asked) == sorted(course_tasks())


@each_solution
def test_every_task_has_a_folded_hint(path):
    texts = [cell.source for cell in read(path).cells if cell.source.startswith("## 0")]
    assert all("<details><summary>Hint</summary>" in text for text in texts)


@each_solution
def test_every_solution_ends_with_the_points_so_far(path):
    last = read(path).cells[-1]
    assert (last.cell_type, last.source) == ("code", "check.summary()")
    assert nbgrader_of(last)["grade_id"] == f"{path.name[:2]}_summary"


@each_solution
def test_every_cell_has_nbgraders_metadata(path):
    for cell in read(path).cells:
        meta = nbgrader_of(cell)
        wanted = {"schema_version", "grade", "grade_id", "locked", "solution", "task"}
        assert set(meta) == wanted | ({"points"} if meta["grade"] else set())
        assert meta["locked"] == (not meta["solution"])
        assert meta["grade_id"].startswith(path.name[:3])


@each_solution
def test_the_grader_gives_a_solution_all_points_and_an_exercise_none(path):
    exercise = read_exercise(path)
    for result in mark_submission(path, exercise):
        assert (result.points, result.reason) == (result.max_points, "right")
    assert [
        each.points for each in mark_submission(exercise_of(path), exercise) if each.points
    ] == []


@each_solution
def test_a_sentence_is_stored_with_a_rubric_that_learners_do_not_see(path):
    texts = [cell for cell in read(path).cells if cell.cell_type == "markdown"]
    for cell in texts:
        assert ("**For the marker.**" in cell.source) == nbgrader_of(cell)["solution"]


# strip


def cell_of(source, solution=True, kind="code"):
    make = nbformat.v4.new_code_cell if kind == "code" else nbformat.v4.new_markdown_cell
    return make(source, metadata={"nbgrader": {"solution": solution}})


STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
REGION = "### BEGIN SOLUTION\n1\n### END SOLUTION"
CASES = {
    "region": (f"a\n{REGION}\nb", f"a\n{STUB}\nb"),
    "indented": (
        "def f():\n    ### BEGIN SOLUTION\n    x\n  ### END SOLUTION\n    y",
        "def f():\n    # YOUR CODE HERE\n    raise NotImplementedError()\n    y",
    ),
    "tabs": (
        "if 1:\n\t# BEGIN SOLUTION\n\tx\n\t# END SOLUTION",
        "if 1:\n\t" + STUB.replace("\n", "\n\t"),
    ),
    "two regions": (f"{REGION}\n{REGION}", f"{STUB}\n{STUB}"),
    "no region": ("x = 1", STUB),
    "lonely end": ("x\n### END SOLUTION\ny", STUB),
}


@pytest.mark.parametrize("name", CASES)
def test_strip_a_cell(name):
    source, wanted = CASES[name]
    notebook = nbformat.v4.new_notebook(cells=[cell_of(source)])
    assert strip(notebook).cells[0].source == wanted


@pytest.mark.needs("nbgrader")
@pytest.mark.parametrize("name", CASES)
def test_strip_a_cell_as_nbgrader_does(name):
    from nbgrader.preprocessors import ClearSolutions

    notebook = nbformat.v4.new_notebook(cells=[cell_of(CASES[name][0])])
    ours = strip(notebook)
    theirs, _ = ClearSolutions().preprocess(notebook, {})
    assert ours.cells[0].source == theirs.cells[0].source


def test_strip_leaves_the_rest_and_the_original_alone():
    text, answer = cell_of("text", False, "markdown"), cell_of("my words", True, "markdown")
    code = cell_of("1 + 1", False)
    code.outputs, code.execution_count = [nbformat.v4.new_output("stream", text="2")], 3
    notebook = nbformat.v4.new_notebook(cells=[text, answer, code])
    before = copy.deepcopy(notebook)
    stripped = strip(notebook)
    assert [cell.source for cell in stripped.cells] == ["text", "YOUR ANSWER HERE", "1 + 1"]
    assert (stripped.cells[2].outputs, stripped.cells[2].execution_count) == ([], None)
    assert notebook == before


@pytest.mark.parametrize(
    ("source", "solution", "words"),
    [
        (REGION, False, "outside a solution cell"),
        ("### BEGIN SOLUTION\n1", True, "has no end"),
        ("### BEGIN SOLUTION\n" + REGION, True, "begins inside another"),
    ],
)
def test_strip_refuses_what_would_give_an_answer_away(source, solution, words):
    with pytest.raises(ValueError, match=words):
        strip(nbformat.v4.new_notebook(cells=[cell_of(source, solution)]))


# The command


def test_exercises_command(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "solutions", "solutions")
    run_command = CliRunner().invoke
    check = run_command(main, ["exercises", "--check"])
    assert (check.exit_code, not Path("exercises").exists()) == (1, True)
    assert "out of date: 06_backpropagation.ipynb" in check.output
    assert run_command(main, ["exercises"]).output == "".join(
        f"wrote {path.name}\n" for path in SOLUTIONS
    )
    for path in SOLUTIONS:
        assert (tmp_path / "exercises" / path.name).read_bytes() == exercise_of(path).read_bytes()
    assert run_command(main, ["exercises"]).output == ""  # nothing changed, nothing written
    assert run_command(main, ["exercises", "--check"]).exit_code == 0
    changed = Path("exercises") / SOLUTIONS[0].name
    changed.write_text(changed.read_text("utf-8").replace("YOUR CODE", "MY CODE"), "utf-8")
    assert f"out of date: {changed.name}" in run_command(main, ["exercises", "--check"]).output
    assert run_command(main, ["exercises"]).output == f"wrote {changed.name}\n"
    Path("exercises/left_over.ipynb").write_text("{}")
    assert "left_over" in run_command(main, ["exercises", "--check"]).output


def test_exercises_command_without_solutions_is_one_line(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["exercises"])
    assert result.exit_code == 1
    assert result.output == "Error: no solution notebooks in solutions\n"


# Real nbgrader


def nbgrader(*arguments, folder):
    command = [sys.executable, "-m", "nbgrader", *arguments]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # it calls alembic
    environment = os.environ | {"PATH": path}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.mark.needs("nbgrader")
def test_real_nbgrader_strips_and_marks_alike(tmp_path):
    """generate_assignment gives our exercises; autograde gives full, partial and no marks."""
    from nbgrader.api import Gradebook

    write_exercises(ROOT / "solutions", tmp_path / "ours")
    shutil.copytree(ROOT / "solutions", tmp_path / "source" / "06")
    nbgrader("generate_assignment", "06", folder=tmp_path)
    for path in SOLUTIONS:
        ours, theirs = (
            read(tmp_path / "ours" / path.name),
            read(tmp_path / "release/06" / path.name),
        )
        assert [cell.source for cell in ours.cells] == [cell.source for cell in theirs.cells]
        assert all(not cell.get("outputs") for cell in theirs.cells)

    some = SOLUTIONS[::4]  # running all of them takes nbgrader minutes
    for student, folder in (("solved", ROOT / "solutions"), ("unsolved", tmp_path / "release/06")):
        (tmp_path / "submitted" / student / "06").mkdir(parents=True)
        for path in some:
            shutil.copy(folder / path.name, tmp_path / "submitted" / student / "06")
    hand_in_one_that_is_partly_wrong(tmp_path / "submitted" / "half" / "06")
    nbgrader("autograde", "06", folder=tmp_path)
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as book:
        marks = {each.student.id: each.score for each in book.assignment_submissions("06")}
    assert marks == {"solved": sum(map(points_of_checks, some)), "half": 24, "unsolved": 0}


def points_of_checks(path):
    """Points of a notebook's code cells; a sentence has none until a person marks it."""
    cells = [cell for cell in read(path).cells if cell.cell_type == "code"]
    return sum(nbgrader_of(cell).get("points", 0) for cell in cells)


def hand_in_one_that_is_partly_wrong(folder):
    """One notebook of 26 points in checks, with one part of 2 points that does not hold."""
    folder.mkdir(parents=True)
    solution = ROOT / "solutions" / "06_backpropagation.ipynb"
    text = solution.read_text("utf-8").replace("1 - np.tanh(x) ** 2", "1 - np.tanh(x)")
    (folder / solution.name).write_text(text, "utf-8")
