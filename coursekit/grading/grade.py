"""A class is graded: find what there is to mark, keep each mark at once, write what people read."""

import os
import signal
import threading
from contextlib import contextmanager
from functools import partial
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

from coursekit.grading.adjust import read_marks
from coursekit.grading.batch import Job, mark_all
from coursekit.grading.cluster import choose_there, connected, mark_all_there
from coursekit.grading.gradebook import expect_nbgrader, write_gradebook
from coursekit.grading.notebook import named, read_exercises
from coursekit.grading.private import narrow_results
from coursekit.grading.report import write_results
from coursekit.grading.sandbox import Limits, choose
from coursekit.grading.sheet import sheet_of
from coursekit.grading.store import Store, Submission, held, plain
from coursekit.grading.submissions import find_students
from coursekit.systems import NO_MARKING


class Outcome(NamedTuple):
    """What a run did; left: submissions still to be marked, when it was interrupted."""

    students: int
    left: int
    table: Path


def grade_folder(
    folder,
    teachers_folder,
    output,
    *,
    exercise=None,
    student=None,
    resume=False,
    jobs=1,
    sandbox="auto",
    allow_unsandboxed=False,
    limits=None,
    dask=None,
    manual=None,
    late=None,
    gradebook=None,
    progress=lambda rows, total: rows,
    say=lambda sentence: None,
):
    """Mark every submission of a folder, write the results into the folder `output`.

    teachers_folder: holds the notebooks that fix questions and points. output: an output that
    ends in ".csv" is the table alone. exercise: number or name of the one to mark. student: mark
    this one only. resume: mark only what an interrupted run left, what is new and what changed.
    jobs: workers. dask: address of a cluster that marks instead of this machine. manual: a table
    of a person's marks. late: a LateRule. gradebook: nbgrader's database, to be filled as well.
    progress: wraps the rows, as tqdm does. say: takes a sentence on what holds the submissions
    when that is not the best sandbox. Raises ValueError when either folder holds nothing of
    use or no sandbox holds submissions, before anything is written.
    """
    if os.name != "posix":
        raise ValueError(NO_MARKING)
    exercises = read_exercises(teachers_folder)
    wanted = named(exercises, exercise)
    students, names = find_students(folder, exercises)
    output = output_outside(folder, output)
    alone = output.suffix == ".csv"
    table = output if alone else output / "grades.csv"
    worked_on = [name for name in names if name in wanted] or list(wanted)
    if student not in {None, *(each.name for each in students)}:
        raise ValueError(f"no student of {folder} is called {student!r}")
    if gradebook is not None:
        expect_nbgrader(gradebook)
    own = output / "to_mark.csv"
    paths = [own] * (not alone and own.is_file()) + [manual] * (manual is not None)
    by_hand = marks_by_hand(paths, students, exercises)
    asked = [each for each in students if student in {None, each.name}]
    with place_to_work(dask, jobs, sandbox, allow_unsandboxed) as (kind, why, mark):
        if not alone:
            narrow_results(output, "grades.sqlite")
        job = Job(tuple(exercises[name] for name in worked_on), limits or Limits(), kind)
        file = table.with_suffix(".sqlite")
        with held(file), Store(file) as store:
            if why:
                say(why)
            store.keep_by_hand(by_hand)
            left = mark_what_is_left(store, asked, job, resume, mark, progress)
            marked = store.exercises()
            shown = [exercises[name] for name in exercises if name in marked]
            write_results(store, students, shown, table, alone, late)
            if gradebook is not None:
                sheets = (sheet_of(store, each.name, shown, late) for each in students)
                write_gradebook(gradebook, sheets, shown)
            return Outcome(len(asked), left, table)


@contextmanager
def place_to_work(dask, jobs, sandbox, allow_unsandboxed):
    """The sandbox there, a sentence on it, and a function (submissions, job) that marks there."""
    if dask is None:
        yield *choose(sandbox, allow_unsandboxed), partial(mark_all, jobs=jobs)
        return
    with connected(dask) as client:
        yield *choose_there(client, sandbox, allow_unsandboxed), partial(mark_all_there, client)


def output_outside(folder, output):
    """The output as a path. Raises ValueError when it would be taken for a student's folder."""
    output = Path(output)
    if output.suffix != ".csv" and output.resolve().parent == Path(folder).resolve():
        raise ValueError(f"{output} lies in {folder}, where it would be taken for a student")
    return output


def marks_by_hand(paths, students, exercises):
    """A person's marks out of tables, later tables last."""
    most_points = {task_id: most for one in exercises.values() for task_id, most in one.texts}
    names = {student.name: plain(student.name) for student in students}
    return [mark for path in paths for mark in read_marks(path, most_points, names)]


def mark_what_is_left(store, students, job, resume, mark, progress):
    """Mark the students' work and keep every mark at once; return how many an interrupt left."""
    found = [
        Submission(student.name, exercise.name, student.notebook(exercise.name))
        for student in students
        for exercise in job.exercises
    ]
    to_do = [each for each in found if store.is_left(each)] if resume else found
    store.plan(to_do)
    with until_interrupted(to_do) as waiting:
        left = len(to_do)
        for submission, marks in progress(mark(waiting, job), total=left):
            store.keep(submission, marks)
            left -= 1
    return left


@contextmanager
def until_interrupted(submissions):
    """The submissions; after a first Ctrl-C, TERM or HUP no more of them.

    A second one interrupts at once.
    """
    stopped: list = []
    if threading.current_thread() is not threading.main_thread():  # which alone gets signals
        yield submissions
        return

    def stop(*_):
        stopped.append(True)
        restore()

    def restore():
        for number, handler in before.items():
            signal.signal(number, handler)

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:  # nohup
            signal.signal(number, stop)
    try:
        yield takewhile(lambda _: not stopped, submissions)
    finally:
        restore()
