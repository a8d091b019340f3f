"""Wrong answers out of right ones: a solution's code with one small thing changed at a time."""

import ast
import copy

import nbformat
import numpy as np

from coursekit.checks import check
from coursekit.checks.tasks import find_task
from coursekit.grading.notebook import read_autotest

OPERATORS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Add,
    ast.Pow: ast.Mult,
    ast.USub: ast.UAdd,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.Lt,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
}
NAMES = {"T": "real", "cos": "sin", "sin": "cos", "ones": "zeros", "zeros": "ones"}
WORDS = {"reflect": "symmetric"}


def changes(node):
    """(attribute of a node of the syntax tree, wrong value), one for each small change."""
    match node:
        case ast.BinOp(op=op) | ast.UnaryOp(op=op) if type(op) in OPERATORS:
            yield "op", OPERATORS[type(op)]()
        case ast.Compare(ops=[op, *others]) if type(op) in OPERATORS:
            yield "ops", [OPERATORS[type(op)](), *others]
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            yield "value", value + 1
        case ast.Constant(value=str() as value) if value in WORDS:
            yield "value", WORDS[value]
        case ast.Attribute(attr=attr) if attr in NAMES:
            yield "attr", NAMES[attr]
        case ast.Tuple(elts=[_, _, *_] as elements, ctx=ast.Load()):
            yield "elts", elements[::-1]
        case ast.Call(args=[_, _, *_] as arguments):
            yield "args", arguments[::-1]
        case ast.Return():
            yield "value", ast.Constant(None)


def mutants(source):
    """(line and kind of the change, source with it), for all changes of a cell."""
    tree = ast.parse(source)
    for number, node in enumerate(ast.walk(tree)):
        for attribute, wrong in changes(node):
            mutant = copy.deepcopy(tree)
            setattr(list(ast.walk(mutant))[number], attribute, wrong)
            changed = ast.unparse(mutant)
            old, new = ast.unparse(tree).splitlines(), changed.splitlines()
            lines = [b.strip() for a, b in zip(old, new, strict=True) if a != b]
            if lines:
                yield lines[0], changed


def solution_cells(path):
    """Task id -> (names of its answers, sources of its solution cells), of a notebook."""
    tasks, sources = {}, []
    for cell in nbformat.read(path, as_version=4).cells:
        meta = cell.metadata["nbgrader"]
        if cell.cell_type == "code" and meta["solution"]:
            sources.append(cell.source)
        elif cell.cell_type == "code" and meta["grade"]:
            task_id, answers = read_autotest(cell.source)
            tasks[task_id] = answers, sources
            sources = []
    return tasks


def survivors(path, n_seeds=3):
    """How many mutants of a notebook's solutions there are, and (task, line) of the passing."""
    count, passing = 0, set()
    for task_id, (answers, sources) in solution_cells(path).items():
        for i, source in enumerate(sources):
            for line, changed in mutants(source):
                count += 1
                if passes(task_id, answers, [*sources[:i], changed, *sources[i + 1 :]], n_seeds):
                    passing.add((task_id, line))
    return count, passing


def passes(task_id, answers, sources, n_seeds):
    """Whether the functions that these cells define pass their check with every seed."""
    names = {"np": np}
    for source in sources:
        exec(source, names)
    functions = [names[name] for name in answers]
    with np.errstate(all="ignore"):
        return all(check(task_id, *functions, seed=seed).passed for seed in range(n_seeds))


def reports_of_slip(right, task, name, wrong):
    """Reports on five seeds when one answer of a task is wrong and the others are right.

    right: task id -> its right answers; task: how the id ends; name: the answer to replace.
    """
    (task_id,) = (each for each in right if each.endswith(task))
    names = find_task(task_id).answers
    answers = [wrong if each == name else f for each, f in zip(names, right[task_id], strict=True)]
    return [check(task_id, *answers, seed=seed) for seed in range(5)]
