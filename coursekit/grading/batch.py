"""A folder of submissions, marked by several workers; none of them can stop the others."""

import multiprocessing
import os
import signal
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, islice

from coursekit.grading import mark, report
from coursekit.grading.notebook import Exercise, read_exercises
from coursekit.grading.sandbox import Limits, choose
from coursekit.grading.submissions import find_students

IN_HAND = 4  # submissions that wait at each worker; the others are not looked at yet


@dataclass(frozen=True)
class Job:
    """All that marking one student's work takes beside that work; it travels to the workers."""

    exercises: tuple[Exercise, ...]
    limits: Limits
    sandbox: str


def grade_folder(
    folder,
    teachers_folder,
    output,
    *,
    exercise=None,
    jobs=1,
    sandbox="auto",
    allow_unsandboxed=False,
    limits=None,
    progress=lambda rows, total: rows,
):
    """Mark every submission of a folder into the table `output`; return how many students.

    teachers_folder: holds the notebooks that fix questions and points. exercise: number or name of
    the one to mark. jobs: workers. progress: wraps the rows, as tqdm does. Raises ValueError when
    either folder holds nothing of use or no sandbox holds submissions, before anything is written.
    """
    if os.name != "posix":
        raise ValueError("marking submissions needs Linux or macOS (or WSL on Windows)")
    exercises = read_exercises(teachers_folder)
    wanted = named(exercises, exercise)
    students, names = find_students(folder, exercises)
    worked_on = tuple(exercises[name] for name in names if name in wanted) or tuple(wanted.values())
    job = Job(worked_on, limits or Limits(), choose(sandbox, allow_unsandboxed))
    task_ids = [question.task_id for one in worked_on for question in one.questions]
    with open(output, "w", encoding="utf-8", newline="") as file:
        marked = mark_students(students, job, jobs)
        rows = (report.row(name, results) for name, results in marked)
        report.write(file, task_ids, progress(rows, total=len(students)))
    return len(students)


def named(exercises, wanted):
    """The exercises of that number ("07") or name, all of them for None. Raises ValueError."""
    chosen = {
        name: exercise
        for name, exercise in exercises.items()
        if wanted in {None, name, name.partition("_")[0]}
    }
    if not chosen:
        raise ValueError(f"no exercise is called {wanted!r}; there are {', '.join(exercises)}")
    return chosen


def mark_students(students, job, jobs=1):
    """(name, results) of every student, as they get ready."""
    if jobs == 1:
        yield from ((student.name, mark_student(student, job)) for student in students)
        return
    waiting = iter(students)
    for first in waiting:  # again when a worker was killed from outside
        for student, results in in_parallel(chain([first], waiting), job, jobs):
            yield student.name, results or alone(student, job)


def in_parallel(waiting, job, jobs):
    """(student, results), as they get ready. When a worker dies, None for all in hand; it ends."""
    in_hand: dict = {}
    broken = False
    with workers(jobs, job) as pool:
        while True:
            for student in islice(waiting, 0 if broken else IN_HAND * jobs - len(in_hand)):
                try:
                    in_hand[pool.submit(mark_here, student)] = student
                except BrokenProcessPool:
                    broken = True
                    yield student, None
            if not in_hand:
                return
            for future in wait(in_hand, return_when=FIRST_COMPLETED).done:
                broken = broken or future.exception() is not None
                yield in_hand.pop(future), None if future.exception() else future.result()


def alone(student, job):
    """Results from a worker that nothing else depends on."""
    with workers(1, job) as pool, suppress(BrokenProcessPool):
        return pool.submit(mark_here, student).result()
    reason = "the grader failed: its process ended; please report it"
    return [result for one in job.exercises for result in mark.nothing(one, reason)]


def workers(jobs, job):
    context = multiprocessing.get_context("spawn")  # no copies of whatever runs here
    return ProcessPoolExecutor(jobs, context, begin, (job,))


def begin(job):
    """In a new worker: keep the job, and leave Ctrl-C to the main process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    globals()["job_here"] = job


def mark_here(student):
    return mark_student(student, globals()["job_here"])


def mark_student(student, job):
    """Results for all questions of the job's exercises, in order."""
    results = []
    for exercise in job.exercises:
        path = student.notebook(exercise.name)
        if path is None:
            results += mark.nothing(exercise, "not handed in")
            continue
        try:
            results += mark.mark_submission(path, exercise, job.limits, job.sandbox)
        except Exception as error:  # a fault of ours must not cost the others their marks
            kind = type(error).__name__
            results += mark.nothing(exercise, f"the grader failed: {kind}; please report it")
    return results
