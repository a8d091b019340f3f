"""A child process that runs a learner's code, as the parent talks with it."""

import os
import secrets
import signal
import time

from coursekit.checks.answers import NotPassed
from coursekit.checks.limit import TimedOut, call_within
from coursekit.grading import wire

# What a child may call the grader's functions with: no more than a few copies of what it got.
CALLBACK_BYTES, CALLBACK_FACTOR = 1 << 16, 4


class Child:
    """Answers requests until `close`.

    Raises NotPassed ("timed out" or "crashed") from `ask`; the child is of no use afterwards.
    """

    def __init__(self, forker, line):
        self.forker = forker
        self.line = line

    def ask(self, request, deadline):
        """The reply to a request, which the learner's code may have forged: only a tuple is sure.

        deadline: the latest time (of the monotonic clock) for the whole submission. Functions in
        the request can be called by the child: they run here, on whatever it sends.
        """
        deadline = min(deadline, time.monotonic() + self.forker.limits.request_seconds)
        try:
            return self._exchange(request, deadline)
        except TimeoutError:
            raise NotPassed("timed out", "no answer within the time limit") from None
        except wire.WireError as error:
            why = f"the process broke the rules of the wire: {error}"
            raise NotPassed("crashed", why) from None
        except (EOFError, OSError):
            raise NotPassed("crashed", f"the process ended ({self._ending()})") from None

    def _exchange(self, request, deadline):
        number = secrets.randbits(62)
        functions: list = []
        sent = wire.send(self.line, (number, request), deadline, functions)
        most = max(CALLBACK_BYTES, CALLBACK_FACTOR * sent)
        while True:
            reply = said(wire.receive(self.line, deadline), number)
            match reply:
                case ("callback", int() as index, list() as arguments):
                    if not 0 <= index < len(functions):
                        raise wire.WireError("a call of a function that is not there")
                    if len(wire.encode(arguments)) > most:
                        value = "raised", f"more than {most} bytes of arguments"
                    else:
                        seconds = deadline - time.monotonic()
                        value = called_back(functions[index], arguments, seconds)
                    wire.send(self.line, value, deadline)
                case _:
                    return reply

    def _ending(self):
        """How it ended, in words. Whatever is left of it ends now."""
        status = self.forker.end_child()
        self.line.close()
        if status is None:
            return "nobody knows how"
        if os.WIFEXITED(status):
            return f"exit status {os.WEXITSTATUS(status)}"
        number = os.WTERMSIG(status)
        return "killed, or it hung up" if number == 9 else signal.strsignal(number) or str(number)

    def close(self):
        """End the process and everything that it started."""
        if self.line.fileno() >= 0:
            self.line.close()
            self.forker.end_child()


def said(message, number):
    """The reply in a message to the request of that number: a tuple that begins with a word."""
    match message:
        case (int() as repeated, tuple() as reply) if repeated == number:
            if reply and isinstance(reply[0], str):  # an array has no truth to compare with
                return reply
    raise wire.WireError("a reply that nobody asked for")


def called_back(function, arguments, seconds):
    """What the child gets for its call of a function of ours. Raises TimeoutError."""
    try:
        value = call_within(seconds, function, *arguments)
        wire.encode(value)
    except TimedOut:
        raise TimeoutError from None
    except Exception as error:  # its arguments may be of any kind
        return ("raised", f"{type(error).__name__}: {error}"[:300])
    return ("value", value)
