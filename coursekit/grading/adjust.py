"""What a person adds to the grader's marks: a rule for late work, and marks for sentences."""

import csv
import math
from dataclasses import dataclass, field
from datetime import datetime

DAY = 24 * 60 * 60


@dataclass(frozen=True)
class LateRule:
    """So many percent of the points off for every day begun after the deadline.

    times: student -> when the work came in, for those whose file does not say it. All times are
    seconds since 1970.
    """

    deadline: float
    percent_per_day: float
    times: dict[str, float] = field(default_factory=dict)

    def days(self, student, saved_at):
        """Days begun after the deadline; 0 for work in time and for work that never came."""
        came = self.times.get(student, saved_at)
        return 0 if came is None else max(0, math.ceil((came - self.deadline) / DAY))

    def percent_off(self, days):
        return min(100, days * self.percent_per_day)


def read_times(path):
    """Student -> seconds since 1970, from a table with the columns student and time."""
    times = {}
    for row in read_table(path, ["student", "time"]):
        try:
            times[row["student"]] = datetime.fromisoformat(row["time"]).timestamp()
        except ValueError as error:
            raise ValueError(f"{path}: a time such as 2026-11-20 18:30; got {error}") from error
    return times


def read_marks(path, most_points, students):
    """(student, task id, points, comment) of every filled row of a table of a person's marks.

    most_points: task id -> points it has at most. students: name in the table -> name in the
    store. Raises ValueError for any other task, student or number of points.
    """
    marks = []
    for row in read_table(path, ["student", "task", "points"]):
        student, task_id, points = row["student"], row["task"], row["points"].strip()
        if not points:
            continue
        if student not in students:
            raise ValueError(f"{path}: no student is called {student!r}")
        if task_id not in most_points:
            known = ", ".join(most_points) or "none"
            raise ValueError(f"{path}: a person marks {known}; got {task_id!r}")
        most = most_points[task_id]
        number = as_number(points)
        if not 0 <= number <= most:
            raise ValueError(f"{path}: {task_id} has 0 to {most:g} points; got {points!r}")
        marks.append((students[student], task_id, number, row.get("comment") or ""))
    return marks


def as_number(text):
    """A number written with a point or a comma; nan for any other text."""
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return math.nan


def read_table(path, columns):
    """Rows of a CSV file that has these columns. Raises ValueError."""
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            start = file.readline()
            file.seek(0)
            separator = ";" if start.count(";") > start.count(",") else ","
            rows = list(csv.DictReader(file, delimiter=separator, restval=""))
    except (OSError, UnicodeError, csv.Error) as error:
        raise ValueError(f"cannot read {path}: {error}") from error
    missing = [column for column in columns if rows and column not in rows[0]]
    if missing:
        raise ValueError(f"{path} has no column {missing[0]!r}; it has {', '.join(rows[0])}")
    return rows
