"""The scripts of .ci/: a job that fails is named, last words are kept, a bare path is bare."""

import os
import re
import runpy
import shutil
import subprocess
import sys
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
    not_run = "echo 'SkylakeX: cannot run here'"
    jobs = {"full": PASSES, "kernels": f"{PASSES}; {not_run}; {PASSES}"}
    status, _ = pretended(tmp_path, "nightly", **(jobs | ({broken: FAILS} if broken else {})))
    assert status == (1 if broken else 0)
    written = (tmp_path / "benchmarks/results/nightly.md").read_text("utf-8")
    assert written.count("| passed |") == (1 if broken else 2)
    assert written.count("1 failed, 6 passed in 3.21s | 0 | FAILED |") == (1 if broken else 0)
    assert "every test, every seed" in written
    assert ("SkylakeX: cannot run here" in written) == (broken != "kernels")


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


def kernels(*arguments):
    """(exit status, lines printed) of .ci/kernels."""
    command = [sys.executable, ROOT / ".ci" / "kernels", *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.returncode, done.stdout.splitlines()


@pytest.mark.needs("x86")
def test_a_test_that_fails_as_another_processor_computes_is_shown_and_counted(tmp_path):
    """The file asks for the kernel and the threads that it was promised, and one test fails."""
    (tmp_path / "test_threads.py").write_text(
        "import numpy, threadpoolctl\n"
        "def test_kernel():\n"
        "    found = {i['architecture'] for i in threadpoolctl.threadpool_info()}\n"
        "    assert found == {'Nehalem'}\n"
        "def test_instructions():\n"
        "    from numpy.lib import introspect\n"
        "    used = introspect.opt_func_info(func_name='^add$')['add'].values()\n"
        "    assert not any('AVX' in way['current'] or 'V3' in way['current'] for way in used)\n"
        "def test_one_thread():\n"
        "    assert threadpoolctl.threadpool_info()[0]['num_threads'] == 1\n"
    )
    asked = ["--kernels", "Nehalem", "--threads", "1", "2", "--", str(tmp_path), "-n0"]
    status, lines = kernels(*asked)
    one, two = (line for line in lines if line.startswith("Nehalem"))
    assert re.fullmatch(r"Nehalem, 1 thread: 3 passed in [0-9.]+s", one)
    if os.cpu_count() > 1:  # OpenBLAS starts no more threads than there are cores
        assert status == 1
        assert re.fullmatch(r"Nehalem, 2 threads: 1 failed, 2 passed in [0-9.]+s", two)
        assert any(line.startswith("FAILED") and "test_one_thread" in line for line in lines)


def test_a_kernel_that_cannot_run_or_is_another_by_name_is_named(monkeypatch, capsys):
    """Haswell's code answers to Zen, and the processor knows nothing that SkylakeX needs."""
    script = runpy.run_path(str(ROOT / ".ci" / "kernels"))
    names = script["main"].__globals__

    def python(kernel, threads, *arguments):
        cannot = kernel == "SkylakeX"
        code = "1 passed in 0.1s" if "pytest" in arguments else kernel.replace("Zen", "Haswell")
        return subprocess.CompletedProcess(arguments, -4 if cannot else 0, code, "")

    monkeypatch.setitem(names, "python", python)
    monkeypatch.setattr(sys, "argv", ["kernels"])
    assert names["main"]() == 0
    assert capsys.readouterr().out.splitlines() == [
        "Haswell, 1 thread: 1 passed in 0.1s",
        "Haswell, 2 threads: 1 passed in 0.1s",
        "Zen: OpenBLAS takes the code of Haswell here, see Haswell",
        "Nehalem, 1 thread: 1 passed in 0.1s",
        "Nehalem, 2 threads: 1 passed in 0.1s",
        "Sandybridge, 1 thread: 1 passed in 0.1s",
        "Sandybridge, 2 threads: 1 passed in 0.1s",
        "SkylakeX: cannot run here",
    ]
    monkeypatch.setattr(sys, "argv", ["kernels", "--kernels", "SkylakeX"])
    assert names["main"]() == 1  # nothing was run
