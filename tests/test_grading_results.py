"""Marks are never lost: kill -9, Ctrl-C, a second run, a student alone, names of every kind."""

import csv
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import corpus
import pytest
from click.testing import CliRunner
from corpus.build import FILE
from corpus.folder import hand_in, write_teachers
from needs import needs

from coursekit.cli import main
from coursekit.grading import grade_folder
from coursekit.grading.store import Marks, Result, Store, Submission, plain

NAME = FILE.stem
CLASS = [f"s{i:02d}" for i in range(24)]


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder to work in, with ./solutions and, in ./in, a class."""
    needs("sandbox")
    (tmp_path / "solutions").mkdir()
    write_teachers(tmp_path / "solutions")
    hand_in(tmp_path / "in", dict.fromkeys(CLASS, corpus.SOLUTION))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def rows():
    with open("results/grades.csv", encoding="utf-8", newline="") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


def counts(students=CLASS):
    """How often each student was marked."""
    with Store(Path("results/grades.sqlite")) as store:
        return [len(store.history(name, NAME)) for name in students]


def started(*more):
    words = [sys.executable, "-m", "coursekit.cli", "grade", "in", "--jobs", "2", *more]
    how = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    return subprocess.Popen(words, **how, start_new_session=True)


def wait_for_some(process):
    """Until a few are marked, and not all."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        if Path("results/grades.sqlite").exists() and sum(counts()) >= 3:
            return
        time.sleep(0.01)
    raise AssertionError(process.communicate()[0])


def again(*words):
    result = CliRunner().invoke(main, ["grade", "in", "--jobs", "1", *words])
    assert result.exit_code == 0, result.output
    return result.output


def test_kill_9_and_resume(place):
    process = started()
    wait_for_some(process)
    process.send_signal(signal.SIGSTOP)  # so that it is still there when a second run comes
    second = CliRunner().invoke(main, ["grade", "in", "--jobs", "1"])
    process.kill()
    process.wait()
    before = sum(counts())
    assert 3 <= before < len(CLASS)
    assert not Path("results/grades.csv").exists()
    why = "another run is writing to results/grades.sqlite; wait for its end"
    assert (second.exit_code, second.output) == (1, f"Error: {why}\n")
    again("--resume")
    assert counts() == [1] * len(CLASS)  # nothing lost, nothing twice
    assert [row["total"] for row in rows().values()] == [str(corpus.FULL)] * len(CLASS)


def test_ctrl_c_finishes_what_is_in_hand_and_says_what_is_left(place):
    process = started()
    wait_for_some(process)
    os.killpg(process.pid, signal.SIGINT)  # a terminal sends it to the workers, too
    said = process.communicate()[0]
    left = len(CLASS) - sum(counts())
    assert process.returncode == 1
    assert 0 < left < len(CLASS)
    assert f"stopped with {left} submissions left; --resume goes on with them" in said
    assert "Traceback" not in said
    assert len(rows()) == len(CLASS)
    assert sum("not marked" in row["reasons"] for row in rows().values()) == left
    again("--resume")
    assert counts() == [1] * len(CLASS)


def test_a_full_disk_loses_nothing_that_was_marked(place, monkeypatch):
    def keep_less(store, *what, keep=Store.keep):
        if sum(counts()) == 2:
            store.file.execute("PRAGMA max_page_count = 1")  # no page more than now
        keep(store, *what)

    with monkeypatch.context() as patch:
        patch.setattr(Store, "keep", keep_less)
        result = CliRunner().invoke(main, ["grade", "in", "--jobs", "1"])
    why = "database or disk is full; what was marked is kept, --resume goes on"
    assert (result.exit_code, result.output.splitlines()[-1]) == (
        1,
        f"Error: cannot write results: {why}",
    )
    assert 2 <= sum(counts()) < len(CLASS)
    assert not Path("results/grades.csv").exists()
    again("--resume")
    assert counts() == [1] * len(CLASS)


def test_a_fault_of_ours_is_left_for_the_next_run(place, monkeypatch):
    for name in CLASS[1:]:
        shutil.rmtree(place / "in" / name)
    with monkeypatch.context() as patch:
        patch.setattr("coursekit.grading.mark.read_submission", lambda *a: 1 / 0)
        again()
    assert "the grader failed" in rows()["s00"]["reasons"]
    again("--resume")
    assert rows()["s00"]["total"] == str(corpus.FULL)


def test_a_second_run_replaces_and_remembers(place):
    for name in CLASS[2:]:
        shutil.rmtree(place / "in" / name)
    again()
    (place / "in" / "s00" / FILE.name).write_text("{")
    again("--student", "s00")
    assert counts(["s00", "s01"]) == [2, 1]
    assert [row["total"] for row in rows().values()] == ["0", str(corpus.FULL)]
    with Store(Path("results/grades.sqlite")) as store:
        old, new = store.history("s00", NAME)
        assert sum(result.points for result in old.results) == corpus.FULL
        assert new == store.marks("s00", NAME)


def test_resume_takes_what_is_new_or_changed(place):
    for name in CLASS[2:]:
        shutil.rmtree(place / "in" / name)
    again()
    again("--resume")
    assert counts(["s00", "s01"]) == [1, 1]
    hand_in(place / "in", {"zoe": corpus.SOLUTION})
    os.utime(place / "in" / "s01" / FILE.name, (1, 1))
    again("--resume")
    assert counts(["s00", "s01", "zoe"]) == [1, 2, 1]
    again()
    assert counts(["s00", "s01", "zoe"]) == [2, 3, 2]


def test_a_run_over_everything_that_was_killed_is_gone_on_with(tmp_path):
    """Old marks of a submission do not count as the work of the new run."""
    submissions = [Submission(name, NAME, None) for name in "abc"]
    marks = Marks((Result("x", 1, 2, "right"),), {})
    with Store(tmp_path / "x.sqlite") as store:
        for _ in range(2):
            store.plan(submissions)
            for each in submissions:
                assert store.is_left(each)
                store.keep(each, marks)
        store.plan(submissions)
        store.keep(submissions[1], marks)
    with Store(tmp_path / "x.sqlite") as store:
        store.plan(submissions[:1])  # a later run over one student forgets nothing
        assert [store.is_left(each) for each in submissions] == [True, False, True]


def test_unknown_students_and_a_folder_in_the_way_are_one_line(place):
    for words, why in [
        (["--student", "nobody"], "no student of in is called 'nobody'"),
        (["-o", "in/results"], "would be taken for a student"),
    ]:
        result = CliRunner().invoke(main, ["grade", "in", *words])
        assert (result.exit_code, len(result.output.splitlines())) == (1, 1)
        assert why in result.output
        assert not (place / "in" / "results").exists()


def test_names_of_every_kind_are_kept_apart(place):
    shutil.rmtree(place / "in")
    names = ["a\udcff", "a\\udcff", "ü", "x'; DROP TABLE marks; --", "a\nb", "=1+1"]
    hand_in(place / "in", dict.fromkeys(names, corpus.SOLUTION))
    grade_folder("in", "solutions", "results")
    assert len({plain(name) for name in names}) == len(names)
    assert counts(names) == [1] * len(names)
    with open("results/grades.csv", encoding="utf-8", newline="") as file:
        found = {row[0] for row in csv.reader(file)}
    assert {"'=1+1", "ü", "a\nb", "a\N{REPLACEMENT CHARACTER}"} < found


def test_a_table_alone(place):
    for name in CLASS[1:]:
        shutil.rmtree(place / "in" / name)
    assert "1 student marked, see x.csv" in again("-o", "x.csv")
    assert {path.name for path in place.iterdir()} == {"solutions", "in", "x.csv", "x.sqlite"}
