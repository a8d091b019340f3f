"""nbgrader's own database, filled with our marks, for courses that go on in its formgrader."""

import importlib.util
from pathlib import Path

from coursekit.grading.private import private_file
from coursekit.grading.store import plain


def expect_nbgrader(path):
    """Raises ValueError, before anything is marked, when the file could not be written."""
    if importlib.util.find_spec("nbgrader") is None:
        raise ValueError("--gradebook needs pip install nbgrader")
    if not Path(path).parent.is_dir():
        raise ValueError(f"--gradebook expects a file in a folder that is there; got {path}")


def write_gradebook(path, sheets, exercises):
    """Add or replace the marks of each sheet; an exercise is an assignment of one notebook."""
    from nbgrader.api import Gradebook

    if not Path(path).exists():  # one that is there has the modes that its owner wants
        private_file(path)
    with Gradebook(f"sqlite:///{path}") as book:
        for exercise in exercises:
            lay_out(book, exercise)
        for sheet in sheets:
            student = plain(sheet.student)
            book.update_or_create_student(student)
            for part in sheet.parts:
                fill_in(book, student, part)


def lay_out(book, exercise):
    name = exercise.name
    book.update_or_create_assignment(name)
    book.update_or_create_notebook(name, name)
    cells = [(question.task_id, question.points, "code") for question in exercise.questions]
    texts = [(task_id, points, "markdown") for task_id, points in exercise.texts]
    cells += [cell for cell in texts if not is_task(book, cell[0], name)]
    for task_id, points, kind in cells:
        more = {"max_score": points, "cell_type": kind}
        book.update_or_create_grade_cell(task_id, name, name, **more)


def is_task(book, name, assignment):
    """Whether nbgrader itself has laid the cell out, as one of its tasks."""
    from nbgrader.api import MissingEntry

    try:
        return bool(book.find_task_cell(name, assignment, assignment))
    except MissingEntry:
        return False


def fill_in(book, student, part):
    name = part.exercise.name
    submission = book.update_or_create_submission(name, student)
    for result in part.results:
        grade = book.find_grade(result.task_id, name, name, student)
        grade.auto_score, grade.needs_manual_grade = result.points, False
    for text in part.texts:
        grade = book.find_grade(text.task_id, name, name, student)
        grade.manual_score, grade.needs_manual_grade = text.points, text.points is None
    submission.notebooks[0].late_submission_penalty = part.before_lateness - part.points
    book.db.commit()
