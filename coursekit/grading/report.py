"""grades.csv: one row for each student, one column for each question, and the reasons."""

import csv

FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # what a spreadsheet reads as the start of a formula


def header(task_ids):
    return ["student", *task_ids, "total", "out of", "sandbox", "reasons"]


def row(student, results):
    """The row of one student, in the order of the questions."""
    total = sum(result.points for result in results)
    out_of = sum(result.max_points for result in results)
    sandboxes = "; ".join(sorted({result.sandbox for result in results}))
    reasons = [f"{result.task_id}: {result.reason}" for result in results]
    reasons += dict.fromkeys(f"note: {note}" for result in results for note in result.notes)
    points = [f"{result.points:g}" for result in results]
    return [student, *points, f"{total:g}", f"{out_of:g}", sandboxes, "\n".join(reasons)]


def write(file, task_ids, rows):
    """Write the rows as they come, so that an interrupted run leaves what it had."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(header(task_ids))
    for cells in rows:
        writer.writerow([harmless(cell) for cell in cells])
        file.flush()


def harmless(cell):
    """A cell that no spreadsheet takes for a formula and no terminal for a command."""
    text = "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in cell)
    return f"'{text}" if text.startswith(FORMULA) else text
