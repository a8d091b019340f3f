"""The arrows between the rooms: who may import whom, and what `import coursekit` costs."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import coursekit

PACKAGE = Path(coursekit.__file__).parent

COMMAND_LINE = {"cli.py", "doctor.py", "lab.py", "lab_files.py", "lab_server.py"}  # all of it
# Modules beside the rooms that every room may import; they import none.
FLOOR = {"__version__", "_shared", "files", "homes", "kernels", "names", "screen", "systems"}
# Each room and the rooms that it may import. Arrows only go down (CONTRIBUTING.md, "Rooms").
ALLOWED = {
    "filters": set(),
    "pyramids": {"filters"},
    "applications": {"filters", "pyramids"},
    "nn": set(),
    "data": {"nn"},
    "unitviz": {"nn", "pyramids", "filters"},
    "plots": set(),
    "widgets": {"filters", "pyramids", "applications", "nn", "unitviz", "data", "plots"},
    "checks": {"filters", "pyramids", "applications", "nn", "unitviz", "data"},
    "grading": {"checks"},
    "site": {"widgets", "lab"},
}
DRAWING = {"matplotlib", "ipywidgets", "anywidget", "IPython"}
MAY_DRAW = {"plots", "widgets", "cli", "checks"}  # checks display themselves in a notebook


def imports_of(path):
    """Dotted names that a module imports, wherever in the file the import stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write the whole name, no relative imports"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def modules():
    return sorted(p for p in PACKAGE.rglob("*.py") if "_course" not in p.parts)


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_arrows_only_go_down(path):
    room = path.relative_to(PACKAGE).parts[0]
    if room in COMMAND_LINE:
        return
    for name in imports_of(path):
        parts = name.split(".")
        if parts[0] == "coursekit" and len(parts) > 1:
            if room.removesuffix(".py") in FLOOR:
                assert parts[1] in FLOOR, f"{path} imports {name}, but is below all rooms"
            elif room in ALLOWED:
                assert parts[1] in ALLOWED[room] | {room} | FLOOR, f"{path} imports {name}"
        if parts[0] in DRAWING:
            assert room in MAY_DRAW, f"{path} imports {name}, but {room} does not draw"
        if path.name == "model.py" and room == "widgets":
            assert parts[0] not in DRAWING, f"{path} is a widget's model: numbers only"


def test_every_room_is_listed():
    rooms = {p.name for p in PACKAGE.iterdir() if p.is_dir() and (p / "__init__.py").exists()}
    assert rooms <= set(ALLOWED) | FLOOR


LIGHT = "coursekit.nn, coursekit.pyramids, coursekit.checks"
SLOW = {"concurrent", "difflib", "hashlib", "html", "logging", "numpy.random", "pathlib"}


def test_three_rooms_bring_nothing_but_numpy():
    """No package, and of what makes NumPy's own import long only what it has loaded itself."""
    code = (
        f"import sys, numpy; old = {{*sys.modules}}; import {LIGHT}; print(*{{*sys.modules}} - old)"
    )
    seen = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    brought = set(seen.stdout.split())
    packages = {name.partition(".")[0] for name in brought} - set(sys.stdlib_module_names)
    assert packages - {"numpy"} == {"coursekit"}
    assert brought & SLOW == set()
