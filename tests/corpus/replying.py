"""Notebooks whose replies are hard to read, to compare, to encode, or to print."""

from corpus.build import LINE, SOLUTION, cheating, code_cell, edited, is_answer, without_answers


def returning(expression, before=""):
    """An answer that returns the value of an expression of its first argument x."""
    return cheating(f"{before}\ndef cheat(x=0.0, *a): return {expression}")


REPLYING = {
    # Objects that lie to NumPy or to the encoder.
    "lying-interface": returning(
        "Lie()",
        "class Lie:\n"
        "    __array_interface__ = {'shape': (2**40,), 'typestr': '<f8', 'data': (8, False),"
        " 'version': 3}",
    ),
    "array-at-address-zero": returning(
        "np.asarray(Lie())",
        "class Lie:\n"
        "    __array_interface__ = {'shape': (9,), 'typestr': '<f8', 'data': (8, False),"
        " 'version': 3}",
    ),
    "changing-array": returning(
        "np.zeros(np.shape(x)).view(Odd)",
        "class Odd(np.ndarray):\n"
        "    def astype(self, *a, **k): return np.ones(3)\n"
        "    def tobytes(self, *a): return b'x' * 10**6\n"
        "    __array__ = astype",
    ),
    "endless-iteration": returning(
        "Odd([0.0])",
        "class Odd(list):\n    def __iter__(self):\n        while True: yield 0.0",
    ),
    "endless-length": returning(
        "Odd()", "class Odd(tuple):\n    def __len__(self): return 2**62\n    __class__ = tuple"
    ),
    "type-that-lies": returning(
        "Odd()",
        "class Kind(type):\n    def __eq__(self, other): return True\n"
        "    __hash__ = type.__hash__\nclass Odd(metaclass=Kind): pass",
    ),
    "keys-that-lie": returning(
        "{Key('a'): 0.0}", "class Key(str):\n    def encode(self, *a): return 'no bytes'"
    ),
    "text-that-lies": returning(
        "Word('x')",
        "class Word(str):\n    def __len__(self): return 1\n    def encode(self, *a): return 3",
    ),
    "number-that-lies": returning(
        "Odd(7)",
        "class Odd(int):\n    __le__ = __ge__ = __lt__ = lambda s, o: True\n"
        "    def __index__(self): return 2**70",
    ),
    "list-that-grows": cheating(
        "import threading\ngrowing = [0.0]\n"
        "class Odd(float):\n    def __float__(self): growing.append(0.0); return 0.0\n"
        "growing.append(Odd())\ndef cheat(*a): return growing"
    ),
    "list-in-itself": returning("(kept.append(kept), kept)[1]", "kept = []"),
    "all-kinds-of-zero": returning("np.broadcast_to(np.float16(-0.0), np.shape(x))"),
    "just-below-the-cap": returning("0.0 if a else np.zeros((1 << 22) - 9)"),
    "many-small-arrays": returning("[np.zeros(1)] * 9_000"),
    "empty-lists": returning("[[[]] * 90] * 90"),
    "whole-numbers-of-the-edge": returning("-2**63"),
    "largest-numbers": returning("np.full(np.shape(x), np.finfo('f8').max)"),
    "smallest-numbers": returning("np.full(np.shape(x), 5e-324)"),
    "other-byte-order": returning("np.zeros(np.shape(x), '>f8')"),
    "bits-as-truth": returning("np.zeros(np.shape(x), 'u1').view('?') | np.uint8(7).view('?')"),
    "hangs-when-encoded": cheating(
        "import time\n"
        "class Slow(np.ndarray):\n"
        "    def __array__(self, *a, **k): time.sleep(0.1); return np.zeros(1)\n"
        "def cheat(*a): return np.zeros(3).view(Slow)"
    ),
    "yields-for-ever": cheating(
        "def cheat(*a):\n    def on():\n        while True: yield 0.0\n    return on()"
    ),
    "callback-flood": cheating(
        f"{LINE}\nimport sys, wire\n"
        "def cheat(*a):\n"
        "    f = sys._getframe()\n"
        "    while 'number' not in f.f_locals: f = f.f_back\n"
        "    for i in range(10**4):\n"
        "        wire.send(line(), (f.f_locals['number'], ('callback', i, [])))\n"
        "    return 0.0"
    ),
    # Words that somebody will read.
    "html-in-a-reason": cheating(
        "class Odd(Exception): pass\n"
        "Odd.__name__ = '<script>alert(1)</script>'\n"
        "def cheat(*a): raise Odd('</td><img src=x onerror=alert(1)>{{ 7 * 7 }}{% raw %}')"
    ),
    "formula-in-a-reason": cheating(
        "def cheat(*a): raise ValueError('\\n=HYPERLINK(\"http://x\")\\t\\r\\n+1')"
    ),
    "terminal-in-a-reason": cheating(
        "def cheat(*a): raise ValueError('\\x1b]0;x\\x07\\u202e\\u2066right\\x00\\ud800')"
    ),
    "reason-of-its-own": cheating(
        "class Odd(Exception): pass\nOdd.__name__ = 'right'\n"
        "def cheat(*a): raise Odd('right; wrong: nothing')"
    ),
    "bidi-in-a-name": cheating("def cheat(*a): return 0.0\nраss = '\\u202e'\nｔａｎｈ = cheat"),
    # Notebooks that are valid and absurd.
    "cells-by-the-thousand": SOLUTION | {"cells": [code_cell("")] * 5_000},
    "one-id-for-all": without_answers(
        lambda cell: (
            cell["metadata"].update(nbgrader={"grade_id": "06_1_tanh_code"})
            or cell.update(id="same")
        )
    ),
    "metadata-in-lists": without_answers(
        lambda cell: cell.update(metadata=[{"nbgrader": {"grade_id": "06_1_tanh"}}])
    ),
    "source-in-lists-of-lists": edited(
        lambda notebook: [
            cell.update(source=[["def tanh(x): return x"], {"a": 1}])
            for cell in notebook["cells"]
            if is_answer(cell)
        ]
    ),
    "ids-that-are-no-text": without_answers(
        lambda cell: cell["metadata"].get("nbgrader", {}).update(grade_id={"a": [1]})
    ),
    "numbers-that-are-none": cheating("def cheat(*a): return 0.0", nbformat=float("nan")),
}
