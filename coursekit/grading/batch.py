"""A folder of submissions, marked one after the other; none of them can stop the others."""

import os

from coursekit.grading import mark, report
from coursekit.grading.notebook import read_exercises
from coursekit.grading.submissions import find_students


def grade_folder(folder, teachers_folder, output, *, progress=iter, limits=None):
    """Mark every submission of a folder into the table `output`; return how many students.

    teachers_folder: holds the notebooks that fix questions and points. progress: wraps the list of
    students, as tqdm does. Raises ValueError when either folder holds nothing of use, before
    anything is written.
    """
    if os.name != "posix":
        raise ValueError("marking submissions needs Linux or macOS (or WSL on Windows)")
    exercises = read_exercises(teachers_folder)
    students, names = find_students(folder, exercises)
    worked_on = [exercises[name] for name in names]
    task_ids = [question.task_id for exercise in worked_on for question in exercise.questions]
    with open(output, "w", encoding="utf-8", newline="") as file:
        rows = (
            report.row(student.name, mark_student(student, worked_on, limits))
            for student in progress(students)
        )
        report.write(file, task_ids, rows)
    return len(students)


def mark_student(student, exercises, limits=None):
    """Results for all questions of the exercises, in order."""
    results = []
    for exercise in exercises:
        path = student.notebook(exercise.name)
        if path is None:
            results += mark.nothing(exercise, "not handed in")
            continue
        try:
            results += mark.mark_submission(path, exercise, limits)
        except Exception as error:  # a fault of ours must not cost the others their marks
            kind = type(error).__name__
            results += mark.nothing(exercise, f"the grader failed: {kind}; please report it")
    return results
