"""All notebooks of a folder, run from their first cell to the last, and what their checks say.

This is for the learner's own machine and work: every notebook runs in a kernel of its own, as
Run All does, and nothing keeps it from the machine. What it reports back is believed as far as the
tasks go: their ids, their points, the words of a check. Marks that count are given by
`coursekit.grading`.
"""

import json
import math
import os
import subprocess
import sys
from pathlib import Path

from coursekit.checks.report import WORDS
from coursekit.checks.summary import NOT_CHECKED, PARTLY, Row, Summary
from coursekit.checks.tasks import OWN, course_tasks

MOST_SECONDS = 300  # for one cell; a check ends endless loops of answers much earlier
OWN_SECONDS = 60  # to read the folder's own tasks
LONGEST_ID = 100  # characters
KNOWN_WORDS = {*WORDS.values(), NOT_CHECKED, PARTLY}
BEGIN = "coursekit:"
ASK = f"""
import json
from coursekit.checks.summary import summary
rows = [[row.task_id, row.points, row.max_points, row.words] for row in summary().rows]
print({BEGIN!r} + json.dumps(rows))
"""
ASK_OWN = f"""
import json, sys
from coursekit.checks.tasks import read_tasks
sys.path.append("")
print({BEGIN!r} + json.dumps([[t.id, t.points] for t in read_tasks({OWN!r}).values()]))
"""


def check_folder(folder, progress=iter):
    """(Summary of all checks, {name of a file: what is wrong with it}) of a folder.

    progress: wraps the list of notebooks, as tqdm does. Raises ValueError when no notebook of the
    folder checks anything.
    """
    rows: list[Row] = []
    troubles: dict[str, str] = {}
    paths = sorted(Path(folder).glob("*.ipynb"))
    notebooks = {path: read(path, troubles) for path in paths}
    checking = [path for path, notebook in notebooks.items() if notebook and checks(notebook)]
    if not checking and not troubles:
        raise ValueError(f"no exercise in {folder}: it holds no notebook with a check")
    points = points_of_tasks(Path(folder), troubles)
    for path in progress(checking):
        try:
            reported = run(notebooks[path], path.parent)
            found, wrong = believed(reported, points)
            rows += found
            if not reported:
                troubles[path.name] = "stopped before its first check; run it and see where"
            elif wrong:
                troubles[path.name] = f"reports what no check says: {wrong}"
        except Exception as error:  # the kernel died, a cell ran for too long, ...
            troubles[path.name] = f"could not be run: {first_line(error)}"
    return Summary(tuple(rows)), troubles


def read(path, troubles):
    """The notebook, or None and a sentence in `troubles`."""
    import nbformat  # not there in a browser, where no one runs a folder

    try:
        return nbformat.read(path, as_version=4)
    except Exception as error:  # also what nbformat's own parsers raise on odd JSON
        troubles[path.name] = f"is no notebook that can be read: {first_line(error)}"
        return None


def first_line(error):
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}{': ' + lines[0][:200] if lines else ''}"


def checks(notebook):
    """Whether a code cell begins with a check."""
    return any(
        cell.cell_type == "code" and cell.source.lstrip().startswith("check(")
        for cell in notebook.cells
    )


def points_of_tasks(folder, troubles):
    """{id: points} of the course's tasks and the folder's own, before a notebook of it has run."""
    points = {task.id: task.points for task in course_tasks().values()}
    if (folder / OWN).is_file():
        try:
            points = own_points(folder) | points
        except (OSError, ValueError, TypeError, subprocess.SubprocessError) as error:
            troubles[OWN] = f"could not be read: {first_line(error)}"
    return points


def own_points(folder):
    """{id: points} of a folder's own tasks, read in a process that may end as it likes.

    Raises ValueError, TypeError, OSError or SubprocessError when that gives none.
    """
    done = subprocess.run(
        [sys.executable, "-P", "-c", ASK_OWN],
        cwd=folder,
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=OWN_SECONDS,
    )
    if BEGIN not in done.stdout:
        raise ValueError((done.stderr.strip() or "it ended before its end").splitlines()[-1])
    pairs = json.loads(done.stdout.rpartition(BEGIN)[2])
    return {str(name)[:LONGEST_ID]: float(points) for name, points in pairs}


def run(notebook, folder):
    """What a notebook reports after its last cell. Cells with errors stop nothing."""
    from nbclient import NotebookClient  # a kernel's libraries load slowly
    from nbformat.v4 import new_code_cell

    from coursekit.kernels import NAME, AsyncKernel

    notebook.cells.append(new_code_cell(ASK))
    client = NotebookClient(
        notebook,
        timeout=MOST_SECONDS,
        kernel_name=NAME,
        kernel_manager_class=AsyncKernel,
        allow_errors=True,
        extra_arguments=["--log-level=ERROR"],  # no remarks of the kernel's between our lines
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for output in notebook.cells[-1].outputs:
        text = output.get("text", "")
        if BEGIN in text:
            return json.loads(text.partition(BEGIN)[2])
    raise RuntimeError("its last cell gave no answer")


def believed(reported, points):
    """(rows, what is wrong): each known task once, within its points, in the words of a check."""
    rows: dict[str, Row] = {}
    wrong = []
    for row in reported if isinstance(reported, list) else [reported]:
        match row:
            case [str(name), int() | float() as got, _, str(words)] if (
                name in points and name not in rows and words in KNOWN_WORDS and math.isfinite(got)
            ):
                kept = min(max(got, 0), points[name])
                rows[name] = Row(name, kept, points[name], words)
                if kept != got or (words == WORDS["passed"] and kept < points[name]):
                    wrong.append(f"{got:g} of {points[name]:g} points and {words!r} for {name}")
            case _:
                wrong.append(json.dumps(row))
    return list(rows.values()), "; ".join(text[:100] for text in wrong)[:300]
