"""A teacher's notebooks from nbgrader's world: learners get what nbgrader gives them, or less."""

import copy
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import corpus
import nbformat
import pytest
from click.testing import CliRunner
from corpus.build import FILE
from corpus.teachers import HIDDEN, answer, cell, task

from coursekit.cli import main
from coursekit.grading import read_exercise, strip, write_exercises
from coursekit.grading.exercises import as_text
from coursekit.grading.notebook import read_autotest
from coursekit.grading.own_exercise import write_own_exercise

KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


def notebook_of(cells, **metadata):
    found = {"nbformat": 4, "nbformat_minor": 4, "metadata": KERNEL | metadata, "cells": cells}
    return nbformat.from_dict(copy.deepcopy(found))


def sources(notebook):
    return [each.source for each in notebook.cells]


def by_nbgrader(notebook):
    """What nbgrader's own steps leave of a notebook; RuntimeError when it refuses."""
    from nbgrader import preprocessors

    for name in ("ClearSolutions", "ClearOutput", "ClearHiddenTests", "ClearMarkScheme"):
        notebook, _ = getattr(preprocessors, name)().preprocess(notebook, {})
    return notebook


# The table


@pytest.mark.parametrize("name", corpus.ACCEPTED)
def test_learners_get_what_is_theirs(name):
    cells, wanted = corpus.ACCEPTED[name]
    ours = strip(notebook_of(cells))
    assert sources(ours) == wanted
    assert corpus.SECRET not in as_text(ours)


@pytest.mark.needs("nbgrader")
@pytest.mark.parametrize("name", corpus.ACCEPTED)
def test_it_is_what_nbgrader_gives(name):
    cells, wanted = corpus.ACCEPTED[name]
    assert sources(by_nbgrader(notebook_of(cells))) == wanted


@pytest.mark.parametrize("name", corpus.REFUSED | corpus.LEAKING)
def test_what_would_give_an_answer_away_is_one_line(name, tmp_path, monkeypatch):
    cells, words = (corpus.REFUSED | corpus.LEAKING)[name]
    notebook = notebook_of([cell("text", "markdown"), *cells])
    monkeypatch.chdir(tmp_path)
    Path("solutions").mkdir()
    Path("solutions/mine.ipynb").write_text(as_text(notebook))
    result = CliRunner().invoke(main, ["exercises"])
    (line,) = result.output.splitlines()
    where = f"cell 2 ({cells[0]['metadata']['nbgrader']['grade_id']}), "
    assert line.startswith(f"Error: solutions/mine.ipynb: {where}")
    assert words in line
    assert (result.exit_code, list(Path("exercises").glob("*"))) == (1, [])


@pytest.mark.needs("nbgrader")
@pytest.mark.parametrize("name", corpus.REFUSED | corpus.LEAKING)
def test_nbgrader_refuses_it_too_or_gives_the_answer_away(name):
    cells, _ = (corpus.REFUSED | corpus.LEAKING)[name]
    if name in corpus.REFUSED:
        with pytest.raises(RuntimeError):
            by_nbgrader(notebook_of(cells))
    else:
        assert corpus.SECRET in as_text(by_nbgrader(notebook_of(cells)))


@pytest.mark.needs("nbgrader")
def test_real_nbgrader_gives_the_same(tmp_path):
    """All accepted cells in one notebook, of the newest schema as nbgrader wants it."""
    from nbgrader.nbgraderformat import MetadataValidator

    accepted = copy.deepcopy(corpus.ACCEPTED)
    del accepted["a raw answer"]  # its steps take one, its database does not
    cells = [each for found, _ in accepted.values() for each in found]
    for number, each in enumerate(cells):
        if each["metadata"]:
            each["metadata"]["nbgrader"]["grade_id"] += f"_{number}"
    source = tmp_path / "source" / "a1" / "all.ipynb"
    source.parent.mkdir(parents=True)
    notebook = MetadataValidator().upgrade_notebook_metadata(notebook_of(cells))
    source.write_text(as_text(notebook), "utf-8", newline="\n")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    words = [sys.executable, "-m", "nbgrader", "generate_assignment", "a1"]
    how = {"cwd": tmp_path, "env": os.environ | {"PATH": path}, "capture_output": True}
    done = subprocess.run(words, text=True, **how)
    assert done.returncode == 0, done.stderr[-3000:]
    write_exercises(source.parent, tmp_path / "ours")
    theirs = nbformat.read(tmp_path / "release" / "a1" / "all.ipynb", as_version=4)
    assert sources(nbformat.read(tmp_path / "ours" / "all.ipynb", as_version=4)) == sources(theirs)
    assert sources(theirs) == [text for _, texts in accepted.values() for text in texts]


