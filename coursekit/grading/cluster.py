"""The same marking on an existing Dask cluster: workers need this package, and a sandbox each.

What travels is the file that was handed in, the structure of the exercise and the teacher's own
checks; what comes back is Marks. The cluster is trusted as this machine is. A worker that is lost
loses nothing: Dask hands its submissions to another, and what no worker can mark is marked here.
"""

import tempfile
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from coursekit.checks.tasks import OWN
from coursekit.grading.batch import mark_all, mark_one
from coursekit.grading.notebook import NotebookError, read_bytes
from coursekit.grading.sandbox import KINDS, choose

SECONDS = 20  # to reach the scheduler


@contextmanager
def connected(address):
    """A client of the scheduler at that address. Raises ValueError."""
    try:
        from distributed import Client
    except ImportError as error:
        raise ValueError("--dask needs pip install distributed") from error
    try:
        client = Client(address, timeout=SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ValueError(f"no Dask scheduler answers at {address!r}: {error}") from error
    with client:
        yield client


def choose_there(client, sandbox, allow_unsandboxed):
    """(kind, sentence) of the best sandbox that every worker has; as sandbox.choose.

    Raises ValueError when there is no worker.
    """
    found = dict(client.run(choose, sandbox, allow_unsandboxed).values())
    if not found:
        raise ValueError(f"the Dask cluster at {client.scheduler.address} has no workers")
    kind = max(found, key=KINDS.index)
    return kind, found[kind]


def mark_all_there(client, submissions, job):
    """(submission, marks) of all of them, as they get ready; as batch.mark_all."""
    threads = sum(client.nthreads().values())
    yield from mark_all(submissions, job, threads, partial(dask_workers, client, job))


@contextmanager
def dask_workers(client, job):
    """A function that hands a submission over to the cluster, as batch.processes does here."""
    own = job.exercises[0].folder / OWN
    checks = own.read_bytes() if own.is_file() else None
    with client.get_executor(pure=False) as pool:

        def hand_over(submission):
            try:
                data = read_bytes(submission.path) if submission.path else None
            except NotebookError:
                data = None
            if data is None:  # none of its code will run
                done: Future = Future()
                done.set_result(mark_one(submission, job))
                return done
            return pool.submit(mark_there, submission, data, checks, job)

        yield hand_over


def mark_there(submission, data, checks, job):
    """On a worker: lay out what came, and mark it."""
    with tempfile.TemporaryDirectory(prefix="coursekit-") as folder:
        path = Path(folder, f"{submission.exercise}.ipynb")
        path.write_bytes(data)
        if checks is not None:
            Path(folder, OWN).write_bytes(checks)
        exercises = tuple(replace(one, folder=Path(folder)) for one in job.exercises)
        return mark_one(replace(submission, path=path), replace(job, exercises=exercises))
