"""Packages of npm that tests of pages need; they are unpacked, never installed."""

import shutil
import subprocess
import tarfile

from conftest import missing


def unpacked(name, version, folder):
    """The folder with the files of a package; the test is skipped where npm cannot fetch it."""
    if not shutil.which("npm"):
        missing("npm", "install it with: sudo apt-get install npm")
    command = ["npm", "pack", "--silent", f"{name}@{version}"]
    archive = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
    if archive.returncode:
        missing(f"npm's {name}", f"npm pack says: {archive.stderr.strip()[-300:]}")
    with tarfile.open(folder / archive.stdout.split()[-1]) as files:
        files.extractall(folder / name, filter="data")
    return folder / name / "package"
