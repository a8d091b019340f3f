"""A release, carried out in a clone; what refuses one; and which commit `--version` names."""

import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from click.testing import CliRunner

import coursekit
from coursekit.cli import main
from coursekit.lab import START

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.needs("git")
DAY = "2026-10-05"
BIN = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
ENVIRONMENT = {name: text for name, text in os.environ.items() if not name.startswith("GIT_")} | {
    "PATH": BIN,  # hooks and programs are those of the environment that runs the tests
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    **{f"GIT_{who}_NAME": "Ada" for who in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{who}_EMAIL": "ada@example.org" for who in ("AUTHOR", "COMMITTER")},
}


def run(*command, cwd, status=0, **more):
    """What a command prints; it must end with this status."""
    done = subprocess.run(
        [*map(str, command)],
        cwd=cwd,
        env=ENVIRONMENT | more,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == status, done.stdout
    return done.stdout


def commit_all(folder, message="Everything"):
    """Make a repository of a folder, or add to it; the abbreviated commit."""
    run("git", "init", "--quiet", cwd=folder)
    run("git", "add", "--all", cwd=folder)
    run("git", "commit", "--quiet", "--allow-empty", "--message", message, cwd=folder)
    return run("git", "rev-parse", "--short", "HEAD", cwd=folder).strip()


def copy_of_the_project(folder):
    """What git would commit of this checkout now."""
    ignored = (ROOT / ".gitignore").read_text("utf-8").split()
    names = [name.removesuffix("/") for name in ignored]
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(".git", *names))


# `coursekit --version`


def test_the_version_is_the_packages_and_perhaps_a_commit():
    said = CliRunner().invoke(main, ["--version"]).output
    version = re.escape(coursekit.__version__)
    assert re.fullmatch(
        rf"coursekit, version {version}( \([^)]*commit [0-9a-f]{{7,}}[^)]*\))?\n", said
    )


@pytest.fixture
def checkout(tmp_path):
    """A repository that has of coursekit no more than what --version needs."""
    folder = tmp_path / "checkout"
    (folder / "coursekit").mkdir(parents=True)
    names = ("__init__.py", "commit.py", "commit.txt")
    for name in ("pyproject.toml", ".gitattributes", *(f"coursekit/{name}" for name in names)):
        shutil.copyfile(ROOT / name, folder / name)
    # In a copy that somebody packed, the commit is written in.
    (folder / "coursekit/commit.txt").write_text("$Format:%h$\n")
    return folder


def commit_of(folder, **more):
    """The commit that the coursekit of a folder names, asked from another folder."""
    code = "from coursekit.commit import commit; print(commit())"
    return run(sys.executable, "-c", code, cwd="/", PYTHONPATH=str(folder), **more).strip()


def test_a_checkout_names_its_commit_and_whether_files_were_changed(checkout):
    assert commit_of(checkout) == "None"
    known = commit_all(checkout)
    run("git", "tag", "--annotate", "v9.8.7", "--message", "a tag", cwd=checkout)
    (checkout / "a note that git does not track").touch()
    assert commit_of(checkout) == known
    (checkout / "coursekit/__init__.py").write_text('__version__ = "9.8.7"\n')
    assert commit_of(checkout) == f"{known}-dirty"
    assert commit_of(checkout, PATH="") == "None"  # without git


def test_a_worktree_and_a_git_hook_of_another_repository_mislead_nobody(checkout, tmp_path):
    known = commit_all(checkout)
    run("git", "worktree", "add", "--quiet", tmp_path / "worktree", cwd=checkout)
    assert commit_of(tmp_path / "worktree") == known
    (tmp_path / "other").mkdir()
    assert commit_all(tmp_path / "other") != known
    assert commit_of(checkout, GIT_DIR=str(tmp_path / "other/.git")) == known


@pytest.mark.parametrize("where", ["site-packages", "beside their own project", "a part of theirs"])
def test_a_repository_around_it_is_not_taken_for_ours(where, checkout, tmp_path):
    theirs = tmp_path / "theirs"
    place = theirs / {"site-packages": ".venv/lib", "a part of theirs": "course"}.get(where, "")
    place.mkdir(parents=True)
    shutil.copytree(checkout / "coursekit", place / "coursekit")
    if where == "a part of theirs":  # a whole copy, without .git
        shutil.copyfile(checkout / "pyproject.toml", place / "pyproject.toml")
    (theirs / "pyproject.toml").write_text('[project]\nname = "their-own"\nversion = "1"\n')
    commit_all(theirs)
    assert commit_of(place) == "None"


def test_an_archive_of_git_carries_the_commit(checkout, tmp_path):
    known = commit_all(checkout)
    run("git", "archive", "--output", tmp_path / "kit.tar", "HEAD", cwd=checkout)
    with tarfile.open(tmp_path / "kit.tar") as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    assert commit_of(tmp_path / "unpacked") == known
    commit_all(tmp_path / "unpacked")  # what was packed counts more than who keeps it
    assert commit_of(tmp_path / "unpacked") == known


# What refuses a release


@pytest.fixture
def ready(tmp_path):
    """A repository that could be released, with no more than what is looked at before building."""
    folder = tmp_path / "ready"
    shutil.copytree(ROOT / ".ci", folder / ".ci", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "CITATION.cff", "CHANGELOG.md", "coursekit/__init__.py",
                 ".gitignore", ".github/ISSUE_TEMPLATE/config.yml"):  # fmt: skip
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, folder / name)
    prepare(folder)
    return folder


