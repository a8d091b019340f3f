"""The same marks from a Dask cluster: a real scheduler and two workers, one of them killed."""

import csv
import json
import re
import subprocess
import sys
import time
from pathlib import Path

import corpus
import pytest
from click.testing import CliRunner
from corpus.build import FILE
from corpus.folder import hand_in, write_teachers

from coursekit.cli import main
from coursekit.grading import Limits, read_exercises
from coursekit.grading.batch import Job, mark_all
from coursekit.grading.cluster import choose_there, connected, mark_all_there
from coursekit.grading.own_exercise import write_own_exercise
from coursekit.grading.sandbox import best
from coursekit.grading.store import Store, Submission
from coursekit.grading.submissions import find_students

NAME = FILE.stem
LOOPBACK = "tcp://127.0.0.1:0"


pytestmark = pytest.mark.needs("cluster")


def start(folder, module, *words):
    """A process of the cluster; what it says goes into a file."""
    with open(folder / f"{module}-{time.monotonic_ns()}.log", "w") as said:
        command = [sys.executable, "-m", f"distributed.cli.{module}", *words]
        return subprocess.Popen(command, stdout=said, stderr=said, cwd=folder)


@pytest.fixture
def cluster(tmp_path):
    """(address of the scheduler, the two workers)."""
    folder = tmp_path / "cluster"
    folder.mkdir()
    started = [start(folder, "dask_scheduler", "--host", LOOPBACK, "--no-dashboard")]
    try:
        address = wait_for(lambda: address_in(folder))
        one = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1")
        started += [start(folder, "dask_worker", address, *one) for _ in range(2)]
        with connected(address) as client:
            client.wait_for_workers(2, timeout=120)
        yield address, started[1:]
    finally:
        for process in started:
            process.kill()
            process.wait()


def wait_for(what):
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if found := what():
            return found
        time.sleep(0.1)
    raise AssertionError("the cluster did not start")


def address_in(folder):
    said = "".join(path.read_text() for path in folder.glob("*.log"))
    found = re.search(r"tcp://127\.0\.0\.1:\d+", said)
    return found and found[0]


def work(tmp_path, students):
    folder = tmp_path / "in"
    hand_in(folder, students)
    (folder / "odd").mkdir()
    (folder / "odd" / FILE.name).symlink_to("nowhere")
    (tmp_path / "solutions").mkdir()
    exercises = read_exercises(write_teachers(tmp_path / "solutions"))
    found, _ = find_students(folder, exercises)
    job = Job(tuple(exercises.values()), Limits(), best()[0])
    return [Submission(each.name, NAME, each.notebook(NAME)) for each in found], job


def wrong():
    """Honest work with an error whose size depends on the inputs."""
    return json.loads(json.dumps(corpus.SOLUTION).replace("np.tanh(x)", "np.tanh(x) * 1.1"))


def test_the_same_marks_as_here_though_a_worker_is_killed(cluster, tmp_path):
    address, (victim, _) = cluster
    students = {f"s{i:02d}": corpus.SOLUTION for i in range(20)} | {"wrong": wrong(), "bad": b"{"}
    submissions, job = work(tmp_path, students)
    here = dict(mark_all(submissions, job, jobs=1))
    there = {}
    with connected(address) as client:
        assert choose_there(client, "auto", False)[0] == job.sandbox
        for submission, marks in mark_all_there(client, submissions, job):
            assert submission not in there
            there[submission] = marks
            if len(there) == 5:
                victim.kill()
    assert there == here
    assert repr(sorted(there.items(), key=repr)) == repr(sorted(here.items(), key=repr))
    assert {r.reason for r in here[submissions[-1]].results} != {"right"}


def test_the_command_marks_a_teachers_own_exercise_there(cluster, tmp_path, monkeypatch):
    """Workers have neither the teacher's checks nor the files that were handed in."""
    monkeypatch.chdir(tmp_path)
    notebook, _ = write_own_exercise("colours", "solutions")
    for name in ("ann", "bob"):
        (tmp_path / "in" / name).mkdir(parents=True)
        (tmp_path / "in" / name / "colours.ipynb").write_bytes(Path(notebook).read_bytes())
    result = CliRunner().invoke(main, ["grade", "in", "--dask", cluster[0]])
    assert result.exit_code == 0, result.output
    with open("results/grades.csv", encoding="utf-8", newline="") as file:
        assert [row["total"] for row in csv.DictReader(file)] == ["3", "3"]
    with Store(Path("results/grades.sqlite")) as store:
        assert [len(store.history(name, "colours")) for name in ("ann", "bob")] == [1, 1]


def test_no_cluster_is_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr("coursekit.grading.cluster.SECONDS", 1)
    hand_in(tmp_path / "in", {"ann": corpus.SOLUTION})
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["grade", "in", "--dask", "tcp://127.0.0.1:9"])
    assert (result.exit_code, len(result.output.splitlines())) == (1, 1)
    assert "no Dask scheduler answers at 'tcp://127.0.0.1:9'" in result.output
    assert not Path("results").exists()
