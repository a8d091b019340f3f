"""No endless loop and no flood of text holds a check, here or in a real kernel."""

import faulthandler
import signal
import sys
import threading
import time

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from coursekit.checks import answers, check
from coursekit.checks.limit import TimedOut, call_within

# A loop that is not ended would hold the whole test run: this ends the process with a traceback.
pytestmark = pytest.mark.usefixtures("last_resort")


@pytest.fixture
def last_resort():
    faulthandler.dump_traceback_later(120, exit=True)
    yield
    faulthandler.cancel_dump_traceback_later()


@pytest.fixture
def short(monkeypatch):
    monkeypatch.setattr(answers, "SECONDS", 0.3)
    monkeypatch.setattr(answers, "IMPATIENT", 0.1)


def plain_loop(x):
    while True:
        x = x + 0


def loop_in_numpy(x):
    while True:
        np.linalg.svd(np.ones((30, 30)))


def loop_that_excepts(x):
    while True:
        try:
            x = np.tanh(x)
        except Exception:
            continue


def loop_that_excepts_all(x):
    while True:
        try:
            time.sleep(0.02)
        except:  # noqa: E722
            continue


def loop_that_excepts_twice(x):
    while True:
        try:
            loop = loop_body()
        except:  # noqa: E722
            loop = None
        finally:
            del loop


def loop_body():
    try:
        time.sleep(0.02)
    except:  # noqa: E722
        return None


def loop_in_a_generator(x):
    return sum(1 for _ in iter(int, 1))


def answer_when_stopped(x):
    try:
        plain_loop(x)
    except BaseException:
        return np.tanh(x)


def error_when_stopped(x):
    try:
        plain_loop(x)
    except BaseException as error:
        raise ValueError("stopped") from error


LOOPS = [
    plain_loop,
    loop_in_numpy,
    loop_that_excepts,
    loop_that_excepts_all,
    loop_that_excepts_twice,
    loop_in_a_generator,
    answer_when_stopped,
    error_when_stopped,
]


@pytest.mark.parametrize("loop", LOOPS, ids=lambda loop: loop.__name__)
def test_an_endless_loop_ends_and_the_other_parts_count(loop, short):
    report = check("06_1_tanh", loop, lambda x: 1 - np.tanh(x) ** 2, seed=3)
    assert [part.state for part in report.parts] == ["timed out", "timed out", "passed"]
    assert report.points == 2
    first, second, _ = report.parts
    assert first.message == "it was stopped after 0.3 seconds; does a loop never end?"
    assert second.message.startswith("it was stopped after 0.1 seconds")
    assert first.inputs.startswith("tanh(array (")
    assert "took too long: values of tanh (0 of 1)" in repr(report)


def test_the_line_that_runs_for_ever_is_shown(short):
    def endless(x):
        while True:
            x = x + 0  # this line

    part = check("06_1_tanh", endless, endless).parts[0]
    assert len(part.lines) == 1
    assert "while True" in part.lines[0] or "this line" in part.lines[0]


@pytest.mark.parametrize("loop", LOOPS, ids=lambda loop: loop.__name__)
def test_nothing_arrives_late(loop):
    tracer = sys.gettrace()
    for seconds in (0.02, 0.1):
        with pytest.raises(TimedOut):
            call_within(seconds, loop, np.zeros(2))
        assert sum(range(200_000)) == 19999900000
        assert sys.exc_info() == (None, None, None)
    assert sys.gettrace() is tracer
    assert [t for t in threading.enumerate() if t.daemon and "_watch" in t.name] == []


def test_a_call_that_ends_at_its_limit_ends_one_way_or_the_other():
    """The exception is on its way when the function returns: it must not hit what comes next."""
    for delay in np.linspace(0.0005, 0.0015, 150):
        try:
            assert call_within(0.001, time.sleep, delay) is None
        except TimedOut:
            continue


@pytest.fixture
def interruptible():
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a job may ignore it
    yield
    signal.signal(signal.SIGINT, before)


def test_values_errors_and_interrupts_go_through(interruptible):
    assert call_within(5, divmod, 7, 2) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        call_within(5, divmod, 7, 0)
    with pytest.raises(KeyboardInterrupt):
        call_within(5, signal.raise_signal, signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        check("06_1_tanh", lambda x: signal.raise_signal(signal.SIGINT), np.tanh)
    with pytest.raises(StopIteration):
        call_within(5, next, iter(()))


def test_any_thread_can_check(short):
    reports = []
    thread = threading.Thread(target=lambda: reports.append(check("06_1_tanh", plain_loop, abs)))
    thread.start()
    thread.join()
    assert reports[0].parts[0].state == "timed out"


def test_without_threads_there_is_no_limit(monkeypatch):
    def refuse(thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert call_within(0.001, time.sleep, 0.05) is None


@pytest.mark.parametrize("text", ["x" * 700, "one\n" * 20])
def test_a_flood_is_cut_and_says_so(text):
    def loud(x):
        print(text)

    report = check("06_1_tanh", loud, loud)
    assert f"… (cut; {3 * len(text) + 3} characters in all)" in repr(report)
    assert len(report.printed) < 560
    assert len(report.printed.splitlines()) <= 8


def test_what_is_short_is_whole():
    def speaks(x):
        print("a word")

    assert check("06_1_tanh", speaks, abs).printed == "a word\na word"


CELLS = [
    "from coursekit.checks import answers, check\nanswers.SECONDS = answers.IMPATIENT = 0.3",
    """
def endless(x):
    while True:
        try:
            print("hello")
        except:
            continue
    """,
    'report = check("06_1_tanh", endless, endless)\nprint("the cell goes on")\nreport',
    'print("and so does the kernel", sum(range(100_000)))',
]


def test_a_real_kernel_lives_on(tmp_path):
    notebook = nbformat.v4.new_notebook(cells=list(map(nbformat.v4.new_code_cell, CELLS)))
    resources = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, timeout=60, kernel_name="python3", resources=resources).execute()
    *went_on, panel = notebook.cells[2].outputs
    assert "".join(output.text for output in went_on) == "the cell goes on\n"
    for form in ("text/plain", "text/html"):
        assert panel.data[form].count("took too long") == 3
        assert "characters in all" in panel.data[form]
    printed = "".join(output.text for output in notebook.cells[3].outputs)
    assert printed == "and so does the kernel 4999950000\n"
