"""What a whole class found hard, added up a student at a time.

The page says how an answer failed in words from a fixed list, since a learner's own words (the text
of an exception, a name of a file, a class or a cell) may name anybody. Those are in a table of
reasons, which is for the teacher.
"""

import builtins
import re
from collections import Counter, defaultdict
from statistics import median
from textwrap import shorten

from coursekit.checks.report import WORDS
from coursekit.grading.mark import FAULT

BARS = 10
MOST_REASONS = 2_000  # different ones that are counted
SHOWN = 12
MOST_LETTERS = 300  # of a reason
STATES = {*WORDS, "right", FAULT, "not handed in", "not marked"}
EXCEPTIONS = {
    name
    for name, kind in vars(builtins).items()
    if isinstance(kind, type) and issubclass(kind, BaseException)
}
KIND = re.compile(r"\((\w+)(?=: | \||\))")  # raised: the name of a part (ValueError: its text)
NUMBER = re.compile(r"(?<![\w.])-?\d+(\.\d+)?(e[+-]?\d+)?(?!\w)")  # not those in names


class ClassReport:
    """Counts of a class, for the page that a teacher can show."""

    def __init__(self, exercises):
        self.exercises = exercises
        self.shares: Counter = Counter()  # share of the points -> students
        self.points: defaultdict = defaultdict(float)  # task id -> points of all
        self.states: defaultdict = defaultdict(Counter)  # task id -> right, wrong, ... -> students
        self.failures: Counter = Counter()  # (task id, state and kind of exception) -> students
        self.reasons: Counter = Counter()  # (task id, the whole reason) -> students
        self.waiting = 0

    def add(self, sheet):
        self.shares[sheet.points / (sheet.out_of or 1)] += 1
        for part in sheet.parts:
            self.waiting += sum(text.points is None for text in part.texts)
            for result in part.results:
                self.points[result.task_id] += result.points
                self.states[result.task_id][state_of(result)] += 1
                self._count_reason(result)

    def _count_reason(self, result):
        if result.reason == "right":
            return
        self.failures[result.task_id, failure_of(result)] += 1
        reason = shorten(NUMBER.sub("#", result.reason), MOST_LETTERS, placeholder=" …")
        key = result.task_id, reason
        if key in self.reasons or len(self.reasons) < MOST_REASONS:
            self.reasons[key] += 1

    @property
    def students(self):
        return self.shares.total()

    @property
    def middle(self):
        """Half of the class has this share of the points or more."""
        return median(self.shares.elements()) if self.shares else 0

    def histogram(self):
        """(from %, to %, students) of each bar; the last one holds those with all points."""
        counts = Counter(min(BARS - 1, int(share * BARS)) for share in self.shares.elements())
        width = 100 // BARS
        return [(i * width, (i + 1) * width, counts[i]) for i in range(BARS)]

    def questions(self):
        """(title, id, mean share of the points, states) of each question, the hardest first."""
        rows = []
        for exercise in self.exercises:
            titles = dict(exercise.titles)
            for question in exercise.questions:
                name = question.task_id
                share = self.points[name] / (self.students * question.points or 1)
                states = self.states[name].most_common()
                rows.append((titles.get(name, name), name, share, states))
        return sorted(rows, key=lambda row: row[2])

    def commonest_failures(self):
        """(task id, how it failed, students), the commonest first. All words are ours."""
        return [(*key, count) for key, count in self.failures.most_common(SHOWN) if count > 1]

    def commonest_reasons(self):
        """(task id, reason, students), the commonest first. Learners' own words are in them."""
        return [(*key, count) for key, count in self.reasons.most_common()]


def state_of(result):
    """How an answer did, out of STATES: the first word or words of its reason."""
    state = result.reason.partition(":")[0].partition(" (")[0]
    return state if state in STATES else "other"


def failure_of(result):
    """The state, and which of Python's own exceptions it was when one was raised."""
    state = state_of(result)
    if state != "raised":
        return state
    kinds = [kind for kind in KIND.findall(result.reason) if kind in EXCEPTIONS]
    return f"raised {kinds[0]}" if kinds else "raised an exception of another kind"
