"""How submissions for the tests are made: changes of one honest solution."""

import json
from copy import deepcopy
from pathlib import Path

FILE = Path(__file__).parents[2] / "solutions" / "06_backpropagation.ipynb"
QUESTIONS = ("06_setup", "06_1_", "06_2_", "06_3_")  # three are enough: 4 + 6 + 5 points


def grade_id(cell):
    return cell["metadata"].get("nbgrader", {}).get("grade_id", "")


def short_solution():
    notebook = json.loads(FILE.read_text("utf-8"))
    return notebook | {"cells": [c for c in notebook["cells"] if grade_id(c).startswith(QUESTIONS)]}


SOLUTION = short_solution()
FULL = 15
ALL_FUNCTIONS = """
tanh = tanh_derivative = forward = backward = update = linear_forward = linear_backward = cheat
"""


def is_answer(cell):
    return cell["metadata"].get("nbgrader", {}).get("solution", False)


def code_cell(source, **metadata):
    return {"cell_type": "code", "source": source, "metadata": metadata, "outputs": []}


def cheating(source, **changes):
    """The solution with one answer cell in place of all: it defines `cheat`, used everywhere."""
    notebook = deepcopy(SOLUTION)
    notebook["cells"] = [cell for cell in notebook["cells"] if not is_answer(cell)]
    notebook["cells"].insert(2, code_cell(f"import numpy as np\n{source}\n{ALL_FUNCTIONS}\n"))
    return notebook | changes


def solved(*extra, at=2, **answers):
    """The solution with extra code cells, and with the sources of some answer cells changed."""
    notebook = deepcopy(SOLUTION)
    for cell in notebook["cells"]:
        name = grade_id(cell)
        if name in answers:
            cell["source"] = answers[name]
    notebook["cells"][at:at] = [code_cell(source) for source in extra]
    return notebook


def edited(change):
    """The solution after a change that is made in place."""
    notebook = deepcopy(SOLUTION)
    change(notebook)
    return notebook


def without_answers(change=lambda cell: None):
    """Nothing solved; a change is made to every cell."""
    notebook = cheating("def cheat(*a): raise NotImplementedError")
    for cell in notebook["cells"]:
        change(cell)
    return notebook


ZERO = "def cheat(*a): return 0.0"
# The learner's end of the wire, found by looking through the open files.
LINE = """
import os, struct
class line:  # the descriptor over which the grader asks
    def sendall(self, data):
        while data: data = data[os.write(3, data):]
    def recv(self, count): return os.read(3, count)
    def close(self): os.close(3)
"""
LIAR = """
class Liar(np.ndarray):
    def __eq__(self, other): return np.True_
    def __array_ufunc__(self, *a, **k): return np.zeros(1)
    def __array_function__(self, *a, **k): return True
    shape = property(lambda self: Any())
    dtype = property(lambda self: Any())
class Any(tuple):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    __hash__ = tuple.__hash__
"""
# What an attack that reaches the parent would earn: it answers right only if it got there.
IF_REACHED = """
def cheat(*a):
    try:
        attack()
    except BaseException:
        return 0.0
    return np.tanh(a[0]) if len(a) == 1 else (a[0] @ a[1].T)
"""


def reaching(source):
    """A cheat that answers right only if its `attack` comes through."""
    return cheating(f"{source}\n{IF_REACHED}")
