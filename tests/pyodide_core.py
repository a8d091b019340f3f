"""Pyodide as far as npm and PyPI have it: Python itself and pure packages, but no NumPy."""

import hashlib
import json
import os
import subprocess
import sys

from needs import lacks
from npm import unpacked
from packaging.utils import canonicalize_name, parse_wheel_filename

STARTS_WITH = ["micropip", "ipython", "jedi", "traitlets", "typing-extensions"]


def core(folder):
    """A folder as `coursekit site --pyodide` wants it.

    PyPI's wheels of the versions that Pyodide lists differ from its own in bytes, so the list gets
    their digests. What has no pure wheel stays listed, and is not there when it is imported.
    """
    from jupyterlite_pyodide_kernel.constants import PYODIDE_PYTHON_VERSION, PYODIDE_VERSION

    home = unpacked("pyodide", PYODIDE_VERSION, folder)
    listed = json.loads((home / "pyodide-lock.json").read_text(encoding="utf-8"))
    packages = listed["packages"]
    fetch([f"{name}=={packages[name]['version']}" for name in closure(packages)], home,
          PYODIDE_PYTHON_VERSION)  # fmt: skip
    for wheel in home.glob("*.whl"):
        entry = packages[parse_wheel_filename(wheel.name)[0]]
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        entry |= {"file_name": wheel.name, "sha256": digest}
    (home / "pyodide-lock.json").write_text(json.dumps(listed), encoding="utf-8")
    return home


def closure(packages):
    """What the kernel starts with, and all that this asks for."""
    names, new = set(), set(STARTS_WITH)
    while new:
        names |= new
        new = {canonicalize_name(d) for name in new for d in packages[name]["depends"]} - names
    return sorted(names)


def fetch(requirements, folder, python_version):
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder]
    command += ["--only-binary", ":all:", "--python-version", python_version]
    without = {"PIP_CONSTRAINT": ""}  # these versions are Pyodide's, not ours
    fetched = subprocess.run([*command, *requirements], capture_output=True, text=True,
                             timeout=300, env=os.environ | without)  # fmt: skip
    if fetched.returncode:
        lacks({"pypi": f"pip download says: {fetched.stderr.strip()[-300:]}"})
