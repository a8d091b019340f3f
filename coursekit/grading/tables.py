"""The tables of a class, one row for each student: for the teacher, Canvas, Moodle, and markers."""

FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # what a spreadsheet reads as the start of a formula


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
    totals = f"{sheet.points:g}", f"{sheet.out_of:g}"
    return [sheet.student, *points, *totals, sandboxes, "\n".join(reasons)]


def task_ids(exercise):
    return [q.task_id for q in exercise.questions] + [task_id for task_id, _ in exercise.texts]


def points_of(part):
    """A cell for each task of an exercise; what waits for a person is empty."""
    by_hand = ["" if text.points is None else f"{text.points:g}" for text in part.texts]
    return [f"{result.points:g}" for result in part.results] + by_hand


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
    return ["    Points Possible", "", "", "", "", *(f"{points:g}" for points in most)]


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
    return [f"{part.points:g}" for part in sheet.parts]


TO_MARK = ["student", "task", "out of", "points", "comment", "text"]


def to_mark_rows(sheet):
    """A row for each text that a person marks; filled rows stay filled."""
    for part in sheet.parts:
        for text in part.texts:
            points = "" if text.points is None else f"{text.points:g}"
            most = f"{text.max_points:g}"
            yield [sheet.student, text.task_id, most, points, text.comment, text.text]


def harmless(cell):
    """A cell that no spreadsheet takes for a formula."""
    text = printable(cell)
    return f"'{text}" if text.startswith(FORMULA) else text


def printable(text):
    """Text that no terminal takes for a command and any file can hold."""
    lines = text.replace("\r\n", "\n")
    return "".join(
        c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in lines
    )
