"""Checks: right answers pass however written, wrong ones say why, and nothing stops a check."""

import os
import subprocess
import sys

import numpy as np
import pytest
import right_01
import right_02
import right_03
import right_04
import right_05
import right_06
import right_07
import right_08
import right_09
from lanes import rotating
from right_06 import backward, forward, linear_forward, tanh, update

from coursekit import checks
from coursekit.checks import check, task
from coursekit.checks.answers import Answer
from coursekit.checks.marking import mark
from coursekit.checks.tasks import course_tasks, find_task, read_tasks


def stub(*args):
    raise NotImplementedError()


RIGHT = (
    right_01.RIGHT
    | right_02.RIGHT
    | right_03.RIGHT
    | right_04.RIGHT
    | right_05.RIGHT
    | right_06.RIGHT
    | right_07.RIGHT
    | right_08.RIGHT
    | right_09.RIGHT
)


@pytest.mark.parametrize("task_id", course_tasks())
def test_right_answers_pass_on_every_input(task_id):
    for seed in rotating(10, of=400):
        report = check(task_id, *RIGHT[task_id], seed=seed)
        assert report.passed, report
        assert report.points == report.max_points == find_task(task_id).points
        assert report.messages == []


@pytest.mark.parametrize("task_id", course_tasks())
def test_single_precision_is_right_too(task_id):
    def narrow(value):
        is_float = isinstance(value, np.ndarray) and value.dtype.kind == "f"
        return np.float32(value) if is_float else value

    def single(function):
        def answer(*args):
            result = function(*map(narrow, args))
            return tuple(map(np.float32, result)) if isinstance(result, tuple) else result

        return answer

    for seed in rotating(4, of=100):
        report = check(task_id, *map(single, RIGHT[task_id]), seed=seed)
        assert report.passed, report


@pytest.mark.parametrize("task_id", course_tasks())
def test_parts_have_the_tasks_points_and_different_names(task_id):
    wanted = find_task(task_id)
    for answers in ([stub] * len(wanted.answers), RIGHT[task_id]):
        parts = check(task_id, *answers).parts
        assert sum(part.points for part in parts) == wanted.points
        assert len({part.name for part in parts}) == len(parts)


@pytest.mark.parametrize("task_id", course_tasks())
def test_stubs_are_not_written_yet(task_id):
    report = check(task_id, *[stub] * len(RIGHT[task_id]))
    assert repr(report) == f"{task_id}: not written yet"
    assert (report.passed, report.points) == (False, 0)
    assert all("not written yet" in message for message in report.messages)


TRIVIAL = {
    "zero": lambda *a: 0.0,
    "zeros": lambda x, *a: np.zeros_like(x),
    "first": lambda x, *a: x,
    "all": lambda *a: a,
    "swapped": lambda *a: a[::-1],
    "none": lambda *a: None,
    "nan": lambda x, *a: np.nan * x,
    "two zeros": lambda *a: (np.zeros_like(a[0]), np.zeros_like(a[1])),
    "text": lambda *a: "right",
    "array of text": lambda *a: np.array(["right"]),
    "object": lambda *a: object(),
    "itself": lambda *a: stub,
    "complex": lambda x, *a: x + 0j,
    "ragged": lambda *a: [[1, 2], [3]],
    "deep": lambda *a: [[[[[[1]]]]]],
    "empty": lambda *a: [],
    "mapping": lambda *a: {"x": a[0], "y": 1},
    "wrong number": lambda: 1,
    "raises": lambda *a: 1 / 0,
    "exits": lambda *a: sys.exit("bye"),
    "recursion": lambda *a: TRIVIAL["recursion"](*a),
    "no function": 3.0,
}


@pytest.mark.parametrize("name", TRIVIAL)
@pytest.mark.parametrize("task_id", course_tasks())
def test_trivial_answers_earn_nothing_and_stop_nothing(task_id, name):
    report = check(task_id, *[TRIVIAL[name]] * len(RIGHT[task_id]))
    assert report.points == 0, report
    assert len(report.messages) == len(report.parts)


def test_no_answer_at_all_earns_nothing():
    class Odd(BaseException):
        def __str__(self):
            raise ValueError("no words")

    def raise_odd(*args):
        raise Odd

    report = check("06_3_linear", raise_odd, raise_odd)
    assert report.points == 0
    assert "Odd: (its message cannot be shown)" in repr(report)


# Wrong answers: which points they leave, and what they are told.

