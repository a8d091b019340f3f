"""The lanes: seeds rotate and can be repeated; lists and documents name what there is."""

import re
from pathlib import Path

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
