"""A learner's day on Windows and on macOS, simulated: no such machine was there to try it on.

tests/stand_in takes away from coursekit what these systems lack; docs/teach-with-it.md says so.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path, PureWindowsPath

import nbformat
import pytest
from commands import COMMANDS, RunningLab, environment, kit
from lanes import rotating
from test_names import INSTALLED, PYTHONS, SETTINGS

import coursekit
from coursekit import lab_server, systems
from coursekit.lab import PARTS, course_part

ROOT = Path(__file__).parents[1]
EXERCISE = "06_backpropagation.ipynb"
SYSTEMS = ("windows", "macos")
ROOMS = sorted(p.parent.name for p in Path(coursekit.__file__).parent.glob("*/__init__.py"))
ENDLESS = """
def tanh(x):
    while True:
        try:
            x = x + 0
        except Exception:
            continue
"""


@pytest.fixture(scope="module", params=SYSTEMS)
def day(request, tmp_path_factory):
    """The system and a folder with a teacher's solutions, a learner's work and submissions."""
    folder = tmp_path_factory.mktemp(request.param)
    for name in ("solutions", "in/ada", "in/ben"):
        (folder / name).mkdir(parents=True)
        shutil.copy(ROOT / "solutions" / EXERCISE, folder / name)
    (folder / "work").mkdir()
    return request.param, folder


def test_the_stand_in_is_one(day):
    """It lacks what it should, for coursekit, and for it alone."""
    system, folder = day
    code = """
import json, os, sys, coursekit.doctor as ours, coursekit.grading.sandbox as sandbox
found = [ours.sys.platform, ours.os.name, sys.platform, os.name]
found += [hasattr(ours.os, name) for name in ("fork", "geteuid", "pidfd_open", "getpid")]
found += [hasattr(sandbox.signal, name) for name in ("SIGKILL", "SIGINT")]
print(json.dumps([*found, hasattr(sandbox.socket, "send_fds"), sys.stdout.encoding]))
"""
    seen = subprocess.run([sys.executable, "-c", code], cwd=folder, env=environment(system),
                          capture_output=True, encoding="utf-8", check=True)  # fmt: skip
    windows = ["win32", "nt", "linux", "posix", False, False, False, True, False, True, False]
    macos = ["darwin", "posix", "linux", "posix", True, True, False, True, True, True, True]
    *found, encoding = json.loads(seen.stdout)
    assert found == (windows if system == "windows" else macos)
    assert (encoding == "cp1252") == (system == "windows")


def test_every_room_can_be_imported(day):
    system, folder = day
    code = f"import {', '.join(f'coursekit.{room}' for room in ROOMS)}; print('all')"
    seen = subprocess.run([sys.executable, "-c", code], cwd=folder, env=environment(system),
                          capture_output=True, encoding="utf-8")  # fmt: skip
    assert seen.stdout == "all\n", seen.stderr


def test_doctor_finds_everything_but_a_sandbox(day):
    system, folder = day
    status, out, err = kit("doctor", cwd=folder, stand_in=system)
    assert (status, err) == (0, "")
    said = " ".join(out.split())
    assert "kernel: starts and imports coursekit" in said
    assert "could not be looked at" not in said
    assert {"apt-get", "dlsym", "pass_fds"} & set(said.split()) == set()
    if system == "windows":
        assert "missing sandbox for grading: marking submissions needs Linux or macOS" in said
        assert "wsl --install" in said
    else:
        assert "missing sandbox for grading: On macOS limits on time, files and processes" in said
        assert "nothing limits their memory" in said


def test_the_course_is_laid_out_opened_and_stopped(day):
    """Ctrl-C reaches every program of a console: the server ends, and the command with it."""
    system, folder = day
    with RunningLab(folder, stand_in=system) as lab:
        run = lab.kernel("exercises/06_backpropagation.ipynb")
        answers = "from coursekit.checks import answers, check; answers.SECONDS = 0.3"
        run(f"{answers}; answers.IMPATIENT = 0.1\n{ENDLESS}")
        printed = run('report = check("06_1_tanh", tanh, tanh); print(report)')
        assert "it was stopped after 0.3 seconds" in printed
        assert run("print(1 + 1)") == "2\n"
        os.killpg(lab.process.pid, signal.SIGINT)
        assert lab.process.wait(60) == 0
    assert "token=" in lab.words
    laid = {path.name for path in (folder / "k").glob("*/*.ipynb")}
    assert laid == {path.name for part in PARTS for path in course_part(part).glob("*.ipynb")}


def test_a_port_that_is_taken_is_not_bound_again(day):
    system, folder = day
    with lab_server.socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        words = ["lab", "k2", "--no-browser", "--host", "127.0.0.1", "--port", port]
        status, _, err = kit(*words, cwd=folder, stand_in=system)
    assert status == 1
    assert f"port {port} on 127.0.0.1 is in use" in err


def test_marks_of_a_folder_go_into_a_file(day):
    """Signs of older consoles, and a loop that never ends is ended."""
    system, folder = day
    short = "from coursekit.checks import answers, check\nanswers.SECONDS = 0.3"
    cells = [short, ENDLESS, 'check("06_1_tanh", tanh, tanh)']
    endless = nbformat.v4.new_notebook(cells=list(map(nbformat.v4.new_code_cell, cells)))
    nbformat.write(endless, folder / "work" / "06_endless.ipynb")
    shutil.copy(ROOT / "exercises" / "01_pyramids.ipynb", folder / "work")
    status, out, err = kit("check", "work", cwd=folder, stand_in=system)
    assert status == 1
    assert "Traceback" not in err
    not_yet, wrong = {"windows": "ox", "macos": "○✗"}[system]
    said = " ".join(out.split())
    assert f"01_1_sizes {not_yet} not written yet 0 of 2" in said
    assert f"06_1_tanh {wrong} took too long 0 of 4" in said
    assert f"06_2_iteration {not_yet} not checked yet 0 of 6" in said


def test_a_teacher_writes_and_compares_exercises(day):
    system, folder = day
    status, out, err = kit("exercises", cwd=folder, stand_in=system)
    assert (status, out, err) == (0, f"wrote {EXERCISE}\n", "")
    status, out, err = kit("exercises", "--new", "colours", cwd=folder, stand_in=system)
    assert (status, err) == (0, "")
    written = (folder / "exercises" / EXERCISE).read_bytes()
    assert written == (ROOT / "exercises" / EXERCISE).read_bytes()  # no \\r\\n, no other letters
    status, out, err = kit("similar", "in", cwd=folder, stand_in=system)
    assert (status, out, err) == (0, "1 pairs to look at, see similar.csv\n", "")


def test_marking_says_what_it_needs_or_what_holds_submissions(day):
    system, folder = day
    status, _, err = kit("grade", "in", cwd=folder, stand_in=system)
    assert status == 1
    assert "Traceback" not in err
    assert "dlsym" not in err
    if system == "windows":
        assert err == "Error: marking submissions needs Linux or macOS (or WSL on Windows)\n"
        return
    assert systems.MAC_LIMITS in err
    assert "--allow-unsandboxed" in err
    assert "install bubblewrap" not in err
    words = ["grade", "in", "--allow-unsandboxed", "--jobs", "1"]
    status, out, err = kit(*words, cwd=folder, stand_in=system)
    assert (status, out) == (0, f"2 students marked, see {Path('results/grades.csv')}\n")
    assert systems.MAC_LIMITS in err
    assert "26,26,rlimit" in (folder / "results" / "grades.csv").read_text("utf-8")


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_every_help_is_shown(day, command):
    system, folder = day
    status, out, err = kit(*command.split(), "--help", cwd=folder, stand_in=system)
    assert (status, err) == (0, "")
    assert out.startswith("Usage: ")


def test_a_site_says_what_it_lacks_or_is_begun(day):
    """Building one takes minutes; here a file is in its way."""
    system, folder = day
    (folder / "taken").touch()
    status, out, err = kit("site", "taken", cwd=folder, stand_in=system)
    assert (status, out) == (1, "")
    assert err.startswith("Error: taken") or "taken is a file" in err


@pytest.mark.needs("site")
@pytest.mark.parametrize("system", [SYSTEMS[i] for i in rotating(0, len(SYSTEMS))])
def test_the_site_is_built_among_files_named_like_modules(system, tmp_path):
    """Nightly alone: it takes minutes."""
    for name in (*PYTHONS, *INSTALLED, *SETTINGS):
        planted = "open('executed', 'w', encoding='utf-8').close(); raise SystemExit('planted')"
        (tmp_path / f"{name}.py").write_text(planted, "utf-8")
    status, out, err = kit("site", "out", cwd=tmp_path, stand_in=system, timeout=3600)
    assert (status, err) == (0, "")
    assert out.startswith("the site is in out")
    assert (tmp_path / "out" / "lite" / "jupyter-lite.json").is_file()
    assert not (tmp_path / "executed").exists()


# Names of files, as Windows has them


def notebooks():
    """Names of the course's files as its manifest has them."""
    return {f"{part}/{path.name}" for part in PARTS for path in course_part(part).glob("*.ipynb")}


