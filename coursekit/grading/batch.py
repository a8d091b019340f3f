"""Submissions marked by several workers; none of them can stop the others."""

import multiprocessing
import os
import secrets
import signal
import threading
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from multiprocessing.context import SpawnContext, SpawnProcess

from coursekit.grading import mark
from coursekit.grading.notebook import Exercise, NotebookError, read_texts
from coursekit.grading.sandbox import Limits
from coursekit.grading.store import Marks

IN_HAND = 4  # submissions that wait at each worker; the others are not looked at yet


@dataclass(frozen=True)
class Job:
    """All that marking takes beside the submission itself; it travels to the workers."""

    exercises: tuple[Exercise, ...]
    limits: Limits
    sandbox: str
    secret: bytes = field(default_factory=secrets.token_bytes)  # fixes the inputs of the checks

    def exercise(self, name):
        return next(exercise for exercise in self.exercises if exercise.name == name)


def mark_all(submissions, job, jobs=1, workers=None):
    """(submission, marks) of all of them, as they get ready.

    workers: a context that yields a function (submission -> future); processes of this machine
    unless given.
    """
    if jobs == 1 and workers is None:
        yield from ((submission, mark_one(submission, job)) for submission in submissions)
        return
    workers = workers or partial(processes, jobs, job)
    waiting = iter(submissions)
    for first in waiting:  # again when a worker was killed from outside
        for submission, marks in in_parallel(chain([first], waiting), jobs, workers):
            yield submission, marks or alone(submission, job)


def in_parallel(waiting, jobs, workers):
    """(submission, marks), as they get ready. When a worker dies, None for all in hand; it ends."""
    in_hand: dict = {}
    broken = False
    with workers() as hand_over:
        while True:
            for submission in islice(waiting, 0 if broken else IN_HAND * jobs - len(in_hand)):
                try:
                    in_hand[hand_over(submission)] = submission
                except BrokenProcessPool:
                    broken = True
                    yield submission, None
            if not in_hand:
                return
            for future in wait(in_hand, return_when=FIRST_COMPLETED).done:
                marks = result_of(future)
                broken = broken or marks is None
                yield in_hand.pop(future), marks


def result_of(future):
    """What a worker found, or None when it died."""
    with suppress(Exception):
        return future.result()


def alone(submission, job):
    """Marks from a worker that nothing else depends on."""
    with processes(1, job) as hand_over, suppress(BrokenProcessPool):
        return hand_over(submission).result()
    reason = f"{mark.FAULT}: its process ended; please report it"
    return nothing(submission, job, reason)


@contextmanager
def processes(jobs, job):
    """Workers of this machine: a function that hands a submission over to the next free one."""
    with ProcessPoolExecutor(jobs, Workers(), begin, (job,)) as pool:
        yield partial(shielded, pool)


class Worker(SpawnProcess):
    """A process that the pool can end: its TERM would be ignored, see `begin`.

    When one worker is killed while it hands over a result, the others wait for its lock for ever;
    the pool then ends them, and waits until they are gone.
    """

    terminate = SpawnProcess.kill


class Workers(SpawnContext):
    """Processes that start anew, no copies of whatever runs here."""

    Process = Worker


def shielded(pool, submission):
    """Hand over, with Ctrl-C held back: a worker that starts here must not hear it either."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return pool.submit(mark_here, submission)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def begin(job):
    """In a new worker: keep the job, leave signals to the main process, and end with it."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # a terminal sends them to all at once
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    threading.Thread(target=end_with_parent, daemon=True).start()
    globals()["job_here"] = job


def end_with_parent():
    """Wait for the end of the main process, whatever ends it, and exit.

    A worker that waits for work would never notice: it holds the other end of its queue itself.
    Its sandboxes end when their sockets close.
    """
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)


def mark_here(submission):
    return mark_one(submission, globals()["job_here"])


def mark_one(submission, job):
    """The marks of one submission, whatever it holds."""
    exercise = job.exercise(submission.exercise)
    if submission.path is None:
        return nothing(submission, job, "not handed in")
    secret = job.secret + submission.key[0].encode()  # every student gets inputs of their own
    try:
        how = job.limits, job.sandbox, secret
        results = tuple(mark.mark_submission(submission.path, exercise, *how))
        return Marks(results, texts_of(submission.path, exercise))
    except Exception as error:  # a fault of ours must not cost the others their marks
        kind = type(error).__name__
        return nothing(submission, job, f"{mark.FAULT}: {kind}; please report it")


def nothing(submission, job, reason):
    """No points for any question of a submission, for the same reason."""
    return Marks(tuple(mark.nothing(job.exercise(submission.exercise), reason)), {})


def texts_of(path, exercise):
    try:
        return read_texts(path, exercise)
    except NotebookError:
        return {}
