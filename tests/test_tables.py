"""Tables: no cell acts in any spreadsheet, what was written is read, whoever saved it meanwhile."""

import io
import re
import shutil

import corpus
import pytest
from corpus.build import FILE
from hypothesis import example, given
from hypothesis import strategies as st
from spreadsheets import ENCODINGS, SEPARATORS, can_be, formulas, parsed, saved

from coursekit.grading.adjust import LateRule, read_marks, read_times
from coursekit.grading.names import alike, expect_distinct
from coursekit.grading.submissions import find_students
from coursekit.grading.tables import (
    FORMULA,
    MOST_BYTES,
    harmless,
    printable,
    read_table,
    without_guards,
    write_rows,
)

SPITEFUL = st.text(
    st.sampled_from("=+-@＝;,\t\n\r\v\u2028\x1c\"' ax1\xa0\ufeff�\u200b\x00"), max_size=12
)


def written(rows):
    file = io.StringIO()
    write_rows(file, rows)
    return file.getvalue()


# Written


def test_no_cell_is_a_formula_with_any_separator():
    for cell in corpus.CELLS:
        rows = [["student", cell, "end"], [cell, 3, cell], ["x;", -2, cell], ["y", cell, "x;"]]
        text = written(rows)
        assert formulas(text) == [], ascii(cell)
        assert parsed(text, ",") == [
            [harmless(each) if isinstance(each, str) else str(each) for each in row] for row in rows
        ]


@given(st.lists(st.lists(SPITEFUL, min_size=3, max_size=3), min_size=1, max_size=4))
def test_no_table_holds_a_formula(rows):
    rows = [["name", *row] for row in rows]
    assert formulas(written(rows)) == []
    assert parsed(written(rows), ",") == [[harmless(cell) for cell in row] for row in rows]


@given(SPITEFUL)
@example("'=1")
@example("''=1;''=2\n'\"=3")
def test_a_guard_is_taken_away_again(text):
    assert without_guards(harmless(text)) == printable(text)


@given(SPITEFUL)
def test_guards_stand_where_the_rule_has_them(text):
    """The rule as it reads: at each start of a cell, before quotes and spaces and then a sign."""
    rule = re.compile(rf"""(^|[;\n])(?=[\s"']*[{re.escape(FORMULA)}])""")
    assert harmless(text) == rule.sub(r"\1'", printable(text))


def test_a_text_of_nothing_but_lines_is_guarded_in_one_pass():
    """By the rule above, every line looks through all that follow: minutes here."""
    for text in ["\n" * 100_000, ";'" * 50_000, "\n'\"" * 30_000 + "=", "\n" * 100_000 + "="]:
        assert without_guards(harmless(text)) == text


def test_texts_that_are_no_formulas_stay_as_they_are():
    for text in ["ann", "O'Neil", "a=b", "1-2", "x@y.org", "; no", "a\nb", "(0, -1)", "'quoted'"]:
        assert harmless(text) == text
    assert harmless("a\tb\xa0c") == "a b c"
    assert harmless("a\r\nb\rc\u2028d") == "a\nb\nc\nd"


def test_numbers_stay_numbers():
    assert (
        written([["x", -2, 2.5, 0.1 + 0.2, 1234567, 1e-3, 4.0]]) == "x,-2,2.5,0.3,1234567,0.001,4\n"
    )
    assert written([["-2", "007", "1e5"]]) == "'-2,007,1e5\n"  # these are names


# Read


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("separator", SEPARATORS)
def test_what_was_written_is_read_however_it_was_saved(tmp_path, separator, encoding):
    cells = [cell for cell in corpus.CELLS if can_be(harmless(cell), encoding)]
    assert len(cells) > 100
    rows = [["student", "task", "points"], *([cell, "Müller", cell] for cell in cells)]
    opened = parsed(written(rows), ",")
    path = tmp_path / "x.csv"
    path.write_bytes(saved(opened, SEPARATORS[separator], encoding))
    wanted = [printable(cell) for cell in cells]
    found = read_table(path, ["student", "task", "points"])
    assert [row["student"] for row in found] == [row["points"] for row in found] == wanted
    assert {row["task"] for row in found} == {"Müller"}


def test_our_own_file_is_read(tmp_path):
    rows = [["Student", " points "], *([cell, 2.5] for cell in corpus.CELLS)]
    (tmp_path / "x.csv").write_text(written(rows), "utf-8", newline="")
    found = read_table(tmp_path / "x.csv", ["student", "points"])
    assert [row["student"] for row in found] == [printable(cell) for cell in corpus.CELLS]
    assert {row["points"] for row in found} == {"2.5"}


