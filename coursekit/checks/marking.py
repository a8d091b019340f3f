"""Running a task: on a learner's functions here, on stand-ins for them in the grader."""

import io
import os
from contextlib import redirect_stderr, redirect_stdout

from coursekit.checks.answers import Answer
from coursekit.checks.helper import Helper
from coursekit.checks.report import Report
from coursekit.checks.summary import remember, summary
from coursekit.checks.tasks import find_task
from coursekit.nn.threads import blas

PRINTED = 500  # characters of the learner's own prints that a report keeps
PRINTED_LINES = 8


def check(task_id, *answers, seed=None):
    """Mark a learner's answers and return a report that displays itself.

    answers: the functions (or values) that the task wants, in its order. seed: brings back the
    inputs of an earlier check. Raises ValueError for an unknown task or another number of answers;
    nothing that the answers do is raised.
    """
    task = find_task(task_id)
    if len(answers) != len(task.answers):
        wanted = ", ".join(task.answers)
        raise ValueError(f"{task_id} wants {wanted}; got {len(answers)} answers")
    if seed is None:
        seed = int.from_bytes(os.urandom(4))
    screen = Screen()
    with redirect_stdout(screen), redirect_stderr(screen):
        report = mark(task, [Answer(a) if callable(a) else a for a in answers], seed)
    report.again = f'check("{task_id}", {", ".join(task.answers)}, seed={seed})'
    report.printed = screen.kept()
    remember(report)
    return report


check.summary = summary  # type: ignore[attr-defined]  # check.summary() ends a notebook


def mark(task, answers, seed):
    """Run a task on answers that keep the promise of `Answer`, and return its report.

    A task without parts is one part. Raises ValueError when the parts' points do not add up.
    """
    t = Helper(seed)
    # Small matrices gain nothing from threads, which would wait for each other on a busy machine.
    with blas().limit(limits=1), t.part("the whole task", 0) as whole:
        task.function(*(t.follow(n, a) for n, a in zip(task.answers, answers, strict=True)), t)
    parts = t.parts[1:]
    whole.points = task.points - sum(part.points for part in parts)
    if whole.points < 0 or (parts and whole.points and whole.state == "passed"):
        points = task.points - whole.points
        raise ValueError(f"{task.id} has {task.points} points, but its parts have {points}")
    return Report(task.id, parts + [whole] if whole.points else parts)


class Screen(io.TextIOBase):
    """Takes everything that is printed and keeps the beginning, so that a flood stays small."""

    def __init__(self):
        self.text = ""
        self.count = 0

    def write(self, text):
        self.text += text[: PRINTED - len(self.text)]
        self.count += len(text)
        return len(text)

    def kept(self):
        """The beginning, and a note when it is not all."""
        lines = self.text.strip().splitlines()
        is_cut = self.count > PRINTED or len(lines) > PRINTED_LINES
        cut = f" … (cut; {self.count} characters in all)" if is_cut else ""
        return "\n".join(lines[:PRINTED_LINES]) + cut
