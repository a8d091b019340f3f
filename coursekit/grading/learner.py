"""A learner's functions as the parent sees them: stand-ins whose other end is a child process."""

import time
from collections.abc import Callable
from functools import partial

from coursekit.checks.answers import NOT_WRITTEN, NotPassed

STATES = {"SyntaxError": "not parseable", "MemoryError": "memory"}


class Learner:
    """A submission, alive in a child process that is started again when a question ended it.

    A cell that ends the child is left out the next time, so that it costs only what needs it.
    """

    def __init__(self, setup, cells, forker):
        self.cells = setup + cells
        self.own = set(cells)
        self.forker = forker
        self.deadline = time.monotonic() + forker.limits.total_seconds
        self.child = None
        self.fatal = {}  # number of a cell -> NotPassed: it ended the child
        self.troubles = {}  # cell of the learner's -> NotPassed: it failed
        self.notes = {}  # what was left out of the cells, in order
        self.ended = None  # the NotPassed that ended the child

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._close()

    def begin(self):
        """Have a living child with all cells run, if the time that is left allows it."""
        while self.child is None and time.monotonic() < self.deadline:
            self.child = self.forker.fork()
            for number, cell in enumerate(self.cells):
                if number not in self.fatal and not self._run(number, cell):
                    break
        if self.child is None:
            self.ended = None  # what ended an earlier question is not what ends this one

    def _run(self, number, cell):
        """Run a cell; False when it ended the child."""
        try:
            reply = self.ask("run", cell.name, cell.source)
        except NotPassed as why:
            self.fatal[number] = self.troubles[cell] = why
            return False
        if cell in self.own:
            match reply:
                case ("raised", *_):
                    self.troubles[cell] = raised(reply)
                case ("done", list(notes)):
                    self.notes |= {note[:100]: None for note in notes if isinstance(note, str)}
        return True

    def answer(self, name):
        """A value, or a function that keeps the promise of `checks.answers.Answer`."""
        try:
            reply = self.ask("look", name)
        except NotPassed as why:
            return refuse(why)
        match reply:
            case ("function",):
                return partial(self.call, name)
            case ("value", value):
                return value
        return refuse(self._why_missing(name))

    def _why_missing(self, name):
        """What befell a cell that speaks of the name, else that nothing defines it."""
        for cell, why in self.troubles.items():
            if name in cell.source:
                return why
        return NotPassed("not written", f"nothing defines {name}")

    def call(self, name, *arguments):
        match self.ask("call", name, list(arguments)):
            case ("value", value, False):
                return value
            case ("value", _, True):
                raise NotPassed("wrong", "it changed its input in place; work on a copy of it")
            case ("refused", str(why)):
                raise NotPassed("wrong", why[:300])
            case reply:
                raise raised(reply)

    def ask(self, *request):
        """The child's reply. When it ends the child, this and all further requests raise why."""
        if self.child is None:
            raise self.ended or NotPassed("timed out", "the time for the submission was used up")
        try:
            return self.child.ask(request, self.deadline)
        except NotPassed as why:
            self.ended = why
            self._close()
            raise

    def _close(self):
        if self.child is not None:
            self.child.close()
            self.child = None


def refuse(why: NotPassed) -> Callable:
    """An answer that only says why there is none."""

    def answer(*arguments):
        raise why

    return answer


def raised(reply):
    """The NotPassed of a child's reply; all of it is the learner's words at best."""
    match reply:
        case ("raised", str(kind), str(words), list(lines)):
            if kind == "NotImplementedError":
                return NotPassed("not written", NOT_WRITTEN)
            state = STATES.get(kind, "raised")
            own = [line[:200] for line in lines[:3] if isinstance(line, str)]
            return NotPassed(state, f"{kind}: {words}"[:300].removesuffix(": "), own)
    return NotPassed("crashed", "the process sent a reply of no known form")
