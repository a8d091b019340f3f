"""Keep notebooks small and comparable: no pictures, no counts, no state, only the compared text.

    python tests/tidy_notebooks.py [--run | --check] [notebook ...]

A cell that says `# NBVAL_CHECK_OUTPUT` keeps the text that it prints, and nbval compares it on
every test run. All other outputs go. With --run the notebook is executed first, so that the
compared text is fresh; look at `git diff` before you commit it. With --check nothing is written,
and the exit status is 1 when a notebook is not tidy.
"""

import argparse
import sys
from copy import deepcopy
from pathlib import Path

import nbformat

ROOT = Path(__file__).parent.parent
COMPARED = "# NBVAL_CHECK_OUTPUT"
KEPT_METADATA = {"nbgrader", "tags"}  # of a cell
KERNEL = {
    "kernelspec": {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    },
    "language_info": {"name": "python"},
}


def all_notebooks(*folders):
    """The notebooks of the project's folders, in order."""
    return [path for folder in folders for path in sorted((ROOT / folder).glob("*.ipynb"))]


def tidy(notebook):
    """A copy of the notebook that holds nothing but its text, its code and its compared prints."""
    notebook = deepcopy(notebook)
    notebook.metadata = nbformat.from_dict(KERNEL)
    for cell in notebook.cells:
        kept = {name: cell.metadata[name] for name in KEPT_METADATA & set(cell.metadata)}
        cell.metadata = nbformat.from_dict(kept)
        if cell.cell_type == "code":
            cell.execution_count = None
            cell.outputs = printed(cell) if COMPARED in cell.source else []
    return notebook


def printed(cell):
    """The outputs of a code cell reduced to one text on stdout, as nbval compares it."""
    text = "".join(
        output.text
        for output in cell.outputs
        if output.output_type == "stream" and output.name == "stdout"
    )
    return [nbformat.v4.new_output("stream", name="stdout", text=text)] if text else []


def run(notebook, folder):
    """Execute all cells in place, in the folder given; an error in a cell is raised."""
    from nbclient import NotebookClient  # only --run needs a kernel

    resources = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, timeout=120, resources=resources, store_widget_state=False).execute()


def as_text(notebook):
    """The file that a tidy notebook is stored as."""
    return nbformat.writes(notebook) + "\n"


def main():
    """Tidy the notebooks named on the command line, or all lectures and solutions."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--run", action="store_true", help="execute first: fresh compared text")
    how.add_argument("--check", action="store_true", help="write nothing; fail if one is not tidy")
    parser.add_argument("paths", nargs="*", type=Path)
    options = parser.parse_args()
    changed = False
    for path in options.paths or all_notebooks("notebooks", "solutions"):
        before = path.read_text(encoding="utf-8")
        notebook = nbformat.reads(before, as_version=4)
        if options.run:
            run(notebook, path.parent)
        after = as_text(tidy(notebook))
        if after != before:
            changed = True
            if not options.check:
                path.write_text(after, encoding="utf-8")
            print(f"not tidy: {path}" if options.check else f"tidied {path}")
    sys.exit(options.check and changed)


if __name__ == "__main__":
    main()