MISTAKES = [
    ("06_1_tanh", "tanh", lambda x: 1 / (1 + np.exp(-x)), 2, "the logistic function"),
    ("06_1_tanh", "tanh", lambda x: np.sinh(x) / np.cosh(x), 3, "not finite"),
    ("06_1_tanh", "tanh", lambda x: np.tanh(x).T, 3, "should have the shape"),
    ("06_1_tanh", "tanh", lambda x: np.tanh(x) + 1e-4, 2, "off by up to 0.0001"),
    ("06_1_tanh", "tanh", np.sign, 2, "off by up to"),
    ("06_1_tanh", "tanh_derivative", lambda x: 1 - np.tanh(x), 2, "without the square"),
    ("06_1_tanh", "tanh_derivative", lambda x: 1 - x**2, 2, "the formula wants tanh(x) there"),
    ("06_1_tanh", "tanh_derivative", lambda x: 1 + np.tanh(x) ** 2, 2, "1 + tanh²"),
    ("06_2_iteration", "forward", lambda a, b, c: forward(a, b, c)[:2], 4, "x1, x2, x3; got 2"),
    (
        "06_2_iteration",
        "forward",
        lambda a, b, c: (*forward(a, b, c)[:2], np.tanh(forward(a, b, c)[2])),
        4,
        "a second tanh",
    ),
    (
        "06_2_iteration",
        "backward",
        lambda *a: tuple(gradient.T for gradient in backward(*a)),
        2,
        "the transpose",
    ),
    (
        "06_2_iteration",
        "backward",
        lambda *a: tuple(gradient / len(a[0]) for gradient in backward(*a)),
        3,
        "averaging over the rows",
    ),
    ("06_2_iteration", "backward", lambda a, b, c, y, W: backward(a, b, y, c, W), 2, "the sign"),
    ("06_2_iteration", "backward", lambda *a: backward(*a)[::-1], 2, "dW1 should have the shape"),
    ("06_2_iteration", "update", lambda W, dW, lr: W + lr * dW, 4, "a plus sign"),
    ("06_2_iteration", "update", lambda W, dW, lr: W - dW, 4, "a missing learning rate"),
    ("06_2_iteration", "update", lambda W, dW, lr: np.subtract(W, lr * dW, W), 4, "in place"),
    ("06_3_linear", "linear_forward", lambda x, w: w @ x.T, 4, "y transposed"),
    ("06_3_linear", "linear_backward", lambda x, w, dy: (dy @ w, x.T @ dy), 3, "the transpose"),
    ("06_3_linear", "linear_backward", lambda x, w, dy: (dy @ w.T, dy.T @ x), 1, "ValueError"),
    ("06_3_linear", "linear_backward", lambda x, w, dy: (-dy @ w, dy.T @ x), 3, "⟨x, dx⟩"),
    ("06_3_linear", "linear_backward", lambda x, w, dy: (x, dy.T @ x), 3, "⟨x, dx⟩"),
    ("06_3_linear", "linear_backward", lambda x, w, dy: (dy @ w, dy.T @ x / 3.3), 3, "off by"),
    ("06_3_linear", "linear_backward", lambda x, w, dy: dy @ w, 1, "dx, dweight; got a ndarray"),
]


@pytest.mark.parametrize(("task_id", "name", "wrong", "points", "words"), MISTAKES)
def test_mistakes_are_told_apart(task_id, name, wrong, points, words):
    names = find_task(task_id).answers
    answers = [wrong if each == name else f for each, f in zip(names, RIGHT[task_id], strict=True)]
    for seed in rotating(3, of=100):
        with np.errstate(all="ignore"):
            report = check(task_id, *answers, seed=seed)
        assert report.points == points, report
        assert words in " ".join(report.messages)


def test_backward_alone_can_be_wrong_in_one_gradient():
    def no_slope(x0, x2, x3, y, W1):
        return ((x3 - y) @ W1).T @ x0, (x3 - y).T @ x2

    report = check("06_2_iteration", forward, no_slope, update)
    assert "a missing slope of tanh" in report.messages[0]
    assert report.points == 3


def test_never_the_answer():
    """No number of the right result stands in what a learner is shown."""
    inputs = []

    def spy(x):
        inputs.append(x)
        return np.tanh(x) + 0.123

    shown = repr(check("06_1_tanh", spy, spy, seed=4))
    right = np.concatenate([np.tanh(x).ravel() for x in inputs])
    right = right[np.abs(right) < 0.99]
    assert len(right) > 5
    assert "off by up to 0.12" in shown
    assert [value for value in right if f"{abs(value):.3f}" in shown] == []


# Inputs


def shapes_of(task_id, seed=None):
    seen = []

    def recorded(function):
        def answer(*args):
            seen.append([np.array(a) for a in args])
            return function(*args)

        return answer

    check(task_id, *map(recorded, RIGHT[task_id]), seed=seed)
    return seen


def test_inputs_are_fresh_and_a_seed_brings_them_back():
    first, second = shapes_of("06_3_linear", seed=7), shapes_of("06_3_linear", seed=7)
    for a, b in zip(first, second, strict=True):
        assert all(map(np.array_equal, a, b))
    other = shapes_of("06_3_linear")[0][0]
    assert other.shape != first[0][0].shape or not np.array_equal(other, first[0][0])


