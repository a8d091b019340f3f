"""The learner's side of the grader, in a process of its own (see forker.py).

Executes the cells that come over the wire and calls their functions when asked. It is trusted up
to the first cell and never after; the parent believes nothing but the form of its replies. It
uses NumPy and the standard library only. Everything else (coursekit, matplotlib, IPython, ...)
is an inert stand-in, so that honest notebooks run and no oracle is in reach.

    request                        reply
    ("run", name, source)          ("done", notes) or ("raised", kind, message, lines)
    ("look", name)                 ("function",) or ("value", value) or ("missing",)
    ("call", name, arguments)      ("value", value, changed) or ("raised", ...) or ("refused", why)

Each request comes as (number, request), and its reply repeats the number. Before it replies, the
child may call functions that came with the arguments: it sends (number, ("callback", index,
arguments)) and gets ("value", value) or ("raised", words).
"""

import ast
import codeop
import linecache
import sys
import traceback
from types import ModuleType

import numpy as np
import wire
from standin import StandIn

CELL = "<cell "  # how the file name of a cell begins
PYTHON_MAGICS = {"%%time", "%%timeit", "%%capture", "%%prun"}  # the rest of the cell is Python
compile_statement = codeop.Compile()  # remembers `from __future__ import ...`, as a notebook does


def serve_all(line):
    """Serve requests until the parent is gone."""
    sys.modules["__main__"] = notebook = ModuleType("__main__")
    names = vars(notebook)
    names |= {name: StandIn(name) for name in ("display", "get_ipython")}
    theirs: list[Theirs] = []
    while True:
        theirs.clear()
        try:
            number, request = wire.receive(line, None, lambda index: Theirs(line, index, theirs))
        except EOFError:
            return
        for function in theirs:
            function.number = number
        try:
            wire.send(line, (number, serve(request, names)))
        except wire.WireError as error:
            why = f"it should return numbers or arrays of numbers; got {error}"
            wire.send(line, (number, ("refused", why)))


class Theirs:
    """A function of the grader's, such as a loss to minimise: called here, computed there."""

    def __init__(self, line, index, theirs):
        self.line, self.index, self.number = line, index, 0
        theirs.append(self)

    def __call__(self, *arguments):
        wire.send(self.line, (self.number, ("callback", self.index, list(arguments))))
        kind, value = wire.receive(self.line)
        if kind == "raised":
            raise ValueError(value)
        return value


def serve(request, names):
    kind, name, *rest = request
    if kind == "run":
        return run(name, rest[0], names)
    if name not in names:
        return ("missing",)
    if kind == "look":
        return ("function",) if callable(names[name]) else ("value", names[name])
    return call(names[name], rest[0])


def run(name, source, names):
    """Execute a cell, one statement after the other.

    A statement that fails does not stop the next: a stand-in may be too little for a plot, and the
    function below the plot is still the learner's.
    """
    file = f"{CELL}{name}>"
    source, notes = only_python(source)
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    try:
        statements = ast.parse(source, file).body
    except BaseException as error:
        return ("raised", *describe(error))
    trouble = None
    for statement in statements:
        try:
            code = compile_statement(ast.Module([statement], []), file, "exec")  # type: ignore[arg-type]
            exec(code, names)
        except BaseException as error:  # also SystemExit
            trouble = trouble or ("raised", *describe(error))
    return trouble or ("done", notes)


def only_python(source):
    """The source without the magics and shell lines that Python cannot read, and notes on them."""
    lines, notes = source.splitlines(), []
    if lines and lines[0].startswith("%%"):
        notes.append(f"left out: {lines[0][:80]}")
        lines = ["", *lines[1:]] if lines[0].split()[0] in PYTHON_MAGICS else []
    for _ in range(len(lines)):
        at = error_line("\n".join(lines))
        if at is None or at >= len(lines) or not is_magic(lines[at]):
            break
        notes.append(f"left out: {lines[at].strip()[:80]}")
        lines[at] = lines[at][: len(lines[at]) - len(lines[at].lstrip())] + "pass"
    return "\n".join(lines), notes


def error_line(source):
    """Index of the line that Python cannot read, or None."""
    try:
        ast.parse(source)
    except SyntaxError as error:
        return (error.lineno or 1) - 1
    except Exception:  # a NUL character, nesting without end: `run` says so
        return None
    return None


def is_magic(line):
    """%matplotlib inline, !pip install x, ?np.tanh, np.tanh?, files = !ls, t = %timeit f()"""
    text = line.strip()
    assigned = text.partition("=")[2].lstrip()
    return text.startswith(("%", "!", "?")) or text.endswith("?") or assigned.startswith(("%", "!"))


def call(function, arguments):
    """Call an answer and say whether it changed an array that it was given."""
    before = [contents(argument) for argument in arguments]
    try:
        value = function(*arguments)
    except BaseException as error:
        return ("raised", *describe(error))
    if isinstance(value, StandIn):
        return ("refused", f"{value.__name__} is not there when marks are given; use NumPy")
    return ("value", value, before != [contents(argument) for argument in arguments])


def contents(argument):
    is_array = isinstance(argument, np.ndarray)
    return (argument.shape, argument.tobytes()) if is_array else None


def describe(error):
    """Kind and words of an error, and the learner's own lines that led to it, at most three."""
    kind = "NotImplementedError" if isinstance(error, NotImplementedError) else type(error).__name__
    try:
        words = str(error)[:300]
    except BaseException:
        words = ""
    if isinstance(error, SyntaxError) and str(error.filename).startswith(CELL):
        text = (error.text or "").strip()
        return (
            "SyntaxError",
            words,
            [f"{str(error.filename)[1:-1]}, line {error.lineno}: {text}"[:200]],
        )
    frames = traceback.extract_tb(error.__traceback__)
    theirs = [frame for frame in frames if frame.filename.startswith(CELL)][-3:]
    return kind, words, [f"{f.filename[1:-1]}, line {f.lineno}: {f.line}"[:200] for f in theirs]