def prepare(folder):
    """The first step of the recipe in CONTRIBUTING.md, for the version that the files name."""
    run(sys.executable, ".ci/address.py", "https://github.com/ada/kit", cwd=folder)
    edit(folder / "CHANGELOG.md", r"(?m)^(## \S+) \(.*\)$", rf"\1 ({DAY})")
    edit(folder / "CITATION.cff", r"(?m)^date-released: .*\n", "")
    edit(folder / "CITATION.cff", r"(?m)^(version: .*)$", rf"\1\ndate-released: {DAY}")


def edit(path, pattern, new):
    text, changes = re.subn(pattern, new, path.read_text("utf-8"), count=1)
    path.write_text(text, "utf-8")
    return changes


def tag(folder, name=f"v{coursekit.__version__}"):
    run("git", "tag", "--annotate", name, "--message", name, cwd=folder)


def refusals(folder):
    return run(sys.executable, ".ci/release.py", cwd=folder, status=1)


def test_nothing_but_the_tag_is_missing(ready):
    commit_all(ready)
    version = coursekit.__version__
    wanted = f"HEAD needs the tag v{version} of coursekit/__init__.py and no other; got "
    assert refusals(ready) == f"{wanted}no tag\n"
    tag(ready, "v9.8.7")
    assert refusals(ready) == f"{wanted}v9.8.7\n"
    tag(ready)
    assert refusals(ready).startswith(wanted)
    run("git", "tag", "--delete", "v9.8.7", cwd=ready)
    assert "HEAD needs" not in refusals(ready)  # here is nothing that could be built


@pytest.mark.parametrize(
    ("file", "pattern", "new", "refusal"),
    [
        ("CHANGELOG.md", DAY, "unreleased", "got '## {version} (unreleased)'"),
        ("CHANGELOG.md", DAY, "5 October 2026", "got '## {version} (5 October 2026)'"),
        ("CHANGELOG.md", r"## \S+", "## 9.8.7", f"got '## 9.8.7 ({DAY})'"),
        ("CHANGELOG.md", r"(?s)\)\n.*", ")\n", "to say what changed in {version}; got nothing"),
        ("CHANGELOG.md", r"(?s).*", "# Changelog\n", "got '## no entry ()'"),
        ("CITATION.cff", r"(?m)^version: .*$", "version: 9.8.7", "got version: 9.8.7"),
        ("CITATION.cff", DAY, "2026-10-04", "got date-released: 2026-10-04"),
        ("CITATION.cff", f"date-released: {DAY}\n", "", f"line 'date-released: {DAY}'; got none"),
        ("CITATION.cff", "ada/kit", "bob/kit", "one address is wanted in three files"),
        ("pyproject.toml", "(?m)^Repository = .*\n", "", "one address is wanted in three files"),
        ("coursekit/__init__.py", r'__version__ = ".*"', '__version__ = "9.8.7"', "the tag v9.8.7"),
    ],
)  # fmt: skip
def test_what_disagrees_is_said_in_a_sentence(file, pattern, new, refusal, ready):
    assert edit(ready / file, pattern, new)
    commit_all(ready)
    tag(ready)
    said = refusals(ready)
    assert refusal.format(version=coursekit.__version__) in said
    assert not (ready / "dist").exists()
    if file != "coursekit/__init__.py":  # with another version nothing agrees any more
        assert said.count("\n") == 1


