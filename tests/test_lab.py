"""`coursekit lab` and `doctor`: nothing of a learner's is lost, and errors are one line."""

import importlib.util
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import urllib.error

import nbformat
import pytest
from click.testing import CliRunner
from commands import RunningLab
from tornado.web import HTTPError

import coursekit.doctor
import coursekit.files
import coursekit.lab
import coursekit.lab_server
from conftest import in_a_loop
from coursekit import homes
from coursekit.cli import main
from coursekit.files import PART, swap
from coursekit.lab_files import WholeFiles
from coursekit.lab_server import HOME


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course of two files that a test may change, in place of the shipped one."""
    source = tmp_path / "shipped"
    for part, name in (("notebooks", "02_filters.ipynb"), ("exercises", "06_backprop.ipynb")):
        (source / part).mkdir(parents=True)
        (source / part / name).write_text(f"{name}, first edition")
    monkeypatch.setattr(coursekit.lab, "course_part", lambda part: source / part)
    return source


def test_first_run_lays_everything_out(course, tmp_path):
    assert coursekit.lab.lay_out(tmp_path / "mine" / "deep") == []
    laid = tmp_path / "mine" / "deep" / "notebooks" / "02_filters.ipynb"
    assert laid.read_text() == "02_filters.ipynb, first edition"


def test_untouched_file_is_brought_up_to_date(course, tmp_path):
    coursekit.lab.lay_out(tmp_path / "mine")
    (course / "notebooks" / "02_filters.ipynb").write_text("second edition")
    assert coursekit.lab.lay_out(tmp_path / "mine") == []
    assert (tmp_path / "mine" / "notebooks" / "02_filters.ipynb").read_text() == "second edition"


def test_changed_file_is_kept_and_the_new_one_laid_beside_it(course, tmp_path, monkeypatch):
    mine = tmp_path / "mine" / "notebooks" / "02_filters.ipynb"
    coursekit.lab.lay_out(tmp_path / "mine")
    mine.write_text("my notes")
    assert coursekit.lab.lay_out(tmp_path / "mine") == []  # nothing new: nothing to say
    assert sorted(p.name for p in mine.parent.iterdir()) == ["02_filters.ipynb"]

    (course / "notebooks" / "02_filters.ipynb").write_text("second edition")
    monkeypatch.setattr(coursekit.lab, "__version__", "9.8.7")
    (sentence,) = coursekit.lab.lay_out(tmp_path / "mine")
    beside = mine.with_name("02_filters.v9.8.7.ipynb")
    assert mine.read_text() == "my notes"
    assert beside.read_text() == "second edition"
    assert mine.name in sentence
    assert beside.name in sentence

    beside.write_text("notes in the new one")  # and that one is now the learner's, too
    coursekit.lab.lay_out(tmp_path / "mine")
    assert beside.read_text() == "notes in the new one"


def test_lost_or_broken_manifest_counts_every_difference_as_the_learners(course, tmp_path):
    mine = tmp_path / "mine" / "exercises" / "06_backprop.ipynb"
    coursekit.lab.lay_out(tmp_path / "mine")
    for broken in ("{", "[1]"):
        mine.write_text("my answers")
        (tmp_path / "mine" / coursekit.lab.MANIFEST).write_text(broken)
        assert len(coursekit.lab.lay_out(tmp_path / "mine")) == 1
        assert mine.read_text() == "my answers"


def test_opening_a_notebook_is_no_change_but_running_it_is(course, tmp_path):
    notebook = {"cells": [{"cell_type": "code", "source": ["1 + 1"], "outputs": []}]}
    source = course / "notebooks" / "02_filters.ipynb"
    source.write_text(json.dumps(notebook))
    coursekit.lab.lay_out(tmp_path / "mine")
    mine = tmp_path / "mine" / "notebooks" / "02_filters.ipynb"

    mine.write_text(json.dumps({"metadata": {"language_info": "3.14"}} | notebook))
    source.write_text(json.dumps({"cells": []}))
    assert coursekit.lab.lay_out(tmp_path / "mine") == []
    assert json.loads(mine.read_text()) == {"cells": []}

    mine.write_text(json.dumps({"cells": [{"cell_type": "code", "source": [], "outputs": ["2"]}]}))
    source.write_text(json.dumps(notebook))
    assert len(coursekit.lab.lay_out(tmp_path / "mine")) == 1
    assert "2" in mine.read_text()


def test_shipped_course_has_its_first_page():
    assert (coursekit.lab.course_part("notebooks") / "00_start_here.ipynb").is_file()


@pytest.mark.parametrize("folder", ["a_file", "/proc/coursekit"])
def test_unwritable_folder_is_one_line(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a_file").write_text("not a folder")
    result = CliRunner().invoke(main, ["lab", folder, "--no-browser"])
    assert result.exit_code == 1
    assert result.output.startswith("Error: cannot write the course into")
    assert result.output.count("\n") == 1


def test_busy_port_is_one_line(course, tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        arguments = ["lab", str(tmp_path / "mine"), "--host", "127.0.0.1", "--port", str(port)]
        result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 1
    assert f"port {port} on 127.0.0.1 is in use" in result.output
    assert result.output.count("\n") == 1


def test_missing_jupyterlab_names_the_command(course, tmp_path, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    result = CliRunner().invoke(main, ["lab", str(tmp_path / "mine")])
    assert result.exit_code == 1
    assert "pip install jupyterlab" in result.output
    assert result.output.count("\n") == 1


TOGETHER = """
import sys
from pathlib import Path
from coursekit import lab
lab.course_part = lambda part: Path({shipped!r}) / part
print("ready", flush=True)
for _ in sys.stdin:
    print(lab.lay_out({mine!r}), flush=True)
