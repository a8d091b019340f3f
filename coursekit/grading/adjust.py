"""What a person adds to the grader's marks: a rule for late work, and marks for sentences."""

import math
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from coursekit.grading.names import alike
from coursekit.grading.tables import read_table

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

    @cached_property
    def came(self):
        return {alike(student): time for student, time in self.times.items()}

    def days(self, student, saved_at):
        """Days begun after the deadline; 0 for work in time and for work that never came."""
        came = self.came.get(alike(student), saved_at)
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
    store. Raises ValueError for any other task, student or number of points, and when one text
    has two different marks.
    """
    stored = {alike(name): students[name] for name in students}
    marks: dict = {}
    for row in read_table(path, ["student", "task", "points"]):
        if row["points"].strip():
            key, mark = read_mark(path, row, most_points, stored)
            if marks.setdefault(key, mark) != mark:
                raise ValueError(f"{path}: {key[1]} of {row['student']!r} has two different marks")
    return [(*key, *mark) for key, mark in marks.items()]


def read_mark(path, row, most_points, stored):
    """((student, task id), (points, comment)) of a filled row. Raises ValueError."""
    student, task_id, points = row["student"], row["task"].strip(), row["points"].strip()
    if alike(student) not in stored:
        raise ValueError(f"{path}: no student is called {student!r}")
    if task_id not in most_points:
        known = ", ".join(most_points) or "none"
        raise ValueError(f"{path}: a person marks {known}; got {task_id!r}")
    most = most_points[task_id]
    number = as_number(points)
    if not 0 <= number <= most:
        raise ValueError(f"{path}: {task_id} has 0 to {most:g} points; got {points!r}")
    return (stored[alike(student)], task_id), (number, row.get("comment") or "")


def as_number(text):
    """A number written with a point or a comma; nan for any other text."""
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return math.nan
