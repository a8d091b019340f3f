"""What people read: one pass over the class, a student at a time, fills every file."""

import json
from contextlib import ExitStack
from functools import cache
from pathlib import Path

from coursekit.grading import class_tables
from coursekit.grading.class_report import ClassReport, state_of
from coursekit.grading.private import private_folder, replacing
from coursekit.grading.sheet import sheet_of
from coursekit.grading.tables import printable, write_rows

SIGNS = {"right": "✓", "not written": "○", "not handed in": "○", "not marked": "○"}


def write_results(store, students, exercises, table, alone=False, late=None):
    """Write all files, from the newest marks of the students of the folder.

    alone: only the table; else feedback, the class's page and the other tables lie beside it.
    """
    sheets = (sheet_of(store, student.name, exercises, late) for student in students)
    with ExitStack() as files:
        grades = table_in(files, table, [class_tables.grades_header(exercises)])
        others = None if alone else Others(files, table.parent, exercises)
        for sheet in sheets:
            write_rows(grades, [class_tables.grades_row(sheet)])
            if others:
                others.add(sheet)
    if others:
        others.finish()


class Others:
    """All files of a folder of results but the table of grades."""

    def __init__(self, files, folder, exercises):
        self.folder = folder
        self.summary = ClassReport(exercises)
        head = [class_tables.canvas_header(exercises), class_tables.canvas_points(exercises)]
        self.canvas = table_in(files, folder / "canvas.csv", head)
        self.moodle = table_in(
            files, folder / "moodle.csv", [class_tables.moodle_header(exercises)]
        )
        self.to_mark = None
        if any(exercise.texts for exercise in exercises):
            self.to_mark = table_in(files, folder / "to_mark.csv", [class_tables.TO_MARK])

    def add(self, sheet):
        write_rows(self.canvas, [class_tables.canvas_row(sheet)])
        write_rows(self.moodle, [class_tables.moodle_row(sheet)])
        if self.to_mark:
            write_rows(self.to_mark, class_tables.to_mark_rows(sheet))
        self.summary.add(sheet)
        write_feedback(self.folder / "feedback", sheet)

    def finish(self):
        write(self.folder / "class.html", page("class.html", summary=self.summary))
        with replacing(self.folder / "reasons.csv") as file:
            write_rows(file, [class_tables.REASONS])
            write_rows(file, class_tables.reasons_rows(self.summary))


def write_feedback(folder, sheet):
    """One student's page, the same as text, and the results.json that Gradescope reads."""
    private_folder(folder)
    folder = folder / sheet.student
    private_folder(folder)
    write(folder / "feedback.html", page("feedback.html", sheet=sheet))
    write(folder / "feedback.txt", printable(page("feedback.txt", sheet=sheet)))
    write(folder / "results.json", json.dumps(gradescope(sheet), indent=1))


def gradescope(sheet):
    """Gradescope's form of an autograder's results; what waits for a person is not in it."""
    results = [(part, result) for part in sheet.parts for result in part.results]
    tests = [
        {
            "name": printable(f"{result.task_id} · {part.title(result.task_id)}"),
            "score": result.points,
            "max_score": result.max_points,
            "status": "passed" if result.points == result.max_points else "failed",
            "output": printable(result.reason),
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
        finalize=lambda value: printable(value) if type(value) is str else value,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["sign"] = lambda result: SIGNS.get(state_of(result), "✗")
    found.filters["state"] = state_of
    return found


def page(name, **values):
    return templates().get_template(name).render(values)


def table_in(files, path, head):
    """A table whose file takes its place when all `files` are closed; head: first rows."""
    table = files.enter_context(replacing(path))
    write_rows(table, head)
    return table


def write(path, text):
    with replacing(path) as file:
        file.write(text)
