"""Widgets whose pictures Python computes: after every change of the state, or all the time.

The page sends a change only when Python has answered the one before, and then the last of those
made meanwhile: ipywidgets itself holds the others back. So nothing waits behind the hand, as long
as the answer is sent before `set_state` returns.
"""

import asyncio
import contextlib
import threading
import time

import numpy as np
import traitlets

from coursekit.nn.threads import blas
from coursekit.widgets.base import CourseWidget
from coursekit.widgets.traits import Number

PICTURES_PER_SECOND = 22
SLICE = 0.02  # seconds of work, at most, between two looks for messages
LOOKS = 6  # turns of the event loop in which a message arrives and is answered
MOST_STEPS = 100_000


def packed(array):
    """An array as the page receives it: bytes (0 to 255) stay, all else goes as 32-bit floats."""
    depth = 8 if array.dtype == np.uint8 else 32
    data = array if depth == 8 else array.astype("<f4")
    return {"shape": list(array.shape), "depth": depth, "data": data.tobytes()}


def signed_bytes(values):
    """Positive and negative numbers as bytes, 128 for 0, and the strength that ±127 stands for."""
    strength = float(abs(values).max()) or 1.0
    return (128.5 + 127 / strength * values).astype(np.uint8), strength


def event_loop():
    """The loop that this code runs in, as all code of a notebook does; None in plain Python."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


class StreamingWidget(CourseWidget):
    """A widget whose pictures are computed here: `frame` is the newest answer to the state.

    A subclass has `compute()`, the answer to the present state as a dict of arrays, numbers and
    words; frame["of"] tells which state that was. On the page, `numbersOf(frame.name)` reads an
    array, and `page.answered()` notices when no Python answers.
    """

    frame = traitlets.Dict().tag(sync=True)

    def __init__(self, **options):
        super().__init__(**options)
        self.observe(self._follow, list(self._asked()))

    def compute(self):
        raise NotImplementedError(f"{type(self).__name__} computes nothing")

    @traitlets.default("frame")
    def _first_frame(self):
        return self._answer()

    def _answer(self):
        answer = {"of": self._asked()} | self.compute()
        return {k: packed(v) if isinstance(v, np.ndarray) else v for k, v in answer.items()}

    def _asked(self):
        """The state that a frame is an answer to."""
        return {name: getattr(self, name) for name in self.controls}

    def _follow(self, _):
        if self.frame["of"] != self._asked():  # one answer, however many controls moved at once
            self.frame = self._answer()


class LiveWidget(StreamingWidget):
    """A widget that works on by itself, step by step, while the hand moves what it likes.

    A subclass has `begin()`, which makes a new run from the state, and `advance()`, which takes
    one step of it and returns False when that was the last. `fresh` are the controls that need a
    new run; the others take effect from the next step on. `steps` is the step to be at: a larger
    one goes on to it, a smaller one begins again. Steps asked for in Python are taken at once;
    those asked for on the page, and those of `playing`, in short slices of the event loop.
    `done` is the number of steps taken.
    """

    fresh: tuple[str, ...] = ("seed",)
    done: int
    _wanted: int  # `steps` as it was when last looked at
    _needed: dict
    _goal: int | None  # the step to pause at
    _ended: bool

    playing = traitlets.Bool(False).tag(sync=True)
    steps = Number(0, 0, MOST_STEPS, whole=True).tag(sync=True)
    seed = Number(0, 0, 10**6, whole=True).tag(sync=True)
    _run = traitlets.Int(0).tag(sync=True)  # counts; presets and start again begin another run

    def __init__(self, **options):
        self._turn = threading.RLock()  # JupyterLab may deliver messages in a thread of its own
        self._loop, self._working, self._from_page = event_loop(), False, False
        self._due = 0.0  # when the next picture is
        super().__init__(**options)
        self.observe(self._play_or_pause, "playing")

    def begin(self):
        raise NotImplementedError(f"{type(self).__name__} begins nothing")

    def advance(self):
        raise NotImplementedError(f"{type(self).__name__} takes no steps")

    def step(self, n=1):
        """Take n steps now and show where they lead."""
        with self._turn:
            self.steps = self.done + n

    def close(self):
        try:
            self.playing = False
        finally:  # also where an observer raises
            super().close()

    # The state, and what follows from a change of it.

    def set_state(self, sync_data):
        with self._by_page():
            super().set_state(sync_data)

    def _handle_custom_msg(self, content, buffers):
        with self._by_page():  # the button for one step
            self.steps = min(self.done + 1, self.traits()["steps"].high)

    @contextlib.contextmanager
    def _by_page(self):
        with self._turn:
            self._from_page = True
            try:
                yield
            finally:
                self._from_page = False

    def _start(self):
        return super()._start() | {"playing": False}

    def _move(self, state):
        super()._move(state | {"_run": self._run + 1})

    def _asked(self):
        return super()._asked() | {"playing": self.playing, "_run": self._run}

    def _needs(self):
        """The part of the state that belongs to one run."""
        return {name: getattr(self, name) for name in (*self.fresh, "_run")}

    @traitlets.default("frame")
    def _first_frame(self):
        self._new_run()
        self._take_steps()
        return self._answer()

    def _answer(self):
        return super()._answer() | {"step": self.done}

    def _follow(self, change):
        with self._turn:
            on_the_way = self._goal is not None
            if self._needs() != self._needed or self.done > self.steps != self._wanted:
                self._new_run()
            if self.done < self.steps:
                self._go_on()
            if on_the_way and self._goal != self.steps:  # there is nowhere to go any more
                self.playing = False
            self._wanted = self.steps
            if self.frame["of"] != self._asked() or self.frame["step"] != self.done:
                self.frame = self._answer()

    def _new_run(self):
        self._needed, self._wanted = self._needs(), self.steps
        self.done, self._ended, self._goal = 0, False, None
        self.begin()

    def _go_on(self):
        if self._ended or self._goal == self.steps:  # on the way already
            return
        if self._from_page and self._loop:
            self._goal, self.playing = self.steps, True
        else:
            self._take_steps()

    def _take_steps(self):
        while self.done < self.steps and not self._ended:
            self._take_step()

    def _take_step(self):
        self._ended = not self.advance()
        self.done += 1

    # Playing: a task of the event loop, which also brings the page's messages.

    @traitlets.validate("playing")
    def _can_play(self, proposal):
        if proposal.value and self._loop is None:
            raise RuntimeError(
                f"{type(self).__name__} plays where Python has an event loop, as in a notebook; "
                "here, call step(n)"
            )
        return proposal.value

    def _play_or_pause(self, _):
        with self._turn:
            if not self.playing:
                self._goal = self._goal if self._ended else None
                self._show()
            elif not self._working:
                self._working = True
                asyncio.run_coroutine_threadsafe(self._work(), self._loop)

    async def _work(self):
        while self._working:
            with self._turn:
                self._work_a_slice()
            for _ in range(LOOKS):
                await asyncio.sleep(0)

    def _work_a_slice(self):
        try:
            end = min(time.perf_counter() + SLICE, self._due)
            # The browser needs the other processors; small steps gain nothing from them.
            with blas().limit(limits=1):
                while self.playing:
                    self._play_a_step()
                    if time.perf_counter() > end:
                        break
            if self.playing and time.perf_counter() >= self._due:
                self._show()
        except Exception as error:
            self._tell(error)
            with contextlib.suppress(Exception):  # of an observer, which has been told
                self.playing = False
        self._working = self.playing

    def _play_a_step(self):
        if not self._ended:
            self._take_step()
        if self._ended or self.done == self._goal:
            self.playing = False  # which shows the last picture

    def _show(self):
        """Send the newest picture; none of those in between is ever waited for."""
        with self.hold_sync():
            if self._goal is None:  # not on the way to a step: wherever it is, it is right
                self._wanted = self.steps = self.done
            self._follow(None)
        pause = 1 / PICTURES_PER_SECOND
        self._due = max(self._due, time.perf_counter() - pause) + pause
