"""A warm process that becomes one child after another: `python -I forker.py FD KIND ...`.

It never runs a learner's code. NumPy is loaded, and the sources of all modules that a learner may
import are in memory. For every child it forks, and the copy gives up what `confine` can take before
the first cell comes. So no child finds anything of the one before.

    command                        answer
    b"f" and a socket: fork        none; the child serves that socket (see child.py)
    b"e": end the child            its wait status, 4 bytes

When its own socket closes it kills the child and exits.
"""

import gc
import importlib
import os
import signal
import socket
import struct
import sys
import sysconfig
from importlib.machinery import BuiltinImporter, FrozenImporter
from pathlib import Path

# Loaded once for all, and because `become_nobody` may not be able to read their files.
LOADED_EARLY = (
    *("collections.abc", "copy", "csv", "dataclasses", "decimal", "fractions", "functools"),
    *("itertools", "json", "math", "random", "statistics", "string", "textwrap", "timeit"),
    *("typing", "unicodedata", "warnings"),
    *("numpy.fft", "numpy.linalg", "numpy.ma", "numpy.polynomial", "numpy.random", "numpy.testing"),
    *("numpy.lib.stride_tricks", "numpy.typing"),
)


def main(descriptor, kind, memory, seconds, packages):
    """Fork a child when asked, until the parent is gone. packages: where NumPy is."""
    sys.path[:0] = [str(Path(__file__).parent), packages]  # until `import_from_memory`
    import child
    import confine

    for name in LOADED_EARLY:
        importlib.import_module(name)
    import_from_memory(Path(packages, "numpy"))
    control = socket.socket(fileno=int(descriptor))
    ready = Readiness(confine, kind, int(memory), int(seconds))
    gc.collect()
    gc.freeze()  # the copies need not look at what all of them share
    control.sendall(b"r")
    while become_and_end(control, child, ready):
        pass


def become_and_end(control, child, ready):
    """Serve one request for a child; False when nobody will ask for another."""
    command, descriptors, *_ = socket.recv_fds(control, 1, 1)
    if not command:
        return False
    pid = ready.fork()
    if pid == 0:
        control.detach()
        become_child(child, ready, *descriptors)
    os.close(*descriptors)
    command = control.recv(1)
    os.kill(pid, signal.SIGKILL)
    status = os.waitpid(pid, 0)[1]
    if command:
        control.sendall(struct.pack("<i", status))
    return bool(command)


def import_from_memory(numpy):
    """From here on only Python's own modules and NumPy's are imported, and no file is opened."""
    from library import Library, load_extensions
    from standin import StandInFinder

    library = Library()
    for folder in {sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")}:
        library.read(folder)
    library.read(numpy, "numpy.")
    load_extensions(os.path.join(sysconfig.get_path("platstdlib"), "lib-dynload"))
    sys.path[:] = []
    sys.meta_path[:] = [BuiltinImporter, FrozenImporter, library, StandInFinder()]


def become_child(child, ready, descriptor):
    """Serve the socket, then end; nothing of a learner's gets to run after that."""
    try:
        for standard in range(3):
            os.dup2(ready.nowhere, standard)
        ready.give_up()
        os.dup2(descriptor, 3)
        os.closerange(4, 1 << 16)
        line = socket.socket(fileno=3)
        ready.allow_only_what_answers_need()
        child.serve_all(line)
    finally:
        os._exit(1)


class Readiness:
    """What was opened and worked out beforehand, so that becoming a child takes no time."""

    def __init__(self, calls, kind, memory, seconds):
        self.calls, self.kind, self.limits = calls, kind, (memory, seconds)
        self.nowhere = os.open(os.devnull, os.O_RDWR)
        if kind == "bwrap":
            self.itself = os.pidfd_open(os.getpid())
        if kind == "landlock":
            self.ruleset = calls.make_ruleset()

    def fork(self):
        return self.calls.fork_into_new_pids(self.itself) if self.kind == "bwrap" else os.fork()

    def give_up(self):
        """In the child, in this order: each step may need what a later one takes away."""
        calls = self.calls
        os.setsid()
        if self.kind == "bwrap":
            calls.private_folder()
        calls.become_nobody()
        calls.end_with_parent()
        calls.limit(*self.limits, calls.MOST_IN_FILE if self.kind == "bwrap" else 0)
        if self.kind != "rlimit":
            calls.drop_capabilities()
            calls.no_new_privileges()
        if self.kind == "landlock":
            calls.restrict(self.ruleset)

    def allow_only_what_answers_need(self):
        if self.kind != "rlimit":
            self.calls.allow_only(with_files=self.kind == "bwrap")


if __name__ == "__main__":
    main(*sys.argv[1:])
