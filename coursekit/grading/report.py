"""What people read: one pass over the class, a student at a time, fills every file."""

import csv
import os
from contextlib import contextmanager
from dataclasses import dataclass

from coursekit.grading.mark import Result, nothing
from coursekit.grading.notebook import Exercise

FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # what a spreadsheet reads as the start of a formula


@dataclass(frozen=True)
class Part:
    """One student's marks for one exercise."""

    exercise: Exercise
    results: tuple[Result, ...]  # in the order of the teacher's questions
    texts: dict[str, str]  # id -> what the learner wrote, for the cells that a person marks

    @property
    def points(self):
        return sum(result.points for result in self.results)

    @property
    def out_of(self):
        return sum(result.max_points for result in self.results)


def write_results(store, students, exercises, table):
    """Write the table, from the newest marks of all students of the folder."""
    task_ids = [question.task_id for one in exercises for question in one.questions]
    with replacing(table) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header(task_ids))
        for student in students:
            parts = [part_of(store, student.name, exercise) for exercise in exercises]
            writer.writerow([harmless(cell) for cell in row(student.name, parts)])


def part_of(store, student, exercise):
    marks = store.marks(student, exercise.name)
    found = {result.task_id: result for result in marks.results} if marks else {}
    unmarked = nothing(exercise, "not marked")
    results = tuple(found.get(result.task_id, result) for result in unmarked)
    return Part(exercise, results, marks.texts if marks else {})


@contextmanager
def replacing(path):
    """A file for text that takes the place of the old one when all of it is written."""
    new = path.with_name(f"{path.name}.new")
    with open(new, "w", encoding="utf-8", newline="") as file:
        yield file
    os.replace(new, path)


def header(task_ids):
    return ["student", *task_ids, "total", "out of", "sandbox", "reasons"]


def row(student, parts):
    """The row of one student, in the order of the questions."""
    results = [result for part in parts for result in part.results]
    total = sum(part.points for part in parts)
    out_of = sum(part.out_of for part in parts)
    sandboxes = "; ".join(sorted({result.sandbox for result in results}))
    reasons = [f"{result.task_id}: {result.reason}" for result in results]
    reasons += dict.fromkeys(f"note: {note}" for result in results for note in result.notes)
    points = [f"{result.points:g}" for result in results]
    return [student, *points, f"{total:g}", f"{out_of:g}", sandboxes, "\n".join(reasons)]


def harmless(cell):
    """A cell that no spreadsheet takes for a formula and no terminal for a command."""
    text = "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in cell)
    return f"'{text}" if text.startswith(FORMULA) else text
