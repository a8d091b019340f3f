"""A student is deleted from a folder of results: no file of it holds anything of theirs then."""

import shutil
from pathlib import Path

from coursekit.grading.names import alike
from coursekit.grading.store import Store, held
from coursekit.grading.tables import drop_rows

ABOUT_ALL = ("class.html", "reasons.csv")  # they hold no names, but what was written may


def forget_student(output, student):
    """Delete a student from results: marks and their history, feedback, rows of the tables.

    The page about the class and the table of reasons are removed; the next run of the grader
    writes them again. What was handed in, and what was sent elsewhere, is not touched.

    Parameters
    ----------
    output : str or Path
        The folder of results, or the table when that was asked for alone.
    student : str
        The name of the student's folder.

    Raises
    ------
    ValueError
        When there are no results, they hold nothing of the student, or a run is writing to them.
    """
    output = Path(output)
    alone = output.suffix == ".csv"
    marks = output.with_suffix(".sqlite") if alone else output / "grades.sqlite"
    if not marks.is_file():
        raise ValueError(f"no results in {output}: there is no file {marks}")
    tables = [output] if alone else output.glob("*.csv")
    with held(marks), Store(marks) as store:
        found = store.forget(student)
        for path in tables:
            if path.is_file() and path.name not in ABOUT_ALL:
                found += drop_rows(path, lambda cells: alike(cells[0]) == alike(student))
        if not alone:
            found += remove_feedback(output / "feedback", student)
        if found and not alone:
            for left in [*(output / name for name in ABOUT_ALL), *output.rglob("*.new")]:
                left.unlink(missing_ok=True)  # .new: half a file of a run that was killed
    if not found:
        raise ValueError(f"the results in {output} hold nothing of a student {student!r}")


def remove_feedback(folder, student):
    """Remove a student's folder, if it is one of that folder; whether it was there."""
    own = [path for path in folder.glob("*") if path.name == student and not path.is_symlink()]
    for path in own:
        shutil.rmtree(path)
    return len(own)
