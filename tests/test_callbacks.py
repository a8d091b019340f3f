"""Answers that call back: an optimiser is given a loss, which stays on the grader's side."""

import json
import re
import resource
import time

import numpy as np
import pytest

from coursekit.checks.answers import NotPassed
from coursekit.grading import Limits, mark_submission, memory, read_exercise, wire
from coursekit.grading.sandbox import Forker

CHECKS = """
import numpy as np
from coursekit.checks import task

@task("own_1_minimise", points=2)
def minimise_task(minimise, t):
    with t.part("the bottom of a bowl", points=2):
        centre = t.normal(3)

        def loss(x):
            return float(np.sum((x - centre) ** 2)), 2 * (x - centre)

        t.close(minimise(loss, np.zeros(3)), centre)
"""
SOLUTION = """
import numpy as np
def minimise(loss, x):
    for _ in range(60):
        value, slope = loss(x)
        x = x - 0.2 * slope
    return x
"""


def cell(source, **nbgrader):
    flags = {"grade": False, "solution": False, "locked": True, "schema_version": 3} | nbgrader
    metadata = {"nbgrader": flags}
    code = {"outputs": [], "execution_count": None, "id": flags["grade_id"]}
    return {"cell_type": "code", "source": source, "metadata": metadata, **code}


BUSY = """

@task("own_1_minimise", points=2)
def count_task(minimise, t):
    with t.part("counts", points=1):
        t.close(minimise(1), 1.0)
    with t.part("counts again", points=1):
        done, many = 0, minimise(2)
        while done < many:
            done += 0
"""


@pytest.fixture
def marked(tmp_path):
    """A function: source of the answer -> the result."""
    teachers = tmp_path / "own.ipynb"
    learners = tmp_path / "learners.ipynb"
    (tmp_path / "checks.py").write_text(CHECKS)

    def mark(source, limits=Limits(request_seconds=5)):  # noqa: B008 - nothing changes it
        cells = [
            cell(source, grade_id="own_answer", solution=True, locked=False),
            cell('check("own_1_minimise", minimise)', grade_id="own_1", grade=True, points=2),
        ]
        text = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
        teachers.write_text(text)
        learners.write_text(text)
        return mark_submission(learners, read_exercise(teachers), limits)[0]

    return mark


def test_an_optimiser_gets_a_loss(marked):
    assert marked(SOLUTION).reason == "right"


WRONG = {
    "too few steps": (SOLUTION.replace("60", "2"), "off by"),
    "a loss of text": ("def minimise(loss, x): return loss('x')", "raised: .*ValueError: "),
    "of another shape": ("def minimise(loss, x): return loss(x[:2])", "ValueError: .*broadcast"),
    "of too many things": ("def minimise(loss, x): return loss(x, x)", "ValueError: TypeError"),
    "of nothing sendable": ("def minimise(loss, x): return loss(print)", "WireError: a value of"),
    "for ever": ("def minimise(loss, x):\n    while True: loss(x)", "timed out"),
    "gives the loss back": ("def minimise(loss, x): return loss", "got a value of type Theirs"),
    "looks inside": ("def minimise(loss, x): return loss.__code__", "raised: .*AttributeError"),
    "another function": (
        "def minimise(loss, x):\n    loss.index = 7\n    return loss(x)",
        "crashed: .*a function that is not there",
    ),
    "below zero": (
        "def minimise(loss, x):\n    loss.index = -1\n    return loss(x)",
        "crashed: .*a function that is not there",
    ),
    "another number": (
        "def minimise(loss, x):\n    loss.number += 1\n    return loss(x)",
        "crashed: .*a reply that nobody asked for",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_whatever_comes_back_is_a_reason(marked, name):
    source, reason = WRONG[name]
    result = marked(source)
    assert result.points == 0
    assert re.search(reason, result.reason), result.reason


def test_values_that_keep_the_checks_busy(marked, tmp_path):
    (tmp_path / "checks.py").write_text(CHECKS.partition("@task")[0] + BUSY)
    limits = Limits(request_seconds=1, total_seconds=3)
    result = marked("def minimise(n): return 1.0", limits)
    assert result.points == 0
    assert result.reason == "timed out: the checks did not end on what came back"


def test_a_function_kept_from_an_earlier_call_is_none_of_this_one():
    forker = Forker("rlimit", Limits())
    child = forker.fork()
    deadline = time.monotonic() + 60
    source = "kept = []\ndef keep(f): kept.append(f)\ndef use(x): return kept[0](x)"
    try:
        assert child.ask(("run", "1", source), deadline)[0] == "done"
        assert child.ask(("call", "keep", [np.tanh]), deadline) == ("value", None, False)
        with pytest.raises(NotPassed, match="a reply that nobody asked for"):
            child.ask(("call", "use", [1.0]), deadline)
    finally:
        child.close()
        forker.stop()


def test_functions_travel_as_numbers():
    functions = []
    message = wire.encode([np.tanh, {"f": np.sin}, 3], functions)
    assert functions == [np.tanh, np.sin]
    assert wire.decode(message, lambda index: index + 10) == [10, {"f": 11}, 3]
    with pytest.raises(wire.WireError, match="unknown kind b'c'"):
        wire.decode(message)  # what comes from a child holds none
    with pytest.raises(wire.WireError, match="a value of type ufunc"):
        wire.encode(np.tanh)


GREEDY = CHECKS.replace("return float", "np.outer(x, np.ones(100_000))\n            return float")
SLOW = CHECKS.replace("return float", "while np.size(x) == 5: x = x + 0\n            return float")


def test_arguments_are_no_larger_than_a_few_copies_of_what_came(marked):
    source = "import numpy as np\ndef minimise(loss, x): return loss(np.zeros(400_000))"
    assert "more than 65536 bytes of arguments" in marked(source).reason
    assert marked(SOLUTION.replace("x - 0.2", "np.zeros(8000)[:3] + x - 0.2")).reason == "right"


@pytest.mark.needs("linux")
def test_a_callback_has_a_limit_of_memory(marked, tmp_path):
    """8,000 numbers by 100,000 would be 6.4 GB; the grader grows by less than its limit."""
    (tmp_path / "checks.py").write_text(GREEDY)
    before = resource.getrlimit(resource.RLIMIT_AS)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    result = marked("import numpy as np\ndef minimise(loss, x): return loss(np.zeros(8000))")
    assert result.points == 0
    assert "MemoryError" in result.reason
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak) * 1024
    assert grown < Limits().checks_bytes
    assert resource.getrlimit(resource.RLIMIT_AS) == before


@pytest.mark.needs("linux")
def test_the_limit_of_memory_is_one_for_all_threads():
    before = resource.getrlimit(resource.RLIMIT_AS)[0]
    with memory.at_most_more(1 << 28), memory.at_most_more(1 << 28):
        inside = resource.getrlimit(resource.RLIMIT_AS)[0]
        assert inside != before
        with pytest.raises(MemoryError):
            np.zeros(1 << 27)
        np.zeros(1 << 25)
    assert resource.getrlimit(resource.RLIMIT_AS)[0] == before


def test_a_callback_has_a_limit_of_time(marked, tmp_path):
    (tmp_path / "checks.py").write_text(SLOW)
    source = "import numpy as np\ndef minimise(loss, x): return loss(np.zeros(5))"
    started = time.monotonic()
    result = marked(source, Limits(request_seconds=1, total_seconds=5))
    assert result.points == 0
    assert "timed out" in result.reason
    assert time.monotonic() - started < 30  # the task itself would never end
