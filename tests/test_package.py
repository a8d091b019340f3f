"""What an installed coursekit carries, and that README and CI say the same."""

import importlib.metadata
import re
import runpy
import tomllib
from pathlib import Path

import numpy as np
import pytest

from coursekit.data import PICTURES, load_image

ROOT = Path(__file__).parent.parent


@pytest.mark.needs("installed")
def test_lectures_and_exercises_travel_and_solutions_do_not():
    paths = importlib.metadata.files("coursekit")
    files = {str(path).replace("\\", "/") for path in paths}
    for part in ("notebooks", "exercises"):
        for notebook in (ROOT / part).glob("*.ipynb"):
            assert f"coursekit/_course/{part}/{notebook.name}" in files
    assert not [name for name in files if "solutions" in name]
    assert "coursekit/data/SOURCES.md" in files


def test_ci_runs_the_readmes_test_command():
    command = 'pip install ".[test]" && pytest'
    assert f"\n{command}" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"\n{command}" in (ROOT / ".ci/bare").read_text(encoding="utf-8")


def pythons_in(text):
    """The versions 3.x that a text names, lowest first."""
    return sorted({*re.findall(r"\b3\.\d\d\b", text)}, key=lambda name: int(name[2:]))


def part(path, start, end):
    """What lies between two words of a file."""
    return (ROOT / path).read_text(encoding="utf-8").split(start)[1].split(end)[0]


def test_classifiers_ci_and_docs_name_the_pythons_that_are_run():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = pythons_in(" ".join(project["classifiers"]))
    lowest = named[0]
    assert project["requires-python"] == f">={lowest}"
    assert pythons_in((ROOT / ".ci/lowest").read_text(encoding="utf-8")) == [lowest]
    in_ci = [(ROOT / ".ci" / name).read_text(encoding="utf-8") for name in ("lowest", "pythons")]
    assert pythons_in(" ".join(in_ci)) == named
    tried, untested = part("docs/teach-with-it.md", "\n## What was tried", "\n## ").split(
        "Untested"
    )
    assert pythons_in(tried) == named
    assert pythons_in(untested) == [f"3.{int(named[-1][2:]) + 1}"]
    for page in ("README.md", "docs/teach-with-it.md"):
        assert f"Python {lowest} or newer" in (ROOT / page).read_text(encoding="utf-8")
    assert pythons_in(part("README.md", "## Start", "\n## ")) == [lowest]


def test_the_docs_name_the_processors_that_the_night_computes_as():
    kernels = runpy.run_path(str(ROOT / ".ci/kernels"))["LACKS"]
    tried = part("docs/teach-with-it.md", "\n## What was tried", "Untested")
    assert {name for name in kernels if name in tried} == {*kernels}


def test_constraints_name_versions_and_no_host():
    for line in (ROOT / "constraints.txt").read_text().splitlines():
        assert line.startswith("#") or ("==" in line and "/" not in line and "@" not in line), line


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_are_real_and_in_range(name):
    image = load_image(name)
    assert image.dtype == np.float64
    assert image.ndim == 2 or (image.ndim == 3 and image.shape[2] == 3)
    assert 0 <= image.min() < 0.3
    assert 0.6 < image.max() <= 1
    assert image.std() > 0.03


def test_pictures_are_what_scikit_image_calls_by_these_names():
    import skimage.data

    for name, file in PICTURES.items():
        same = getattr(skimage.data, Path(file).stem)() / 255
        np.testing.assert_array_equal(load_image(name), same)


def test_every_picture_has_its_source_written_down():
    sources = (ROOT / "coursekit/data/SOURCES.md").read_text(encoding="utf-8")
    assert [name for name in PICTURES if f"| `{name}` |" not in sources] == []


def test_unknown_picture_lists_those_there_are():
    with pytest.raises(ValueError, match="camera, cat, .*; got 'lena'"):
        load_image("lena")
