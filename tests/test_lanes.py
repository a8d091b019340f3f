"""The lanes: seeds rotate and can be repeated; lists and documents name what there is."""

import re
from pathlib import Path

import lanes
import pytest
from needs import NEEDS
from small_run import run

ROOT = Path(__file__).parent.parent
ROTATING = """
import pytest
from lanes import rotating

@pytest.mark.parametrize("seed", rotating(3, of=200))
def test_it(seed):
    assert {outcome}
"""


def seeds(printed):
    return sorted({int(number) for number in re.findall(r"test_it\[(\d+)\]", printed)})


def said_seed(printed):
    return re.search(r"COURSEKIT_SEED=(\d+)", printed)[1]


def test_a_run_takes_a_few_seeds_all_workers_the_same_and_says_which(tmp_path):
    runs = [run(tmp_path, ROTATING.format(outcome=True), "-n2", "-v") for _ in range(3)]
    assert [status for status, _ in runs] == [0, 0, 0]
    drawn = [seeds(printed) for _, printed in runs]
    assert {len(each) for each in drawn} == {3}
    assert len({tuple(each) for each in drawn}) > 1
    again = run(tmp_path, ROTATING.format(outcome=True), "-n0", "-v",
                COURSEKIT_SEED=said_seed(runs[0][1]))  # fmt: skip
    assert seeds(again[1]) == drawn[0]


def test_a_failure_says_how_to_repeat_it(tmp_path):
    _, printed = run(tmp_path, ROTATING.format(outcome=False), "-n2", "-q")
    command = re.search(
        r"COURSEKIT_SEED=(\d+) pytest -n0 '(test_small.py::test_it\[\d+\])'", printed
    )
    _, again = run(tmp_path, ROTATING.format(outcome=False), "-n0", command[2],
                   COURSEKIT_SEED=command[1])  # fmt: skip
    assert "1 failed" in again


def test_nightly_takes_all(tmp_path):
    _, printed = run(tmp_path, ROTATING.format(outcome=True), "-n2", "-v", "--nightly")
    assert seeds(printed) == [*range(200)]


# The lists and the documents


def test_browser_tests_are_marked_by_their_place_and_slow_ones_by_the_list():
    assert lanes.markers("tests/browser/test_site.py::test_search[x]") == ["browser"]
    assert lanes.markers("notebooks/01_pyramids.ipynb::Cell 3") == ["slow"]
    assert lanes.markers("tests/test_hub.py::test_a_full_disk[1/2]") == ["slow"]
    one = next(each for each in lanes.SLOW if "*" not in each)
    assert lanes.markers(f"{one}[x-y]") == lanes.markers(one) == ["slow"]
    assert lanes.markers(f"{one}_and_another") == []


@pytest.mark.parametrize("pattern", lanes.SLOW)
def test_the_list_of_slow_tests_names_what_there_is(pattern):
    file, _, name = pattern.partition("::")
    texts = [path.read_text("utf-8") for path in ROOT.glob(file)]
    assert texts
    name = re.escape(name).replace(r"\*", r"\w*")
    assert not name or any(re.search(rf"^def {name}\(", text, re.MULTILINE) for text in texts)


FAST = 'pytest -m "not slow and not browser"'


def test_documents_and_ci_call_the_lanes_by_the_same_names():
    contributing = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    table = dict(re.findall(r"^\| ([^|]+) \| `([^`]+)` \|", contributing, re.MULTILINE))
    assert table["fast"] == FAST
    assert table["README's `pytest`"] == "pytest"
    assert table["nightly"] == ".ci/nightly"
    assert f"    {FAST}" in (ROOT / ".ci/pythons").read_text("utf-8")
    assert " --nightly\n" in (ROOT / ".ci/nightly").read_text("utf-8")
    assert "`pytest --nightly`" in contributing


def test_every_job_is_described_and_every_script_that_is_named_exists():
    texts = [(ROOT / name).read_text("utf-8") for name in ("CONTRIBUTING.md", "README.md")]
    named = {name for text in texts for name in re.findall(r"\.ci/([\w.-]*\w)", text)}
    assert [name for name in named if not (ROOT / ".ci" / name).exists()] == []
    run = (ROOT / ".ci/run").read_text("utf-8")
    jobs = re.search(r"jobs=\(([a-z ]+)\)", run)[1].split()
    assert {*jobs, "run", "nightly"} <= named
    assert re.findall(r"^#   (\w+) ", run, re.MULTILINE) == jobs


def test_the_readme_says_what_a_bare_machine_skips():
    readme = (ROOT / "README.md").read_text("utf-8")
    assert "`pytest` needs Python and pip alone" in readme
    for program in ("chromium", "bwrap", "npm"):
        assert NEEDS[program].name in readme
