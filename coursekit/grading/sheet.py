"""One student's marks as people read them: the grader's, a person's, and what lateness costs."""

from dataclasses import dataclass

from coursekit.grading.mark import Result, nothing
from coursekit.grading.notebook import Exercise


@dataclass(frozen=True)
class Text:
    """What a student wrote for a person to mark; points is None until that has happened."""

    task_id: str
    max_points: float
    text: str
    points: float | None
    comment: str


@dataclass(frozen=True)
class Part:
    """The marks for one exercise. What waits for a person does not count yet."""

    exercise: Exercise
    results: tuple[Result, ...]  # in the order of the teacher's questions
    texts: tuple[Text, ...]
    days_late: int = 0
    percent_off: float = 0

    @property
    def before_lateness(self):
        by_hand = sum(text.points for text in self.texts if text.points is not None)
        return sum(result.points for result in self.results) + by_hand

    @property
    def points(self):
        return round(self.before_lateness * (1 - self.percent_off / 100), 2)

    @property
    def out_of(self):
        by_hand = sum(text.max_points for text in self.texts if text.points is not None)
        return sum(result.max_points for result in self.results) + by_hand

    @property
    def lateness(self):
        """'2 days late, 20 % off', or nothing."""
        if not self.days_late:
            return ""
        days = f"{self.days_late} day{'s' * (self.days_late > 1)} late"
        return f"{days}, {self.percent_off:g} % off"

    def title(self, task_id):
        return dict(self.exercise.titles).get(task_id, task_id)


@dataclass(frozen=True)
class Sheet:
    """All exercises of one student."""

    student: str
    parts: tuple[Part, ...]

    @property
    def points(self):
        return sum(part.points for part in self.parts)

    @property
    def out_of(self):
        return sum(part.out_of for part in self.parts)


def sheet_of(store, student, exercises, late=None):
    """The sheet of one student, from the newest marks in the store."""
    return Sheet(student, tuple(part_of(store, student, one, late) for one in exercises))


def part_of(store, student, exercise, late):
    marks = store.marks(student, exercise.name)
    found = {result.task_id: result for result in marks.results} if marks else {}
    unmarked = nothing(exercise, "not marked")
    results = tuple(found.get(result.task_id, result) for result in unmarked)
    written = marks.texts if marks else {}
    texts = tuple(
        Text(task_id, points, written.get(task_id, ""), *store.by_hand(student, task_id))
        for task_id, points in exercise.texts
    )
    days = late.days(student, marks.saved_at) if late and marks else 0
    return Part(exercise, results, texts, days, late.percent_off(days) if late else 0)