def shipped():
    """Every file that an installation or a course has, seen from its own folder."""
    package = Path(coursekit.__file__).parent
    files = [path for path in package.rglob("*") if "__pycache__" not in path.parts]
    return sorted(notebooks() | {path.relative_to(package.parent).as_posix() for path in files})


def test_every_shipped_file_can_be_on_windows():
    names = shipped()
    assert len(names) > 300
    for name in names:
        assert all(map(systems.fits_windows, name.split("/"))), name
        # C:\Users\<20 letters>\AppData\Local\Programs\Python\Python311\Lib\site-packages\
        assert len(f"{name}.123456789012.part") < 260 - 100, name
    assert len({name.lower() for name in names}) == len(names), "two names differ in capitals alone"


def test_names_that_windows_keeps_for_itself_are_known():
    for name in ("con", "CON.ipynb", "nul.txt", "com1", "LPT9.py", "aux .ipynb", "a.", "a ", "a:b",
                 "a\\b", "a/b", "a?", 'a"', "a\x07b", "<a>", "a|b", "a*"):  # fmt: skip
        assert not systems.fits_windows(name), name
    for name in ("con_1", "console.ipynb", "com", "com10", ".coursekit.json", "a.b.c", "été.ipynb"):
        assert systems.fits_windows(name), name
        assert not PureWindowsPath(name).is_reserved(), name


@pytest.mark.parametrize("name", ["con", "NUL", "Com3"])
def test_no_exercise_gets_a_name_that_windows_cannot_open(name, tmp_path):
    status, _, err = kit("exercises", "--new", name, cwd=tmp_path)
    assert status == 1
    assert err == f"Error: Windows has no file of that name; choose another than '{name}'\n"
    assert list(tmp_path.iterdir()) == []


def test_paths_of_windows_are_one_place_in_the_manifest():
    """Names in it are written with /, whatever the system's own separator is."""
    for name in notebooks():
        place = PureWindowsPath("C:\\Users\\Ada Lovelace\\course") / name
        assert place.parts[-2:] == tuple(name.split("/"))
        assert place.relative_to("c:\\users\\ada lovelace\\COURSE") == PureWindowsPath(name)
