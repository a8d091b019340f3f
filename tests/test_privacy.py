"""Who may read what: files are their owner's, the class's page names nobody, deleting deletes."""

import csv
import os
import signal
import stat
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import corpus
import nbformat
import pytest
from click.testing import CliRunner
from corpus.folder import hand_in, write_teachers
from page_commands import run_page

from coursekit.cli import main
from coursekit.grading import cluster, forget_student
from coursekit.grading.own_exercise import write_own_exercise
from coursekit.grading.private import narrow, private_file, private_folder, replacing
from coursekit.grading.store import Marks, Result, Store, Submission

NAME = "colours"
RIGHT = "return x.mean(axis=1)"
SECRET = "Ada wrote this"

pytestmark = pytest.mark.needs("sandbox")


def test_the_page_does_what_it_says(tmp_path):
    run_page(Path(__file__).parent.parent / "docs" / "privacy.md", tmp_path)


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder to work in, with ./solutions and nothing handed in yet."""
    write_own_exercise(NAME, tmp_path / "solutions")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def give(student, code=RIGHT, text="", **metadata):
    """Hand in the exercise with that body of its function and that sentence."""
    notebook = nbformat.read(f"solutions/{NAME}.ipynb", as_version=4)
    for cell in notebook.cells:
        meta = cell.metadata.get("nbgrader", {})
        if meta.get("solution") and cell.cell_type == "markdown":
            cell.source = text
        elif meta.get("solution"):
            cell.source = cell.source.replace(RIGHT, code.replace("\n", "\n    "))
            cell.metadata.update(metadata)
    path = Path("in", student, f"{NAME}.ipynb")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(nbformat.writes(notebook), "utf-8")


def done(*words, status=0):
    result = CliRunner().invoke(main, list(words))
    assert result.exit_code == status, result.output
    return result.output


def grade(*words, status=0):
    return done("grade", "in", "--jobs", "1", *words, status=status)


@contextmanager
def umask(mask):
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def open_to_others(*places):
    """What others may do something with, of these files, folders and all in them."""
    found = [Path(place) for place in places]
    found += [path for place in found if place.is_dir() for path in place.rglob("*")]
    found = [path for path in found if not path.is_symlink()]
    return {str(path): oct(mode_of(path)) for path in found if mode_of(path) & 0o077}


def mode_of(path):
    return stat.S_IMODE(os.stat(path).st_mode)


# Modes


@pytest.mark.parametrize("mask", [0, 0o022, 0o077, 0o377])
def test_results_are_their_owners_whatever_the_umask(place, monkeypatch, mask):
    give("ada", text=SECRET)
    during = []

    def keep(store, *what, keep=Store.keep):
        keep(store, *what)
        during.append({path.name: mode_of(path) for path in Path("results").iterdir()})

    monkeypatch.setattr(Store, "keep", keep)
    with umask(mask):
        grade()
    names = {path.name for path in Path("results").rglob("*") if path.is_file()}
    assert {"grades.csv", "to_mark.csv", "class.html", "reasons.csv", "results.json"} < names
    assert open_to_others("results") == {}
    assert {mode_of(path) for path in Path("results").rglob("*")} == {0o600, 0o700}
    assert {"grades.sqlite", "grades.sqlite-wal", "grades.sqlite-shm"} <= set(during[0])
    assert set(during[0].values()) == {0o600}


def test_results_of_an_older_version_are_narrowed(place):
    give("ada")
    grade()
    for path in [Path("results"), *Path("results").rglob("*")]:
        path.chmod(0o777 if path.is_dir() else 0o666)
    Path("results/feedback/gone").mkdir()
    Path("results/feedback/gone/feedback.txt").write_text("of a student who is not here any more")
    Path("results/feedback/link").symlink_to(place / "solutions")
    before = mode_of("solutions")
    grade("--resume")
    assert (open_to_others("results"), mode_of("solutions")) == ({}, before)


def test_an_empty_folder_is_narrowed_and_one_with_other_things_is_left_alone(place):
    give("ada")
    Path("empty").mkdir(mode=0o755)
    grade("-o", "empty")
    assert open_to_others("empty") == {}
    Path("others").mkdir(mode=0o755)
    Path("others/notes.txt").write_text("mine")
    why = "others holds other files, and other accounts may read it; name a new folder, or say: "
    assert grade("-o", "others", status=1) == f"Error: {why}chmod 700 others\n"
    assert (mode_of("others"), os.listdir("others")) == (0o755, ["notes.txt"])
    Path("others").chmod(0o700)
    grade("-o", "others")
    assert open_to_others("others") == {"others/notes.txt": "0o644"}


def test_what_is_another_accounts_is_refused(tmp_path, monkeypatch):
    def refuse(*_):
        raise PermissionError

    folder = tmp_path / "theirs"
    folder.mkdir(0o755)
    monkeypatch.setattr(Path, "chmod", refuse)
    narrow(folder)  # our own, on a disk that keeps no modes
    monkeypatch.setattr(os, "geteuid", lambda: folder.stat().st_uid + 1)
    with pytest.raises(ValueError, match="theirs belongs to another account, and others may read"):
        private_folder(folder)


@pytest.mark.needs("nbgrader")
def test_tables_alone_pairs_and_gradebooks_are_their_owners(place):
    give("ada")
    with umask(0):
        grade("-o", "x.csv", "--gradebook", "new.db")
        done("similar", "in")
        Path("old.db").touch(0o644)
        grade("-o", "x.csv", "--gradebook", "old.db")
    assert open_to_others("x.csv", "x.sqlite", "similar.csv", "new.db") == {}
    assert mode_of("old.db") == 0o644  # nbgrader's own, and its owner's business


def test_a_run_that_was_killed_leaves_nothing_open(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("solutions").mkdir()
    write_teachers(Path("solutions"))
    hand_in(Path("in"), {f"s{i}": corpus.SOLUTION for i in range(9)})
    words = [sys.executable, "-m", "coursekit.cli", "grade", "in", "--jobs", "1"]
    with umask(0):
        process = subprocess.Popen(words, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while not Path("results/grades.sqlite-wal").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert Path("results/grades.sqlite-wal").exists()
    assert open_to_others("results") == {}


def test_a_store_narrows_what_a_killed_run_left_open(tmp_path):
    path = tmp_path / "x.sqlite"
    with Store(path) as store:
        store.plan([Submission("ada", NAME, None)])
        for beside in tmp_path.iterdir():
            beside.chmod(0o666)
        with Store(path):
            assert len(list(tmp_path.iterdir())) == 3
            assert {mode_of(each) for each in tmp_path.iterdir()} == {0o600}


def test_on_a_cluster_the_notebook_lies_in_a_folder_of_its_own(monkeypatch):
    modes = []

    def mark(submission, job):
        modes.append(mode_of(submission.path.parent))
        return submission.path

    monkeypatch.setattr(cluster, "mark_one", mark)
    monkeypatch.setattr(cluster, "replace", lambda it, **new: SimpleNamespace(**new))
    with umask(0):
        job = SimpleNamespace(exercises=())
        path = cluster.mark_there(SimpleNamespace(exercise=NAME), b"{}", None, job)
    assert (modes, path.parent.exists()) == ([0o700], False)


def test_a_file_takes_its_place_whole_or_not_at_all(tmp_path):
    path = tmp_path / "x.csv"
    with replacing(path) as file:
        file.write("old")
    (tmp_path / "x.csv.new").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UnicodeEncodeError), replacing(path) as file:
        file.write("new" * 9_999 + "\udcff")
    assert (path.read_text(), os.listdir(tmp_path)) == ("old", ["x.csv"])
    assert mode_of(path) == 0o600
    private_file(path)
    assert path.read_text() == "old"


# The page about the class


@pytest.fixture
def told(place):
    """The page and the table of reasons of a class in which everybody names somebody, twice."""
    for name, code in corpus.TELLTALES.items():
        for copy in "ab":
            give(f"{name} {copy}", code, text="Ben Miller", name="Ben Miller")
    grade()
    with open("results/reasons.csv", encoding="utf-8", newline="") as file:
        reasons = list(csv.DictReader(file))
    return Path("results/class.html").read_text("utf-8"), reasons


def test_the_page_of_the_class_names_nobody(told):
    page, reasons = told
    shown = page[page.index("<body>") :]
    assert [name for name in corpus.NAMES if name in shown] == []
    assert [word for word in ("Miller", "Lee", "copied") if word in shown] == []
    for words in ("raised ValueError", "raised Exception", "raised an exception of another kind"):
        assert words in shown
    every = " ".join(row["reason"] for row in reasons)
    assert [name for name in corpus.NAMES if name not in every] == []
    assert sum(int(row["students"]) for row in reasons) == 2 * len(corpus.TELLTALES)
    assert {row["task"] for row in reasons} == {f"{NAME}_1_means"}


# Deleting


def bytes_with(word, *places):
    """Files that hold a word, or have it in their name."""
    found = [path for place in places for path in [Path(place), *Path(place).rglob("*")]]
    return [
        str(path)
        for path in found
        if word in path.name or (path.is_file() and word.encode() in path.read_bytes())
    ]


def test_nothing_is_left_of_a_student_who_is_deleted(place):
    for student in ("ada", "ben"):
        give(student, f'raise ValueError("{SECRET}")', text=f"{student}: {SECRET}" * 50)
    give("ada", 'raise ValueError("an older one of adas")')
    grade()
    give("ada", 'raise KeyError("adas again")', text="by adas hand" * 900)
    grade("--student", "ada")
    table = Path("results/to_mark.csv")
    head, ada, ben = table.read_text("utf-8").splitlines()
    ada, ben = ada.replace("2,,,", "2,1,adas praise,"), ben.replace("2,,,", "2,1,praise of bens,")
    table.write_text("\n".join([head, ada, ben]), "utf-8")
    grade("--resume")
    assert "adas praise" in Path("results/feedback/ada/feedback.txt").read_text("utf-8")
    Path("results/feedback/ada/feedback.html.new").write_text("half of ada")
    assert len(bytes_with("ada", "results")) > 8
    forget_student("results", "ada")
    assert bytes_with("ada", "results") == []
    assert open_to_others("results") == {}
    assert {path.name for path in Path("results/feedback").iterdir()} == {"ben"}
    with open("results/grades.csv", encoding="utf-8", newline="") as file:
        assert [row["student"] for row in csv.DictReader(file)] == ["ben"]
    for path in Path("in/ada").iterdir():
        path.unlink()
    Path("in/ada").rmdir()
    grade("--resume")
    assert bytes_with("ada", "results") == []
    assert "praise of bens" in Path("results/feedback/ben/feedback.txt").read_text("utf-8")
    assert Path("results/class.html").exists()


def test_a_table_alone_forgets_too(place):
    for student in ("ada", "=1", "ben"):
        give(student)
    grade("-o", "x.csv")
    forget_student("x.csv", "ada")
    forget_student(Path("x.csv"), "=1")
    assert bytes_with("ada", "x.csv", "x.sqlite") == bytes_with("=1", "x.csv", "x.sqlite") == []
    with open("x.csv", encoding="utf-8", newline="") as file:
        assert [row["student"] for row in csv.DictReader(file)] == ["ben"]


def contents():
    """All files of the results but the store's, whose pages may be in another order."""
    files = [path for path in Path("results").rglob("*.*") if path.is_file()]
    return {path: path.read_bytes() for path in files if "sqlite" not in path.name}


