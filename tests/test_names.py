"""Files named like modules, in every folder that somebody stands in: none is ever executed."""

import ast
import shutil
import sys
from pathlib import Path

import pytest
from commands import RunningLab, kit

from coursekit.doctor import names
from coursekit.names import hiding

ROOT = Path(__file__).parents[1]
EXERCISE = ROOT / "solutions" / "06_backpropagation.ipynb"
PYTHONS = [
    "abc",
    "argparse",
    "ast",
    "asyncio",
    "base64",
    "calendar",
    "code",
    "codecs",
    "collections",
    "concurrent",
    "configparser",
    "contextlib",
    "copy",
    "csv",
    "ctypes",
    "dataclasses",
    "datetime",
    "decimal",
    "difflib",
    "email",
    "enum",
    "fractions",
    "functools",
    "glob",
    "gzip",
    "hashlib",
    "heapq",
    "html",
    "http",
    "importlib",
    "inspect",
    "io",
    "itertools",
    "json",
    "keyword",
    "linecache",
    "locale",
    "logging",
    "math",
    "numbers",
    "operator",
    "os",
    "pathlib",
    "pickle",
    "platform",
    "queue",
    "random",
    "re",
    "runpy",
    "secrets",
    "select",
    "shutil",
    "signal",
    "site",
    "socket",
    "ssl",
    "stat",
    "statistics",
    "string",
    "struct",
    "subprocess",
    "symtable",
    "tempfile",
    "textwrap",
    "threading",
    "time",
    "timeit",
    "token",
    "tokenize",
    "traceback",
    "types",
    "typing",
    "unittest",
    "urllib",
    "uuid",
    "warnings",
    "weakref",
    "zipfile",
]
INSTALLED = [
    "coursekit",
    "jupyterlab",
    "jupyter_server",
    "jupyter_client",
    "ipykernel",
    "ipykernel_launcher",
    "IPython",
    "traitlets",
    "tornado",
    "zmq",
    "comm",
    "debugpy",
    "numpy",
    "scipy",
    "matplotlib",
    "PIL",
    "click",
    "nbformat",
    "nbclient",
    "packaging",
    "tqdm",
    "pooch",
    "six",
    "sphinx",
    "jupyterlite_core",
    "jupyterhub",
]
# What Jupyter, IPython and their extensions would run as settings.
SETTINGS = [
    "sitecustomize",
    "usercustomize",
    "conf",
    "jupyter_config",
    "jupyter_server_config",
    "jupyter_lab_config",
    "ipython_config",
    "ipython_kernel_config",
    "nbgrader_config",
    "jupyterhub_config",
]


