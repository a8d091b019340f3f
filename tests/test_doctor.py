"""`coursekit doctor` says each finding as it is made, survives every check, knows the system."""

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner
from commands import environment, kit

import coursekit.doctor
from coursekit import homes, systems
from coursekit.cli import main
from coursekit.doctor import Finding, examine, survived

ROOT = Path(__file__).parents[1]
CHECKS = ("python", "packages", "folders", "names", "front_end", "kernel", "sandbox")


def quick(monkeypatch, **checks):
    """The doctor with checks that take no time, but for those that are given."""
    for name in CHECKS:
        check = checks.get(name, lambda name=name: Finding(name, True, "fine"))
        monkeypatch.setattr(coursekit.doctor, name, check)


def raises():
    raise ImportError("no such thing")


def exits():
    sys.exit("a module of somebody's exits")


@pytest.mark.parametrize("name", CHECKS)
@pytest.mark.parametrize("fails", [raises, exits])
def test_a_check_that_fails_is_a_finding_and_the_others_are_made(name, fails, monkeypatch):
    quick(monkeypatch, **{name: fails})
    result = CliRunner().invoke(main, ["doctor"])
    assert result.exit_code == 1
    assert result.output.count("fine") == len(CHECKS) - 1
    assert result.output.count("could not be looked at") == 1


def test_a_check_that_hangs_is_a_finding():
    ended = threading.Event()
    (finding,) = survived("the kernel", ended.wait, seconds=0.05)
    ended.set()
    assert not finding.ok
    assert finding.seen == "did not end within 0.05 seconds"
    assert finding.mend


def test_each_finding_is_printed_as_it_is_made(monkeypatch):
    made = []
    quick(monkeypatch, **{name: lambda name=name: made.append(name) or Finding(name, True, "")
                          for name in CHECKS})  # fmt: skip
    for number, _ in enumerate(examine(), 1):
        assert len(made) == number


HANGS = """
import sys, threading
from coursekit import doctor
doctor.SECONDS = 1
doctor.kernel = threading.Event().wait
doctor.sandbox = lambda: doctor.Finding("sandbox", True, "fine")
sys.argv = ["coursekit", "doctor"]
from coursekit.cli import main
main()
"""


def test_the_command_ends_although_a_check_never_does(tmp_path):
    """Read line by line through a pipe: nothing waits in a buffer for the end."""
    command = [sys.executable, "-P", "-c", HANGS]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, encoding="utf-8"
    ) as doctor:
        first = doctor.stdout.readline()
        assert doctor.poll() is None
        rest = doctor.stdout.read()
    assert first.startswith("ok       Python")
    assert "did not end within 1 seconds" in rest
    assert "sandbox: fine" in rest
    assert doctor.returncode == 1


def test_a_finding_keeps_paths_and_commands_whole():
    long = "/a-very-long-folder/" * 8
    assert long in str(Finding("x", False, f"in {long}", "mend"))
    assert str(Finding("x", False, "y", "")).count("\n") == 0


# The right command for the system


def system(monkeypatch, *programs, name="posix", uid=1000):
    monkeypatch.setattr(systems.shutil, "which", lambda p: p if p in programs else None)
    monkeypatch.setattr(systems.os, "name", name)
    if uid is None:
        monkeypatch.delattr(systems.os, "geteuid")
    else:
        monkeypatch.setattr(systems.os, "geteuid", lambda: uid)


@pytest.mark.parametrize(
    ("programs", "uid", "wanted"),
    [
        (["apt-get", "sudo"], 1000, "sudo apt-get install bubblewrap"),
        (["apt-get"], 0, "apt-get install bubblewrap"),
        (["dnf", "sudo"], 1000, "sudo dnf install bubblewrap"),
        (["zypper", "sudo"], 1000, "sudo zypper install bubblewrap"),
        (["pacman", "sudo"], 1000, "sudo pacman -S bubblewrap"),
        (["apk"], 0, "apk add bubblewrap"),
        (["dnf"], 1000, "ask whoever looks after this machine for: dnf install bubblewrap"),
        ([], 1000, "ask whoever looks after this machine to install bubblewrap"),
        (["brew"], 501, "ask whoever looks after this machine to install bubblewrap"),
    ],
)
def test_programs_come_from_the_systems_own_installer(programs, uid, wanted, monkeypatch):
    system(monkeypatch, *programs, uid=uid)
    assert systems.system_install("bubblewrap") == wanted


