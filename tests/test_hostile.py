"""Cheating, hostile and broken submissions: no undeserved point, nobody's changed, no trace."""

import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import corpus
import ordinary
import pytest
from corpus.folder import graded, hand_in, write_teachers
from needs import needs

from coursekit.grading import Limits, mark_submission, notebook, read_exercise
from coursekit.grading.sandbox import REAL

NAME = "06_backpropagation"
SHORT = Limits(request_seconds=3, total_seconds=40)  # a loaded machine is slow with the others
STATES = (
    *("right", "wrong", "raised", "timed out", "memory", "crashed", "not written"),
    *("not parseable", "not handed in"),
)
OUTSIDE = ("/", "/tmp", "/var/tmp", "/dev/shm", "/run", "/root", "/home", "/srv", "/mnt", "/etc")


@pytest.fixture(scope="module")
def teachers(tmp_path_factory):
    return write_teachers(tmp_path_factory.mktemp("teachers"))


@pytest.fixture(scope="module")
def exercise(teachers):
    return read_exercise(teachers / f"{NAME}.ipynb")


USERS = ("you", "an ordinary user")[: 1 + (os.geteuid() == 0)]  # the tests' user may be one


@pytest.fixture(
    scope="module",
    params=[(kind, user) for kind in REAL for user in USERS],
    ids=lambda run: f"{run[0]}-as-{run[1].replace(' ', '-')}",
)
def marked(request):
    """What hostile_class.py says: under each sandbox, as the tests' user and without root."""
    kind, user = request.param
    needs(kind)
    if user != "you":
        needs("ordinary user")
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)  # the other user comes in
        program = Path(corpus.__file__).parents[1] / "hostile_class.py"
        command = [sys.executable, str(program), f"{folder}/run", kind]
        command = command if user == "you" else ordinary.command(*command)
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout) | {"kind": kind}


@pytest.fixture(scope="module")
def rows(marked):
    return marked["rows"]


def test_readme_counts_them():
    readme = Path(__file__).parents[1].joinpath("README.md").read_text(encoding="utf-8")
    assert f"none of {len(corpus.HOSTILE)} hostile notebooks" in readme


@pytest.mark.parametrize("name", corpus.HOSTILE)
def test_no_undeserved_point(marked, rows, name):
    row = rows[name]
    assert float(row["total"]) == 0, row["reasons"]
    reasons = [line for line in row["reasons"].splitlines() if not line.startswith("note: ")]
    assert len(reasons) == 3
    for reason in reasons:
        assert reason.partition(": ")[2].startswith(STATES), reason
    assert row["sandbox"] == marked["kind"]


def test_neighbours_keep_their_marks_and_files(marked, rows):
    totals = {name: row["total"] for name, row in rows.items() if name not in corpus.HOSTILE}
    assert set(totals.values()) == {str(corpus.FULL)}, totals
    assert len(totals) > 20
    assert marked["modes"] == [0o777]


def test_no_process_is_left(marked):
    assert marked["left over"] == []


def test_nothing_is_written_anywhere(rows):
    places = [*OUTSIDE, os.getcwd(), Path.home(), Path(os.__file__).parent]
    places += [Path(corpus.__file__).parents[i] for i in range(3)]
    assert not [place for place in places if (Path(place) / corpus.MARK).exists()]


def test_states_of_reasons(rows):
    def first(name):
        return rows[name]["reasons"].splitlines()[0].partition(": ")[2].partition(": ")[0]

    assert {
        name: first(name) for name in ("zeros", "memory", "exit", "recursion", "not-python")
    } == {
        "zeros": "wrong",
        "memory": "memory",
        "exit": "crashed",
        "recursion": "raised",
        "not-python": "not parseable",
    }
    assert first("nothing-written") == "not written"
    assert "exit status 0" in rows["exit"]["reasons"]
    assert "Segmentation fault" in rows["segfault"]["reasons"]
    assert all(len(row["reasons"]) < 10_000 for row in rows.values())


@pytest.fixture(scope="module")
def hanging(tmp_path_factory, teachers):
    folder = tmp_path_factory.mktemp("hanging")
    hand_in(folder, corpus.HANGING | {"in-a-cell": corpus.LOOP_IN_A_CELL})
    return graded(folder, teachers, jobs=4, limits=SHORT)


@pytest.mark.parametrize("name", corpus.HANGING)
def test_no_waiting_for_ever(hanging, name):
    first, second, _ = hanging[name]["reasons"].splitlines()
    assert hanging[name]["total"] == "0"
    assert "timed out" in first
    assert "timed out" not in second  # a fresh process had time for the others


def test_a_cell_that_never_ends_is_left_out(hanging):
    assert hanging["in-a-cell"]["total"] == "0"
    reasons = hanging["in-a-cell"]["reasons"].splitlines()
    assert all(reason.partition(": ")[2].startswith("timed out") for reason in reasons)


@pytest.fixture(scope="module")
def honest(tmp_path_factory, teachers):
    folder = tmp_path_factory.mktemp("honest")
    hand_in(folder, corpus.HONEST)
    return graded(folder, teachers, jobs=2)


@pytest.mark.parametrize("name", corpus.HONEST)
def test_honest_work_is_never_punished(honest, name):
    assert float(honest[name]["total"]) == corpus.FULL, honest[name]["reasons"]


