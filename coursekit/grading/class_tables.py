"""The rows of a class's tables, one for each student: for the teacher, Canvas, Moodle, markers."""


def grades_header(exercises):
    ids = [task_id for one in exercises for task_id in task_ids(one)]
    return ["student", *ids, "total", "out of", "sandbox", "reasons"]


def grades_row(sheet):
    """Points by question, the total, and the reasons."""
    results = [result for part in sheet.parts for result in part.results]
    points = [cell for part in sheet.parts for cell in points_of(part)]
    sandboxes = "; ".join(sorted({result.sandbox for result in results}))
    reasons = [line for part in sheet.parts for line in reasons_of(part)]
    reasons += dict.fromkeys(f"note: {note}" for result in results for note in result.notes)
    return [sheet.student, *points, sheet.points, sheet.out_of, sandboxes, "\n".join(reasons)]


def task_ids(exercise):
    return [q.task_id for q in exercise.questions] + [task_id for task_id, _ in exercise.texts]


def points_of(part):
    """A cell for each task of an exercise; what waits for a person is empty."""
    by_hand = ["" if text.points is None else text.points for text in part.texts]
    return [result.points for result in part.results] + by_hand


def reasons_of(part):
    yield from (f"{result.task_id}: {result.reason}" for result in part.results)
    for text in part.texts:
        waiting = text.points is None
        yield f"{text.task_id}: {'waits for a person' if waiting else text.comment or 'marked'}"
    if part.lateness:
        yield f"{part.exercise.name}: {part.lateness}"


def canvas_header(exercises):
    """Columns of Canvas's own export; one that tells the student is enough, the login here."""
    return ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *names(exercises)]


def canvas_points(exercises):
    """Canvas wants a second row, with the points that are possible."""
    most = [
        sum(q.points for q in one.questions) + sum(p for _, p in one.texts) for one in exercises
    ]
    return ["    Points Possible", "", "", "", "", *most]


def canvas_row(sheet):
    return [sheet.student, "", "", sheet.student, "", *totals(sheet)]


def moodle_header(exercises):
    """Moodle asks which column is which (docs.moodle.org/en/Grade_import)."""
    return ["username", *names(exercises)]


def moodle_row(sheet):
    return [sheet.student, *totals(sheet)]


def names(exercises):
    return [exercise.name for exercise in exercises]


def totals(sheet):
    return [part.points for part in sheet.parts]


TO_MARK = ["student", "task", "out of", "points", "comment", "text"]


def to_mark_rows(sheet):
    """A row for each text that a person marks; filled rows stay filled."""
    for part in sheet.parts:
        for text in part.texts:
            points = "" if text.points is None else text.points
            yield [sheet.student, text.task_id, text.max_points, points, text.comment, text.text]


REASONS = ["students", "task", "reason"]


def reasons_rows(summary):
    """How many students have which reason, for the teacher alone: it quotes what learners wrote."""
    return [(count, task_id, reason) for task_id, reason, count in summary.commonest_reasons()]
