"""Work on parts of a batch in as many threads as the BLAS library may use.

What starts and counts threads is imported by the first work that is large enough for it.
"""

import functools
import os
import sys

WORTHWHILE = 5 * 10**7  # about a millisecond; waking a thread and waiting for it takes a tenth


@functools.cache
def blas():
    """The BLAS libraries of this process; looking for them takes milliseconds, so do it once."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController().select(user_api="blas")


@functools.cache
def pool(count, process):
    """Threads that stay. They do not survive a fork, so each process has its own."""
    from concurrent.futures import ThreadPoolExecutor

    return ThreadPoolExecutor(count)


def thread_count():
    """The number of threads that NumPy's matrix products use (OPENBLAS_NUM_THREADS sets it)."""
    if sys.platform == "emscripten":  # Python in a browser starts none
        return 1
    return max((library["num_threads"] for library in blas().info()), default=1)


def in_threads(work, n, products):
    """[work(part), …] for range(n) cut into parts, one part to a thread.

    A thread of a matrix product helps with that product alone; a thread here also copies and
    adds. So BLAS keeps to one thread meanwhile, and gets its threads back afterwards. All stays
    in one part when there is little to do: fewer than WORTHWHILE multiplications.
    """
    count = min(thread_count(), n)
    if count == 1 or products < WORTHWHILE:
        return [work(range(n))]
    parts = [range(n * i // count, n * (i + 1) // count) for i in range(count)]
    with blas().limit(limits=1):
        return list(pool(count, os.getpid()).map(work, parts))
