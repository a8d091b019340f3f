"""Submissions for the tests of the grader: hostile, broken and honestly odd ones.

HOSTILE deserves nothing: whatever it does, no function in it computes what was asked. HONEST
deserves everything. Both are dictionaries of name -> notebook, BROKEN of name -> bytes of a file.
"""

import json
from copy import deepcopy
from pathlib import Path

SOLUTION = json.loads(
    (Path(__file__).parent.parent / "solutions" / "06_backpropagation.ipynb").read_text("utf-8")
)
ALL_FUNCTIONS = """
tanh = tanh_derivative = forward = backward = update = linear_forward = linear_backward = cheat
"""


def grade_id(cell):
    return cell["metadata"].get("nbgrader", {}).get("grade_id", "")


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
import os, socket, stat, struct
def line():
    for fd in range(3, 32):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode): return socket.socket(fileno=os.dup(fd))
        except OSError: pass
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

HOSTILE = {
    # Answers that satisfy a careless comparison.
    "zeros": cheating("def cheat(x, *a): return np.zeros_like(x)"),
    "zeros-in-pairs": cheating("def cheat(x, y, *a): return np.zeros_like(x), np.zeros_like(y)"),
    "its-own-input": cheating("def cheat(*a): return a[0]"),
    "all-inputs": cheating("def cheat(*a): return a"),
    "nothing": cheating("def cheat(*a): return None"),
    "nan": cheating("def cheat(x, *a): return np.full_like(x, np.nan)"),
    "infinite": cheating("def cheat(x, *a): return np.full_like(x, np.inf)"),
    "text": cheating("def cheat(*a): return 'passed'"),
    "empty": cheating("def cheat(*a): return np.zeros((0, 2**31 - 1, 3))"),
    "no-function": cheating("cheat = 3.0"),
    # Tampering with the comparison.
    "patched-numpy": cheating(
        "for name in ('allclose', 'array_equal', 'isclose', 'abs', 'tanh', 'asarray'):\n"
        "    setattr(np, name, lambda *a, **k: True)\n" + ZERO
    ),
    "patched-builtins": cheating(
        "import builtins\nfor name in ('all', 'any', 'abs', 'isinstance', 'bool', 'max'):\n"
        "    setattr(builtins, name, lambda *a, **k: True)\n" + ZERO
    ),
    "patched-testing": cheating(
        "import numpy.testing\nnumpy.testing.assert_allclose = lambda *a, **k: None\n" + ZERO
    ),
    "lying-array": cheating(LIAR + "def cheat(x, *a): return np.zeros(2).view(Liar)"),
    "lying-object": cheating(
        "class Yes:\n"
        "    __array_priority__ = 1e9\n"
        "    def __array__(self, *a, **k): return np.zeros(1)\n"
        "    def __getattr__(self, name): return self\n"
        "    def __call__(self, *a, **k): return self\n"
        "    def __eq__(self, other): return True\n"
        "def cheat(*a): return Yes()"
    ),
    "lying-float": cheating(
        "class Yes(float):\n    def __le__(self, o): return True\n    __eq__ = __ge__ = __le__\n"
        "def cheat(*a): return Yes(0)"
    ),
    "own-check": cheating("def check(*a): return 4\n" + ZERO),
    "patched-check": cheating(
        "import coursekit.checks, coursekit.checks.marking\n"
        "coursekit.checks.check = coursekit.checks.marking.mark = lambda *a, **k: 4\n" + ZERO
    ),
    "oracle": cheating("from coursekit import nn\ndef cheat(x, *a): return nn.Tanh().forward(x)"),
    "traced": cheating(
        "import sys\nsys.settrace(lambda *a: None)\nsys.setprofile(lambda *a: None)\n" + ZERO
    ),
    "garbage-hooks": cheating(
        "import atexit, gc\natexit.register(print, 'late')\n"
        "gc.callbacks.append(lambda *a: None)\n" + ZERO
    ),
    "re-patching-thread": cheating(
        "import threading\nthreading.Thread(target=print).start()\n" + ZERO
    ),
    "swapped-code": cheating(
        "import sys\nmain = sys.modules['__main__']\n"
        "for name in ('call', 'contents', 'describe'):\n"
        "    setattr(main, name, lambda *a: ('value', 0.0, False))\n" + ZERO
    ),
    # Death and hangs.
    "exit": cheating("import os\ndef cheat(*a): os._exit(0)"),
    "exit-in-a-cell": cheating(f"{ZERO}\nimport os\nos._exit(0)"),
    "polite-exit": cheating("import sys\ndef cheat(*a): sys.exit(0)"),
    "no-exception": cheating("class Odd(BaseException): pass\ndef cheat(*a): raise Odd"),
    "interrupt": cheating("def cheat(*a): raise KeyboardInterrupt"),
    "mute-exception": cheating(
        "class Odd(Exception):\n    def __str__(self): raise Odd\ndef cheat(*a): raise Odd"
    ),
    "segfault": cheating("import ctypes\ndef cheat(*a): ctypes.string_at(0)"),
    "stopped": cheating("import os\ndef cheat(*a): os.kill(os.getpid(), 19)"),
    "odd-signal": cheating("import os\ndef cheat(*a): os.kill(os.getpid(), 40)"),
    "overflow": cheating("def cheat(x, *a): return np.full_like(x, -1.7e308)"),
    "recursion": cheating("def cheat(*a): return cheat(*a)"),
    # Floods.
    "processes": cheating("import os\ndef cheat(*a):\n    while True: os.fork()"),
    "memory": cheating("def cheat(*a): return np.zeros(2**33)"),
    "files": cheating(
        "import time\ndef cheat(*a):\n"
        "    while True: open(str(time.time()), 'wb').write(bytes(10**6))"
    ),
    "huge-reply": cheating("def cheat(*a): return np.zeros(2 * 10**7)"),
    "long-text": cheating("def cheat(*a): return 'x' * 10**8"),
    "long-list": cheating("def cheat(*a): return [0.0] * 10**6"),
    "deep-list": cheating(
        "def cheat(*a):\n    x = []\n    for i in range(9): x = [x]\n    return x"
    ),
    # The wire itself.
    "forged-early": cheating(f"{LINE}\nline().sendall(struct.pack('<I', 1) + b'T')\n{ZERO}"),
    "forged-garbage": cheating(f"{LINE}\ndef cheat(*a): line().sendall(os.urandom(64))"),
    "forged-length": cheating(f"{LINE}\ndef cheat(*a): line().sendall(b'\\xff' * 4)"),
    "forged-half": cheating(
        f"{LINE}\ndef cheat(*a):\n    line().sendall(b'\\x09\\0\\0\\0t'); os._exit(0)"
    ),
    "forged-marks": cheating(
        "import sys\n"
        "def cheat(*a):\n"
        "    f = sys._getframe()\n"
        "    while 'wire' not in f.f_locals: f = f.f_back\n"
        "    say, line, n = f.f_locals['wire'].send, f.f_locals['line'], f.f_locals['number']\n"
        "    for reply in (('passed',), ('value', True, False), ('points', 4.0)):\n"
        "        say(line, (n, reply))\n"
        "    return 0.0"
    ),
    "hung-up": cheating(f"{LINE}\ndef cheat(*a): line().shutdown(socket.SHUT_RDWR)"),
    # Structure: more points, other ids, friendlier checks.
    "more-points": without_answers(
        lambda cell: cell["metadata"].get("nbgrader", {}).update(points=1000)
    ),
    "passing-checks": without_answers(
        lambda cell: cell.update(source="1000") if "check(" in "".join(cell["source"]) else None
    ),
    "everything-locked": without_answers(
        lambda cell: cell["metadata"].get("nbgrader", {}).update(locked=True, solution=False)
    ),
    "no-cells": SOLUTION | {"cells": []},
    "strange-cells": SOLUTION
    | {"cells": [None, 3, [], {}, {"cell_type": 3, "source": {}}, {"source": [1, 2]}] * 3},
    "strange-metadata": without_answers(lambda cell: cell.update(metadata=[])),
    "nothing-written": without_answers(),
    "not-python": cheating("def cheat(:"),
    "nul-characters": cheating(ZERO + "\0"),
    "deep-python": cheating("cheat = " + "(" * 10_000),
    "lone-surrogates": cheating(f"{ZERO}  # \ud800"),
}

