"""The sources of the site: lectures that were run, and the pages around them."""

import importlib.util
import re
import shutil
import tomllib
import zipfile
from pathlib import Path
from typing import NamedTuple

import nbformat

from coursekit.lab import PACKAGE, course_part
from coursekit.site.lectures import prepare, run_all
from coursekit.widgets import catalogue

HERE = Path(__file__).parent
ROOMS = ["filters", "pyramids", "applications", "nn", "data", "unitviz", "plots", "widgets"]
ROOMS += ["checks", "grading"]
DOCS = [
    "teach-with-it",
    "in-the-browser",
    "write-an-exercise",
    "grade-a-class",
    "privacy",
    "learnt",
]
TASK = re.compile(r"^## (\S+ · .+)\n\*(.+)\*$", re.MULTILINE)


class Elsewhere(NamedTuple):
    """Where a notebook can be opened, beside the page: in Colab and Binder, and in JupyterLite."""

    repository: str | None = None  # https://github.com/OWNER/NAME

    def buttons(self, notebook, up):
        """Links for `notebook`, a path such as notebooks/01_pyramids.ipynb; up: "../" or ""."""
        links = {"Download": f'{up}{notebook}" download="'}
        links["JupyterLite"] = f"{up}lite/lab/index.html?path={notebook}"
        if self.repository:
            project = self.repository.removeprefix("https://github.com/")
            github = "https://colab.research.google.com/github"
            links["Colab"] = f"{github}/{project}/blob/main/{notebook}"
            binder = "https://mybinder.org/v2/gh"
            links["Binder"] = f"{binder}/{project}/HEAD?urlpath=lab/tree/{notebook}"
        anchors = " ".join(f'<a href="{link}">{name}</a>' for name, link in links.items())
        return f'<p class="elsewhere"><span>Open the notebook:</span> {anchors}</p>'


def write_sources(source, elsewhere):
    """Run the lectures and write all that Sphinx reads into the folder `source`."""
    static, extra = source / "_static", source / "_extra"
    for folder in (static, extra, source / "notebooks", source / "docs", source / "api"):
        folder.mkdir(parents=True)
    _copy_files(static, extra)
    lectures = {path.stem: nbformat.read(path, 4) for path in _notebooks("notebooks")}
    start = lectures["00_start_here"].cells[0].source
    course_map = "\n".join(line for line in start.splitlines() if line.startswith("|"))
    others = {"index": _front(), "widgets": _gallery(lectures)}
    # The longest first, so that no processor waits for it at the end.
    longest_first = dict(sorted(lectures.items(), reverse=True))
    run_all(longest_first | others, source)
    for name, notebook in lectures.items():
        buttons = elsewhere.buttons(f"notebooks/{name}.ipynb", "../")
        prepare(name, notebook, static, buttons, "../")
        _write(notebook, source / "notebooks" / f"{name}.ipynb")
    for name, notebook in others.items():
        prepare(name, notebook, static, "", "")
        _write(notebook, source / f"{name}.ipynb")
    pages = {"lectures": _lectures(course_map, lectures), "exercises": _exercises(elsewhere)}
    pages |= {"coverage": _coverage(), "api/index": _api(), "teach": _teach(source, elsewhere)}
    pages |= {f"api/{room}": _room(room) for room in ROOMS}
    for name, text in pages.items():
        (source / f"{name}.md").write_text(text, encoding="utf-8")


def _notebooks(part):
    return sorted(course_part(part).glob("*.ipynb"))


