"""The pages and files for other people's computers: each is read by the program that reads it."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from page_commands import run_page

import coursekit

ROOT = Path(__file__).parent.parent
PAGE_PATH = ROOT / "docs" / "teach-with-it.md"
README = (ROOT / "README.md").read_text("utf-8")

# Colab's runtime 2026.01, from the list that its makers publish; JupyterLab is not on it.
COLAB = {
    "numpy": "2.0.2",
    "scipy": "1.16.3",
    "matplotlib": "3.10.0",
    "scikit-image": "0.25.2",
    "pillow": "11.3.0",
    "imageio": "2.37.2",
    "ipywidgets": "7.7.1",
    "anywidget": "0.9.21",
    "nbformat": "5.10.4",
    "click": "8.3.1",
    "packaging": "25.0",
    "tqdm": "4.67.1",
    "pooch": "1.8.2",
    "safetensors": "0.7.0",
    "threadpoolctl": "3.6.0",
}


def test_teach_with_it_does_what_it_says(tmp_path, capsys):
    page = PAGE_PATH.read_text("utf-8")
    assert len(page.splitlines()) <= 120
    run_page(PAGE_PATH, tmp_path)
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    seen = {}
    exec(code, seen)
    assert capsys.readouterr().out.strip() == seen["again"].state == seen["talk"].state
    assert seen["again"].large


def test_the_page_starts_as_the_readme_does_and_its_links_lead_somewhere():
    page = PAGE_PATH.read_text("utf-8")
    (start,) = re.findall(r"```bash\n(.*?)```", page, re.DOTALL)
    assert f"\n{start.splitlines()[-1]} " in README  # what opens the course: test_lab.py
    for link in re.findall(r"\]\((.*?)\)", page):
        assert (PAGE_PATH.parent / link).is_file(), link


def test_colabs_packages_are_new_enough_and_none_but_jupyterlab_is_missing():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = {r.name: r.specifier for r in map(Requirement, project["dependencies"])}
    assert wanted.keys() - COLAB.keys() == {"jupyterlab"}
    unfit = {name for name in COLAB.keys() & wanted if COLAB[name] not in wanted[name]}
    assert unfit == set()


def test_binder_installs_the_course_with_python_3_11(monkeypatch):
    from repo2docker.app import Repo2Docker

    monkeypatch.chdir(ROOT)
    app = Repo2Docker()
    packs = (pack(base_image=app.base_image) for pack in app.buildpacks)
    pack = next(pack for pack in packs if pack.detect())
    pack.platform = "linux/amd64"
    assert type(pack).__name__ == "PythonBuildPack"
    assert pack.python_version == "3.11"
    assert 'pip install --no-cache-dir -r ".binder/requirements.txt"' in pack.render({})
    lines = (ROOT / ".binder/requirements.txt").read_text("utf-8").splitlines()
    assert [line for line in lines if not line.startswith("#")] == ["."]


def test_the_container_is_set_up_with_the_readmes_command():
    text = (ROOT / ".devcontainer/devcontainer.json").read_text("utf-8")
    container = json.loads(re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE))
    assert f"\n{container['postCreateCommand']} && coursekit lab" in README
    assert container["image"].endswith("python:3.11")
    assert container["forwardPorts"] == [8888]


def test_the_citation_is_valid_and_of_this_version():
    path = ROOT / "CITATION.cff"
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema"]
    done = subprocess.run([*command, "vendor.citation-file-format", path], capture_output=True)
    assert done.returncode == 0, done.stdout
    assert f"\nversion: {coursekit.__version__}\n" in path.read_text("utf-8")
