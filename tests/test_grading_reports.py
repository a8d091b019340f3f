"""What people read: every file of a folder of results says the same, and nothing in it acts."""

import csv
import html
import json
import os
from datetime import datetime
from pathlib import Path

import corpus
import nbformat
import pytest
from click.testing import CliRunner
from needs import needs
from page_commands import run_page
from spreadsheets import ENCODINGS, SEPARATORS, can_be, formulas, parsed, saved

from coursekit.cli import main
from coursekit.grading import Result
from coursekit.grading.class_report import ClassReport
from coursekit.grading.gradebook import write_gradebook
from coursekit.grading.names import alike
from coursekit.grading.notebook import Exercise, Question
from coursekit.grading.own_exercise import write_own_exercise
from coursekit.grading.report import page
from coursekit.grading.sheet import Part, Sheet, Text
from coursekit.grading.tables import harmless

NAME = "colours"
EVIL = "<img src=x onerror=alert(1)>"
SENTENCE = f"=HYPERLINK({EVIL})"


@pytest.mark.needs("sandbox")
def test_the_page_does_what_it_says(tmp_path):
    run_page(Path(__file__).parent.parent / "docs" / "grade-a-class.md", tmp_path)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Three students, one of them wrong, and what the grader wrote about them."""
    needs("sandbox")
    place = tmp_path_factory.mktemp("class")
    notebook, _ = write_own_exercise(NAME, place / "solutions")
    for student, change in [
        ("ann", {}),
        ("bob", {"x.mean(axis=1)": "x.mean(axis=0)"}),
        (EVIL, {"x.mean(axis=1)": f'exec("raise ValueError({EVIL!r})")'}),
    ]:
        path = place / "in" / student / f"{NAME}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(changed(notebook, change), "utf-8")
        os.utime(path, (datetime(2026, 1, 1).timestamp(),) * 2)
    done(place)
    return place


def changed(path, change):
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = SENTENCE
        for old, new in change.items():
            cell.source = cell.source.replace(old, new)
    return nbformat.writes(notebook)


def done(place, *words, status=0):
    before = Path.cwd()
    os.chdir(place)
    try:
        result = CliRunner().invoke(main, ["grade", "in", "--jobs", "1", *words])
    finally:
        os.chdir(before)
    assert result.exit_code == status, result.output
    return result.output


def table(place, name="grades.csv"):
    with open(place / "results" / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_all_files_say_the_same(place):
    rows = {row["student"]: row for row in table(place)}
    assert [rows[name]["total"] for name in ("ann", "bob", EVIL)] == ["3", "0", "0"]
    canvas, moodle = table(place, "canvas.csv"), table(place, "moodle.csv")
    (most,) = {row[NAME] for row in canvas if "Possible" in row["Student"]}
    assert float(most) > 3  # the sentence counts when it is marked
    assert {row["SIS Login ID"]: row[NAME] for row in canvas[1:]} == {
        row["username"]: row[NAME] for row in moodle
    }
    for name, row in rows.items():
        folder = place / "results" / "feedback" / name
        scores = json.loads((folder / "results.json").read_text("utf-8"))
        assert f"{scores['score']:g}" == row["total"]
        assert scores["score"] == sum(test["score"] for test in scores["tests"])
        text = (folder / "feedback.txt").read_text("utf-8")
        assert text.startswith(f"{name}: {row['total']} of {row['out of']} points\n")
        assert f"<b>{row['total']}</b> of {row['out of']}" in (
            (folder / "feedback.html").read_text("utf-8")
        )


def test_nothing_in_a_page_acts(place):
    """Names, reasons and sentences are text; nothing is loaded from anywhere."""
    pages = [place / "results" / "class.html", *place.glob("results/feedback/*/feedback.html")]
    assert len(pages) == 4
    for path in pages:
        content = path.read_text("utf-8")
        assert "<img" not in content
        assert "http:" not in content.replace("http-equiv", "")
        assert "default-src 'none'" in content
    evil = (place / "results" / "feedback" / EVIL / "feedback.html").read_text("utf-8")
    assert html.escape(EVIL, quote=False) in evil
    assert "ValueError" in evil


def test_no_table_holds_a_formula(place):
    for path in place.glob("results/*.csv"):
        with open(path, encoding="utf-8", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert [cell for cell in cells if cell.startswith(tuple("=+-@\t\r"))] == []
    assert {row["text"] for row in table(place, "to_mark.csv")} == {"'" + SENTENCE}
    for cell in ["=1", "+1", "-1", "@x", "\n=1", "＝1", "\t=1", "\r=1"]:
        assert harmless(cell)[0] in "'\N{REPLACEMENT CHARACTER}"
    assert harmless("a\r\nb\x1b[2J") == "a\nb\N{REPLACEMENT CHARACTER}[2J"


def names_of_folders():
    """Logins, and each third hostile cell that can be a folder's name; no two are alike."""
    cells = [cell for cell in corpus.CELLS[::3] if not set("/\0") & set(cell)]
    names = {alike(cell): cell for cell in [*cells, *corpus.LOGINS]}
    return [name for key, name in names.items() if key and not name.startswith(".")]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A class whose names, exceptions and sentences would all be formulas."""
    needs("sandbox")
    place = tmp_path_factory.mktemp("hostile")
    notebook, _ = write_own_exercise(NAME, place / "solutions")
    assert len(names_of_folders()) > 60
    for name in names_of_folders():
        path = place / "in" / name / f"{NAME}.ipynb"
        path.parent.mkdir(parents=True)
        text = name.encode("utf-8", "replace").decode()
        change = {"return x.mean(axis=1)": f"raise ValueError({text!r})", SENTENCE: text}
        path.write_text(changed(notebook, change), "utf-8")
    done(place)
    done(place, "--resume", "--deadline", "2025-12-31")
    return place


def test_no_table_of_a_hostile_class_holds_a_formula_with_any_separator(hostile):
    tables = list(hostile.glob("results/*.csv"))
    assert len(tables) == 5
    for path in tables:
        text = path.read_text("utf-8")
        assert formulas(text) == []
        rows = parsed(text, ",")
        assert {len(row) for row in rows} == {len(rows[0])}
    for path in tables[0].parent.glob("feedback/*/feedback.txt"):
        assert set(path.read_text("utf-8")) & set("\x1b\r\v\f\x85\u2028\u2029\u202e\0") == set()


def test_gradebooks_can_import_them(hostile):
    """Canvas: its columns, a second row of points; Moodle: a user name and an exercise a column."""
    canvas, moodle = (
        parsed((hostile / "results" / name).read_text("utf-8"), ",")
        for name in ("canvas.csv", "moodle.csv")
    )
    assert canvas[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", NAME]
    assert canvas[1] == ["    Points Possible", "", "", "", "", "5"]
    assert moodle[0] == ["username", NAME]
    assert [row[3] for row in canvas[2:]] == [row[0] for row in moodle[1:]]
    logins = {row[0] for row in moodle}
    assert set(corpus.LOGINS) <= logins  # as they are: Canvas and Moodle compare them
    assert all(float(row[-1]) == 0 for row in canvas[2:] + moodle[1:])


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("separator", SEPARATORS)
def test_marks_of_a_hostile_class_come_back_however_they_were_saved(hostile, separator, encoding):
    path = hostile / "results" / "to_mark.csv"
    head, *rows = parsed(path.read_text("utf-8"), ",")
    points = 1 + len(separator) / 10 + ENCODINGS.index(encoding) / 100  # another time, another mark
    sent = [row for row in rows if can_be("".join(row), encoding)]
    assert len(sent) > 20
    for row in sent:
        row[3:5] = [f"{points:g}".replace(".", ","), "-=+;-1"]
    path.write_bytes(saved([head, *sent], SEPARATORS[separator], encoding))
    done(hostile, "--resume")
    text = path.read_text("utf-8")
    assert formulas(text) == []
    marked = [row for row in parsed(text, ",") if row[3] == f"{points:g}"]
    assert [row[0] for row in marked] == [row[0] for row in sent]
    assert {row[4] for row in marked} == {"'-=+;'-1"}


@pytest.mark.needs("nbgrader")
def test_nbgraders_gradebook(place):
    """Filled twice, as after a late rule, it says what the table says."""
    from nbgrader.api import Gradebook

    late = "--deadline", "2025-12-31 12:00", "--late-percent", "10"
    for words in [(), late]:
        done(place, "--resume", "--gradebook", "gradebook.db", *words)
    with Gradebook(f"sqlite:///{place / 'gradebook.db'}") as book:
        for row in table(place):
            submission = book.find_submission(NAME, row["student"])
            assert submission.score - submission.late_submission_penalty == float(row["total"])
            assert submission.needs_manual_grade  # the sentence
    assert {row["total"] for row in table(place)} == {"2.7", "0"}
    assert "expects a file in a folder" in done(place, "--gradebook", "no/g.db", status=1)
    done(place, "--resume")


@pytest.mark.needs("nbgrader")
def test_a_task_that_nbgrader_laid_out_is_filled_and_not_doubled(tmp_path):
    from nbgrader.api import Gradebook

    url = f"sqlite:///{tmp_path / 'gradebook.db'}"
    with Gradebook(url) as book:
        book.update_or_create_assignment("x")
        book.update_or_create_notebook("x", "x")
        book.update_or_create_task_cell("x_2_b", "x", "x", max_score=2, cell_type="markdown")
    sheets = [sheet(3, text=1.5)]
    write_gradebook(tmp_path / "gradebook.db", sheets, [sheets[0].parts[0].exercise])
    with Gradebook(url) as book:
        submission = book.find_submission("x", "ann")
        found = submission.score, submission.max_score, submission.needs_manual_grade
        assert found == (4.5, 6, False)


def test_a_persons_marks_are_merged_and_stay(place):
    (row, *others) = table(place, "to_mark.csv")
    most, task = row["out of"], row["task"]
    assert len(others) == 2
    assert "waits for a person" in table(place)[0]["reasons"]
    filled = place / "mine.csv"
    filled.write_text(f"student;task;points;comment\nann;{task};{most};well put\nbob;{task};;\n")
    done(place, "--resume", "--manual", "mine.csv")
    rows = {row["student"]: row for row in table(place)}
    total = f"{3 + float(most):g}"
    assert (rows["ann"]["total"], rows["ann"]["out of"]) == (total, total)
    assert (rows["bob"]["total"], rows["bob"]["out of"]) == ("0", "3")
    done(place)  # marked again by the grader, not by the person
    assert {row["student"]: row for row in table(place)}["ann"]["total"] == total
    assert "well put" in (place / "results/feedback/ann/feedback.html").read_text("utf-8")
    own = place / "results" / "to_mark.csv"
    lines = own.read_text("utf-8").replace(f"bob,{task},{most},,", f"bob,{task},{most},0.5,")
    own.write_text(lines, "utf-8")
    done(place, "--resume")
    assert {row["student"]: row for row in table(place)}["bob"]["total"] == "0.5"


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ("student,task,points\nzoe,TASK,1", "no student is called 'zoe'"),
        ("student,task,points\nann,TASK,99", "points; got '99'"),
        ("student,task,points\nann,TASK,nan", "points; got 'nan'"),
        ("student,task,points\nann,other,1", "a person marks TASK; got 'other'"),
        ("student,points\nann,1", "has no column 'task'"),
    ],
)
def test_marks_that_cannot_be_are_one_line(place, lines, why):
    task = table(place, "to_mark.csv")[0]["task"]
    (place / "wrong.csv").write_text(lines.replace("TASK", task))
    said = done(place, "--resume", "--manual", "wrong.csv", status=1)
    assert why.replace("TASK", task) in said
    assert len(said.splitlines()) == 1


def test_late_work(place):
    """Each day begun costs; a table of times overrules the time of the file."""
    done(place, "--resume", "--deadline", "2025-12-31", "--late-percent", "50")  # a day
    first = {row["student"]: row for row in table(place)}["ann"]
    done(place, "--resume")
    full = {row["student"]: row for row in table(place)}["ann"]
    assert float(first["total"]) == float(full["total"]) / 2
    assert f"{NAME}: 1 day late, 50 % off" in first["reasons"]
    assert "late" not in full["reasons"]
    (place / "times.csv").write_text("student,time\nann,2026-01-02 00:01\nbob,2025-12-30\n")
    done(place, "--resume", "--deadline", "2025-12-31 00:00", "--handed-in", "times.csv")
    rows = {row["student"]: row for row in table(place)}
    assert f"{NAME}: 3 days late, 30 % off" in rows["ann"]["reasons"]
    assert "late" not in rows["bob"]["reasons"]


def sheet(points, reason="wrong: off by 0.5 in cell 1_x", text=None):
    questions = (Question(4, "x_1_a", ()),)
    exercise = Exercise("x", Path(), (), frozenset(), frozenset(), questions, (("x_2_b", 2),))
    texts = (Text("x_2_b", 2, "", text, ""),)
    return Sheet("ann", (Part(exercise, (Result("x_1_a", points, 4, reason),), texts),))


def test_the_class_in_numbers():
    sheets = [
        sheet(0),
        sheet(1, "wrong: off by 7 in cell 1_x"),
        sheet(4, "right"),
        sheet(4, "right"),
    ]
    summary = ClassReport([sheets[0].parts[0].exercise])
    for each in sheets:
        summary.add(each)
    assert summary.students == summary.waiting == 4
    assert summary.middle == (0.25 + 1) / 2
    assert [count for _, _, count in summary.histogram()] == [1, 0, 1, 0, 0, 0, 0, 0, 0, 2]
    ((_, name, share, states),) = summary.questions()
    assert (name, share, dict(states)) == ("x_1_a", 9 / 16, {"wrong": 2, "right": 2})
    assert summary.commonest_reasons() == [("x_1_a", "wrong: off by # in cell 1_x", 2)]
    assert summary.commonest_failures() == [("x_1_a", "wrong", 2)]
    shown = page("class.html", summary=summary)
    assert [word for word in ("ann", "off by", "cell 1_x") if word in shown] == []


@pytest.mark.parametrize(
    ("reason", "failure"),
    [
        ("raised: means (ValueError: Ben (KeyError: x))", "raised ValueError"),
        ("raised: means (ZeroDivisionError | cell 3: 1/0)", "raised ZeroDivisionError"),
        ("raised: means (rows), sizes (KeyError: Ben)", "raised KeyError"),
        ("raised: means (Ben: Ann)", "raised an exception of another kind"),
        ("raised: means (Ben)", "raised an exception of another kind"),
        ("wrong: means (Ben (KeyError: x))", "wrong"),
        ("not parseable: means (SyntaxError: Ben)", "not parseable"),
        ("not parseable: not a regular file", "not parseable"),
        ("timed out: x; raised: y (KeyError: Ben)", "timed out"),
        ("the grader failed: KeyError; please report it", "the grader failed"),
        ("not handed in", "not handed in"),
        ("Ben", "other"),
    ],
)
def test_how_an_answer_failed_in_words_of_ours(reason, failure):
    summary = ClassReport([])
    for _ in range(2):
        summary.add(sheet(0, reason))
    assert summary.commonest_failures() == [("x_1_a", failure, 2)]


def test_what_waits_for_a_person_does_not_count_yet():
    assert [(s.points, s.out_of) for s in (sheet(3), sheet(3, text=0), sheet(3, text=1.5))] == [
        (3, 4),
        (3, 6),
        (4.5, 6),
    ]


PROGRAM = """
def mean_of_rows(rows, weights):
    total = np.zeros(len(rows))
    for number, row in enumerate(rows):
        for value, weight in zip(row, weights):
            total[number] = total[number] + value * weight
        if total[number] > 100:
            total[number] = 100
    return total / sum(weights)
"""
OTHER = """
def mean_of_rows(rows, weights):
    result = []
    while rows:
        first, *rows = rows
        try:
            result += [max(min(np.dot(first, weights) / np.sum(weights), 7), -7)]
        except ValueError as error:
            print("no", error, sep="")
    return {"all": np.array(result)}["all"]
"""


def test_similar_pairs_are_found_however_they_are_renamed(tmp_path, monkeypatch):
    notebook, _ = write_own_exercise(NAME, tmp_path / "solutions")
    copied = PROGRAM.replace("total", "s").replace("row", "r") + "# my own work\n"
    programs = {"ann": PROGRAM, "bob": OTHER, "=cem": copied, "dan": "", "eve": "def broken('"}
    for student, program in programs.items():
        path = tmp_path / "in" / student / f"{NAME}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(changed(notebook, {"### BEGIN SOLUTION": program}), "utf-8")
    (tmp_path / "in" / "fay.ipynb").write_text("{")
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["similar", "in"])
    assert result.output == "1 pairs to look at, see similar.csv\n"
    with open("similar.csv", encoding="utf-8", newline="") as file:
        (pair,) = csv.DictReader(file)
    assert (pair["first"], pair["second"], pair["share"]) == ("'=cem", "ann", "100%")
