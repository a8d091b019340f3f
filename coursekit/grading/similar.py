"""Pairs of submissions that a person should lay side by side; nothing is claimed about them.

Runs of tokens are compared, with all names alike and comments left out (k-grams as fingerprints:
Schleimer, Wilkerson and Aiken 2003). Runs that the teacher gave or that many wrote say nothing.
"""

import hashlib
import itertools
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

from coursekit.grading.notebook import NotebookError, named, read_exercises, read_submission
from coursekit.grading.private import replacing
from coursekit.grading.submissions import find_students
from coursekit.grading.tables import write_rows

RUN = 16  # tokens
FEWEST_RUNS = 20  # of a submission; shorter ones are alike by chance
COMMON = 0.1  # runs that more of the class wrote are the way to write it
MOST_LETTERS = 200_000  # of a submission


@dataclass(frozen=True)
class Pair:
    """share: how many of the rarer runs of the shorter submission are in the other one, too."""

    exercise: str
    first: str
    second: str
    share: float
    runs: int


def write_similar(folder, teachers_folder, output, exercise=None):
    """Write a table of pairs, exercise by exercise; return how many. Raises ValueError, OSError."""
    exercises = read_exercises(teachers_folder)
    wanted = named(exercises, exercise)
    students, names = find_students(folder, exercises)
    chosen = [wanted[name] for name in names if name in wanted]
    pairs = [pair for one in chosen for pair in similar_pairs(students, one)]
    with replacing(Path(output)) as file:
        write_rows(file, [["exercise", "first", "second", "share", "runs in common"]])
        write_rows(file, ([p.exercise, p.first, p.second, f"{p.share:.0%}", p.runs] for p in pairs))
    return len(pairs)


def similar_pairs(students, exercise, least_share=0.5):
    """The pairs that share the most, in order of the share."""
    given = runs_of("\n".join(source for _, source in sorted(exercise.given)))
    runs = {student.name: runs_of(code_of(student, exercise)) - given for student in students}
    runs = {name: found for name, found in runs.items() if len(found) >= FEWEST_RUNS}
    writers = defaultdict(list)
    for name, found in runs.items():
        for run in found:
            writers[run].append(name)
    most_writers = max(3, COMMON * len(runs))
    rare = [names for names in writers.values() if len(names) <= most_writers]
    sizes = Counter(itertools.chain.from_iterable(rare))
    shared = Counter(itertools.chain.from_iterable(itertools.combinations(n, 2) for n in rare))
    pairs = [
        Pair(exercise.name, *names, count / min(sizes[name] for name in names), count)
        for names, count in shared.items()
    ]
    likely = [pair for pair in pairs if pair.share >= least_share and pair.runs >= FEWEST_RUNS]
    return sorted(likely, key=lambda pair: (-pair.share, -pair.runs, pair.first, pair.second))


def code_of(student, exercise):
    """The code of a student's own cells; none when it cannot be read."""
    path = student.notebook(exercise.name)
    try:
        cells = read_submission(path, exercise) if path else ()
    except NotebookError:
        return ""
    return "\n".join(cell.source for cell in cells)[:MOST_LETTERS]


def runs_of(source):
    """Short fingerprints of all runs of tokens."""
    tokens = tokens_of(source)
    runs = (" ".join(tokens[i : i + RUN]) for i in range(len(tokens) - RUN + 1))
    return {hashlib.blake2b(run.encode("utf-8", "replace"), digest_size=8).digest() for run in runs}


def tokens_of(source):
    """Tokens without comments and spaces; names, numbers and strings lose what they say.

    Pygments takes any text, also what Python's own tokenizer refuses.
    """
    from pygments.lexers import PythonLexer
    from pygments.token import Comment, Literal, Name, Text

    tokens: list[str] = []
    for kind, text in PythonLexer().get_tokens(source):
        if kind in Comment or kind in Text or not text.strip():
            continue
        if kind in Literal.String:
            if tokens[-1:] != ["'"]:
                tokens.append("'")
        else:
            tokens.append("x" if kind in Name else "0" if kind in Literal.Number else text)
    return tokens
