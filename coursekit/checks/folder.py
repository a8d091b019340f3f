"""All notebooks of a folder, run from their first cell to the last, and what their checks say.

This is for the learner's own machine and work: every notebook runs in a kernel of its own, as
Run All does. Marks that count are given by `coursekit.grading`.
"""

import json
from pathlib import Path

from coursekit.checks.summary import Row, Summary

MOST_SECONDS = 300  # for one cell; a check ends endless loops of answers much earlier
BEGIN = "coursekit:"
ASK = f"""
import json
from coursekit.checks.summary import summary
rows = [[row.task_id, row.points, row.max_points, row.words] for row in summary().rows]
print({BEGIN!r} + json.dumps(rows))
"""


def check_folder(folder, progress=iter):
    """(Summary of all checks, {name of a notebook: why it could not be run}) of a folder.

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
    for path in progress(checking):
        try:
            found = run(notebooks[path], path.parent)
            rows += found
            if not found:
                troubles[path.name] = "stopped before its first check; run it and see where"
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


def run(notebook, folder):
    """The rows of a notebook's summary after its last cell. Cells with errors stop nothing."""
    from nbclient import NotebookClient  # a kernel's libraries load slowly
    from nbformat.v4 import new_code_cell

    notebook.cells.append(new_code_cell(ASK))
    client = NotebookClient(
        notebook,
        timeout=MOST_SECONDS,
        kernel_name="python3",
        allow_errors=True,
        extra_arguments=["--log-level=ERROR"],  # no remarks of the kernel's between our lines
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute()
    for output in notebook.cells[-1].outputs:
        text = output.get("text", "")
        if BEGIN in text:
            return [Row(*values) for values in json.loads(text.partition(BEGIN)[2])]
    raise RuntimeError("its last cell gave no answer")
