"""Right answers in unusual shape: each deserves full marks."""

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