def _write(notebook, path):
    """Write a notebook whose links to exercises lead to their page."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = re.sub(r"\(\.\./exercises/(\w+)\.ipynb\)", r"(#exercise-\1)", cell.source)
    nbformat.write(notebook, path)


def _copy_files(static, extra):
    """Scripts, styles and the engine for formulas; notebooks as they are, to download."""
    shutil.copytree(HERE / "static", static, dirs_exist_ok=True)
    shutil.copy(PACKAGE / "widgets/nbconvert/coursekit/saved_widgets.js", static)
    mathjax = importlib.util.find_spec("sphinx-mathjax-offline").origin
    mathjax = Path(mathjax).parent / "static/mathjax"
    fonts = "output/chtml/fonts"
    (static / "mathjax").mkdir()
    shutil.copy(mathjax / "tex-chtml.js", static / "mathjax")
    shutil.copytree(mathjax / fonts / "woff-v2", static / "mathjax" / fonts / "woff-v2")
    for part in ("notebooks", "exercises"):
        (extra / part).mkdir()
        for path in _notebooks(part):
            shutil.copy(path, extra / part)
    with zipfile.ZipFile(extra / "exercises.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in _notebooks("exercises"):
            archive.write(path, f"exercises/{path.name}")


def _code(source, **metadata):
    return nbformat.v4.new_code_cell(source, metadata=metadata)


def _front():
    """The first page: what front.md says, around a widget."""
    before, after = (HERE / "front.md").read_text(encoding="utf-8").split("STEERING")
    code = "from coursekit.widgets import SteeringWidget\n\nSteeringWidget()"
    cells = [nbformat.v4.new_markdown_cell(before), _code(code, tags=["remove-input"])]
    cells[1].id = "steering"
    return nbformat.v4.new_notebook(cells=[*cells, nbformat.v4.new_markdown_cell(after)])


def _gallery(lectures):
    """All widgets of the catalogue, one a section, with the lectures that use it."""
    words = "# Widgets\n\nEach is one line in a notebook, after `from coursekit.widgets import *`."
    cells = [nbformat.v4.new_markdown_cell(words)]
    cells.append(_code("from coursekit.widgets import *", tags=["remove-cell"]))
    for entry in catalogue():
        name = entry.widget.__name__
        users = [n for n in lectures if any(name in cell.source for cell in lectures[n].cells)]
        links = ", ".join(f"[{user[:2]}](notebooks/{user}.ipynb)" for user in users)
        text = f"## {entry.title}\nLecture {links}"
        cells += [nbformat.v4.new_markdown_cell(text), _code(f"{name}()")]
        cells[-1].id = name
    return nbformat.v4.new_notebook(cells=cells)


def _lectures(course_map, lectures):
    table = course_map.replace("](0", "](notebooks/0").replace("](10", "](notebooks/10")
    table = re.sub(r"\(\.\./exercises/(\w+)\.ipynb\)", r"(#exercise-\1)", table)
    table = table.replace("Start here", "[**Start here**](notebooks/00_start_here.ipynb)")
    names = "\n".join(f"notebooks/{name}" for name in lectures)
    return f"# Lectures\n\n{table}\n\n```{{toctree}}\n:hidden:\n\n{names}\n```\n"


def _exercises(elsewhere):
    text = ["# Exercises", "Notebooks with gaps, and with checks that say at once what is right,"]
    text[-1] += " what is wrong and on which input. They need Python with coursekit. "
    text[-1] += '<a href="exercises.zip" download>All exercises in one file</a>'
    for path in _notebooks("exercises"):
        cells = nbformat.read(path, 4).cells
        title, _, rest = cells[0].source.partition("\n")
        tasks = [found for cell in cells for found in TASK.findall(cell.source)]
        text += [f"(exercise-{path.stem})=\n#{title}", rest.strip().split(". ")[0] + "."]
        text += ["| task | |\n|---|---|\n" + "\n".join(f"| {a} | {b} |" for a, b in tasks)]
        text += [elsewhere.buttons(f"exercises/{path.name}", "")]
    return "\n\n".join(text)


def _coverage():
    """The table of topics that coverage.toml keeps."""
    rows = tomllib.loads(course_part("coverage.toml").read_text(encoding="utf-8"))
    text = ["# Coverage", "Where each topic of the slides is. The tests follow every pointer."]
    lines = ["| | topic | functions | lecture | tasks |", "|---|---|---|---|---|"]
    for topic, row in rows.items():
        names = [f"{{py:obj}}`~coursekit.{name}`" for name in row.get("library", [])]
        lectures = sorted({pointer.split(":")[0] for pointer in row["lecture"]})
        links = [f"[{name[:2]}](notebooks/{name}.ipynb)" for name in lectures]
        cells = [topic, row["topic"].replace("|", "\\|"), " ".join(names), " ".join(links)]
        tasks = " ".join(row.get("exercise", []))
        lines.append(f"| {' | '.join(cells)} | {tasks} |")
    return "\n\n".join([*text, "\n".join(lines)])


def _api():
    names = "\n".join(ROOMS)
    intro = "Arrays and numbers go in, arrays and numbers come out. One page for each room."
    return f"# API\n\n{intro}\n\n```{{toctree}}\n:maxdepth: 1\n\n{names}\n```\n"


def _room(room):
    module = f"coursekit.{room}"
    about = f".. automodule:: {module}\n   :members:\n   :imported-members:\n"
    return f"# {module}\n\n```{{eval-rst}}\n{about}```\n"


def _teach(source, elsewhere):
    """Copy the pages of docs/ with the pictures that they show; returns the page that lists them.

    A link to what is no part of the site leads to the repository, where one is known.
    """
    docs, names = course_part("docs"), []
    for path in (docs / f"{name}.md" for name in DOCS):
        if not path.exists():
            continue
        text = path.read_text(encoding="utf-8")
        for picture in re.findall(r"!\[[^]]*\]\(([^)]+)\)", text):
            (source / "docs" / picture).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(docs / picture, source / "docs" / picture)
        there = rf"[\1]({elsewhere.repository}/blob/main/\2)" if elsewhere.repository else r"\1"
        text = re.sub(r"\[([^]]+)\]\(\.\./([^)]+)\)", there, text)
        (source / "docs" / path.name).write_text(text, encoding="utf-8")
        names.append(f"docs/{path.stem}")
    lines = "\n".join(names)
    return f"# Teach\n\n```{{toctree}}\n:maxdepth: 2\n\n{lines}\n```\n"