def test_what_is_left_out_is_noted(honest):
    notes = [line for line in honest["magics"]["reasons"].splitlines() if "note: " in line]
    magics = ["%matplotlib inline", "!pip install numpy", "files = !ls", "?np.tanh", "np.tanh?"]
    assert notes == [f"note: left out: {magic}" for magic in magics]
    assert "note: left out: %%bash" in honest["cell-magics"]["reasons"]


@pytest.mark.parametrize("kind", ["landlock", "rlimit"])
def test_honest_work_in_lesser_sandboxes(exercise, tmp_path, kind):
    if kind == "landlock":
        needs(kind)
    hand_in(tmp_path, corpus.HONEST)
    for name in corpus.HONEST:
        results = mark_submission(tmp_path / name / f"{NAME}.ipynb", exercise, sandbox=kind)
        assert sum(result.points for result in results) == corpus.FULL, (name, results)


# Files that are no notebooks


@pytest.mark.parametrize("name", corpus.BROKEN)
def test_broken_files_have_a_reason(name, exercise, tmp_path):
    path = tmp_path / "x.ipynb"
    path.write_bytes(corpus.BROKEN[name])
    results = mark_submission(path, exercise)
    assert [result.points for result in results] == [0, 0, 0]
    assert all(result.reason.startswith("not parseable: not a notebook") for result in results)


def test_what_is_no_file_is_not_opened(exercise, tmp_path):
    solution = tmp_path / "solution"
    solution.write_text(json.dumps(corpus.SOLUTION))
    (tmp_path / "link.ipynb").symlink_to(solution)
    (tmp_path / "loop.ipynb").symlink_to(tmp_path / "loop.ipynb")
    (tmp_path / "nowhere.ipynb").symlink_to(tmp_path / "nothing")
    (tmp_path / "device.ipynb").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "pipe.ipynb")
    (tmp_path / "folder.ipynb").mkdir()
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(tmp_path / "socket.ipynb"))
    for path in sorted(tmp_path.glob("*.ipynb")):
        results = mark_submission(path, exercise)
        assert {result.reason for result in results} == {"not parseable: not a regular file"}
    server.close()


def test_large_files_are_not_read(exercise, tmp_path, monkeypatch):
    path = tmp_path / "x.ipynb"
    with open(path, "wb") as file:
        file.truncate(10**12)  # one without content
    assert "larger than 20 MB" in mark_submission(path, exercise)[0].reason
    path.write_text(json.dumps(corpus.SOLUTION))
    monkeypatch.setattr(notebook, "MOST_BYTES", 1000)
    assert "larger than" in mark_submission(path, exercise)[0].reason


def test_names_of_every_kind(tmp_path, teachers):
    """One row for each, and no name leads out of the folder or into another row."""
    folder = tmp_path / "in"
    folder.mkdir()
    names = [
        "new\nline",
        "..",
        "...",
        "-rf",
        "=1+1",
        'quote"d',
        "a,b",
        "é",
        "x" * 200,
    ]
    names += ["..\\up", "%00", "$(id)", "\x1b[2J", "con", "a;b", "nul.txt", "~", "{{7*7}}"]
    names += ["<script>alert(1)<script>", "=cmd|' C'!A0", "\u202egpj", "a\u0301", "\t@x"]
    text = json.dumps(corpus.SOLUTION)
    for name in names:
        (folder / f"{name}.ipynb").write_text(text)
    rows = graded(folder, teachers)
    assert len(rows) == len([n for n in names if not n.startswith(".")])  # hidden files are none
    assert {row["total"] for row in rows.values()} == {str(corpus.FULL)}


def test_two_files_for_one_student(tmp_path, teachers):
    """The file that bears the exercise's name counts, wherever a second one lies."""
    zero = json.dumps(corpus.cheating(corpus.ZERO))
    full = json.dumps(corpus.SOLUTION)
    folder = tmp_path / "in"
    for name in ("ann", "bo", "cy/a", "cy/b"):
        (folder / name).mkdir(parents=True)
    (folder / "ann" / f"{NAME}.ipynb").write_text(full)
    (folder / "ann" / f"{NAME} (1).ipynb").write_text(zero)
    (folder / "bo.ipynb").write_text(zero)
    (folder / "bo" / f"{NAME}.ipynb").write_text(full)
    (folder / "cy" / "a" / f"{NAME}.ipynb").write_text(full)
    (folder / "cy" / "b" / f"{NAME}.ipynb").write_text("{")
    assert {name: row["total"] for name, row in graded(folder, teachers).items()} == {
        "ann": "15",
        "bo": "15",
        "cy": "15",
    }


def test_a_number_that_lies_about_its_length_allocates_nothing(exercise, tmp_path):
    """The reply announces 2⁶² numbers in the eight bytes that follow."""
    head = struct.pack("<cBB2I", b"a", 0, 2, 2**31, 2**31)
    source = (
        f"{corpus.LINE}\ndef cheat(*a): line().sendall({struct.pack('<I', len(head)) + head!r})"
    )
    path = tmp_path / "x.ipynb"
    path.write_text(json.dumps(corpus.cheating(source)))
    assert "bytes announced, 0 there" in mark_submission(path, exercise)[0].reason