@pytest.fixture
def planted(tmp_path):
    """plant(folder) puts files of all these names there; planted() is what was executed."""
    trace = tmp_path / "executed"

    def plant(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for name in [*PYTHONS, *INSTALLED, *SETTINGS]:
            note = f"open({str(trace)!r}, 'a', encoding='utf-8').write({name!r} + ' ')"
            (folder / f"{name}.py").write_text(f"{note}\nraise SystemExit('planted')\n", "utf-8")
        return folder

    plant.executed = lambda: trace.read_text("utf-8") if trace.exists() else ""
    return plant


def test_there_are_more_than_fifty_names_of_python():
    assert len(PYTHONS) > 50
    assert set(PYTHONS) <= sys.stdlib_module_names


def test_no_command_takes_a_file_for_a_module(planted, tmp_path):
    here = planted(tmp_path / "here")
    for name in ("solutions", "in/ada", "marks"):
        shutil.copy(EXERCISE, planted(here / name))
    for words in (
        ["--version"],
        ["doctor"],
        ["check", "marks"],
        ["exercises"],
        ["similar", "in"],
        ["grade", "in", "--jobs", "1", "--allow-unsandboxed"],
    ):
        status, out, err = kit(*words, cwd=here)
        assert planted.executed() == "", words
        assert (status, "Traceback" in err) == (0, False), (words, out, err)
        if words == ["check", "marks"]:
            assert "26 of 26 points" in out
        if words == ["doctor"]:
            assert "kernel: starts and imports coursekit" in out
            assert "random.py" in out
    assert "26,26" in (here / "results" / "grades.csv").read_text("utf-8")


def test_no_lab_and_no_kernel_takes_a_file_for_a_module(planted, tmp_path):
    here = planted(tmp_path / "here")
    for name in ("", "notebooks", "exercises"):
        planted(here / "k" / name)
    (here / "k" / "notebooks" / "my_own.py").write_text("x = 41", "utf-8")
    with RunningLab(here) as lab:
        run = lab.kernel("notebooks/00_start_here.ipynb")
        assert run("import random, types, numpy; print(random.random() < 1)") == "True\n"
        assert run("import coursekit.checks; print(coursekit.__version__[0])") == "0\n"
        assert run("import my_own; print(my_own.x)") == "41\n"  # what is a learner's is found
    assert planted.executed() == ""


@pytest.mark.parametrize("listed", ["{0}", "{0}:", ":/nowhere:{0}"])
@pytest.mark.parametrize("name", ["random", "logging", "token", "importlib", "warnings"])
def test_pythonpath_hides_no_module_of_pythons(name, listed, planted, tmp_path):
    folder = tmp_path / "path"
    folder.mkdir()
    shutil.copy(planted(tmp_path / "all") / f"{name}.py", folder)
    (folder / "mine.py").touch()
    status, _, err = kit("lab", "mine.py", cwd=folder, PYTHONPATH=listed.format(folder))
    assert status == 1
    assert "Error: cannot write the course into mine.py" in err
    assert f"PYTHONPATH: {folder} is left out, for its {name}.py would be taken" in err
    assert planted.executed() == ""


def test_pythonpath_without_such_files_stays_for_kernels(tmp_path):
    (tmp_path / "mine.py").write_text("x = 41", "utf-8")
    (tmp_path / "here").mkdir()
    with RunningLab(tmp_path / "here", PYTHONPATH=str(tmp_path)) as lab:
        assert lab.kernel("exercises/x.ipynb")("import mine; print(mine.x)") == "41\n"
        assert "PYTHONPATH" not in lab.words


def test_only_what_python_would_import_counts(tmp_path):
    for name in ("random.py", "numpy.py", "time.py", "os.py", "mine.py", "types.ipynb", "copy.txt"):
        (tmp_path / name).touch()  # time and os are inside of the interpreter
    for name in ("logging", "scipy", "string"):
        (tmp_path / name).mkdir()
    (tmp_path / "logging" / "__init__.py").touch()
    found = {"logging": "logging", "random.py": "random"}, {"numpy.py": "numpy"}
    assert hiding(tmp_path) == found


def test_doctor_names_the_files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert names().ok
    for name in ("random.py", "numpy.py"):
        (tmp_path / name).touch()
    finding = names()
    assert not finding.ok
    assert not finding.needed
    assert "random.py hide Python's own modules; numpy.py hide installed packages" in finding.seen
    assert "my_random.py" in finding.mend


def starts_of_python(path):
    """(line, words) of every list that begins with the running Python."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.List) and node.elts:
            first, *words = map(ast.unparse, node.elts)
            if first in ("sys.executable", "visible.python()"):
                yield node.lineno, words


SOURCES = sorted([*(ROOT / "coursekit").rglob("*.py"), *(ROOT / "deploy").rglob("*.py")])


def test_every_python_that_is_started_looks_into_no_folder_first():
    found = [(path, *start) for path in SOURCES for start in starts_of_python(path)]
    assert len(found) >= 4
    loose = [start for start in found if start[2][:1] not in (["'-P'"], ["'-I'"], ["*OURS"])]
    assert loose == []
