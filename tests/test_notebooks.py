"""What every notebook keeps to, so that ten lectures read as one. nbval runs the cells."""

import ast
import builtins
import re
from itertools import chain

import nbformat
import pytest
from tidy_notebooks import COMPARED, all_notebooks, as_text, tidy

NOTEBOOKS = all_notebooks("notebooks", "solutions", "exercises")
LECTURES = [path for path in all_notebooks("notebooks") if not path.name.startswith("00")]
WORDS = re.compile(r"[a-z]+[a-z0-9]*(-[a-z0-9]+)*")
RANDOM_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]+)*")  # what nbformat and JupyterLab make up


def each(paths):
    return pytest.mark.parametrize("path", paths, ids=lambda p: f"{p.parent.name}/{p.stem}")


def read(path):
    return nbformat.read(path, as_version=nbformat.NO_CONVERT)


def code_cells(cells):
    return [cell for cell in cells if cell.cell_type == "code"]


def prose(cells):
    """The text of the markdown cells without code and without the targets of links."""
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    text = re.sub(r"```.*?```|`[^`]*`", " ", text, flags=re.DOTALL)
    return re.sub(r"\]\([^)]*\)", "]", text)


def sections(notebook):
    """Lists of cells, a new one at every level-two heading; the first is what stands before."""
    parts = [[]]
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and cell.source.startswith("## "):
            parts.append([])
        parts[-1].append(cell)
    return parts


@each(NOTEBOOKS)
def test_is_valid_and_tidy(path):
    notebook = read(path)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    wanted = as_text(tidy(notebook))
    assert path.read_text(encoding="utf-8") == wanted, "run: python tests/tidy_notebooks.py"


@each(NOTEBOOKS)
def test_is_short_enough_to_teach(path):
    cells = read(path).cells
    assert len(cells) <= 40
    for cell in code_cells(cells):
        lines = [line for line in cell.source.splitlines() if line.strip() and line[0] != "#"]
        assert len(lines) <= 10, f"{cell.id} has {len(lines)} lines of code"


@each(NOTEBOOKS)
def test_cell_ids_are_words_and_stay(path):
    ids = [cell.id for cell in read(path).cells]
    assert len(set(ids)) == len(ids)
    assert [name for name in ids if not WORDS.fullmatch(name) or RANDOM_ID.fullmatch(name)] == []


@each(NOTEBOOKS)
def test_links_lead_somewhere(path):
    text = "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")
    anchors = {title.strip().replace(" ", "-") for title in re.findall(r"(?m)^#+ (.*)$", text)}
    for target in re.findall(r"\]\(([^)\s]+)[^)]*\)", text):
        if target.startswith(("http://", "https://")):
            continue
        file, _, anchor = target.partition("#")
        assert not anchor or file or anchor in anchors, f"no heading for {target}"
        assert (path.parent / file).exists(), f"nothing at {target}"
        assert "solutions" not in file, "solutions do not travel to the learner"


@each(NOTEBOOKS)
def test_compared_cells_have_a_text_to_compare(path):
    for cell in code_cells(read(path).cells):
        if COMPARED in cell.source:
            assert cell.outputs, f"{cell.id}: run python tests/tidy_notebooks.py --run {path}"


@each(all_notebooks("notebooks"))
def test_numbers_in_prose_are_printed_by_a_cell(path):
    cells = read(path).cells
    outputs = chain.from_iterable(cell.outputs for cell in code_cells(cells))
    numbers = set(re.findall(r"\d+\.\d+", " ".join(output.text for output in outputs)))
    assert set(re.findall(r"\d+\.\d+", prose(cells))) <= numbers


@each(LECTURES)
def test_sections_give_minutes_and_a_note_for_the_lecturer(path):
    for cells in sections(read(path))[1:]:
        heading = cells[0].source.splitlines()[0]
        assert re.search(r"\*\d+ minutes", cells[0].source), f"no minutes: {heading}"
        if code_cells(cells):
            assert "<summary>For the lecturer</summary>" in prose(cells), f"no note: {heading}"


@each(LECTURES)
def test_every_section_runs_alone_after_the_first_cell(path):
    notebook = read(path)
    first, _ = names(code_cells(notebook.cells)[:1])
    for cells in sections(notebook):
        made, used = names(code_cells(cells))
        unknown = used - made - first - set(dir(builtins))
        assert unknown == set(), f"in: {cells[0].source.splitlines()[0]}"


def names(cells):
    """The names that code cells make (assign, import, define, take as argument) and use."""
    made, used = set(), set()
    for node in chain.from_iterable(ast.walk(ast.parse(cell.source)) for cell in cells):
        match node:
            case ast.Name(id=name, ctx=ast.Load()):
                used.add(name)
            case (
                ast.Name(id=name)
                | ast.arg(arg=name)
                | ast.FunctionDef(name=name)
                | ast.ClassDef(name=name)
                | ast.ExceptHandler(name=name)
            ):
                made.add(name)
            case ast.alias(name=name, asname=asname):
                made.add(asname or name)
    return made, used


def test_tidy_strips_everything_but_the_compared_text():
    new = nbformat.v4
    out = [
        new.new_output("stream", name="stdout", text="0.50\n"),
        new.new_output("stream", name="stderr", text="a warning"),
        new.new_output("display_data", data={"image/png": "aGVsbG8="}),
    ]
    compared = new.new_code_cell(f"{COMPARED}\nprint(0.5)", outputs=out, execution_count=3)
    other = new.new_code_cell("print(0.5)", outputs=out, execution_count=4)
    other.metadata = {"nbgrader": {"grade": True}, "execution": {"iopub": "now"}, "scrolled": True}
    notebook = new.new_notebook(cells=[compared, other], metadata={"widgets": {"state": 1}})

    result = tidy(notebook)
    assert result.cells[0].outputs == [out[0]]
    assert result.cells[1].outputs == []
    assert [cell.execution_count for cell in result.cells] == [None, None]
    assert result.cells[1].metadata == {"nbgrader": {"grade": True}}
    assert set(result.metadata) == {"kernelspec", "language_info"}
    assert tidy(result) == result
    assert notebook.cells[0].execution_count == 3  # the original is left alone