def test_the_axes_of_an_input_have_different_lengths():
    for seed in rotating(20, of=400):
        x, weight = shapes_of("06_3_linear", seed)[0]
        assert len({*x.shape, *weight.shape}) == 3


def test_a_failed_part_does_not_move_the_next_ones_inputs():
    drawn = []

    @task("own", points=2)
    def own(answer, t):
        with t.part("first", points=1):
            answer(t.normal(2))
            t.normal(5)
        with t.part("second", points=1):
            drawn.append(t.normal(3))

    reports = [mark(own, [Answer(f)], seed=3) for f in (stub, np.tanh)]
    assert [report.points for report in reports] == [1, 2]
    assert np.array_equal(*drawn)


def test_the_call_to_repeat_a_failure_repeats_it():
    wrong = lambda x: np.tanh(x) + 0.5 * (np.random.default_rng().random() > 2)  # noqa: E731
    report = check("06_1_tanh", wrong, lambda x: -x)
    again = eval(report.again, {"check": check, "tanh": wrong, "tanh_derivative": lambda x: -x})
    assert again.parts == report.parts


# What is shown


def test_text_and_panel_say_the_same():
    report = check("06_3_linear", linear_forward, lambda *a: 1 / 0, seed=1)
    bundle = report._repr_mimebundle_()
    for words in ("✓ passed: forward (1 of 1)", "✗ stopped with an error", "1 of 5 points"):
        assert words in bundle["text/plain"]
        assert words in bundle["text/html"]
    assert "line " in bundle["text/plain"]
    assert "ZeroDivisionError: division by zero" in report.messages[0]


def test_the_learners_own_line_is_shown_and_ours_are_not():
    def mine(*args):
        return np.linalg.inv(np.zeros((2, 3)))  # line of the learner

    part = check("06_3_linear", mine, stub).parts[0]
    assert len(part.lines) == 1
    assert "np.linalg.inv(np.zeros((2, 3)))  # line of the learner" in part.lines[0]


def test_a_panel_is_escaped():
    def mischief(*args):
        raise ValueError("<script>alert(1)</script>")

    panel = check("06_3_linear", mischief, mischief)._repr_mimebundle_()["text/html"]
    assert "<script>" not in panel
    assert "&lt;script&gt;" in panel


def test_nbgrader_reads_the_points_as_a_number(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    report = check("06_3_linear", linear_forward, stub)
    assert report._repr_mimebundle_()["text/plain"] == "1"


def test_prints_and_warnings_are_kept_short(capfd):
    def loud(*args):
        print("hello " * 10_000)
        print("careful", file=sys.stderr)
        return 0

    report = check("06_3_linear", loud, loud)
    assert report.printed.startswith("hello")
    assert len(report.printed) < 560  # with a note that it was cut
    assert capfd.readouterr() == ("", "")


def test_no_drawing_is_loaded():
    code = "import sys, coursekit.checks; print({'IPython', 'matplotlib'} & set(sys.modules))"
    seen = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert seen.stdout.strip() == "set()"


# Tasks


def test_unknown_tasks_and_counts():
    with pytest.raises(ValueError, match="no task is called '06_1_tan'; the nearest are 06_1_tanh"):
        check("06_1_tan", tanh)
    with pytest.raises(ValueError, match="06_1_tanh wants tanh, tanh_derivative; got 1 answers"):
        check("06_1_tanh", tanh)
    with pytest.raises(TypeError, match="check expects an id"):
        check(tanh)


OWN = """
import numpy as np
from coursekit.checks import task

@task("double", points=3)
def double_task(double, t):
    x = t.normal(4)
    t.close(double(x), 2 * x)

@task("wrong-sum", points=3)
def wrong_sum(double, t):
    with t.part("a", points=1):
        double(1)
"""


def test_a_teachers_own_tasks_beside_the_notebook(tmp_path, monkeypatch):
    (tmp_path / "checks.py").write_text(OWN)
    monkeypatch.chdir(tmp_path)
    report = check("double", lambda x: x + x)
    assert (report.points, report.passed) == (3, True)
    report = check("double", lambda x: x)
    assert (report.points, report.parts[0].name) == (0, "the whole task")
    assert "not written yet" in repr(check("double", stub))
    with pytest.raises(ValueError, match="has 3 points, but its parts have 1"):
        check("wrong-sum", lambda x: x)


def test_every_file_of_tasks_numbers_them(tmp_path):
    for path in checks.tasks.course_files():
        number = os.path.basename(path)[:3]
        assert all(task_id.startswith(number) for task_id in read_tasks(path))


def test_what_the_grader_calls_is_what_a_learner_calls():
    report = mark(find_task("06_1_tanh"), [Answer(tanh), Answer(lambda x: 1 - np.tanh(x))], seed=5)
    assert report.parts == check("06_1_tanh", tanh, lambda x: 1 - np.tanh(x), seed=5).parts
