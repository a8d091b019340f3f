"""The packages that are published: the same bytes each time, whole, and without solutions."""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BUILD = [sys.executable, "-m", "build", "--no-isolation"]  # with the backend that is installed


def files(folder):
    """Paths of all files below a folder of the checkout, as the packages name them."""
    paths = (path.relative_to(ROOT) for path in (ROOT / folder).rglob("*") if path.is_file())
    left = {"__pycache__", ".ipynb_checkpoints"}
    return {path.as_posix() for path in paths if not left & {*path.parts}}


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """(sdist, wheel made from the sdist, wheel made from the checkout)."""
    one, two = tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("two")
    built_at = os.environ | {"SOURCE_DATE_EPOCH": "1760000000"}
    for command in (["--outdir", one, ROOT], ["--wheel", "--outdir", two, ROOT]):
        subprocess.run([*BUILD, *command], env=built_at, check=True, capture_output=True)
    (sdist,), (wheel,), (again,) = one.glob("*.tar.gz"), one.glob("*.whl"), two.glob("*.whl")
    return sdist, wheel, again


def test_two_builds_give_the_same_wheel(published):
    _, from_sdist, from_checkout = published
    assert from_sdist.read_bytes() == from_checkout.read_bytes()


def test_indexes_would_take_both(published):
    command = [sys.executable, "-m", "twine", "check", "--strict", *published[:2]]
    checked = subprocess.run(command, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout


def test_wheel_is_all_of_the_package_and_nothing_else(published):
    with zipfile.ZipFile(published[1]) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
    course = {name for name in names if name.startswith("coursekit/_course/")}
    about = {name for name in names if name.startswith("coursekit-")}
    assert names - course - about == files("coursekit")
    assert not [name for name in names if "solutions" in name or "tests" in name]
    assert published[1].stat().st_size < 5e6


def test_sdist_brings_what_the_tests_read(published):
    with tarfile.open(published[0]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for folder in ("tests", "solutions", "exercises", "notebooks", "docs", "benchmarks"):
        assert files(folder) <= names, folder
    wanted = {".ci/run", "conftest.py", "constraints.txt", "coverage.toml", "CONTRIBUTING.md"}
    assert wanted <= names
    assert published[0].stat().st_size < 12e6
