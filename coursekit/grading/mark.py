"""Marks for one submission: the checks run here, on stand-ins for functions that live elsewhere."""

import hashlib
import secrets
from dataclasses import dataclass

import numpy as np

from coursekit.checks.answers import NOT_WRITTEN
from coursekit.checks.limit import TimedOut, call_within
from coursekit.checks.marking import mark
from coursekit.checks.tasks import find_task
from coursekit.grading.learner import Learner
from coursekit.grading.memory import at_most_more
from coursekit.grading.notebook import NotebookError, read_submission
from coursekit.grading.sandbox import Limits, best, shared

MOST_NOTES = 20
FAULT = "the grader failed"  # how the reason begins when the fault is ours, not the submission's


@dataclass(frozen=True)
class Result:
    """Points for one question and why, in words that show no hidden input."""

    task_id: str
    points: float
    max_points: float
    reason: str
    sandbox: str = "none"  # what held the learner's code, when any was run
    notes: tuple[str, ...] = ()  # what was left out of the learner's cells


def mark_submission(path, exercise, limits=None, sandbox=None, secret=None):
    """One Result for each question of the exercise, whatever the file holds.

    sandbox: one of sandbox.KINDS; the best that works here unless given. secret: bytes that fix
    the inputs of the checks; new ones unless given.
    """
    secret = secret or secrets.token_bytes()
    try:
        cells = read_submission(path, exercise)
    except NotebookError as error:
        return nothing(exercise, f"not parseable: {error}")
    forker = shared(sandbox or best()[0], limits or Limits())
    with Learner(exercise.setup, cells, forker) as learner:
        return [
            mark_question(question, exercise, learner, secret) for question in exercise.questions
        ]


def nothing(exercise, reason):
    """No points for any question, for the same reason."""
    return [Result(q.task_id, 0, q.points, reason) for q in exercise.questions]


def mark_question(question, exercise, learner, secret):
    task = find_task(question.task_id, exercise.folder)
    learner.begin()
    answers = [learner.answer(name) for name in question.answers]
    digest = hashlib.sha256(secret + task.id.encode()).digest()
    try:
        limits = learner.forker.limits
        seconds = limits.total_seconds + limits.request_seconds
        # Whatever numbers a submission sends, they are compared.
        with np.errstate(all="ignore"), at_most_more(limits.checks_bytes):
            report = call_within(seconds, mark, task, answers, int.from_bytes(digest[:4]))
    except TimedOut:  # here, not in the child: what came back keeps the checks busy
        points, words = (0, task.points), "timed out: the checks did not end on what came back"
    else:
        points, words = (report.points, report.max_points), in_words(report)
    notes = tuple(one_line(note) for note in tuple(learner.notes)[:MOST_NOTES])
    return Result(task.id, *points, one_line(words), learner.forker.kind, notes)


def one_line(text):
    """Words of a learner's may hold line breaks, and would look like a reason of their own."""
    return " ".join(text.split())


def in_words(report):
    """'right', or each state with the properties that it befell and why."""
    if report.passed:
        return "right"
    words = []
    for state in dict.fromkeys(part.state for part in report.parts if part.state != "passed"):
        parts = [part for part in report.parts if part.state == state]
        reasons = {part.name: " | ".join([part.message, *part.lines]) for part in parts}
        words.append(f"{state}: {'; '.join(together(reasons))}")
    return "; ".join(words)


def together(reasons):
    """'name, name (why)' for each different reason."""
    for why in dict.fromkeys(reasons.values()):
        names = ", ".join(name for name, reason in reasons.items() if reason == why)
        yield names if why == NOT_WRITTEN else f"{names} ({why})"
