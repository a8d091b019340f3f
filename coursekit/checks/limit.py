"""An end for a learner's endless loop, in the kernel that the learner's other cells live in."""

import contextlib
import ctypes
import os
import sys
import threading

AGAIN = 0.02  # seconds until the next try, when the loop caught the exception itself


class TimedOut(BaseException):
    """Raised in the middle of a learner's code; no `except Exception` holds it."""


class TimedOutAgain(TimedOut):
    """For loops with a bare `except:`: it comes again a few lines on, perhaps outside of the `try`.

    Python makes the exception where it is raised, so this runs in the learner's thread.
    """

    def __init__(self):
        frames, frame = [], sys._getframe(1)
        while frame.f_back is not None and frame.f_code is not apart.__code__:
            frames.append(frame)
            frame = frame.f_back
        if frames and all(each.f_code.co_filename != __file__ for each in frames):
            tracer = Tracer(lines=os.urandom(1)[0] % 8)
            for each in frames:
                each.f_trace = tracer
            sys.settrace(tracer)


class Tracer:
    """Raises TimedOut after some lines of the functions that run now; Python then forgets it."""

    def __init__(self, lines):
        self.lines = lines

    def __call__(self, frame, event, arg):
        if event == "line":
            self.lines -= 1
            if self.lines < 0:
                raise TimedOut
        return None if event == "call" else self


class Watchdog:
    """Raises TimedOut in the thread that made it: later, then again and again while `running`.

    The exception arrives between two steps of Python code, on every system alike; a long call of a
    library ends when it returns. Where no thread can be started (Python in a browser) there is no
    limit. `fired` says whether the time was up.
    """

    def __init__(self, seconds):
        self.running = True
        self.fired = False
        self.woken = threading.Event()
        self.tracer = sys.gettrace()  # a debugger's or coverage's
        self.owner = ctypes.c_ulong(threading.get_ident())
        self.thread = threading.Thread(target=self._watch, args=[seconds], daemon=True)

    def start(self):
        with contextlib.suppress(RuntimeError):
            self.thread.start()

    def _watch(self, pause):
        while not self.woken.wait(pause) and self.running:
            self._raise(ctypes.py_object(TimedOutAgain if self.fired else TimedOut))
            self.fired = True
            pause = AGAIN

    def _raise(self, what):
        ctypes.pythonapi.PyThreadState_SetAsyncExc(self.owner, what)

    def stop(self):
        """From here on nothing is raised, also when an exception was on its way already."""
        try:
            self.woken.set()
            if self.thread.ident is not None:
                self.thread.join()
            self._raise(None)  # forget one that has not arrived
        except TimedOut:
            self.stop()
        if self.fired:
            sys.settrace(self.tracer)


def apart(function, args):
    """Yield (value, error) of function(*args).

    A generator has its own list of the exceptions that are being handled. What TimedOut leaves on
    it when it ends an `except:` is gone with the generator, and in no later traceback.
    """
    value = error = None
    try:
        value = function(*args)
    except BaseException as caught:
        error = caught
    yield value, error


def call_within(seconds, function, *args):
    """function(*args), stopped after that many seconds.

    Raises TimedOut whatever the function made of being stopped, and its own errors otherwise.
    """
    dog = Watchdog(seconds)
    try:
        dog.start()
        value, error = next(apart(function, args))
    except BaseException as caught:
        error = caught
    dog.running = False  # before any call: an exception arrives at calls
    try:
        dog.stop()
    except TimedOut:  # it was on its way, and came before `stop` could catch it
        dog.stop()
    if dog.fired and not isinstance(error, KeyboardInterrupt):
        raise TimedOut from error
    if error is not None:
        raise error
    return value
