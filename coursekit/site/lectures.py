"""Lectures, run once, and made ready for a page: pictures in files, widgets with their state."""

import base64
import json
import os
import re
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from html import escape

import nbformat

from coursekit.site.build import SiteError

AT_ONCE = 2
MOST_SECONDS = 600  # for one cell
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
FOR_TESTS = "# NBVAL_CHECK_OUTPUT\n"
STATE = "application/vnd.jupyter.widget-state+json"
VIEW = "application/vnd.jupyter.widget-view+json"
DATA = re.compile(r"data:image/png;base64,([\w+/=]+)")


def run_all(notebooks, folder):
    """Run {name: notebook} in the folder, some at a time, each in a kernel of its own."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for done in [pool.submit(run, *item, folder) for item in notebooks.items()]:
            done.result()


def run(name, notebook, folder):
    """Run a notebook's cells in place. Raises SiteError that names the first cell that fails."""
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    from coursekit.kernels import NAME, AsyncKernel

    where = {"metadata": {"path": str(folder)}}
    client = NotebookClient(
        notebook,
        timeout=MOST_SECONDS,
        kernel_name=NAME,
        kernel_manager_class=AsyncKernel,
        resources=where,
        extra_arguments=["--log-level=ERROR"],
    )
    try:
        client.execute(env=os.environ | ONE_THREAD)
    except CellExecutionError as error:
        cell = next(cell for cell in reversed(notebook.cells) if failure(cell))
        why = f"{error.ename}: {error.evalue}".splitlines()[0]
        raise SiteError(f"{name}.ipynb, cell {cell.id}: {why}") from error
    except Exception as error:  # the kernel died, a cell ran for too long, ...
        why = str(error).strip().splitlines() or [type(error).__name__]
        raise SiteError(f"{name}.ipynb could not be run: {why[0]}") from error


def failure(cell):
    """Whether running the cell ended with an error."""
    return any(output.output_type == "error" for output in cell.get("outputs", []))


def prepare(name, notebook, static, buttons, up):
    """Make a notebook that was run ready for its page.

    static: the folder of the site's static files, which takes pictures and states of widgets.
    buttons: where else it can be opened, as HTML. up: the way to the root, "../" or "".
    """
    records = notebook.metadata.get("widgets", {}).get(STATE, {}).get("state", {})
    shown = {}
    for cell in notebook.cells:
        cell.source = cell.source.removeprefix(FOR_TESTS)
        for i, output in enumerate(cell.get("outputs", [])):
            if output.output_type in ("display_data", "execute_result"):
                place = f"{name}-{cell.id}" + f"-{i}" * (i > 0)
                files = partial(_file, place, static, up)
                html = _html(output.data, cell.id, records, shown, files, buttons)
                if html:
                    output.data = nbformat.from_dict({"text/html": html})
                output.data.pop(VIEW, None)  # such as a bar of progress
    title, _, rest = notebook.cells[0].source.partition("\n")
    notebook.cells[0].source = f"{title}\n\n{buttons}\n{rest}"
    notebook.metadata.pop("widgets", None)
    if shown:
        state = f"var savedWidgets = {json.dumps(shown)};"
        (static / f"{name}.js").write_text(state, encoding="utf-8")
        notebook.cells.append(nbformat.v4.new_markdown_cell(scripts(name, up)))


def scripts(name, up):
    """What brings the widgets of a page to life."""
    files = [f"{name}.js", "links.js", "saved_widgets.js"]
    return "\n".join(f'<script defer src="{up}_static/{file}"></script>' for file in files)


def _html(data, cell, records, shown, file, buttons):
    """A picture, or a widget's place with its still picture; None for other output."""
    model = data.get(VIEW, {}).get("model_id")
    state = records.get(model, {}).get("state", {})
    if "_esm" not in state:
        html = data.get("text/html", "").replace("<img ", '<img loading="lazy" ')
        return DATA.sub(lambda found: file(found[1]), html)
    still = f'<img src="{file(data["image/png"])}" alt="{escape(data["text/plain"])}">'
    if "frame" in state:  # its pictures come from Python
        words = "This widget computes in Python, so here is a picture of it."
        return f'<div class="needs-python" id="{cell}">{still}<p>{words}</p>{buttons}</div>'
    shown[model] = records[model]
    return f'<div class="saved-widget" id="{cell}" data-model="{model}">{still}</div>'


def _file(place, static, up, text):
    """Write a picture that came as base64; returns its address."""
    (static / f"{place}.png").write_bytes(base64.b64decode(text))
    return f"{up}_static/{place}.png"