def test_what_is_not_committed_is_not_released(ready):
    commit_all(ready)
    tag(ready)
    (ready / "notes.txt").touch()
    assert (
        refusals(ready)
        == "nothing may be left to commit, because it would be packed; got\n?? notes.txt\n"
    )


# The whole recipe, and the hooks


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A repository with all files of this checkout."""
    folder = tmp_path_factory.mktemp("origin") / "coursekit"
    copy_of_the_project(folder)
    (folder / "coursekit/commit.txt").write_text("$Format:%h$\n")
    commit_all(folder)
    return folder


@pytest.mark.slow
def test_the_recipe_was_carried_out_in_a_clone(project, tmp_path):
    clone = tmp_path / "clone"
    run("git", "clone", "--quiet", project, clone, cwd=tmp_path)
    prepare(clone)
    version = coursekit.__version__
    known = commit_all(clone, f"Release {version}\n\nSo that it can be installed by its name.")
    tag(clone)
    said = run(sys.executable, ".ci/release.py", cwd=clone).splitlines()
    print(*said, sep="\n")
    assert [re.fullmatch(r"(\S+): \d\.\d MB", line)[1] for line in said[:2]] == [
        f"coursekit-{version}-py3-none-any.whl",
        f"coursekit-{version}.tar.gz",
    ]
    page = f"; coursekit lab opens {START}"
    with_commit = f": coursekit, version {version} (commit {known}){page}"
    assert said[2:-1] == [
        f"from the sdist{with_commit}",
        f"from the wheel{with_commit}",
        f"from git+file://{with_commit}",
        f"from a copy without .git: coursekit, version {version}{page}",
    ]
    assert run("git", "status", "--porcelain", cwd=clone) == ""
    files = [path.name for path in (clone / "dist").iterdir()]
    assert sorted(files) == [line.partition(":")[0] for line in said[:2]]


@pytest.mark.slow
def test_pre_commit_stops_bad_commits_and_lets_good_ones_pass(project, tmp_path):
    """With the hooks installed as CONTRIBUTING.md says, and the real tools."""
    clone = tmp_path / "clone"
    run("git", "clone", "--quiet", project, clone, cwd=tmp_path)
    why = "\n\nSo that the hooks are seen at work."

    def commit(message, status, **more):
        more |= {"PRE_COMMIT_HOME": str(tmp_path / "cache")}
        run("git", "add", "--all", cwd=clone)
        return run("git", "commit", "--message", message, cwd=clone, status=status, **more)

    run("pre-commit", "install", cwd=clone)
    extra = clone / "coursekit/extra.py"
    extra.write_text("import os\n")
    assert "F401" in commit(f"A module that is not needed{why}", 1)
    extra.write_text('"""Nothing."""\n')
    for message, refusal in (
        (f"{73 * 'x'}{why}", "the subject has 73 characters"),
        ("A module that is not needed", "a body that says why is wanted"),
    ):
        assert refusal in commit(message, 1, SKIP="style")  # which takes long, and comes below
    assert "as in CI" in commit(f"A module that is not needed{why}", 0)
    assert run("git", "log", "-1", "--format=%s", cwd=clone) == "A module that is not needed\n"
