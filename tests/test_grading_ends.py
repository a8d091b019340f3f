"""`coursekit grade` ended from outside: nothing runs on, no mark is lost or kept twice."""

import csv
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import corpus
import pytest
from corpus.folder import hand_in, write_teachers
from lanes import rotating

REAPER = Path(__file__).with_name("reaper.py")
GRADE = [sys.executable, "-P", "-m", "coursekit.cli", "grade", "class", "--jobs", "2"]
STUDENTS = 12
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP)
LONGEST = 12  # seconds until the signal; the run is over by then on a quiet machine
SLOW = "import time\ntime.sleep(0.4)"  # long enough to be in hand when the signal comes


@pytest.fixture
def place(tmp_path):
    """A folder to run `coursekit grade class` in, with a folder of its own for temporary files."""
    write_teachers(tmp_path_made(tmp_path / "solutions"))
    tmp_path_made(tmp_path / "tmp")
    notebooks = {f"s{number:02}": corpus.solved(SLOW) for number in range(STUDENTS)}
    hand_in(tmp_path / "class", notebooks)
    return tmp_path


def tmp_path_made(path):
    path.mkdir()
    return path


def environment(place):
    return os.environ | {"TMPDIR": str(place / "tmp"), "OPENBLAS_NUM_THREADS": "1"}


def ended(place, seconds, number):
    """What reaper.py says of a run that got a signal after some seconds."""
    command = [sys.executable, REAPER, f"{seconds}", f"{number}", *GRADE]
    done = subprocess.run(
        command, cwd=place, env=environment(place), capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def kept(place):
    """All marks in the results: (student, when it was written) -> content."""
    path = place / "results" / "grades.sqlite"
    if not path.is_file():
        return {}
    with closing(sqlite3.connect(path)) as file:
        tables = file.execute("SELECT name FROM sqlite_master WHERE name = 'marks'").fetchall()
        rows = file.execute("SELECT number, student, results FROM marks") if tables else []
        return {(number, student): results for number, student, results in rows}


def resumed(place):
    command = [*GRADE, "--resume"]
    subprocess.run(command, cwd=place, env=environment(place), check=True, capture_output=True)
    with open(place / "results" / "grades.csv", encoding="utf-8", newline="") as file:
        return {row["student"]: row["total"] for row in csv.DictReader(file)}


@pytest.mark.needs("linux", "sandbox")
@pytest.mark.parametrize("moment", rotating(3, of=51))
def test_nothing_is_left_and_nothing_is_lost(place, moment):
    number = SIGNALS[moment % 3]
    seconds = random.Random(moment).uniform(0.5, LONGEST)
    what = f"{signal.Signals(number).name} after {seconds:.2f} s"
    found = ended(place, seconds, number)
    assert found["left"] == [], what
    assert list((place / "tmp").iterdir()) == [], what
    before = kept(place)
    rows = resumed(place)
    assert rows == {f"s{n:02}": str(corpus.FULL) for n in range(STUDENTS)}, what
    after = kept(place)
    assert before.items() <= after.items(), what
    students = [student for _, student in after]
    assert sorted(students) == sorted({*students}), what
    assert found["status"] in {0, 1, -number}, found["printed"]