@pytest.mark.parametrize("name", ["zoe", "", "..", ".", "../..", "a/b", "/", "student"])
def test_who_is_not_there_is_one_line_and_nothing_changes(place, name):
    give("ada")
    grade()
    before = contents()
    with pytest.raises(ValueError, match="hold nothing of a student"):
        forget_student("results", name)
    assert contents() == before
    with Store(Path("results/grades.sqlite")) as store:
        assert store.marks("ada", NAME)


def test_no_results_is_one_line(tmp_path):
    with pytest.raises(ValueError, match="no results in .*: there is no file .*grades.sqlite"):
        forget_student(tmp_path, "ada")
    assert os.listdir(tmp_path) == []


def test_the_history_goes_too(tmp_path):
    marks = Marks((Result("x", 1, 2, SECRET * 99),), {"x": SECRET * 999})
    with Store(tmp_path / "x.sqlite") as store:
        for student in ("ada", "ben", "ada"):
            store.plan([Submission(student, NAME, None)])
            store.keep(Submission(student, NAME, None), marks)
        store.keep_by_hand([("ada", "x", 1, SECRET)])
        assert store.forget("ada") == 3
        assert (store.history("ada", NAME), store.marks("ben", NAME)) == ([], marks)
        assert store.by_hand("ada", "x") == (None, "")
        assert bytes_with("ada", tmp_path) == []
