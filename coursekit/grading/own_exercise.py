"""A first notebook and first checks of a teacher's own, ready to run and to be changed."""

import re
from pathlib import Path

from coursekit.checks.tasks import OWN
from coursekit.systems import fits_windows

# They say NAME wherever the name of the exercise belongs.
TEMPLATE = Path(__file__).parent / "own_exercise_files"
FIRST_TASK = "\n\n@task("
IMPORTS = ("import numpy as np\n", "from coursekit.checks import task\n")


def write_own_exercise(name, folder):
    """Write folder/<name>.ipynb and its task into folder/checks.py; return both paths.

    Tasks that checks.py holds already stay as they are. Raises ValueError, before anything is
    written, when the name is taken or cannot be part of an id.
    """
    if not re.fullmatch(r"[A-Za-z0-9_]+", name):
        raise ValueError(f"a name is of letters, digits and _, such as 10_colour; got {name!r}")
    if not fits_windows(name):
        raise ValueError(f"Windows has no file of that name; choose another than {name!r}")
    notebook, checks = Path(folder) / f"{name}.ipynb", Path(folder) / OWN
    if notebook.exists():
        raise ValueError(f"{notebook} is there already; nothing was written")
    tasks = with_tasks_before(checks, filled(OWN, name))
    Path(folder).mkdir(parents=True, exist_ok=True)
    notebook.write_text(filled("NAME.ipynb", name), encoding="utf-8", newline="\n")
    checks.write_text(tasks, encoding="utf-8", newline="\n")
    return notebook, checks


def filled(file, name):
    return (TEMPLATE / file).read_text(encoding="utf-8").replace("NAME", name)


def with_tasks_before(checks, new):
    """The text of a file of tasks with one more at its end. Raises ValueError."""
    if not checks.exists():
        return new
    old = checks.read_text(encoding="utf-8")
    missing = [line.strip() for line in IMPORTS if line not in old]
    if missing:
        raise ValueError(f"{checks} is there already, without the line {missing[0]!r}; add it")
    added = new[new.index(FIRST_TASK) :]
    if any(line in old for line in added.splitlines() if line.startswith("@task(")):
        raise ValueError(f"{checks} has tasks of that name already; nothing was written")
    return old.rstrip("\n") + "\n" + added