def test_excel_took_it_for_its_own_encoding(tmp_path):
    """Names of ours look broken in it; a comment of the teacher's is in its encoding."""
    ours = written([["student", "comment"], ["Jürgen Weiß", ""], ["Zoë", ""]])
    data = ours.encode("utf-8").replace(b"Zo\xc3\xab,", b"Zo\xc3\xab,sch\xf6n")
    (tmp_path / "mixed.csv").write_bytes(data)
    again = ours.replace("Zoë,", "Zoë,schön").encode("utf-8").decode("cp1252")
    (tmp_path / "twice.csv").write_bytes(again.encode("utf-8-sig"))
    (tmp_path / "wide.csv").write_bytes(again.encode("utf-16"))
    for name in ("mixed.csv", "twice.csv", "wide.csv"):
        rows = read_table(tmp_path / name, ["student"])
        assert [row["student"] for row in rows] == ["Jürgen Weiß", "Zoë"]
        assert rows[1]["comment"] == "schön"


def test_a_spreadsheets_habits(tmp_path):
    (tmp_path / "x.csv").write_bytes(
        b'sep=;\r\nTask;STUDENT;;\r\n"t";"a;b";;\r\n;;;\r\n\r\nt;c\r\n'
    )
    rows = read_table(tmp_path / "x.csv", ["student", "task"])
    assert [(row["student"], row["task"]) for row in rows] == [("a;b", "t"), ("c", "t")]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "has no column 'student'; it has nothing"),
        (b"name,task\n", "has no column 'student'; it has name, task"),
        (b"student,task,student\n", "has two columns 'student'"),
        (b"student,task\na,b,c\n", "line 2: a row has 2 cells, as in its first line; got 3"),
        (b'student,task\n"a,b\nc,d\n', "line 3: unexpected end of data"),
        (b'sep=,\nstudent,task\na,"b"c\n', "line 3: ',' expected after '\"'"),
        (b"student,task\n\x81\xff,b\n", "it is text in no known encoding"),
        (b"\xff\xfes", "it is text in no known encoding"),
        (b"x" * (MOST_BYTES + 1), "it is larger than 50 MB"),
    ],
)
def test_no_table_is_one_line(tmp_path, data, why):
    (tmp_path / "x.csv").write_bytes(data)
    with pytest.raises(ValueError, match=re.escape(why)) as raised:
        read_table(tmp_path / "x.csv", ["student", "task"])
    assert str(tmp_path / "x.csv") in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_missing_table_is_one_line(tmp_path):
    with pytest.raises(ValueError, match="cannot read .*: No such file"):
        read_table(tmp_path / "x.csv", ["student"])


def test_marks_find_their_student_again(tmp_path):
    """Also where a spreadsheet dropped zeros, or wrote a number in its own way."""
    names = ["007", "1e5", "=1", "ann;-1", "Zoë", "a\x07b"]
    shown = ["7", "1.00E+05", "'=1", "ann;'-1", "zoë ", "a�b"]
    rows = [["student", "task", "points", "comment"], *([name, "t", 1.5, "-"] for name in shown)]
    (tmp_path / "x.csv").write_bytes(saved(rows, ";", "utf-8-sig"))
    marks = read_marks(tmp_path / "x.csv", {"t": 2}, {name: name for name in names})
    assert marks == [(name, "t", 1.5, "-") for name in names]


def test_two_marks_for_one_text_are_refused(tmp_path):
    for second, differ in [("1", False), ("2", True)]:
        (tmp_path / "x.csv").write_text(f"student,task,points\nann,t,1\nAnn,t,{second}\n")
        if differ:
            with pytest.raises(ValueError, match="t of 'Ann' has two different marks"):
                read_marks(tmp_path / "x.csv", {"t": 2}, {"ann": "ann"})
        else:
            assert read_marks(tmp_path / "x.csv", {"t": 2}, {"ann": "ann"}) == [("ann", "t", 1, "")]


def test_times_find_their_student(tmp_path):
    (tmp_path / "x.csv").write_text("student;time\n'=1;2026-01-03\n7;2026-01-03\n")
    rule = LateRule(0, 1, read_times(tmp_path / "x.csv"))
    assert rule.days("=1", 5) == rule.days("007", 5) > 1
    assert rule.days("ann", 5) == 1


# Names


@pytest.mark.parametrize(("first", "second"), corpus.ALIKE, ids=ascii)
def test_students_that_print_alike_are_refused(tmp_path, first, second):
    for name in (first, second):
        (tmp_path / name).mkdir()
        shutil.copy(FILE, tmp_path / name)
    with pytest.raises(ValueError, match="rename|has letters") as raised:
        find_students(tmp_path, {FILE.stem: None})
    assert "\n" not in str(raised.value)
    assert str(raised.value).isascii()
    both = [ascii(first) in str(raised.value), ascii(second) in str(raised.value)]
    assert all(both) or (any(both) and not alike(first))


def test_students_that_do_not_are_not():
    expect_distinct(corpus.APART)
    assert all(alike(harmless(name)) == alike(name) for name in corpus.APART + corpus.CELLS)
