"""A teacher's own exercise: the template works as it stands, and the page about it is true."""

import re
from pathlib import Path

import nbformat
import numpy as np
import pytest
from click.testing import CliRunner
from page_commands import run_page

from coursekit.checks import check
from coursekit.checks.helper import Helper
from coursekit.cli import main
from coursekit.grading import read_exercises, stale_exercises, write_exercises
from coursekit.grading.own_exercise import filled, write_own_exercise

PAGE_PATH = Path(__file__).parent.parent / "docs" / "write-an-exercise.md"
PAGE = PAGE_PATH.read_text("utf-8")


@pytest.mark.needs("sandbox")
def test_the_page_does_what_it_says(tmp_path):
    run_page(PAGE_PATH, tmp_path)


def test_the_page_shows_the_templates_own_check_and_helpers_that_exist():
    (shown,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert shown in filled("checks.py", "colours")
    names = set(re.findall(r"`t\.(\w+)", PAGE))
    assert len(names) == 8
    assert [name for name in names if not hasattr(Helper(0), name) and name != "rng"] == []


@pytest.fixture
def own(tmp_path, monkeypatch):
    write_own_exercise("10_own", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("answer", "points", "words"),
    [
        (lambda x: x.mean(axis=1), 3, None),
        (lambda x: [sum(row) / len(row) for row in x], 3, None),
        (lambda x: x.mean(axis=0), 0, "the means of the columns"),
        (lambda x: x.sum(axis=1), 1, "not divided"),
        (lambda x: x.mean(), 0, "should have the shape"),
        (lambda x: np.full(len(x), x.mean()), 0, "off by"),
        (lambda x: x[:, 0], 1, "off by"),
    ],
)
def test_the_templates_check_tells_right_from_wrong(own, answer, points, words):
    report = check("10_own_1_means", answer)
    assert report.points == points
    assert report.passed == (words is None)
    assert (words or "") in " ".join(report.messages)


def test_the_template_keeps_the_laws(own):
    """Its notebook is valid, its points agree, and nothing of the answers reaches a learner."""
    notebook = nbformat.read(own / "10_own.ipynb", as_version=4)
    nbformat.validate(notebook)
    exercise = read_exercises(own)["10_own"]
    assert [(q.task_id, q.points) for q in exercise.questions] == [("10_own_1_means", 3)]
    assert write_exercises(own, own / "out") == ["10_own.ipynb", "checks.py"]
    assert stale_exercises(own, own / "out") == []
    given = (own / "out" / "10_own.ipynb").read_text("utf-8")
    assert "x.mean" not in given
    assert "For the marker" not in given
    assert "NAME" not in given.replace("NAME_", "")
    (own / "checks.py").write_text("# changed")
    assert stale_exercises(own, own / "out") == ["checks.py"]


def test_a_second_exercise_joins_the_first(own):
    before = (own / "checks.py").read_text("utf-8")
    write_own_exercise("11_own", own)
    after = (own / "checks.py").read_text("utf-8")
    assert after.startswith(before.rstrip())
    for task_id in ("10_own_1_means", "11_own_1_means"):
        assert check(task_id, lambda x: x.mean(axis=1)).passed
    assert len({row.task_id for row in check.summary().rows} & {"10_own_1_means"}) == 1


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("10_own", "is there already"),
        ("a b", "letters, digits and _"),
        ("../x", "letters, digits and _"),
        ("same", "tasks of that name"),
        ("bare", "without the line 'import numpy as np'"),
    ],
)
def test_what_is_refused_changes_nothing(own, monkeypatch, name, words):
    checks = own / "checks.py"
    if name == "same":
        checks.write_text(checks.read_text("utf-8").replace("10_own", "same"), "utf-8")
    if name == "bare":
        checks.write_text("x = 1\n")
    (own / "solutions").symlink_to(own)
    before = {path: path.read_bytes() for path in own.glob("*.*")}
    result = CliRunner().invoke(main, ["exercises", "--new", name])
    assert (result.exit_code, len(result.output.splitlines())) == (1, 1)
    assert words in result.output
    assert {path: path.read_bytes() for path in own.glob("*.*")} == before
