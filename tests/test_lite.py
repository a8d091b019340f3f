"""The course in a browser's Python: here, in a process with as little as that has."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from test_imports import ALLOWED

from coursekit.site.build import SiteError
from coursekit.site.lite import build_lite

HERE = Path(__file__).parent
IN_A_BROWSER = """
from without import become_a_browser
become_a_browser()

import importlib, pkgutil
for room in {rooms}:
    package = importlib.import_module(f"coursekit.{{room}}")
    for module in pkgutil.walk_packages(package.__path__, f"{{package.__name__}}."):
        importlib.import_module(module.name)

import numpy as np
from coursekit import checks, data, nn, widgets
conv = nn.Conv2d(16, 32, 3, rng=np.random.default_rng(0))
y = conv.forward(np.ones((16, 16, 64, 63), np.float32))
assert conv.backward(y).shape == (16, 16, 64, 63)
for entry in widgets.catalogue():
    entry.widget()
data.load_image("cat"), data.load_network("digits")
print(checks.check("06_1_tanh", np.tanh, lambda x: 1 - np.tanh(x) ** 2))
"""


def test_rooms_work_without_what_a_browser_lacks():
    """All modules of all rooms, work that is large enough for threads, all widgets, a check."""
    code = IN_A_BROWSER.format(rooms=sorted(ALLOWED.keys() - {"grading", "site"}))
    threads = os.environ | {"OPENBLAS_NUM_THREADS": "2"}  # what a browser's NumPy has not
    run = [sys.executable, "-c", code]
    answer = subprocess.run(run, cwd=HERE, env=threads, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr[-2000:]
    assert "06_1_tanh: 4 of 4 points" in answer.stdout, answer.stdout


def test_folders_that_do_not_fit_are_refused_and_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("dear friend")
    with pytest.raises(SiteError, match="holds something else"):
        build_lite(tmp_path)
    with pytest.raises(SiteError, match=r"it has no pyodide\.mjs"):
        build_lite(tmp_path / "new", pyodide=tmp_path)
    (tmp_path / "pyodide.mjs").touch()
    for half in ('{"info": {"python"', '{"info": {}}', "[]"):
        (tmp_path / "pyodide-lock.json").write_text(half)
        with pytest.raises(SiteError, match=r"broken pyodide-lock\.json"):
            build_lite(tmp_path / "new", pyodide=tmp_path)
    assert len([*tmp_path.iterdir()]) == 3


@pytest.mark.needs("site")
def test_another_pyodide_than_the_kernels_is_refused(tmp_path):
    (tmp_path / "pyodide.mjs").touch()
    (tmp_path / "pyodide-lock.json").write_text('{"info": {"python": "3.10.2"}}')
    with pytest.raises(SiteError, match=r"has Python 3\.10\.2; JupyterLite's kernel wants Pyodide"):
        build_lite(tmp_path / "new", pyodide=tmp_path)
