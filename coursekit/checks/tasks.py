"""Tasks and where they are found: files of this folder, or a teacher's `checks.py`."""

import importlib.util
import inspect
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

HERE = os.path.dirname(__file__)
OWN = "checks.py"  # a teacher's own tasks, beside the notebook


@dataclass(frozen=True)
class Task:
    """One graded question: a function of the learner's answers and of the helper `t`."""

    id: str
    points: float
    function: Callable

    @property
    def answers(self):
        """Names of the answers that the task wants, in order."""
        return list(inspect.signature(self.function).parameters)[:-1]


def task(task_id, *, points):
    """Decorator: @task("06_1_tanh", points=4) above a function (answer, ..., t)."""

    def wrap(function):
        return Task(task_id, points, function)

    return wrap


def find_task(task_id, folder="."):
    """The task of that id: one of the course, else one of folder/checks.py.

    Raises ValueError with the nearest known ids when there is none.
    """
    if not isinstance(task_id, str):
        raise TypeError(f'check expects an id such as "06_1_tanh" first; got {task_id!r}')
    known = tasks_around(task_id, folder)
    if task_id not in known:
        import difflib

        near = difflib.get_close_matches(task_id, known, n=3, cutoff=0) or ["none"]
        raise ValueError(f"no task is called {task_id!r}; the nearest are {', '.join(near)}")
    return known[task_id]


def tasks_of_exercise(task_id, folder="."):
    """All tasks of one exercise, in order: their ids are alike up to the number of the task."""
    known = tasks_around(task_id, folder)
    wanted = exercise_of(task_id)
    found = [task for each, task in known.items() if exercise_of(each) == wanted]
    return sorted(found, key=lambda task: in_order(task.id))


def in_order(task_id):
    """A key to sort by that has task 2 before task 10."""
    return [int(piece) if piece.isdigit() else piece for piece in re.split(r"(\d+)", task_id)]


def exercise_of(task_id):
    """'06' of '06_1_tanh'; the whole id when it has no number in it."""
    numbered = re.match(r"(.+?)_\d+_", task_id)
    return numbered[1] if numbered else task_id


def tasks_around(task_id, folder):
    """Id -> task: the course's own, and for any other id those of folder/checks.py as well."""
    known = dict(course_tasks())
    own = os.path.join(folder, OWN)
    return known | read_tasks(own) if task_id not in known and os.path.isfile(own) else known


def course_files():
    """Paths of the files that hold the course's tasks, one for each exercise."""
    names = sorted(name for name in os.listdir(HERE) if re.match(r"\d\d_.*\.py$", name))
    return [os.path.join(HERE, name) for name in names]


@cache
def course_tasks():
    """Id -> task, for all tasks of the course."""
    tasks: dict[str, Task] = {}
    for path in course_files():
        tasks |= read_tasks(path)
    return tasks


def read_tasks(path):
    """Id -> task, in the file's order. The file is loaded by its path: its name may be a number."""
    name = f"_tasks_{os.path.basename(path).removesuffix('.py')}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ValueError(f"tasks are read from a Python file; got {path}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {value.id: value for value in vars(module).values() if isinstance(value, Task)}
