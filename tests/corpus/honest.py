"""Right answers in unusual shape: each deserves full marks."""

import json

from corpus.build import SOLUTION, edited, grade_id, is_answer, solved


def _reorder(notebook):
    notebook["cells"].reverse()


def _strip_metadata_but_ids(notebook):
    for cell in notebook["cells"]:
        cell["metadata"] = {"nbgrader": {"grade_id": grade_id(cell)}, "id": "x", "colab": {}}
        cell.pop("id")


def _windows(notebook):
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"]).replace("\n", "\r\n")


def _saved_by_vs_code(notebook):
    notebook["metadata"] |= {"language_info": {"name": "python"}, "vscode": {"interpreter": {}}}
    for cell in notebook["cells"]:
        cell["metadata"] |= {"vscode": {"languageId": "python"}, "slideshow": {}}
        cell["source"] = "".join(cell["source"]).splitlines(keepends=True)


def _saved_by_colab(notebook):
    notebook["metadata"] = {"colab": {"provenance": []}, "accelerator": "GPU"}
    for number, cell in enumerate(notebook["cells"]):
        cell["metadata"] |= {"id": f"x{number}", "colab": {"base_uri": "https://localhost:8080/"}}
        cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["1\n"]}]


def _saved_by_jupyterlab(notebook):
    notebook["metadata"] |= {"widgets": {"application/vnd.jupyter.widget-state+json": {}}}
    for number, cell in enumerate(notebook["cells"]):
        cell["metadata"] |= {"execution": {"iopub.execute_input": "2026"}, "trusted": True}
        cell["execution_count"] = number


def _without_final_lines(notebook):
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"]) + "\n\n    \n\f\n"


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
    "saved-by-vs-code": edited(_saved_by_vs_code),
    "saved-by-colab": edited(_saved_by_colab),
    "saved-by-jupyterlab": edited(_saved_by_jupyterlab),
    "empty-lines-and-form-feeds": edited(_without_final_lines),
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
    "widgets-and-checks": solved(
        "from coursekit.widgets import SteeringWidget, catalogue\nfrom ipywidgets import interact\n"
        "SteeringWidget(order=2)\nfor name in catalogue(): print(name)\n"
        "@interact(x=(0, 1))\ndef show(x): print(x)",
        "from coursekit.checks import check, summary\nreport = check('06_1_tanh', tanh, tanh)\n"
        "assert report.passed or not report.passed\nsummary()",
    ),
    "decorated": solved(
        **{
            "06_1_tanh_code": "from numba import njit\nimport functools\n@njit(cache=True)\n"
            "@functools.lru_cache\ndef root(x): return x\n@njit\ndef tanh(x):\n"
            "    return np.tanh(root(1) * x)"
        }
    ),
    "a-layer-as-a-class": solved(
        **{
            "06_3_linear_forward_code": "from coursekit import nn\nimport torch.nn\n"
            "class Mine(nn.Linear):\n    def forward(self, x, w): return x @ w.T\n"
            "class Other(torch.nn.Module, nn.Module):\n    pass\n"
            "def linear_forward(x, weight):\n    return Mine().forward(x, weight)"
        }
    ),
    "files-and-folders": solved(
        "import json, os, pathlib, tempfile\nnp.save('x.npy', np.ones(3))\nnp.load('x.npy')\n"
        "open('notes.txt', 'w').write('x')\nos.makedirs('out', exist_ok=True)\n"
        "os.environ['HOME']; pathlib.Path.home(); os.getcwd(); os.cpu_count()"
    ),
    "much-of-the-library": solved(
        "import argparse, asyncio, bisect, collections, concurrent.futures, contextlib, enum\n"
        "import functools, glob, heapq, inspect, itertools, logging, math, multiprocessing\n"
        "import pickle, platform, queue, re, shutil, sqlite3, string, subprocess, threading\n"
        "import numpy.typing as npt, numpy.lib, numpy.f2py, numpy.ctypeslib\n"
        "logging.basicConfig(); platform.platform(); math.tau",
        "np.random.seed(0)\nnp.set_printoptions(precision=3)\nnp.seterr(all='raise')",
    ),
    "a-plot-in-the-middle": solved(
        **{
            "06_1_tanh_code": "import matplotlib.pyplot as plt\nfrom mpl_toolkits import mplot3d\n"
            "x = np.linspace(-3, 3)\nplt.figure(figsize=(3, 2))\nplt.plot(x, np.tanh(x), 'r--')\n"
            "ax = plt.gca()\nax.set_title('tanh')\nplt.savefig('t.png')\nplt.show();\n"
            "def tanh(x):\n    return np.tanh(x)"
        }
    ),
    "data-class-and-walrus": solved(
        **{
            "06_1_tanh_code": "from dataclasses import dataclass\n@dataclass\nclass Unit:\n"
            "    gain: float = 1\n    def __call__(self, x): return np.tanh(self.gain * x)\n"
            "def tanh(x, /, *, unit=Unit()):\n    return y if (y := unit(x)) is not None else 0"
        }
    ),
    "recursion": solved(
        **{
            "06_3_linear_forward_code": "def dot(a, b):\n"
            "    return a[0] * b[0] + (dot(a[1:], b[1:]) if len(a) > 1 else 0)\n"
            "def linear_forward(x, weight):\n"
            "    return np.array([[dot(r, w) for w in weight] for r in x])"
        }
    ),
    "main-guard-and-doctest": solved(
        **{
            "06_1_tanh_code": "def tanh(x):\n    '>>> tanh(0)'\n    return np.tanh(x)\n"
            "if __name__ == '__main__':\n    import doctest\n    doctest.testmod()"
        }
    ),
    "fortran-order": solved(
        **{"06_1_tanh_code": "def tanh(x):\n    return np.asfortranarray(np.tanh(x))[::1]"}
    ),
    "byte-order-mark": b"\xef\xbb\xbf" + json.dumps(SOLUTION).encode(),
    "sixteen-bits": json.dumps(SOLUTION).encode("utf-16"),
}
