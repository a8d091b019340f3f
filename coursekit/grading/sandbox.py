"""A process of its own for every submission, and the end of it.

What holds a submission here is an ordinary process: its own session, a scrubbed environment, an
empty folder, limits on time, memory, files and processes, and, when root grades, the user nobody.
That stops accidents and most mischief. It does not hide the teacher's files from a grader's own
user, which is why every result names the sandbox that held it.
"""

import contextlib
import math
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from coursekit.checks.answers import NotPassed
from coursekit.grading import wire
from coursekit.grading.child import NOBODY

SCRIPT = Path(__file__).with_name("child.py")
ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "PATH": os.defpath,
    "OPENBLAS_NUM_THREADS": "1",  # a thread would need a process more than allowed
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}


@dataclass(frozen=True)
class Limits:
    """What one submission may use."""

    request_seconds: float = 10  # for one cell or one call
    total_seconds: float = 60
    memory_bytes: int = 1 << 30


class Child:
    """A process that runs a learner's code and answers requests, until `close`.

    Raises NotPassed ("timed out" or "crashed") from `ask`; the child is of no use afterwards.
    """

    sandbox = "process"

    def __init__(self, limits):
        self.limits = limits
        self.folder = tempfile.mkdtemp(prefix="coursekit-")
        if os.geteuid() == 0:
            os.chown(self.folder, NOBODY, NOBODY)
        self.line, other_end = socket.socketpair()
        numbers = [other_end.fileno(), limits.memory_bytes, math.ceil(limits.total_seconds)]
        with other_end:
            self.process = subprocess.Popen(
                [sys.executable, "-I", "-B", "-X", "utf8", SCRIPT, *map(str, numbers)],
                pass_fds=[other_end.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=self.folder,
                env=ENVIRONMENT | {"HOME": self.folder},
                start_new_session=True,
            )

    def ask(self, request, deadline):
        """The reply to a request, which the learner's code may have forged: only a tuple is sure.

        deadline: the latest time (of the monotonic clock) for the whole submission.
        """
        number = secrets.randbits(62)
        deadline = min(deadline, time.monotonic() + self.limits.request_seconds)
        try:
            wire.send(self.line, (number, request), deadline)
            match wire.receive(self.line, deadline):
                case (int() as repeated, tuple() as reply) if repeated == number:
                    return reply
            raise wire.WireError("a reply that nobody asked for")
        except TimeoutError:
            raise NotPassed("timed out", "no answer within the time limit") from None
        except wire.WireError as error:
            why = f"the process broke the rules of the wire: {error}"
            raise NotPassed("crashed", why) from None
        except (EOFError, OSError):
            raise NotPassed("crashed", f"the process ended ({self._ending()})") from None

    def _ending(self):
        try:
            status = self.process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            return "it hung up"
        return signal.strsignal(-status) if status < 0 else f"exit status {status}"

    def close(self):
        """End the process and everything that it started."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()
        self.process.wait()
        self.line.close()
        shutil.rmtree(self.folder, ignore_errors=True)
