"""An upper bound for the memory that the grader's own process takes for one question."""

import os
import threading
from contextlib import contextmanager, suppress

STATM = "/proc/self/statm"  # Linux; elsewhere there is no bound
_lock = threading.Lock()
_at_work: list = []  # limits of the questions that threads of this process are marking now
_before: list = []  # the process's own limit while there are any


@contextmanager
def at_most_more(size):
    """Let this process grow by that many bytes; beyond it, allocating raises MemoryError.

    The checks compute on what a submission sent, and their functions on what it calls them with.
    Threads that mark at the same time may grow by the sum of their sizes together.
    """
    with _lock:
        _at_work.append(size)
        _set_limit()
    try:
        yield
    finally:
        with _lock:
            _at_work.remove(size)
            _set_limit()


def _set_limit():
    with suppress(ImportError, OSError, ValueError):  # not Linux, or a hard limit below
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        if not _before:
            _before.append(soft)
        if _at_work:
            with open(STATM, encoding="ascii") as file:
                pages = int(file.read().split()[0])
            soft = pages * os.sysconf("SC_PAGE_SIZE") + sum(_at_work)
            soft = soft if _before[0] == resource.RLIM_INFINITY else min(soft, _before[0])
        else:
            soft = _before.pop()
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