"""


def test_many_runs_at_once_lay_out_one_course(course, tmp_path):
    """Six of them, for ten editions: none fails or takes an older one for the learner's."""
    mine = tmp_path / "mine"
    code = TOGETHER.format(shipped=str(course), mine=str(mine))
    names = [f"notebooks/{number}.ipynb" for number in range(20)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "encoding": "utf-8"}
    runs = [subprocess.Popen([sys.executable, "-P", "-c", code], **pipes) for _ in range(6)]
    for edition in range(10):
        assert [run.stdout.readline() for run in runs] == ["[]\n" if edition else "ready\n"] * 6
        for name in names:
            (course / name).write_text(f"edition {edition} " * 1000, "utf-8")
        for run in runs:
            run.stdin.write("go\n")
            run.stdin.flush()
    assert [(run.communicate(timeout=300)[0], run.returncode) for run in runs] == [("[]\n", 0)] * 6
    for name in names:
        assert (mine / name).read_text("utf-8") == f"edition {edition} " * 1000
    files = {p.relative_to(mine).as_posix() for p in mine.rglob("*") if p.is_file()}
    shipped = {p.relative_to(course).as_posix() for p in course.rglob("*.ipynb")}
    assert files == {".coursekit.json", *shipped}


def test_a_run_that_is_killed_anywhere_leaves_whole_files_and_the_next_one_ends_it(
    course, tmp_path, monkeypatch
):
    """Killed at each of its writes and swaps in turn; nothing counts as the learner's."""

    class Killed(BaseException):
        pass

    def killing(function):
        def perhaps(*args, **how):
            nonlocal left
            left -= 1
            if left == 0:
                raise Killed
            return function(*args, **how)

        return perhaps

    steps = 0
    for number in range(1, 100):
        mine = tmp_path / f"mine{number}"
        (course / "notebooks" / "02_filters.ipynb").write_text("first edition", "utf-8")
        coursekit.lab.lay_out(mine)
        (course / "notebooks" / "02_filters.ipynb").write_text("second edition", "utf-8")
        left = number
        with monkeypatch.context() as patch:
            for name in ("replace", "fsync"):
                patch.setattr(os, name, killing(getattr(os, name)))
            try:
                coursekit.lab.lay_out(mine)
            except Killed:
                steps += 1
        laid = (mine / "notebooks" / "02_filters.ipynb").read_text("utf-8")
        assert laid in ("first edition", "second edition")
        assert coursekit.lab.lay_out(mine) == []
        assert (mine / "notebooks" / "02_filters.ipynb").read_text("utf-8") == "second edition"
        if left > 0:
            break
    assert steps == 4  # a notebook and the manifest, each written and swapped


def test_parts_of_killed_runs_go_after_a_day(course, tmp_path):
    coursekit.lab.lay_out(tmp_path / "mine")
    old, new = (tmp_path / "mine" / "notebooks" / PART.format(c * 16) for c in "ab")
    mine = tmp_path / "mine" / "notebooks" / "my.part"
    for path in (old, new, mine):
        path.touch()
    for path in (old, mine):
        os.utime(path, (1, 1))
    coursekit.lab.lay_out(tmp_path / "mine")
    assert (old.exists(), new.exists(), mine.exists()) == (False, True, True)