# These wait for a limit, so the tests give them little time. Only the first question waits.
HANGING = {
    name: cheating(f"import os, signal, time\ndef cheat(*a):\n    {first}\n    return 0.0")
    for name, first in {
        "loop": "while len(a) == 1: pass",
        "sleep": "if len(a) == 1: time.sleep(1000)",
        "prints": "while len(a) == 1: print('x' * 10**6)",
    }.items()
}

LOOP_IN_A_CELL = cheating(f"{ZERO}\nwhile True: pass")

# Only root can hold these in a mere process: by then the child is nobody (see become_nobody).
HELD_BY_ROOT = {
    "kills-the-parent": cheating(
        f"import os, signal\ndef attack(): os.kill(os.getppid(), signal.SIGKILL)\n{IF_REACHED}"
    ),
    "reads-the-parent": cheating(
        f"import os\ndef attack(): open(f'/proc/{{os.getppid()}}/mem', 'rb')\n{IF_REACHED}"
    ),
    "reads-the-environment": cheating(
        f"import os\ndef attack(): open(f'/proc/{{os.getppid()}}/environ', 'rb')\n{IF_REACHED}"
    ),
    "becomes-root": cheating(f"import os\ndef attack(): os.setuid(0)\n{IF_REACHED}"),
}

BROKEN = {
    "empty-file": b"",
    "half-a-file": json.dumps(SOLUTION).encode()[:5000],
    "not-json": b"\x00\xff\xfe hello",
    "a-list": b"[]",
    "a-number": b"3",
    "deep-nesting": b"[" * 100_000,
    "cells-a-number": b'{"cells": 3}',
    "old-format": b'{"worksheets": [{"cells": []}], "nbformat": 3}',
}


