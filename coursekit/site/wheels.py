"""Wheels for Python in a browser, made without a network from what is installed here.

Format of a wheel: PEP 427 and PEP 376. Entry of Pyodide's list of packages: pyodide-lock.json.
"""

import base64
import csv
import hashlib
import importlib.machinery
import importlib.metadata
import io
import json
import os
import zipfile
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]  # of a checkout
WHEN = (1980, 1, 1, 0, 0, 0)  # of every file in a wheel, so that equal files give equal wheels
LEFT_BY_PIP = {"INSTALLER", "REQUESTED", "direct_url.json", "RECORD"}
COMPILED = (".pyc", *importlib.machinery.EXTENSION_SUFFIXES)
BROWSER = {"sys_platform": "emscripten", "platform_system": "Emscripten", "extra": ""}


def pure_wheel(name, folder):
    """Pack an installed package into folder/NAME-VERSION-py3-none-any.whl and return its path.

    Compiled parts are left out: for packages that also work without them, as psygnal does. An
    editable install of our own is built from its checkout, which needs hatchling.
    """
    distribution = importlib.metadata.distribution(name)
    url = json.loads(distribution.read_text("direct_url.json") or "{}")
    if url.get("dir_info", {}).get("editable"):
        return _built_from_checkout(folder)
    files = dict(_installed(distribution))
    record = next(path for path in map(str, distribution.files) if path.endswith("/RECORD"))
    stem = record.split(".dist-info")[0]  # name-version as wheels write it
    files[f"{stem}.dist-info/WHEEL"] = _tags()
    files[record] = _record(files, record)
    path = Path(folder) / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for place in sorted(files):
            archive.writestr(zipfile.ZipInfo(place, WHEN), files[place], zipfile.ZIP_DEFLATED)
    return path


def _built_from_checkout(folder):
    from hatchling.build import build_wheel

    before = Path.cwd()
    os.chdir(ROOT)  # where a build backend is called, by PEP 517
    try:
        return Path(folder) / build_wheel(str(Path(folder).resolve()))
    finally:
        os.chdir(before)


def _installed(distribution):
    """Yield (place in the wheel, content) of what lies in site-packages."""
    for file in distribution.files:
        place = file.as_posix()
        if not (place.startswith("..") or file.name in LEFT_BY_PIP or place.endswith(COMPILED)):
            yield place, file.read_binary()


def _tags():
    return b"Wheel-Version: 1.0\nGenerator: coursekit\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def _record(files, record):
    """RECORD: every file with its SHA-256 and size, itself without."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    for place in sorted(files):
        digest = base64.urlsafe_b64encode(hashlib.sha256(files[place]).digest()).rstrip(b"=")
        lines.writerow([place, f"sha256={digest.decode()}", len(files[place])])
    lines.writerow([record, "", ""])
    return text.getvalue().encode()


def lock_entry(path, start):
    """What Pyodide must know of a wheel to load it when it is imported; its place seen from start.

    `depends` names all that the package asks for in a browser, also what Pyodide may lack.
    """
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        code = [name for name in names if name.endswith(".py") and ".data/" not in name]
        place = next(name for name in names if name.endswith(".dist-info/METADATA"))
        about = importlib.metadata.PathDistribution(zipfile.Path(archive, place).parent)
        needs = map(Requirement, about.requires or [])
        depends = [
            canonicalize_name(need.name)
            for need in needs
            if need.marker is None or need.marker.evaluate(BROWSER)
        ]
        return {
            "name": canonicalize_name(about.metadata["Name"]),
            "version": about.version,
            "file_name": Path(os.path.relpath(path, start)).as_posix(),
            "install_dir": "site",
            "package_type": "package",
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "imports": sorted({name.split("/")[0].removesuffix(".py") for name in code}),
            "depends": depends,
            "unvendored_tests": False,
        }
