"""`coursekit site`: what it refuses, what it leaves alone, and how a lecture becomes a page."""

import errno
import importlib.util
from functools import partial
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner

from coursekit.cli import main
from coursekit.site import SiteError, build, build_site, lectures, pages
from coursekit.site.conf import docstring


@pytest.fixture
def no_pages(monkeypatch):
    """A build without its long part: one page, and the old site is swapped as ever."""
    monkeypatch.setattr(build, "NEEDED", {})

    def fill(folder, repository, pyodide):
        (folder / "index.html").write_text("new", encoding="utf-8")
        return []

    monkeypatch.setattr(build, "_fill", fill)


@pytest.mark.parametrize("name", ["file", "folder"])
def test_what_is_no_site_of_ours_is_left_alone(tmp_path, no_pages, name):
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "file", tmp_path / "folder" / "thesis.tex"):
        path.write_text("mine", encoding="utf-8")
    done = CliRunner().invoke(main, ["site", str(tmp_path / name)])
    assert done.exit_code == 1
    assert done.stderr.count("\n") == 1
    assert name in done.stderr
    assert (tmp_path / "file").read_text() == (tmp_path / "folder/thesis.tex").read_text() == "mine"


@pytest.mark.parametrize(
    "address", ["OWNER/NAME", "https://gitlab.com/a/b", "https://github.com/a"]
)
def test_other_repositories_are_refused(tmp_path, address):
    with pytest.raises(SiteError, match=r"is https://github.com/OWNER/NAME; got " + address):
        build_site(tmp_path / "site", repository=address)


def test_missing_packages_are_named(tmp_path, monkeypatch):
    others = object()  # whatever else is missing here
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "myst_nb" else others
    )
    with pytest.raises(SiteError, match=r"needs myst-nb; run: .*pip install myst-nb"):
        build_site(tmp_path / "site")
    assert not any(tmp_path.iterdir())


def test_new_site_takes_the_place_of_the_old(tmp_path, no_pages):
    out = tmp_path / "deep" / "site"
    build_site(out)
    (out / "old.html").write_text("old", encoding="utf-8")
    for word in ("new", "old"):  # left by a build that was killed
        (out.parent / f".site.{word}").mkdir()
        (out.parent / f".site.{word}" / "half.html").touch()
    build_site(out)
    assert {path.name for path in out.iterdir()} == {build.MARK, "index.html"}
    assert [path.name for path in out.parent.iterdir()] == ["site"]


def test_full_disk_leaves_the_old_site(tmp_path, no_pages, monkeypatch):
    out = tmp_path / "site"
    build_site(out)

    def full(folder, repository, pyodide):
        (folder / "index.html").write_text("half", encoding="utf-8")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(build, "_fill", full)
    done = CliRunner().invoke(main, ["site", str(out)])
    assert done.exit_code == 1
    assert done.stderr == f"Error: cannot write the site into {out}: No space left on device\n"
    assert (out / "index.html").read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_build_that_was_killed_in_its_swap_has_lost_nothing(tmp_path, no_pages, monkeypatch):
    out = tmp_path / "site"
    build_site(out)
    out.rename(tmp_path / ".site.old")
    monkeypatch.setattr(build, "_fill", lambda *_: [][0])
    with pytest.raises(IndexError):
        build_site(out)
    assert (out / "index.html").read_text() == "new"


def notebook(*sources):
    cells = [nbformat.v4.new_markdown_cell("# Title\nIt begins.")]
    cells += [nbformat.v4.new_code_cell(source, id=f"cell-{i}") for i, source in enumerate(sources)]
    return nbformat.v4.new_notebook(cells=cells)


def test_failing_cell_is_named(tmp_path):
    with pytest.raises(SiteError) as failed:
        lectures.run("05_learning", notebook("x = 0", "1 / x", "x"), tmp_path)
    assert (
        str(failed.value) == "05_learning.ipynb, cell cell-1: ZeroDivisionError: division by zero"
    )


CELLS = """\
from coursekit.widgets import FitWidget
import sys; print("seen"); print("not seen", file=sys.stderr)
FitWidget(seed=5)
""".splitlines()


def test_widget_becomes_a_picture_with_its_state_beside_it(tmp_path):
    made = notebook(*CELLS, lectures.FOR_TESTS + "print('x')")
    lectures.run("fit", made, tmp_path)
    lectures.prepare("fit", made, tmp_path, "<p>buttons</p>", "../")
    html = made.cells[3].outputs[0].data["text/html"]
    assert 'class="saved-widget" id="cell-2"' in html
    assert 'src="../_static/fit-cell-2.png" alt="' in html
    assert (tmp_path / "fit-cell-2.png").read_bytes().startswith(b"\x89PNG")
    assert '"seed": 5' in (tmp_path / "fit.js").read_text(encoding="utf-8")
    assert made.cells[0].source == "# Title\n\n<p>buttons</p>\nIt begins."
    assert made.cells[4].source == "print('x')"
    assert "../_static/fit.js" in made.cells[-1].source
    assert "widgets" not in made.metadata


def test_buttons_lead_to_the_notebook():
    button = partial(pages.Elsewhere("https://github.com/a/b").buttons, "notebooks/x.ipynb")
    for address in (
        "../notebooks/x.ipynb",
        "../lite/lab/index.html?path=notebooks/x.ipynb",
        "https://colab.research.google.com/github/a/b/blob/main/notebooks/x.ipynb",
        "https://mybinder.org/v2/gh/a/b/HEAD?urlpath=lab/tree/notebooks/x.ipynb",
    ):
        assert f'<a href="{address}"' in button("../")
    assert "http" not in pages.Elsewhere().buttons("notebooks/x.ipynb", "")


def test_docstrings_keep_their_signs_and_their_tables():
    lines = ["Sum |x|_2 of `x`. Settings:", "    lr=0.1   a step", "", "Then `a + b`.", ""]
    docstring(None, "function", "f", None, {}, lines)
    assert lines[0] == r"Sum \|x\|\_2 of :py:obj:`x`. Settings:"
    assert lines[1:5] == ["", "::", "", "    lr=0.1   a step"]
    assert lines[-2] == "Then ``a + b``."


def test_all_pages_of_docs_travel_in_the_package():
    root = Path(__file__).parent.parent
    wheel = (root / "pyproject.toml").read_text(encoding="utf-8")
    for path in (root / "docs").glob("*.md"):
        assert path.stem in pages.DOCS
        assert f'"docs/{path.name}" = "coursekit/_course/docs/{path.name}"' in wheel
