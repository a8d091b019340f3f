"""Notebooks as the grader sees them: the teacher's copy is the law, a submission is only text."""

import ast
import json
import os
import re
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from coursekit.checks.tasks import find_task
from coursekit.grading.regions import without_regions

MOST_BYTES = 20_000_000  # of a submission's file
MOST_PARTS = 1_000_000  # lists and mappings in it; each takes far more memory than its brackets
MOST_LETTERS = 10_000  # of a text that a person marks
# No link is followed and no pipe waited for; Windows has neither flag.
CAREFULLY = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
HEADING = re.compile(r"^#+ (\w+) · (.+)$", re.MULTILINE)  # ## 06_1_tanh · The hyperbolic tangent


class NotebookError(ValueError):
    """Why a file is no submission that can be marked; the message goes into the results."""


@dataclass(frozen=True)
class Cell:
    """Code to run, under the name that an error message calls it by."""

    name: str
    source: str


@dataclass(frozen=True)
class Question:
    """One autotest cell of the teacher's copy: which names it hands to which task."""

    points: float
    task_id: str
    answers: tuple[str, ...]


@dataclass(frozen=True)
class Exercise:
    """What the teacher's copy of an exercise fixes; a submission changes none of it."""

    name: str
    folder: Path
    setup: tuple[Cell, ...]  # the teacher's own code, without autotest cells
    given: frozenset[tuple[str, str]]  # (id, source) of all of the teacher's code cells
    student_ids: frozenset[str]  # of the learner's cells
    questions: tuple[Question, ...]
    texts: tuple[tuple[str, float], ...] = ()  # (id, points) of the cells that a person marks
    titles: tuple[tuple[str, str], ...] = ()  # (task id, what its heading says)

    @property
    def ids(self):
        return self.student_ids | {name for name, _ in self.given}


def read_exercise(path):
    """The structure of the teacher's notebook, from its nbgrader metadata.

    A code cell is the learner's ("solution"), an autotest ("grade") or the teacher's (neither). A
    person marks whatever else has points. Raises ValueError when an autotest cell is not one call
    of check.
    """
    import nbformat  # takes a second, which no worker needs

    path = Path(path)
    cells = nbformat.read(path, as_version=4).cells
    setup, given, student_ids, questions = [], set(), [], []
    for cell, meta in ((cell, cell.metadata.get("nbgrader")) for cell in cells):
        if not meta or cell.cell_type != "code" or "grade_id" not in meta:
            continue
        name = meta["grade_id"]
        if meta.get("solution"):
            student_ids.append(name)
            continue
        try:
            given |= {(name, cell.source), (name, without_regions(cell.source, "code", meta))}
            if meta.get("grade"):
                questions.append(Question(meta["points"], *read_autotest(cell.source)))
            else:
                setup.append(Cell(name, cell.source))
        except ValueError as error:
            raise ValueError(f"{path}, cell {name}: {error}") from error
    parts = tuple(setup), frozenset(given), frozenset(student_ids), tuple(questions)
    prose = [cell.source for cell in cells if cell.cell_type == "markdown"]
    titles = tuple(found for source in prose for found in HEADING.findall(source))
    return Exercise(path.stem, path.parent, *parts, tuple(texts_of(cells)), titles)


def texts_of(cells):
    """(id, points) of what a person marks: sentences, nbgrader's tasks, answers without a check."""
    for cell in cells:
        meta = cell.metadata.get("nbgrader") or {}
        is_autotest = cell.cell_type == "code" and not meta.get("solution")
        if meta.get("task") or (meta.get("grade") and not is_autotest):
            yield meta["grade_id"], meta["points"]


def read_autotest(source):
    """Task id and names of the answers, out of `check("06_1_tanh", tanh, tanh_derivative)`."""
    with suppress(SyntaxError):
        match ast.parse(source).body:
            case [ast.Expr(ast.Call(ast.Name("check"), [ast.Constant(str(task_id)), *names], []))]:
                if all(isinstance(name, ast.Name) for name in names):
                    return task_id, tuple(name.id for name in names)  # type: ignore[attr-defined]
    wanted = 'an autotest cell is one call such as check("06_1_tanh", tanh)'
    hidden = "; hidden tests beside it are never run" * ("HIDDEN TESTS" in source)
    raise ValueError(f"{wanted}{hidden}; got {source!r}")


