"""What people read: one pass over the class, a student at a time, fills every file."""

import csv
import json
import os
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path

from coursekit.grading import tables
from coursekit.grading.class_report import ClassReport, state_of
from coursekit.grading.sheet import sheet_of

SIGNS = {"right": "✓", "not written": "○", "not handed in": "○", "not marked": "○"}


def write_results(store, students, exercises, table, alone=False, late=None):
    """Write all files, from the newest marks of the students of the folder.

    alone: only the table; else feedback, the class's page and the other tables lie beside it.
    """
    sheets = (sheet_of(store, student.name, exercises, late) for student in students)
    with ExitStack() as files:
        grades = writer(files, table, [tables.grades_header(exercises)])
        others = None if alone else Others(files, table.parent, exercises)
        for sheet in sheets:
            write_rows(grades, [tables.grades_row(sheet)])
            if others:
                others.add(sheet)
    if others:
        others.finish()


class Others:
    """All files of a folder of results but the table of grades."""

    def __init__(self, files, folder, exercises):
        self.folder = folder
        self.summary = ClassReport(exercises)
        head = [tables.canvas_header(exercises), tables.canvas_points(exercises)]
        self.canvas = writer(files, folder / "canvas.csv", head)
        self.moodle = writer(files, folder / "moodle.csv", [tables.moodle_header(exercises)])
        self.to_mark = None
        if any(exercise.texts for exercise in exercises):
            self.to_mark = writer(files, folder / "to_mark.csv", [tables.TO_MARK])

    def add(self, sheet):
        write_rows(self.canvas, [tables.canvas_row(sheet)])
        write_rows(self.moodle, [tables.moodle_row(sheet)])
        if self.to_mark:
            write_rows(self.to_mark, tables.to_mark_rows(sheet))
        self.summary.add(sheet)
        write_feedback(self.folder / "feedback" / sheet.student, sheet)

    def finish(self):
        write(self.folder / "class.html", page("class.html", summary=self.summary))


def write_feedback(folder, sheet):
    """One student's page, the same as text, and the results.json that Gradescope reads."""
    folder.mkdir(parents=True, exist_ok=True)
    write(folder / "feedback.html", page("feedback.html", sheet=sheet))
    write(folder / "feedback.txt", tables.printable(page("feedback.txt", sheet=sheet)))
    write(folder / "results.json", json.dumps(gradescope(sheet), indent=1))


def gradescope(sheet):
    """Gradescope's form of an autograder's results; what waits for a person is not in it."""
    results = [(part, result) for part in sheet.parts for result in part.results]
    tests = [
        {
            "name": f"{result.task_id} · {part.title(result.task_id)}",
            "score": result.points,
            "max_score": result.max_points,
            "status": "passed" if result.points == result.max_points else "failed",
            "output": result.reason,
        }
        for part, result in results
    ]
    late = "\n".join(part.lateness for part in sheet.parts if part.lateness)
    return {"score": sheet.points, "output": late, "output_format": "text", "tests": tests}


@cache
def templates():
    """The pages of this room; every value that is put into one is escaped."""
    from jinja2 import Environment, FileSystemLoader

    found = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("pages")),
        autoescape=lambda name: name is None or name.endswith(".html"),
        finalize=lambda value: tables.printable(value) if type(value) is str else value,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["sign"] = lambda result: SIGNS.get(state_of(result), "✗")
    found.filters["state"] = state_of
    return found


def page(name, **values):
    return templates().get_template(name).render(values)


def writer(files, path, head):
    """A CSV writer whose file takes its place when all `files` are closed; head: first rows."""
    rows = csv.writer(files.enter_context(replacing(path)), lineterminator="\n")
    write_rows(rows, head)
    return rows


def write_rows(table, rows):
    table.writerows([tables.harmless(cell) for cell in row] for row in rows)


def write(path, text):
    with replacing(path) as file:
        file.write(text)


@contextmanager
def replacing(path):
    """A file for text that takes the place of the old one when all of it is written."""
    new = path.with_name(f"{path.name}.new")
    with open(new, "w", encoding="utf-8", newline="") as file:
        yield file
    os.replace(new, path)
