"""Exercises out of solutions: the learner's notebook is the teacher's without the answers.

The markers, the stubs and the rules are nbgrader's (its ClearSolutions, version 0.9.6), so that
the same notebooks open there.
"""

import copy
from pathlib import Path

from coursekit.checks.tasks import OWN

BEGIN, END = "BEGIN SOLUTION", "END SOLUTION"
STUBS = {"code": "# YOUR CODE HERE\nraise NotImplementedError()", "markdown": "YOUR ANSWER HERE"}


def strip(solution):
    """A copy of a solution notebook without its answers and outputs. Raises ValueError."""
    notebook = copy.deepcopy(solution)
    for cell in notebook.cells:
        cell.source = strip_cell(cell)
        if cell.cell_type == "code":
            cell.outputs = []
            cell.execution_count = None
    return notebook


def strip_cell(cell):
    """The learner's source of a cell: marked regions become stubs, an unmarked answer is one."""
    is_solution = cell.metadata.get("nbgrader", {}).get("solution", False)
    if BEGIN in cell.source and not is_solution:
        raise ValueError(f"a solution region stands outside a solution cell:\n{cell.source}")
    if is_solution and BEGIN not in cell.source:
        return STUBS[cell.cell_type]
    return strip_regions(cell.source, STUBS.get(cell.cell_type, ""))


def strip_regions(source, stub):
    """Put the stub, indented as the marker, in place of every marked region."""
    lines, inside = [], False
    for line in source.split("\n"):
        if BEGIN in line:
            if inside:
                raise ValueError(f"a solution region begins inside another:\n{source}")
            inside = True
            indent = line[: len(line) - len(line.lstrip())]
            lines += [indent + stub_line for stub_line in stub.split("\n")]
        elif END in line:
            inside = False
        elif not inside:
            lines.append(line)
    if inside:
        raise ValueError(f"a solution region has no end:\n{source}")
    return "\n".join(lines)


def as_text(notebook):
    """The file of a notebook: sorted keys, one line of source a line, so that diffs are small."""
    import nbformat  # takes a second, which no worker of a batch needs

    return nbformat.writes(notebook) + "\n"


def stripped(solutions):
    """File name -> text of the exercise, for every solution of a folder, and of its own checks."""
    import nbformat

    texts = {}
    for path in sorted(Path(solutions).glob("*.ipynb")):
        try:
            texts[path.name] = as_text(strip(nbformat.read(path, as_version=nbformat.NO_CONVERT)))
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from error
    if not texts:
        raise ValueError(f"no solution notebooks in {solutions}")
    own = Path(solutions) / OWN
    if own.is_file():  # learners need the checks beside their notebooks, too
        texts[OWN] = own.read_text(encoding="utf-8")
    return texts


def write_exercises(solutions, exercises):
    """Write every exercise that differs from its solution; return the names of those written."""
    Path(exercises).mkdir(parents=True, exist_ok=True)
    names = stale_exercises(solutions, exercises)
    for name, text in stripped(solutions).items():
        if name in names:
            (Path(exercises) / name).write_text(text, encoding="utf-8", newline="\n")
    return names


def stale_exercises(solutions, exercises):
    """Names of the exercises that are not what their solutions say, or have no solution."""
    texts = stripped(solutions)
    found = [*Path(exercises).glob("*.ipynb"), *Path(exercises).glob(OWN)]
    there = {path.name: path for path in found}
    stale = [
        name
        for name, text in texts.items()
        if name not in there or there[name].read_text(encoding="utf-8") != text
    ]
    return stale + sorted(set(there) - set(texts))
