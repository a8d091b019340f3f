"""Packages of npm that tests of pages need; they are unpacked, never installed."""

import subprocess
import tarfile

from needs import lacks, needs


def unpacked(name, version, folder):
    """The folder with the files of a package; the test is skipped where npm cannot fetch it."""
    needs("npm")
    command = ["npm", "pack", "--silent", f"{name}@{version}"]
    archive = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
    if archive.returncode:
        lacks({"npm registry": f"npm pack {name} says: {archive.stderr.strip()[-300:]}"})
    with tarfile.open(folder / archive.stdout.split()[-1]) as files:
        files.extractall(folder / name, filter="data")
    return folder / name / "package"
