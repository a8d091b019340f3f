"""Every topic of the course has a function, a cell that uses it, something to see and a task.

python tests/test_coverage.py     prints the table that coverage.toml stands for
"""

import importlib
import tomllib
from functools import lru_cache
from pathlib import Path

import nbformat
import pytest

from coursekit import widgets
from coursekit.checks.tasks import course_tasks

ROOT = Path(__file__).parent.parent
ROWS = tomllib.loads((ROOT / "coverage.toml").read_text(encoding="utf-8"))
TOPICS = [
    f"{letter}{k}"
    for letter, last in zip("PNTBCVE", (12, 7, 7, 7, 9, 5, 1), strict=True)
    for k in range(1, last + 1)
]
# Rows that owe no function (they are history, tables or notation), nothing to see, no task.
NOT_OWED = {
    "library": {"P12", "N7", "B6", "B7", "E1"},
    "see": {"T7", "C6"},
    "exercise": {"P10", "P12", "N6", "N7", "T6", "T7", "B7", "V3", "V4", "V5", "E1"},
}
KINDS = ("library", "lecture", "see", "exercise")
CALCULATORS = {"07_convolutional_networks:counts"}  # cells to edit and run again
each = pytest.mark.parametrize("topic", TOPICS)


@lru_cache
def code_cells(lecture):
    notebook = nbformat.read(ROOT / "notebooks" / f"{lecture}.ipynb", as_version=4)
    return {cell.id: cell.source for cell in notebook.cells if cell.cell_type == "code"}


def cell(pointer):
    """The source of "lecture:cell"."""
    lecture, name = pointer.split(":")
    return code_cells(lecture)[name]


def found(name):
    """The object behind a dotted name below coursekit."""
    parts = name.split(".")
    for k in range(len(parts), 0, -1):
        try:
            thing = importlib.import_module(".".join(["coursekit", *parts[:k]]))
        except ModuleNotFoundError:
            continue
        for part in parts[k:]:
            thing = getattr(thing, part)
        return thing
    raise AssertionError(f"nothing in coursekit is called {name}")


def test_no_topic_is_forgotten():
    assert sorted(ROWS) == sorted(TOPICS)
    for column, rows in NOT_OWED.items():
        missing = {topic for topic, row in ROWS.items() if column not in row}
        assert missing <= rows, f"{column} is owed by {sorted(missing - rows)}"


@each
def test_library_names_are_public_and_documented(topic):
    for name in ROWS[topic].get("library", []):
        room, *_, last = name.split(".")
        thing = found(name)
        assert thing.__doc__
        public = importlib.import_module(f"coursekit.{room}").__all__
        assert {last, name.split(".")[1]} & set(public), f"{name} is not public"


@each
def test_lecture_cells_run_the_library(topic):
    row = ROWS[topic]
    sources = [cell(pointer) for pointer in row["lecture"]]
    names = [name.split(".")[-1] for name in row.get("library", [])]
    used = [name for name in names if any(name in source for source in sources)]
    assert all(sources)
    assert used or not names


@each
def test_there_is_something_to_see(topic):
    lectures = {pointer.split(":")[0] for pointer in ROWS[topic]["lecture"]}
    for thing in ROWS[topic].get("see", []):
        if ":" in thing:
            assert "show_" in cell(thing) or "Picture(" in cell(thing) or thing in CALCULATORS, (
                thing
            )
        else:
            assert getattr(widgets, thing) in widgets.WIDGETS
            assert any(thing in source for name in lectures for source in code_cells(name).values())


@each
def test_tasks_exist(topic):
    assert set(ROWS[topic].get("exercise", [])) <= set(course_tasks())


def test_readme_shows_the_totals():
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    assert totals() in readme


def test_readme_counts_the_tasks_and_their_points():
    notebooks = [nbformat.read(path, as_version=4) for path in (ROOT / "solutions").glob("*.ipynb")]
    metadata = [cell.metadata["nbgrader"] for notebook in notebooks for cell in notebook.cells]
    points = [each["points"] for each in metadata if each["grade"]]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"{len(points)} tasks, {sum(points)} points" in readme


def totals():
    """How many different things the rows point at."""
    count = {kind: len({x for row in ROWS.values() for x in row.get(kind, [])}) for kind in KINDS}
    return (
        f"{len(ROWS)} topics: {count['library']} functions and classes, {count['lecture']} cells "
        f"that run them, {count['see']} widgets and pictures, {count['exercise']} tasks"
    )


def table():
    """One line a topic: id, how many of each kind, and what it is about."""
    yield "topic  library  lecture  see  exercise"
    for topic, row in ROWS.items():
        counts = (len(row.get(kind, [])) or "–" for kind in KINDS)
        yield "{:5}  {:>7}  {:>7}  {:>3}  {:>8}  {}".format(topic, *counts, row["topic"])


if __name__ == "__main__":
    print(*table(), totals(), sep="\n")