def test_a_newer_python_comes_from_where_the_system_has_it(monkeypatch):
    for program, wanted in (("brew", "brew install python"), ("winget", "winget install Python.")):
        system(monkeypatch, program)
        assert systems.newer_python().startswith(wanted)
    system(monkeypatch)
    assert "python.org" in systems.newer_python()


def test_commands_are_quoted_for_the_systems_shell(monkeypatch):
    place = "C:\\Users\\Ada Lovelace\\venv\\python.exe"
    monkeypatch.setattr(systems.sys, "executable", place)
    monkeypatch.setattr(systems.os, "name", "nt")
    assert systems.pip_install("numpy>=1.26", "x") == (
        f'"{place}" -P -m pip install "numpy>=1.26" x'
    )
    monkeypatch.setattr(systems.sys, "executable", "/home/ada l/python")
    monkeypatch.setattr(systems.os, "name", "posix")
    assert (
        systems.pip_install("numpy>=1.26") == "'/home/ada l/python' -P -m pip install 'numpy>=1.26'"
    )


def test_a_bubblewrap_that_cannot_work_is_not_to_be_installed_again(monkeypatch):
    import coursekit.grading.sandbox

    kinds = ("rlimit", ("bwrap: no permissions", "landlock: not in this kernel"))
    monkeypatch.setattr(coursekit.grading.sandbox, "best", lambda: kinds)
    monkeypatch.setattr(coursekit.doctor.shutil, "which", lambda program: "/usr/bin/bwrap")
    finding = coursekit.doctor.sandbox()
    assert not finding.ok
    assert "no permissions" in finding.seen
    assert "install" not in finding.mend


# Folders


NO_HOME = "/proc/no-home"  # where not even root can make one


@pytest.fixture
def no_home(monkeypatch):
    for name in homes.folders():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setenv("HOME", NO_HOME)


def test_doctor_says_which_folders_cannot_be_written(no_home, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (finding,) = coursekit.doctor.folders()
    assert (finding.ok, finding.needed) == (False, False)
    assert finding.seen == f"the home folder {NO_HOME} cannot be written"
    assert "coursekit lab" in finding.mend
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "MPLCONFIGDIR"):
        assert name in finding.mend
    monkeypatch.chdir("/proc")
    seen = [finding.seen for finding in coursekit.doctor.folders()]
    assert seen[0] == "/proc cannot be written"


def test_one_closed_folder_is_named(no_home, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("IPYTHONDIR", "/proc/ipython")
    assert homes.closed().keys() == {"IPYTHONDIR"}
    assert homes.in_words(homes.closed()) == "/proc/ipython"


def test_nothing_is_left_by_looking(no_home, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    assert coursekit.doctor.folders().ok
    assert list(tmp_path.iterdir()) == []


def test_without_a_home_doctor_and_check_work(tmp_path):
    """What the doctor says of the kernel is true of `coursekit check`."""
    shutil.copy(ROOT / "solutions" / "06_backpropagation.ipynb", tmp_path)
    home = {"HOME": NO_HOME} | dict.fromkeys([*homes.folders(), "XDG_CONFIG_HOME"], "")
    status, out, err = kit("doctor", cwd=tmp_path, **home)
    assert (status, err) == (0, "")
    assert f"the home folder {NO_HOME} cannot be written" in " ".join(out.split())
    assert "kernel: starts and imports coursekit" in out
    status, out, _ = kit("check", cwd=tmp_path, **home)
    assert status == 0
    assert "26 of 26 points" in out


def test_what_is_usable_is_put_back(no_home):
    before = dict(os.environ)
    with homes.usable():
        inside = {name: os.environ[name] for name in homes.closed() or homes.folders()}
        assert all(homes.writable(path) for path in inside.values())
    assert dict(os.environ) == before
    assert not any(os.path.exists(path) for path in inside.values())