def read_exercises(folder):
    """Name -> exercise, for all notebooks of the teacher's folder that ask something.

    Raises ValueError when there is none, or when a notebook and its task differ in points.
    """
    exercises = [read_exercise(path) for path in sorted(Path(folder).glob("*.ipynb"))]
    for exercise in exercises:
        for question in exercise.questions:
            points = find_task(question.task_id, folder).points
            if points != question.points:
                where = f"{exercise.name}: {question.task_id}"
                raise ValueError(f"{where} has {question.points} points, its task has {points}")
    asking = {exercise.name: exercise for exercise in exercises if exercise.questions}
    if not asking:
        raise ValueError(f"no exercise in {folder}: it holds no notebook with an autotest cell")
    return asking


def named(exercises, wanted):
    """The exercises of that number ("07") or name, all of them for None. Raises ValueError."""
    chosen = {
        name: exercise
        for name, exercise in exercises.items()
        if wanted in {None, name, name.partition("_")[0]}
    }
    if not chosen:
        raise ValueError(f"no exercise is called {wanted!r}; there are {', '.join(exercises)}")
    return chosen


def read_submission(path, exercise):
    """The learner's code cells, in the order of the file. Raises NotebookError.

    Taken are all code cells but the teacher's own, unchanged ones: what the learner saw after
    "Run All" is what counts, so helper cells, moved cells and doubled cells do as they did there.
    A cell that answers a question is taken even when its type was changed.
    """
    cells = list(_cells(read_json(path)))
    code_ids = {name for name, kind, _ in cells if kind == "code"}
    learners = []
    for number, (name, kind, source) in enumerate(cells, 1):
        is_own = kind == "code" and (name, source) not in exercise.given
        is_retyped = name in exercise.student_ids - code_ids
        if is_own or is_retyped:
            learners.append(Cell(name if name in exercise.student_ids else f"{number}", source))
    return tuple(learners)


def read_texts(path, exercise):
    """Id -> what a learner wrote for a person to mark. Raises NotebookError."""
    wanted = {name for name, _ in exercise.texts}
    cells = list(_cells(read_json(path))) if wanted else []
    return {name: source[:MOST_LETTERS] for name, _, source in cells if name in wanted}


def grade_ids(path):
    """The nbgrader ids in a file. Raises NotebookError."""
    return {name for name, _, _ in _cells(read_json(path))} - {""}


def read_json(path):
    """The content of a small regular file, as JSON. Raises NotebookError with the reason."""
    data = read_bytes(path)
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise NotebookError("not a notebook: its JSON is broken") from error


def read_bytes(path):
    """The content of a small regular file. Raises NotebookError with the reason."""
    path = Path(path)
    try:
        if not stat.S_ISREG(path.lstat().st_mode):  # no link, no pipe, no folder
            raise NotebookError("not a regular file")
        with open(os.open(path, os.O_RDONLY | CAREFULLY), "rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise NotebookError(f"cannot be read ({error.strerror})") from error
    if len(data) > MOST_BYTES:
        raise NotebookError(f"larger than {MOST_BYTES // 1_000_000} MB")
    if data.count(b"[") + data.count(b"{") > MOST_PARTS:
        raise NotebookError(f"not a notebook: it has more than {MOST_PARTS} lists and mappings")
    return data


def _cells(notebook):
    """(id, type, source) of every cell that has the form of one; other things are left out."""
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list):
        raise NotebookError("not a notebook: it has no list of cells")
    for cell in cells:
        match cell:
            case {"cell_type": str(kind), "source": str() | list() as source}:
                lines = [source] if isinstance(source, str) else source
                if all(isinstance(line, str) for line in lines):
                    yield _grade_id(cell), kind, "".join(lines)


def _grade_id(cell):
    match cell:
        case {"metadata": {"nbgrader": {"grade_id": str(name)}}}:
            return name
    return ""