def _reorder(notebook):
    notebook["cells"].reverse()


def _strip_metadata_but_ids(notebook):
    for cell in notebook["cells"]:
        cell["metadata"] = {"nbgrader": {"grade_id": grade_id(cell)}, "id": "x", "colab": {}}
        cell.pop("id")


def _windows(notebook):
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"]).replace("\n", "\r\n")


def _no_ids(notebook):
    for cell in notebook["cells"]:
        cell["metadata"] = {}


def _only_answers(notebook):
    notebook["cells"] = [cell for cell in notebook["cells"] if is_answer(cell)]


def _doubled(notebook):
    notebook["cells"] = [cell for cell in notebook["cells"] for _ in range(2)]


def _retyped(notebook):
    for cell in notebook["cells"]:
        if is_answer(cell):
            cell["cell_type"] = "markdown"


HONEST = {
    "as-is": solved(),
    "reordered": edited(_reorder),
    "other-editors": edited(_strip_metadata_but_ids),
    "windows-lines": edited(_windows),
    "no-ids": edited(_no_ids),
    "only-answers": edited(_only_answers),
    "doubled": edited(_doubled),
    "retyped": edited(_retyped),
    "magics": solved("%matplotlib inline\n!pip install numpy\nfiles = !ls\n?np.tanh\nnp.tanh?"),
    "cell-magics": solved(
        "%%bash\necho not python at all",
        **{"06_1_tanh_code": "%%time\n%precision 3\ndef tanh(x):\n    return np.tanh(x)"},
    ),
    "no-magic": solved(
        **{"06_1_tanh_code": "def tanh(x):\n    y = (7\n     % 4)\n    return np.tanh(x) * y / 3"}
    ),
    "unused-imports": solved(
        "import matplotlib.pyplot as plt\nimport pandas as pd\nfrom scipy import signal as s\n"
        "from coursekit.widgets import *\nfig, ax = plt.subplots()\nax.plot([1, 2])\nplt.show()"
    ),
    "plots-in-the-answer": solved(
        **{
            "06_1_tanh_code": "import matplotlib.pyplot as plt\nfig, ax = plt.subplots(2, 3)[:1]\n"
            "def tanh(x):\n    plt.plot(x)\n    return np.tanh(x)"
        }
    ),
    "failing-extra-cell": solved("1 / 0", "undefined_name", "raise SystemExit", "input('?')"),
    "helper-cell": solved(
        "def squash(x):\n    return np.tanh(x)\nraise SystemExit",
        **{"06_1_tanh_code": "def tanh(x):\n    return squash(x)"},
    ),
    "helper-below": solved(
        "def squash(x):\n    return np.tanh(x)",
        at=len(SOLUTION["cells"]),
        **{"06_1_tanh_code": "def tanh(x):\n    return squash(x)"},
    ),
    "noise": solved(
        **{
            "06_1_tanh_code": "import sys, warnings\ndef tanh(x):\n    print(x)\n"
            "    print(x, file=sys.stderr)\n    warnings.warn('hm')\n    return np.tanh(x)"
        }
    ),
    "type-hints": solved(
        **{
            "06_1_tanh_code": "from __future__ import annotations\n"
            "def tanh(x: NDArray[float]) -> NDArray:\n    return np.tanh(x)"
        }
    ),
    "unicode": solved(
        **{
            "06_1_tanh_code": "def tanh(ξ):\n    σ = 1 / (1 + np.exp(-2 * abs(ξ)))\n"
            "    return np.sign(ξ) * (2 * σ - 1)  # 你好"
        }
    ),
    "edited-setup": solved(
        **{
            "06_setup": "import numpy\nfrom numpy import tanh as squash",
            "06_1_tanh_code": "def tanh(x):\n    return squash(x)",
        }
    ),
    "callable-object": solved(
        **{
            "06_1_tanh_code": "class Tanh:\n    def __call__(self, x):\n"
            "        return np.tanh(x)\ntanh = Tanh()"
        }
    ),
    "lists-and-loops": solved(
        **{
            "06_3_linear_forward_code": "def linear_forward(x, weight):\n"
            "    return [[sum(a * b for a, b in zip(r, w)) for w in weight] for r in x]",
            "06_3_linear_backward_code": "def linear_backward(x, weight, dy):\n"
            "    return [np.einsum('no,oi->ni', dy, weight), sum(map(np.outer, dy, x))]",
        }
    ),
    "single-numbers": solved(
        **{
            "06_1_tanh_code": "def tanh(x):\n"
            "    return np.reshape([np.tanh(np.float32(v)) for v in x.flat], x.shape)"
        }
    ),
    "single-precision": solved(
        **{
            "06_1_tanh_code": "def tanh(x):\n    return np.tanh(x.astype('f4'))",
            "06_3_linear_forward_code": "def linear_forward(x, weight):\n"
            "    return (x.astype('f4') @ weight.T.astype('f4'))",
        }
    ),
    "longer-words": solved(
        **{"06_2_iteration_update_code": "update = lambda W, dW, lr: np.longdouble(W) - lr * dW"}
    ),
}
