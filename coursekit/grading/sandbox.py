"""Where submissions run, and the end of each: a warm process that forks a child when asked.

    bwrap      bubblewrap: its own small read-only system, without network, processes, home
    landlock   Linux's Landlock and a filter of system calls: no file at all, nor a name of one
    rlimit     limits alone: holds accidents and most mischief, and hides nothing

Under the first two every system call is refused that `system_calls` does not list.

Every child has limits on time, memory, files and processes, and ends with its submission.
"""

import contextlib
import math
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from coursekit.checks.answers import NotPassed
from coursekit.grading import bubblewrap, visible
from coursekit.grading.remote import Child

KINDS = ("bwrap", "landlock", "rlimit")  # best first
REAL = ("bwrap", "landlock")
HELD_BY = {
    "landlock": "submissions are held by Landlock and a filter of system calls",
    "rlimit": "submissions are held by limits alone: they can read your files and use your network",
}
START_SECONDS = 60  # a loaded machine may take its time to load NumPy
END_SECONDS = 10
ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "PATH": os.defpath,
    "HOME": "/tmp",
    "OPENBLAS_NUM_THREADS": "1",  # a thread would need a process more than allowed
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}


class SandboxError(ValueError):
    """Why a sandbox does not work on this machine."""


@dataclass(frozen=True)
class Limits:
    """What one submission may use."""

    request_seconds: float = 10  # for one cell or one call, the grader's callbacks included
    total_seconds: float = 60
    memory_bytes: int = 1 << 30
    checks_bytes: int = 1 << 29  # by how much checking one answer may make the grader grow


class Forker:
    """The warm process of one sandbox. It is started when needed, and again when it has died."""

    def __init__(self, kind, limits):
        self.kind = kind
        self.limits = limits
        self.process = None

    def fork(self):
        """A new child; one at a time. Raises SandboxError."""
        if self.process is not None and self.process.poll() is not None:
            self.stop()
        if self.process is None:
            self._start()
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                socket.send_fds(self.control, [b"f"], [theirs.fileno()])
            except OSError:
                self.stop()
                ours.close()
                return self.fork()
        return Child(self, ours)

    def end_child(self):
        """End the child and all that it started; return its wait status, None if nobody knows."""
        try:
            self.control.sendall(b"e")
            return struct.unpack("<i", self.control.recv(4))[0]
        except (OSError, struct.error):  # the forker itself has gone, or hangs
            self.stop()
            return None

    def _start(self):
        self.control, theirs = socket.socketpair()
        with theirs, tempfile.TemporaryFile() as words:
            self.process = subprocess.Popen(
                self._command(theirs.fileno()),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=words,
                cwd="/",
                env=ENVIRONMENT,
                start_new_session=True,
            )
            theirs.close()
            if not self._is_ready():
                self.stop()
                words.seek(0)
                last = words.read().decode("utf-8", "replace").strip().splitlines()[-1:]
                raise SandboxError(f"{self.kind}: {' '.join(last) or 'it did not start'}")

    def _is_ready(self):
        self.control.settimeout(START_SECONDS)
        try:
            return self.control.recv(1)
        except OSError:
            return False
        finally:
            self.control.settimeout(END_SECONDS)

    def _command(self, descriptor):
        script = next(path for path in visible.files() if path.endswith("forker.py"))
        numbers = [descriptor, self.kind, self.limits.memory_bytes]
        words = [*numbers, math.ceil(self.limits.total_seconds), Path(np.__file__).parents[1]]
        if self.kind in REAL and sys.platform != "linux":
            raise SandboxError(f"{self.kind}: only Linux has it")
        program = [visible.python(), "-I", "-S", "-B", "-X", "utf8", script, *map(str, words)]
        try:
            view = visible.folders(), visible.package_folders(), visible.files()
            return (bubblewrap.command(*view) if self.kind == "bwrap" else []) + program
        except OSError as error:
            raise SandboxError(f"{self.kind}: {error}") from error

    def stop(self):
        """End the forker, which ends its child when it finds that nobody asks any more."""
        if self.process is None:
            return
        self.control.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(END_SECONDS)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None


def why_not(kind):
    """What keeps a sandbox from working on this machine; an empty string when it works."""
    forker = Forker(kind, Limits())
    try:
        child = forker.fork()
        child.ask(("run", "", "import numpy"), time.monotonic() + START_SECONDS)
        child.close()
    except (SandboxError, NotPassed) as error:
        return str(error)
    finally:
        forker.stop()
    return ""


@cache
def best():
    """The first sandbox that works here, and a sentence on each better one that does not."""
    reasons: list[str] = []
    for kind in KINDS:
        reason = why_not(kind)
        if not reason:
            return kind, tuple(reasons)
        reasons.append(reason)
    raise SandboxError(f"no process can be started for submissions: {'; '.join(reasons)}")


def choose(wanted="auto", allow_unsandboxed=False):
    """(kind, sentence) of the sandbox for a batch.

    wanted: "auto" or one of KINDS. The sentence says what holds submissions and why nothing
    better does; it is empty for the best one. Raises SandboxError when none holds them.
    """
    kind, reasons = best() if wanted == "auto" else (wanted, ("you chose it",))
    if wanted != "auto" and (why := why_not(wanted)):
        raise SandboxError(why)
    if kind not in REAL and not allow_unsandboxed:
        better = "install bubblewrap" if sys.platform == "linux" else "mark on Linux"
        raise SandboxError(
            f"limits alone ({'; '.join(reasons)}) do not keep submissions from your files and "
            f"your network; {better}, or pass --allow-unsandboxed if you trust them all"
        )
    return kind, "" if kind == KINDS[0] else f"{HELD_BY[kind]} ({'; '.join(reasons)})"


_of_thread = threading.local()


def shared(kind, limits):
    """The forker of this thread for that sandbox and these limits."""
    forkers: dict = vars(_of_thread)
    if (kind, limits) not in forkers:
        forkers[kind, limits] = Forker(kind, limits)
    return forkers[kind, limits]
