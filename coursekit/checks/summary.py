"""The marks of a session: a table and a bar, in words as well as in colours."""

from dataclasses import dataclass

from coursekit.checks.report import BLUE, GREY, WORDS, Report, escape
from coursekit.checks.tasks import Task, in_order, tasks_of_exercise

NOT_CHECKED = "○ not checked yet"
PARTLY = "○ partly written"
BAR = 24  # characters
_latest: dict[str, Report] = {}  # of this session


@dataclass(frozen=True)
class Row:
    """Where one task stands."""

    task_id: str
    points: float
    max_points: float
    words: str

    @property
    def marks(self):
        return f"{self.points:g} of {self.max_points:g}"


@dataclass(frozen=True)
class Summary:
    """Rows of tasks that displays itself; `.passed .points .max_points` are data."""

    rows: tuple[Row, ...]

    @property
    def passed(self):
        return all(row.words == WORDS["passed"] for row in self.rows)

    @property
    def points(self):
        return sum(row.points for row in self.rows)

    @property
    def max_points(self):
        return sum(row.max_points for row in self.rows)

    @property
    def title(self):
        if not self.rows:
            return "Nothing was checked yet: run the check below a task, then this cell again."
        return f"{self.points:g} of {self.max_points:g} points"

    @property
    def share(self):
        return self.points / max(self.max_points, 1)

    def __repr__(self):
        if not self.rows:
            return self.title
        width = max(len(row.task_id) for row in self.rows)
        words = max(len(row.words) for row in self.rows)
        lines = [f"{r.task_id:{width}}  {r.words:{words}}  {r.marks}" for r in self.rows]
        full = int(BAR * self.share)
        return "\n".join([*lines, f"[{'█' * full}{'·' * (BAR - full)}] {self.title}"])

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/plain": repr(self), "text/html": self._panel()}

    def _panel(self):
        title = escape(self.title)
        if not self.rows:
            return f"<div>{title}</div>"
        heads = "".join(
            f'<th scope="col" style="text-align: left">{head}</th>'
            for head in ("Task", "State", "Points")
        )
        body = "".join(_html_row(row) for row in self.rows)
        return (
            f'<div style="border-left: 6px solid {BLUE if self.passed else GREY}; '
            f'padding: 0.2em 0 0.2em 0.8em; max-width: 40em"><strong>{title}</strong>'
            f'<div role="img" aria-label="{title}" style="height: 0.7em; margin: 0.4em 0; '
            f'border: 1px solid {GREY}"><div style="height: 100%; width: {100 * self.share:.1f}%; '
            f'background: {BLUE}"></div></div>'
            f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
        )


def _html_row(row):
    cells = "".join(
        f'<td style="text-align: left">{escape(text)}</td>' for text in (row.words, row.marks)
    )
    task_id = escape(row.task_id)
    return f'<tr><th scope="row" style="text-align: left">{task_id}</th>{cells}</tr>'


def remember(report):
    """Keep a report for the summary; a later one of the same task takes its place."""
    _latest[report.task_id] = report


def summary():
    """The latest marks of this session: every exercise of which something was checked, in full.

    Tasks that a person marks have no check and are not in the table.
    """
    tasks: dict[str, Task] = {}
    for task_id in _latest:
        tasks |= {task.id: task for task in tasks_of_exercise(task_id)}
    return Summary(tuple(_row(tasks[task_id]) for task_id in sorted(tasks, key=in_order)))


def _row(task):
    report = _latest.get(task.id)
    if report is None:
        return Row(task.id, 0, task.points, NOT_CHECKED)
    return Row(task.id, report.points, report.max_points, state_of(report))


def state_of(report):
    """One line about a report: passed, or the first thing that stands in the way."""
    if report.passed:
        return WORDS["passed"]
    if not report.written:
        return WORDS["not written"]
    states = [part.state for part in report.parts if part.state not in {"passed", "not written"}]
    return WORDS[states[0]] if states else PARTLY
