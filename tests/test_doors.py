"""Files of others: hostile ones and fuzzed ones cost no more than SECURITY.md says.

A fuzzed file is right but for a few changes where changes hurt (foreign/mutations.py). Every run
tries others; all thousands are tried with --nightly, and benchmarks/fuzz_weights.py goes on for as
long as one likes. Every file is read or refused in a sentence, and changes nothing.
"""

import random

import pytest
from foreign.hostile import HOSTILE
from foreign.mutations import CHANGED, changed
from foreign.verdict import ENDINGS, complaints, readings
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


@pytest.mark.parametrize("door", DOORS)
def test_hostile_files_end_in_a_sentence_and_cost_what_security_says(door, tmp_path):
    assert wrong_ones(tmp_path, door, HOSTILE[door]()) == {}


@pytest.mark.parametrize("batch", rotating(2, of=BATCHES))
@pytest.mark.parametrize("door", CHANGED)
def test_fuzzed_files_end_in_a_sentence_and_cost_what_security_says(door, batch, tmp_path):
    seeds = range(BATCH * batch, BATCH * (batch + 1))
    files = {f"{door} {seed}": changed(door, random.Random(f"{door} {seed}")) for seed in seeds}
    assert wrong_ones(tmp_path, door, files) == {}
