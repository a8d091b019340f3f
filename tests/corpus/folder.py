"""A class's folder of submissions, the teacher's folder, and the table that comes out."""

import csv
import json

from needs import needs

from corpus.build import FILE, SOLUTION
from coursekit.grading import grade_folder


def write_teachers(folder):
    """The teacher's copy: the questions of `build`, whatever else the exercise asks today."""
    (folder / FILE.name).write_text(json.dumps(SOLUTION))
    return folder


def hand_in(folder, notebooks):
    for name, content in notebooks.items():
        (folder / name).mkdir(parents=True)
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        (folder / name / FILE.name).write_bytes(data)


def graded(folder, teachers, **how):
    """Student -> row of grades.csv."""
    if "sandbox" not in how:
        needs("sandbox")  # whichever works here
    table = folder.parent / f"{folder.name}.csv"
    grade_folder(folder, teachers, table, **how)
    with open(table, encoding="utf-8", newline="") as file:
        return {row["student"]: row for row in csv.DictReader(file)}
