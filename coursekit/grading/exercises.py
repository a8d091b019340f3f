"""Exercises out of solutions: the learner's notebook is the teacher's without the answers.

The cells keep what `regions` leaves of them, and of all metadata no more than is listed here.
"""

import copy
from pathlib import Path
from urllib.parse import quote

from coursekit.checks.tasks import OWN
from coursekit.grading.regions import MARKER, without_regions

NEWEST_SCHEMA = 3  # of nbgrader's metadata; 1 and 2 have the same keys, or fewer
NOTEBOOK = {"cells", "metadata", "nbformat", "nbformat_minor"}
NOTEBOOK_METADATA = {"kernelspec": {"display_name", "language", "name"}, "language_info": {"name"}}
CELL = {"attachments", "cell_type", "id", "metadata", "source"}
CELL_METADATA = {
    "deletable": None,
    "editable": None,
    "jupyter": {"outputs_hidden", "source_hidden"},
    "nbgrader": {"grade", "grade_id", "locked", "points", "schema_version", "solution", "task"},
    "tags": None,
}
TAGS = {  # what tools act upon; others may be a teacher's notes
    *("raises-exception", "skip-execution", "hide-input", "hide-output", "hide-cell"),
    *("remove-input", "remove-output", "remove-cell"),
}


def strip(solution):
    """The learner's copy of a solution notebook.

    Parameters
    ----------
    solution : nbformat.NotebookNode
        A notebook of format 4. It stays as it is.

    Returns
    -------
    nbformat.NotebookNode
        Without answers, hidden tests, mark schemes, outputs, counts and unknown metadata.

    Raises
    ------
    ValueError
        With the cell and the line, when a marker is out of place or the notebook is none of ours.
    """
    notebook = copy.deepcopy(solution)
    keep(notebook, NOTEBOOK)
    keep_metadata(notebook.metadata, NOTEBOOK_METADATA)
    language = notebook.metadata.get("kernelspec", {}).get("language", "python")
    if str(language).lower() != "python":
        raise ValueError(f"an exercise is written in Python; got a notebook in {language!r}")
    for number, cell in enumerate(notebook.cells, 1):
        try:
            strip_cell(cell)
        except ValueError as error:
            raise ValueError(f"cell {number} ({name_of(cell)}), {error}") from error
    return notebook


def strip_cell(cell):
    """Leave of a cell what its learner gets. Raises ValueError."""
    meta = nbgrader_of(cell)
    if meta.get("schema_version", 1) not in range(NEWEST_SCHEMA + 1):
        known = f"nbgrader's metadata has a schema_version up to {NEWEST_SCHEMA}"
        raise ValueError(f"{known}; got {meta['schema_version']!r}")
    cell.source = without_regions(cell.source, cell.cell_type, meta)
    keep(cell, CELL)
    keep_metadata(cell.metadata, CELL_METADATA)
    if "tags" in cell.metadata:
        cell.metadata.tags = [tag for tag in cell.metadata.tags if tag in TAGS]
    if "attachments" in cell:
        shown = {name for name in cell.attachments if is_shown(name, cell.source)}
        keep(cell.attachments, shown)
    if cell.cell_type == "code":
        cell.outputs = []
        cell.execution_count = None


def nbgrader_of(cell):
    """nbgrader's metadata of a cell; none for a cell without. Raises ValueError."""
    meta = cell.metadata.get("nbgrader", {})
    if not isinstance(meta, dict):
        raise ValueError(f"nbgrader's metadata has keys and values; got {meta!r}")
    return meta


def name_of(cell):
    meta = cell.metadata.get("nbgrader")
    return isinstance(meta, dict) and meta.get("grade_id") or cell.get("id", "without an id")


def is_shown(attachment, source):
    return any(f"attachment:{name}" in source for name in (attachment, quote(attachment)))


def keep(mapping, keys):
    for key in set(mapping) - set(keys):
        del mapping[key]


def keep_metadata(metadata, known):
    """Keep the known keys, and of what is a mapping itself the keys known of that."""
    keep(metadata, known)
    for key, inner in known.items():
        if inner is not None and isinstance(metadata.get(key), dict):
            keep(metadata[key], inner)


def as_text(notebook):
    """The file of a notebook: sorted keys, one line of source a line, so that diffs are small."""
    import nbformat  # takes a second, which no worker of a batch needs

    return nbformat.writes(notebook) + "\n"


def read_solution(path):
    """A teacher's notebook, of an older format as format 4. Raises ValueError."""
    import nbformat

    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except (AttributeError, KeyError, TypeError, nbformat.ValidationError) as error:
        first = str(error).partition("\n")[0]
        raise ValueError(f"it is no valid notebook ({first})") from error
    return notebook


def stripped(solutions):
    """File name -> text of the exercise, for every solution of a folder, and of its own checks."""
    texts = {}
    for path in sorted(Path(solutions).glob("*.ipynb")):
        try:
            texts[path.name] = as_text(strip(read_solution(path)))
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from error
    if not texts:
        raise ValueError(f"no solution notebooks in {solutions}")
    own = Path(solutions) / OWN
    if own.is_file():  # learners need the checks beside their notebooks, too
        texts[OWN] = own.read_text(encoding="utf-8")
        for number, line in enumerate(texts[OWN].splitlines(), 1):
            if MARKER.search(line):
                why = "this file goes to learners as it is, without such regions"
                raise ValueError(f"{own}, line {number}: {why}; got {line.strip()!r}")
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
