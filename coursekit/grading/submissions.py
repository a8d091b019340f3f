"""Which file of a folder is whose answer to which exercise.

Three layouts are understood, and may be mixed:

    FOLDER/<student>/06_backpropagation.ipynb
    FOLDER/<student>.ipynb
    FOLDER/<student>/<assignment>/06_backpropagation.ipynb      nbgrader's `submitted`

A notebook that was renamed is recognised by the ids of its cells.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path

from coursekit.grading.names import expect_distinct
from coursekit.grading.notebook import NotebookError, grade_ids


@dataclass
class Student:
    """The notebooks that one student handed in; strays are those that nothing could be told of."""

    name: str
    notebooks: dict[str, Path] = field(default_factory=dict)
    strays: list[Path] = field(default_factory=list)

    def notebook(self, exercise_name):
        """The notebook to mark for an exercise, or None when nothing was handed in."""
        return self.notebooks.get(exercise_name, self.strays[0] if self.strays else None)


def find_students(folder, exercises):
    """All students of a folder, by name, and the names of the exercises that they worked on.

    Raises ValueError when the folder is none, is empty or holds no exercise that is known, or when
    the names of two students look the same.
    """
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        raise ValueError(f"cannot read {folder}: {error.strerror}") from error
    students: dict[str, Student] = {}
    for entry in entries:
        paths = notebooks_of(entry)
        if paths is not None:
            name = entry.name.removesuffix(".ipynb")
            sort_in(students.setdefault(name, Student(name)), paths, exercises)
    expect_distinct(students)
    if not students:
        raise ValueError(f"no submissions in {folder}: it holds no notebook and no folder")
    handed_in = {name for student in students.values() for name in student.notebooks}
    worked_on = [name for name in exercises if name in handed_in]
    if not worked_on and len(exercises) > 1:
        wanted = ", ".join(f"{name}.ipynb" for name in exercises)
        raise ValueError(f"no submission in {folder} is one of {wanted}")
    return list(students.values()), worked_on or list(exercises)


def notebooks_of(entry):
    """Paths of the notebooks of one entry of the folder; None when it is no student's."""
    if entry.name.startswith("."):
        return None
    if entry.is_dir(follow_symlinks=False):
        return inside(entry.path, depth=1)
    is_notebook = entry.name.endswith(".ipynb") or entry.is_symlink()
    return [Path(entry.path)] if is_notebook else None


def inside(folder, depth):
    """Notebooks of a folder and of those in it. Links to folders are another student's, perhaps."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return []
    paths = [Path(entry.path) for entry in entries if entry.name.endswith(".ipynb")]
    for entry in entries if depth else []:
        if entry.is_dir(follow_symlinks=False) and not entry.name.startswith("."):
            paths += inside(entry.path, depth - 1)
    return paths


def sort_in(student, paths, exercises):
    """Give each notebook its exercise; the one that bears the exercise's name comes first."""
    for path in sorted(paths, key=lambda path: path.stem not in exercises):
        name = path.stem if path.stem in exercises else recognise(path, exercises)
        if name is None:
            student.strays.append(path)
        else:
            student.notebooks.setdefault(name, path)


def recognise(path, exercises):
    """Name of the exercise that shares the most cell ids with a file, or None."""
    try:
        ids = grade_ids(path)
    except NotebookError:
        return None
    shared = {name: len(ids & exercise.ids) for name, exercise in exercises.items()}
    best = max(shared, key=lambda name: shared[name], default=None)
    return best if best is not None and shared[best] else None
