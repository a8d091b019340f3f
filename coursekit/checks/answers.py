"""A learner's function, made safe to call: copies go in, plain values or a reason come out."""

import os
from functools import cache

import numpy as np

from coursekit.checks.limit import TimedOut, call_within

NOT_WRITTEN = "not written yet"
SECONDS = 10.0  # for one call; a right answer needs a hundredth of that, or a second to train
IMPATIENT = 0.5  # for the calls after one that was stopped: other parts of the task still count
LINE = 200  # characters of a learner's line that are shown
DEPTH = 3  # lists in lists in lists: a task needs no more, and neither does the wire


class NotPassed(Exception):
    """Why a property does not hold yet.

    state: a key of `report.WORDS`. message: one sentence for the learner, without the answer.
    lines: the learner's own lines that led to an error.
    """

    def __init__(self, state, message, lines=()):
        super().__init__(message)
        self.state = state
        self.message = message
        self.lines = tuple(lines)


class Answer:
    """A learner's function behind the door that every answer keeps.

    Calling it gives a plain value or raises NotPassed; whatever the function does to its
    arguments stays with the copies that it was given, and an endless loop is ended.
    """

    def __init__(self, function):
        self.function = function
        self.seconds = SECONDS

    def __call__(self, *args):
        given = [np.array(a) if isinstance(a, np.ndarray) else a for a in args]
        try:
            value = call_within(self.seconds, self.function, *given)
        except NotImplementedError:
            raise NotPassed("not written", NOT_WRITTEN) from None
        except KeyboardInterrupt:
            raise
        except TimedOut as error:
            message = f"it was stopped after {self.seconds:g} seconds; does a loop never end?"
            self.seconds = min(self.seconds, IMPATIENT)
            raise NotPassed("timed out", message, own_lines(error.__cause__)) from None
        except BaseException as error:  # also SystemExit: a check outlives its learner's code
            raise NotPassed("raised", describe(error), own_lines(error)) from None
        if not all(same(a, b) for a, b in zip(args, given, strict=True)):
            raise NotPassed("wrong", "it changed its input in place; work on a copy of it")
        return plain(value)


def same(a, b):
    """Whether an argument is as it was; only arrays can have changed."""
    return not isinstance(a, np.ndarray) or (
        a.shape == b.shape and np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
    )


def describe(error):
    """'ZeroDivisionError: division by zero', whatever the error's own words do."""
    try:
        words = str(error)
    except BaseException:
        words = "(its message cannot be shown)"
    return f"{type(error).__name__}: {words}"[:300].removesuffix(": ")


def own_lines(error):
    """The lines of an error's traceback that the learner wrote, innermost last, at most three."""
    import traceback

    frames = traceback.extract_tb(error.__traceback__) if error else []
    theirs = [frame for frame in frames if not frame.filename.startswith(not_learners())]
    return [f"line {frame.lineno}: {frame.line}".removesuffix(": ")[:LINE] for frame in theirs[-3:]]


@cache
def not_learners():
    """How the names of files begin that no learner wrote: coursekit, Python, its packages."""
    import sysconfig

    packages = (sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib"))
    return (os.path.dirname(os.path.dirname(__file__)), *packages, "<frozen", "<__array")


def plain(value, depth=DEPTH):
    """A copy of what an answer returned, in the few types that tasks understand.

    These are None, bool, int, float, str, arrays of numbers, and short nests of list, tuple and
    dict (with text keys) of them: what `grading.wire` carries too. Raises NotPassed for others.
    """
    if value is None or type(value) in {bool, int, float, str}:
        return value
    if isinstance(value, np.ndarray | np.generic) and value.dtype.kind in "biuf":
        return np.array(value, subok=False)[()]  # [()]: a scalar out of an array without axes
    if type(value) in {list, tuple} and depth:
        return type(value)(plain(item, depth - 1) for item in value)
    if type(value) is dict and depth and all(type(key) is str for key in value):
        return {key: plain(item, depth - 1) for key, item in value.items()}
    kind = f"array of {value.dtype}" if isinstance(value, np.ndarray) else type(value).__name__
    raise NotPassed("wrong", f"it should return numbers or arrays of numbers; got {kind}")