# What else a notebook holds

IMAGE = {"image/png": "SECRET"}


def test_nothing_else_of_a_teachers_notebook_reaches_a_learner():
    secret = {"SECRET": "SECRET"}
    shown = answer("# BEGIN SOLUTION\n1\n# END SOLUTION\n2")
    shown["outputs"] = [nbformat.v4.new_output("stream", text="SECRET")]
    shown["execution_count"] = 3
    shown["metadata"] |= secret | {
        "ExecuteTime": "SECRET",
        "execution": secret,
        "tags": ["SECRET", "raises-exception"],
        "jupyter": {"source_hidden": True} | secret,
        "editable": True,
        "slideshow": secret,
    }
    shown["metadata"]["nbgrader"] |= secret | {"checksum": "SECRET", "cell_type": "code"}
    sketch = task("Draw.\n![a](attachment:a%20b.png)\nBEGIN MARK SCHEME\n![s](attachment:s.png)\n")
    sketch["source"] += "END MARK SCHEME"
    sketch["attachments"] = {"a b.png": {"image/png": "seen"}, "s.png": IMAGE}
    essay = answer("![s](attachment:s.png)", "markdown")
    essay["attachments"] = {"s.png": IMAGE}
    metadata = secret | {"widgets": {"application/vnd.jupyter.widget-state+json": secret}}
    metadata |= {"celltoolbar": "SECRET", "authors": [secret], "title": "SECRET"}
    notebook = notebook_of([shown, sketch, essay], **metadata)
    notebook.metadata.kernelspec.update(secret)
    notebook.metadata.language_info = {"name": "python", "version": "SECRET"}
    before = copy.deepcopy(notebook)
    ours = strip(notebook)
    assert "SECRET" not in json.dumps(ours)
    assert notebook == before
    assert set(ours.metadata) == {"kernelspec", "language_info"}
    first, second, third = ours.cells
    assert (first.outputs, first.execution_count) == ([], None)
    assert set(first.metadata) == {"nbgrader", "tags", "jupyter", "editable"}
    assert (first.metadata.tags, first.metadata.jupyter) == (
        ["raises-exception"],
        {"source_hidden": True},
    )
    assert set(second.attachments) == {"a b.png"}
    assert not third.attachments
    nbformat.validate(nbformat.v4.upgrade(ours))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"nbgrader": {"schema_version": 4}},
            "cell 1 (c), nbgrader's metadata has a schema_version",
        ),
        ({"nbgrader": {"schema_version": "3"}}, "up to 3; got '3'"),
        ({"nbgrader": ["solution"]}, "cell 1 (c), nbgrader's metadata has keys and values; got"),
    ],
)
def test_metadata_of_no_known_kind_is_refused(change, words):
    notebook = notebook_of([{**cell("1"), "id": "c", "metadata": change}])
    with pytest.raises(ValueError, match=re.escape(words)):
        strip(notebook)


def test_another_language_is_refused():
    notebook = notebook_of(
        [cell("1")], kernelspec={"name": "ir", "display_name": "R", "language": "R"}
    )
    with pytest.raises(ValueError, match="written in Python; got a notebook in 'R'"):
        strip(notebook)


def test_tests_that_nbgrader_writes_itself_are_refused():
    with pytest.raises(ValueError, match="line 2: AUTOTEST is nbgrader's alone"):
        strip(notebook_of([cell("1\n### HASHED AUTOTEST x", grade=True)]))
    strip(notebook_of([cell("we call it AUTOTEST", "markdown")]))