def test_a_course_that_is_complete_opens_from_a_folder_that_cannot_be_written(
    course, tmp_path, monkeypatch
):
    coursekit.lab.lay_out(tmp_path / "mine")

    def refuse(*_, **__):
        raise PermissionError(30, "Read-only file system")

    monkeypatch.setattr(coursekit.lab, "_write", refuse)
    assert coursekit.lab.lay_out(tmp_path / "mine") == []


def test_two_servers_that_save_one_file_leave_one_of_two_whole_ones(tmp_path):
    files = [WholeFiles(root_dir=str(tmp_path)) for _ in range(2)]
    texts = [letter * 200_000 for letter in "ab"]
    with files[0].atomic_writing(str(tmp_path / "x.txt")) as one:
        one.write(texts[0][:100])
        with files[1].atomic_writing(str(tmp_path / "x.txt")) as two:
            two.write(texts[1])
        one.write(texts[0][100:])
    assert (tmp_path / "x.txt").read_text("utf-8") == texts[0]
    assert os.listdir(tmp_path) == ["x.txt"]


def test_a_name_may_be_as_long_as_the_disk_allows(tmp_path):
    name = "x" * 251 + ".txt"
    model = {"type": "file", "format": "text", "content": "new"}
    in_a_loop(WholeFiles(root_dir=str(tmp_path)).save(model, name))
    assert (tmp_path / name).read_text("utf-8") == "new"


def test_windows_waits_for_whoever_reads_the_old_file(tmp_path, monkeypatch):
    tries = []

    def busy(new, path):
        tries.append(path)
        if len(tries) < 3:
            raise PermissionError(13, "being used by another process")

    monkeypatch.setattr(coursekit.files.os, "replace", busy)
    with pytest.raises(PermissionError):
        swap("new", "old")
    monkeypatch.setattr(coursekit.files.os, "name", "nt")
    swap("new", "old")
    assert len(tries) == 3


# A home that cannot be written


def test_without_a_home_settings_are_kept_in_the_course(tmp_path):
    home = {"HOME": "/proc/no-home"} | dict.fromkeys([*homes.folders(), "XDG_CONFIG_HOME"], "")
    with RunningLab(tmp_path, **home | {"JUPYTER_CONFIG_DIR": str(tmp_path / "settings")}) as lab:
        assert lab.kernel("exercises/x.ipynb")("print(1 + 1)") == "2\n"
    place = tmp_path / "k" / HOME
    assert "the home folder /proc/no-home cannot be written; settings and " in lab.words
    assert f"are kept in {place}\n" in lab.words
    assert (place / "jupyter_runtime_dir").stat().st_mode & 0o777 == 0o700
    assert (place / "ipythondir").is_dir()


