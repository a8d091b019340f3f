"""Files of others: hostile ones and fuzzed ones cost no more than SECURITY.md says.

A fuzzed file is right but for a few changes where changes hurt (foreign/mutations.py). Every run
tries others; all thousands are tried with --nightly, and benchmarks/fuzz_weights.py goes on for as
long as one likes. Every file is read or refused in a sentence, and changes nothing.
"""

import random
import re

import pytest
from foreign.hostile import HOSTILE
from foreign.mutations import CHANGED, changed
from foreign.verdict import ENDINGS, SECURITY, TESTS, complaints, readings
from lanes import rotating

NEEDED = {"mp4": ["video"]}
BATCH, BATCHES = 60, 50  # files in one process, and how many of these nightly tries

pytestmark = pytest.mark.needs("linux")
DOORS = [pytest.param(door, marks=pytest.mark.needs(*NEEDED.get(door, ()))) for door in HOSTILE]


def wrong_ones(folder, door, files):
    """{name: complaints} of those of files {name: bytes} that something is wrong with."""
    came = readings(folder, [*files.values()], ENDINGS[door])
    assert len(came) == len(files)
    judged = {
        name: complaints(door, content, reading)
        for (name, content), reading in zip(files.items(), came, strict=True)
    }
    return {name: wrong for name, wrong in judged.items() if wrong}


def test_what_security_names_as_trying_a_door_is_there():
    table = SECURITY.split("| tried by |")[1].split("\n\n")[0]
    named = re.findall(r"tests/test_\w+\.py", table)
    assert len(named) == len(table.splitlines()[2:]) + 1  # one row has two
    assert all((TESTS.parent / name).exists() for name in named)


@pytest.mark.parametrize("door", DOORS)
def test_hostile_files_end_in_a_sentence_and_cost_what_security_says(door, tmp_path):
    assert wrong_ones(tmp_path, door, HOSTILE[door]()) == {}


@pytest.mark.parametrize("batch", rotating(1, of=BATCHES))
@pytest.mark.parametrize("door", CHANGED)
def test_fuzzed_files_end_in_a_sentence_and_cost_what_security_says(door, batch, tmp_path):
    seeds = range(BATCH * batch, BATCH * (batch + 1))
    files = {f"{door} {seed}": changed(door, random.Random(f"{door} {seed}")) for seed in seeds}
    assert wrong_ones(tmp_path, door, files) == {}