@pytest.mark.parametrize(
    "text",
    ["", "[]", "null", "{}", '{"nbformat": 99, "nbformat_minor": 0}', '{"nbformat": 4}', "\xff",
     '{"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [3]}',
     '{"nbformat": 4, "nbformat_minor": 4, "metadata": [], "cells": []}'],
)  # fmt: skip
def test_no_notebook_is_one_line(tmp_path, text):
    (tmp_path / "mine.ipynb").write_text(text, "latin-1")
    with pytest.raises(ValueError, match="mine.ipynb: ") as raised:
        write_exercises(tmp_path, tmp_path / "out")
    assert "\n" not in str(raised.value)


def test_an_old_notebook_is_read(tmp_path):
    old = {"cell_type": "code", "input": "1 + 1", "outputs": [], "language": "python"}
    book = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": [old]}]}
    (tmp_path / "old.ipynb").write_text(json.dumps(book))
    assert write_exercises(tmp_path, tmp_path / "out") == ["old.ipynb"]
    assert sources(nbformat.read(tmp_path / "out" / "old.ipynb", 4)) == ["1 + 1"]


def test_a_file_of_checks_with_a_region_is_refused(tmp_path):
    write_own_exercise("mine", tmp_path)
    checks = tmp_path / "checks.py"
    checks.write_text(checks.read_text("utf-8") + "# BEGIN HIDDEN TESTS\n# END HIDDEN TESTS\n")
    last = len(checks.read_text("utf-8").splitlines())
    with pytest.raises(ValueError, match=f"checks.py, line {last - 1}: this file goes to learners"):
        write_exercises(tmp_path, tmp_path / "out")


# The grader's copy


def solution(change):
    """The short solution with its first autotest cell changed; that cell's id."""
    notebook = copy.deepcopy(corpus.SOLUTION)
    (found, *_) = [
        each for each in notebook["cells"] if each["metadata"].get("nbgrader", {}).get("grade")
    ]
    found["source"] = change("".join(found["source"]))
    return notebook, found["metadata"]["nbgrader"]["grade_id"]


def test_a_check_that_is_hidden_is_run(tmp_path):
    """The learner's cell is empty; the grader's copy has the call."""
    notebook, name = solution(lambda call: f"# BEGIN HIDDEN TESTS\n{call}\n# END HIDDEN TESTS")
    path = tmp_path / FILE.name
    path.write_text(json.dumps(notebook))
    exercise = read_exercise(path)
    assert exercise.questions[0].task_id == name
    assert {source for cell_id, source in exercise.given if cell_id == name} >= {""}
    given = strip(nbformat.read(path, as_version=4))
    assert [each.source for each in given.cells if each.metadata.nbgrader.grade_id == name] == [""]


def test_hidden_tests_beside_a_check_are_refused_before_anything_is_marked(tmp_path, monkeypatch):
    notebook, name = solution(lambda call: f"{call}\n{HIDDEN}")
    monkeypatch.chdir(tmp_path)
    for folder in ("solutions", "in"):
        Path(folder).mkdir()
        Path(folder, FILE.name).write_text(json.dumps(notebook))
    result = CliRunner().invoke(main, ["grade", "in"])
    (line,) = result.output.splitlines()
    assert line.startswith(
        f"Error: solutions/{FILE.name}, cell {name}: an autotest cell is one call"
    )
    assert "hidden tests beside it are never run" in line
    assert (result.exit_code, Path("results").exists()) == (1, False)


def test_an_autotest_cell_that_is_no_python_is_one_line():
    with pytest.raises(ValueError, match="an autotest cell is one call such as"):
        read_autotest("check(")


def test_tasks_and_code_without_a_check_wait_for_a_person(tmp_path):
    """nbgrader's other two kinds of cells with points; none is lost."""
    notebook = copy.deepcopy(corpus.SOLUTION)
    drawn, written = (
        task("Draw."),
        cell("# BEGIN SOLUTION\n1\n# END SOLUTION", grade=True, solution=True),
    )
    notebook["cells"] += [drawn, written]
    (tmp_path / FILE.name).write_text(json.dumps(notebook))
    ids = [each["metadata"]["nbgrader"]["grade_id"] for each in (drawn, written)]
    assert read_exercise(tmp_path / FILE.name).texts[-2:] == tuple((name, 2) for name in ids)
