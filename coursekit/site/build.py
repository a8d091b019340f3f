"""Build the site beside its place, then swap: nothing that exists is ever half written."""

import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from coursekit import __version__, homes, systems

HERE = Path(__file__).parent
MARK = ".coursekit-site"  # in every site of ours, so that no other folder is ever replaced
NEEDED = {
    "sphinx": "sphinx",
    "myst_nb": "myst-nb",
    "pydata_sphinx_theme": "pydata-sphinx-theme",
    "sphinx-mathjax-offline": "sphinx-mathjax-offline",
    "jupyterlite_core": "jupyterlite-core",
    "jupyterlite_pyodide_kernel": "jupyterlite-pyodide-kernel",
}


class SiteError(Exception):
    """Something the user can mend; the message is the one line to show."""


def build_site(out, *, repository=None, pyodide=None):
    """Write the site into the folder `out` and return what Sphinx complained about, line by line.

    repository: https://github.com/OWNER/NAME, for buttons that open a notebook in Colab or Binder.
    pyodide: folder with Pyodide's distribution, for the JupyterLite part. Raises SiteError.
    """
    out = Path(out).absolute()
    _refuse(out, repository)
    new, old = (out.with_name(f".{out.name}.{word}") for word in ("new", "old"))
    try:
        if old.exists() and not out.exists():  # a build was killed in the middle of its swap
            old.rename(out)
        for left in (new, old):  # of a build that was killed
            if left.exists():
                shutil.rmtree(left)
        new.mkdir(parents=True)
        (new / MARK).write_text(f"coursekit {__version__}\n", encoding="utf-8")
        with homes.usable():
            complaints = _fill(new, repository, pyodide)
        if out.exists():
            out.rename(old)
        new.rename(out)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise SiteError(f"cannot write the site into {out}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return complaints


def _refuse(out, repository):
    if out.exists() and not out.is_dir():
        raise SiteError(f"{out} is a file; name a folder for the site")
    if out.exists() and not (out / MARK).exists() and any(out.iterdir()):
        raise SiteError(f"{out} holds other things than a site of coursekit; name another folder")
    if repository and not re.fullmatch(r"https://github\.com/[\w.-]+/[\w.-]+", repository):
        raise SiteError(f"the repository is https://github.com/OWNER/NAME; got {repository}")
    missing = [NEEDED[module] for module in NEEDED if importlib.util.find_spec(module) is None]
    if missing:
        install = systems.pip_install(*missing)
        raise SiteError(f"a site needs {', '.join(missing)}; run: {install}")


def _fill(folder, repository, pyodide):
    from coursekit.site.lite import build_lite
    from coursekit.site.pages import Elsewhere, write_sources

    build_lite(folder / "lite", pyodide=pyodide)  # first, as it takes less time to fail
    with tempfile.TemporaryDirectory(prefix="coursekit-site-") as scratch:
        source = Path(scratch) / "source"
        write_sources(source, Elsewhere(repository))
        complaints = _sphinx(source, folder, Path(scratch) / "doctrees")
    return complaints


def _sphinx(source, folder, scratch):
    """Turn the sources into pages; returns the lines of complaint."""
    words = ["-b", "html", "-q", "-j", "2", "-d", scratch, "-c", HERE]
    words += ["-D", f"html_static_path={source / '_static'}"]
    words += ["-D", f"html_extra_path={source / '_extra'}", source, folder]
    run = subprocess.run(
        systems.module("sphinx", *words),
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
    )
    complaints = run.stderr.replace(f"{source}{os.sep}", "").splitlines()
    if run.returncode:
        raise SiteError(f"Sphinx could not write the pages: {(complaints or ['no reason'])[-1]}")
    for path in folder.rglob("*.map"):  # for who develops the theme
        path.unlink()
    return complaints