def test_without_any_place_for_settings_it_is_one_line(course, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", "/proc/no-home")
    for name in (*homes.folders(), "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    coursekit.lab.lay_out(tmp_path / "mine")
    monkeypatch.setattr(homes, "writable", lambda folder: False)
    monkeypatch.setattr(tempfile, "tempdir", "/proc")
    result = CliRunner().invoke(main, ["lab", str(tmp_path / "mine")])
    assert result.exit_code == 1
    assert result.output.startswith(
        "Error: the home folder /proc/no-home cannot be written, nor can"
    )
    assert result.output.count("\n") == 1


# Who can reach it


@pytest.mark.parametrize(
    ("host", "alone"),
    [("localhost", True), ("127.0.0.1", True), ("127.0.0.9", True), ("::1", True),
     ("0.0.0.0", False), ("::", False), ("*", False), ("", False), ("192.0.2.7", False)],
)  # fmt: skip
def test_what_a_network_can_reach_is_said_in_one_sentence(host, alone):
    said = []
    words = coursekit.lab_server._alone(None, host, said.append)
    assert len(said) == (not alone)
    assert ("--ServerApp.identity_provider_class=coursekit.lab_files.AlwaysAsks" in words) != alone
    for sentence in said:
        assert sentence.count(". ") == 0
        for word in ("everybody on your network", "HTTP is not encrypted", "token"):
            assert word in sentence


@pytest.mark.parametrize("settings", [{}, {"IdentityProvider": {"token": ""}},
                                      {"ServerApp": {"token": ""}}])  # fmt: skip
def test_a_network_meets_a_token_whatever_the_settings_say(settings, tmp_path):
    """Settings without a token hold on loopback alone; the address still opens the page."""
    (tmp_path / "settings").mkdir()
    (tmp_path / "settings" / "jupyter_lab_config.json").write_text(json.dumps(settings), "utf-8")
    with RunningLab(tmp_path, "--host", "0.0.0.0", JUPYTER_TOKEN="") as lab:
        with pytest.raises(urllib.error.HTTPError, match="403"):
            lab.ask("contents", None)
        (token, *_) = re.findall(r"token=(\w{40,})", lab.words)
        shown = lab.ask("contents", token)["content"]
        assert {"notebooks", "exercises"} <= {each["name"] for each in shown}
        assert "--host 0.0.0.0: everybody on your network" in lab.words


def test_unknown_host_is_one_line(course, tmp_path):
    arguments = ["lab", str(tmp_path / "mine"), "--host", "no such host", "--port", "8123"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 1
    assert "--host no such host is not an address" in result.output


def test_doctor_finds_this_machine_well():
    result = CliRunner().invoke(main, ["doctor"])
    assert result.exit_code == 0, result.output
    for what in ("Python", "numpy", "kernel: starts", "widget front-end: @jupyter-widgets"):
        assert what in result.output
    assert len(result.output.splitlines()) <= 12


def test_doctor_names_what_mends_a_missing_package(monkeypatch):
    requires = ["numpy>=999", "no-such-package>=1.2", "torch==2; extra == 'bench'"]
    monkeypatch.setattr(coursekit.doctor.importlib.metadata, "requires", lambda name: requires)
    bad = coursekit.doctor.packages()[-1]
    assert not bad.ok
    assert bad.mend.endswith("-P -m pip install 'numpy>=999' 'no-such-package>=1.2'")
    assert "torch" not in bad.seen


def test_doctor_fails_when_something_needed_is_missing(monkeypatch):
    lost = coursekit.doctor.Finding("kernel", False, "did not start", "mend it")
    monkeypatch.setattr(coursekit.doctor, "examine", lambda: [lost])
    result = CliRunner().invoke(main, ["doctor"])
    assert result.exit_code == 1
    assert "MISSING" in result.output
    assert "mend it" in result.output


def notebook_of(n_characters):
    cell = nbformat.v4.new_markdown_cell("x" * n_characters, id="a")
    return nbformat.v4.new_notebook(cells=[cell])


@pytest.mark.needs("posix")
@pytest.mark.parametrize("size", [2000, 9000, 70_000])
def test_full_disk_leaves_the_notebook_as_it_was(tmp_path, size):
    """Also where the last buffer fails, when Jupyter has no way back any more."""
    import resource

    path = tmp_path / "mine.ipynb"
    nbformat.write(notebook_of(1000), path)
    before = path.read_bytes()
    files = WholeFiles(root_dir=str(tmp_path))
    model = {"type": "notebook", "content": notebook_of(size)}
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))  # a disk with so much room
    try:
        with pytest.raises(HTTPError, match="no room left on the disk: mine.ipynb is as it was"):
            in_a_loop(files.save(model, "mine.ipynb"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["mine.ipynb"]
    in_a_loop(files.save(model, "mine.ipynb"))
    assert nbformat.read(path, as_version=4) == model["content"]


def test_saving_keeps_rights_and_links(tmp_path):
    (tmp_path / "real.txt").write_text("old")
    (tmp_path / "real.txt").chmod(0o640)
    (tmp_path / "link.txt").symlink_to("real.txt")
    model = {"type": "file", "format": "text", "content": "new"}
    in_a_loop(WholeFiles(root_dir=str(tmp_path)).save(model, "link.txt"))
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "real.txt").read_text() == "new"
    assert (tmp_path / "real.txt").stat().st_mode & 0o777 == 0o640


def test_on_a_hub_a_full_disk_locks_nobody_out(course, tmp_path, monkeypatch):
    """Its server starts with the course as it is, so that the learner can make room."""
    monkeypatch.setenv("JUPYTERHUB_SERVICE_URL", "http://127.0.0.1:1")
    monkeypatch.setattr(coursekit.lab_server, "start", lambda folder, **how: 0)

    def full(*_):
        raise OSError(28, "No space left on device")

    mine = str(tmp_path / "mine")
    assert CliRunner().invoke(main, ["lab", mine]).exit_code == 0
    (course / "notebooks" / "02_filters.ipynb").write_text("second edition", "utf-8")
    monkeypatch.setattr(coursekit.lab, "_write", full)
    result = CliRunner().invoke(main, ["lab", mine])
    assert result.exit_code == 0
    assert "No space left on device" in result.output
