"""What a machine lacks is skipped and listed with its command; where CI=true it fails."""

import ast
import tomllib
from pathlib import Path

import pytest
from needs import NEEDS
from small_run import run

ROOT = Path(__file__).parent.parent
OURS = {ROOT / "tests" / name for name in ("test_needs.py", "needs.py")}
LACKING = """
import needs, pytest

needs.NEEDS["lion"] = needs.Need("a lion", lambda: "none in sight", "pip install lion")
needs.NEEDS["lamb"] = needs.Need("a lamb", lambda: "eaten", "pip install lamb")
needs.NEEDS["grass"] = needs.Need("grass", lambda: "", "rain")

@pytest.mark.needs("lion")
@pytest.mark.parametrize("n", range(3))
def test_marked(n):
    assert False

@pytest.fixture(scope="module")
def meadow():
    needs.needs("grass")
    needs.needs("lion", "lamb")

def test_one_of_a_fixture(meadow):
    assert False

def test_another_of_the_fixture(meadow):
    assert False

@pytest.mark.needs("grass")
def test_of_what_is_here():
    pass

def test_that_found_out_late():
    needs.lacks({"lamb": "it ran away"})
"""
TABLE = """\
tests  lacked  to get it
    5  a lion  pip install lion
    3  a lamb  pip install lamb
"""


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_missing_things_are_skipped_and_listed_at_the_end(tmp_path, workers):
    status, printed = run(tmp_path, LACKING, workers, "-rs", CI="")
    assert status == 0, printed
    assert "needs a lion (none in sight); to get it: pip install lion, and a lamb" in printed
    assert TABLE in printed
    *_, last = printed.partition(TABLE)
    (closing,) = last.splitlines()
    assert "1 passed, 6 skipped" in closing


def test_on_ci_they_fail(tmp_path):
    status, printed = run(tmp_path, LACKING, "-n0", CI="true")
    assert status == 1
    assert "1 failed, 1 passed, 5 errors" in printed
    assert "CI=true: nothing may be missing" in printed
    assert "to get it  " not in printed


def test_a_name_that_is_not_in_the_table_fails(tmp_path):
    marked = 'import pytest\n@pytest.mark.needs("unicorn")\ndef test_it(): pass\n'
    status, printed = run(tmp_path, marked, "-n0")
    assert (status, "KeyError: 'unicorn'" in printed) == (1, True)


def test_where_nothing_is_missing_there_is_no_table(tmp_path):
    _, printed = run(tmp_path, "def test_it(): pass\n", "-n0")
    assert "not tried" not in printed


# What the project's own tests say


def sources():
    return {path: path.read_text("utf-8") for path in (ROOT / "tests").rglob("*.py")}


def test_every_extra_is_in_the_table_and_every_command_for_an_extra_is_one():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = set(project["optional-dependencies"]) - {"test"}
    commands = {f'pip install ".[{extra}]"' for extra in extras}
    assert {n.get for n in NEEDS.values() if n.get.startswith('pip install ".[')} == commands


def test_tests_ask_in_one_way():
    """No skip but those of needs.py, so that the table has them all and CI misses none."""
    others = ("importorskip", "pytest.skip(", "mark.skip", "skipif")
    found = [
        (path.name, word)
        for path, text in sources().items()
        for word in others
        if word in text and path not in OURS
    ]
    assert found == []


def asked(text):
    """Names in calls of needs(…) and lacks({…: …}) with words, and in markers."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "needs":
            yield from (each.value for each in node.args if isinstance(each, ast.Constant))
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "lacks":
            yield from (key.value for each in node.args for key in each.keys)


def test_what_tests_ask_for_is_in_the_table():
    """Also where no run would notice, since something else is missing first."""
    names = {name for path, text in sources().items() if path not in OURS for name in asked(text)}
    assert len(names) > 10
    assert names <= NEEDS.keys()
