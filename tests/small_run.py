"""A small run of pytest with the project's own conftest.py, to see what it prints."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
INI = f"[pytest]\npythonpath = {ROOT / 'tests'}\nmarkers =\n    needs\n    slow\n    browser\n"


def run(folder, tests, *options, **environment):
    """(exit status, what pytest printed) for a file of tests, in a folder of its own."""
    shutil.copy(ROOT / "conftest.py", folder)
    (folder / "pytest.ini").write_text(INI)
    (folder / "test_small.py").write_text(tests)
    ours = ("PYTEST", "COURSEKIT_SEED")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    quick = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "COLUMNS": "120"}
    command = [sys.executable, "-m", "pytest", "-p", "xdist", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, "--strict-markers", *options],
        cwd=folder,
        env=inherited | quick | environment,
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr
