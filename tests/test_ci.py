"""The scripts of .ci/: a job that fails is named, last words are kept, a bare path is bare."""

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PASSES = 'echo "=== 7 passed, 2 skipped in 3.21s ==="'
FAILS = 'echo "=== 1 failed, 6 passed in 3.21s ==="; exit 1'


def pretended(folder, script, **jobs):
    """(exit status, output) of a script of .ci/ beside other jobs than the real ones."""
    (folder / ".ci").mkdir()
    (folder / "benchmarks" / "results").mkdir(parents=True)
    shutil.copy(ROOT / ".ci" / script, folder / ".ci")
    for name, lines in jobs.items():
        path = folder / ".ci" / name
        path.write_text(f"#!/usr/bin/env bash\n{lines}\n")
        path.chmod(0o755)
    done = subprocess.run([folder / ".ci" / script], capture_output=True, text=True, cwd=folder)
    return done.returncode, done.stdout


JOBS = {"bare": PASSES, "full": PASSES, "style": "echo clean", "pythons": PASSES, "lowest": PASSES}


@pytest.mark.parametrize("broken", [None, *JOBS])
def test_every_job_runs_and_one_that_fails_is_named(tmp_path, broken):
    jobs = JOBS | ({broken: FAILS} if broken else {})
    status, printed = pretended(tmp_path, "run", **jobs)
    assert status == (1 if broken else 0)
    *rows, together = printed.partition("in minutes and seconds\n")[2].splitlines()
    for job, row in zip(JOBS, rows, strict=True):
        outcome, said = ("FAILED", "1 failed, 6 passed in 3.21s")
        if job != broken:
            outcome, said = "passed", "clean" if job == "style" else "7 passed, 2 skipped in 3.21s"
        assert re.fullmatch(rf"{job:8} {outcome}   0:\d\d  {said}", row)
    assert together.startswith("together")


@pytest.mark.parametrize("broken", [None, "full", "kernels"])
def test_nightly_writes_down_what_it_found(tmp_path, broken):
    jobs = {"full": PASSES, "kernels": f"{PASSES}; {PASSES}"}
    status, _ = pretended(tmp_path, "nightly", **(jobs | ({broken: FAILS} if broken else {})))
    assert status == (1 if broken else 0)
    written = (tmp_path / "benchmarks/results/nightly.md").read_text("utf-8")
    assert written.count("| passed |") == (1 if broken else 2)
    assert written.count("1 failed, 6 passed in 3.21s | 0 | FAILED |") == (1 if broken else 0)
    assert "every test, every seed" in written


def test_a_bare_path_has_all_programs_but_browsers_sandboxes_and_node(tmp_path):
    there = ("git", "python3", "chromium", "google-chrome-stable", "bwrap", "node", "npm", "npx")
    for folder in ("one", "with a space"):
        (tmp_path / folder).mkdir()
        for name in there:
            (tmp_path / folder / name).touch(mode=0o755)
        (tmp_path / folder / "notes.txt").touch(mode=0o644)
    path = os.pathsep.join([*(str(tmp_path / f) for f in ("one", "gone", "with a space"))])
    command = [shutil.which("bash"), ROOT / ".ci" / "bare-path", tmp_path / "programs"]
    tools = os.pathsep.join([path, os.environ["PATH"]])
    subprocess.run(command, env={"PATH": tools}, check=True)
    made = {p.name: p.readlink().parent.name for p in (tmp_path / "programs").iterdir()}
    assert made["git"] == made["python3"] == "one"
    assert not made.keys() & ({*there[2:], "notes.txt"})
    assert "bash" in made


def test_the_full_job_has_every_extra():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    full = (ROOT / ".ci" / "full").read_text("utf-8")
    installed = full.partition('".[')[2].partition("]")[0].split(",")
    assert {*installed, "test"} == project["optional-dependencies"].keys()
