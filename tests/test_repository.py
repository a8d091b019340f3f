"""What people expect of a repository: forms, workflow, one address, one list of checks, links."""

import datetime
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import tidy_notebooks
import yaml
from check_jsonschema import main as check_jsonschema
from click.testing import CliRunner

import coursekit
from coursekit.widgets import catalogue

ROOT = Path(__file__).parent.parent
GITHUB = ROOT / ".github"
FORMS = sorted({*GITHUB.glob("ISSUE_TEMPLATE/*.yml")} - {GITHUB / "ISSUE_TEMPLATE/config.yml"})
WORKFLOW = GITHUB / "workflows/ci.yml"
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")


def read(name):
    return (ROOT / name).read_text("utf-8")


def valid(schema, *paths):
    """check-jsonschema, which carries GitHub's schemas, finds no fault."""
    arguments = ["--builtin-schema", f"vendor.{schema}", *map(str, paths)]
    checked = CliRunner().invoke(check_jsonschema, arguments)
    assert checked.exit_code == 0, checked.output


def a_copy(folder, *names):
    """Some files of the repository in a folder of their own; a folder's name ends with a slash."""
    for name in names:
        copy = shutil.copytree if name.endswith("/") else shutil.copyfile
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        copy(ROOT / name, folder / name)


# Forms, the workflow, pages


def test_github_would_take_forms_chooser_and_workflow():
    valid("github-issue-forms", *FORMS)
    valid("github-issue-config", GITHUB / "ISSUE_TEMPLATE/config.yml")
    valid("github-workflows", WORKFLOW)


def form(name):
    """The questions of an issue form by their id."""
    body = yaml.safe_load(read(f".github/ISSUE_TEMPLATE/{name}.yml"))["body"]
    fields = [field for field in body if field["type"] != "markdown"]
    questions = {field["id"]: field for field in fields}
    assert len(questions) == len(fields)
    return questions


def test_every_form_asks_for_version_and_facts_and_links_to_the_code_of_conduct():
    assert {path.stem for path in FORMS} == {
        "lecture",
        "widget",
        "check",
        "grading",
        "installation",
    }
    for path in FORMS:
        text = path.read_text("utf-8")
        assert "`coursekit --version`" in text
        validations = [question.get("validations", {}) for question in form(path.stem).values()]
        assert sum(each.get("required", False) for each in validations) >= 4
        links = LINK.findall(text)
        assert "../blob/HEAD/CODE_OF_CONDUCT.md" in links
        for link in links:  # seen from /OWNER/NAME/issues/new, where a form is shown
            assert (ROOT / link.removeprefix("../blob/HEAD/")).is_file(), link
        assert {*yaml.safe_load(text)["labels"]} <= {"bug", "documentation"}  # GitHub makes these


def test_forms_list_the_lectures_and_the_widgets_there_are():
    lectures = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
    assert form("lecture")["lecture"]["attributes"]["options"] == lectures
    widgets = [entry.title for entry in catalogue()]
    assert form("widget")["widget"]["attributes"]["options"] == widgets


def test_where_students_may_be_named_the_form_has_them_left_out():
    assert form("grading")["privacy"]["attributes"]["options"][0]["required"]
    assert "real student" in read(".github/pull_request_template.md")


def test_the_workflow_has_three_systems_three_pythons_and_the_readmes_commands():
    text = WORKFLOW.read_text("utf-8")
    assert text.startswith("# ")
    assert "never run it" in text.partition("name:")[0]
    jobs = yaml.safe_load(text)["jobs"]
    matrix = jobs["readme"]["strategy"]["matrix"]
    assert matrix["os"] == ["ubuntu-latest", "macos-latest", "windows-latest"]
    assert matrix["python"] == ["3.11", "3.12", "3.13"]
    commands = [step.get("run") for step in jobs["readme"]["steps"]]
    for command in ("pip install .", 'pip install ".[test]"'):
        assert command in commands
        assert f"\n{command} && " in read("README.md")
    assert 'pytest -m "not slow and not browser"' in commands
    assert jobs["full"]["steps"][-1] == {"run": ".ci/run"}
    for program in re.findall(r"\.ci/[\w.]+", text):
        assert (ROOT / program).is_file(), program


def test_the_workflow_pins_its_actions_and_may_only_read():
    workflow = yaml.safe_load(WORKFLOW.read_text("utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    for job in workflow["jobs"].values():
        assert job["timeout-minutes"] <= 120
        for step in job["steps"]:
            if "uses" in step:
                assert re.fullmatch(r"actions/[a-z-]+@v\d+", step["uses"]), step


def test_the_workflow_runs_every_python_that_the_package_names():
    named = tomllib.loads(read("pyproject.toml"))["project"]["classifiers"]
    pythons = re.findall(r"Python :: (3\.\d+)", "\n".join(named))
    matrix = yaml.safe_load(WORKFLOW.read_text("utf-8"))["jobs"]["readme"]["strategy"]["matrix"]
    assert {*pythons} <= {*matrix["python"]}


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CODE_OF_CONDUCT.md"])
def test_links_between_pages_lead_somewhere(name):
    for link in LINK.findall(read(name)):
        assert (ROOT / link).exists(), f"{name} links to {link}"


def test_the_readme_leads_to_what_a_repository_has():
    linked = LINK.findall(read("README.md"))
    for name in ("CITATION.cff", "SECURITY.md", "CODE_OF_CONDUCT.md", "CONTRIBUTING.md",
                 "CHANGELOG.md", "LICENSE"):  # fmt: skip
        assert name in linked


def test_the_code_of_conduct_has_a_contact_or_says_who_fills_it_in():
    contact = read("CODE_OF_CONDUCT.md").partition("**Contact:**")[2].partition("\n\n")[0]
    filled_in = "@" in contact or "http" in contact
    assert filled_in != ("not filled in yet. Whoever hosts" in contact)
    assert "CODE_OF_CONDUCT.md" in read("CONTRIBUTING.md").partition("## Host it")[2]


# The address of the repository

ADDRESSED = ("pyproject.toml", "CITATION.cff", ".github/ISSUE_TEMPLATE/config.yml")


def address(folder, *arguments):
    command = [sys.executable, folder / ".ci/address.py", *arguments]
    return subprocess.run(command, capture_output=True, text=True)


def addresses(folder):
    """The addresses that each file carries, read without the program that wrote them."""
    urls = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]["urls"]
    citation = yaml.safe_load((folder / "CITATION.cff").read_text("utf-8"))
    chooser = yaml.safe_load((folder / ".github/ISSUE_TEMPLATE/config.yml").read_text("utf-8"))
    contacts = [link["url"] for link in chooser.get("contact_links", [])]
    return urls, citation.get("repository-code"), contacts


def test_all_files_carry_the_same_address_or_none_does():
    urls, code, contacts = addresses(ROOT)
    if not urls:
        assert (code, contacts) == (None, [])
    else:
        assert urls["Repository"] == code
        assert contacts == [f"{code}/blob/HEAD/SECURITY.md"]


def test_the_address_is_written_once_and_again_into_valid_files(tmp_path):
    a_copy(tmp_path, ".ci/", *ADDRESSED)
    (tmp_path / "CITATION.cff").open("a").write("date-released: 2026-10-05\n")
    for given, host in (
        ("https://github.com/ada/kit.git", "https://github.com/ada/kit"),
        ("https://git.example.org:8443/b/c.d/", "https://git.example.org:8443/b/c.d"),
    ):
        assert address(tmp_path, given).returncode == 0
        urls, code, contacts = addresses(tmp_path)
        assert urls == {
            "Repository": host,
            "Issues": f"{host}/issues",
            "Changelog": f"{host}/blob/HEAD/CHANGELOG.md",
        }
        assert code == host
        assert contacts == [f"{host}/blob/HEAD/SECURITY.md"]
        valid("citation-file-format", tmp_path / "CITATION.cff")
        valid("github-issue-config", tmp_path / ADDRESSED[2])
    assert "date-released: 2026-10-05\n" in (tmp_path / "CITATION.cff").read_text("utf-8")


@pytest.mark.parametrize("given", ["github.com/ada/kit", "https://github.com/ada", "git@x:y/z", ""])
def test_what_is_no_address_is_one_sentence_and_nothing_is_written(given, tmp_path):
    a_copy(tmp_path, ".ci/", *ADDRESSED)
    done = address(tmp_path, given)
    assert done.returncode == 1
    assert f"is wanted; got {given}" in done.stderr
    assert done.stderr.count("\n") == 1
    for name in ADDRESSED:
        assert (tmp_path / name).read_text("utf-8") == read(name)


# One list of checks


def test_ci_and_pre_commit_call_the_same_checks():
    assert re.search(r"^\.ci/style$|\brun style$|\brun style ;;$", read(".ci/run"), re.MULTILINE)
    repositories = yaml.safe_load(read(".pre-commit-config.yaml"))["repos"]
    assert [each["repo"] for each in repositories] == ["local"]  # nothing is downloaded
    style, message = repositories[0]["hooks"]
    assert style["entry"] == ".ci/style"
    assert message["entry"] == "python .ci/commit_message.py"
    assert {style["language"], message["language"]} == {"system"}
    programs = {f".ci/{path.name}" for path in (ROOT / ".ci").iterdir() if path.is_file()}
    for other in {*programs, ".pre-commit-config.yaml", ".github/workflows/ci.yml"} - {".ci/style"}:
        assert not re.search(r"ruff|mypy|tidy_notebooks|exercises --check", read(other)), other


CHECKS = ["ruff check .", "ruff format --check .", "mypy", "coursekit exercises --check",
          "python tests/tidy_notebooks.py --check"]  # fmt: skip


@pytest.mark.needs("posix")  # the stand-ins are shell scripts
@pytest.mark.parametrize("failing", ["none", "ruff", "mypy", "coursekit", "python"])
def test_style_runs_all_checks_and_fails_when_one_does(failing, tmp_path):
    """With stand-ins for the tools; test_release.py commits through the real ones."""
    for tool in ("ruff", "mypy", "coursekit", "python"):
        (tmp_path / tool).write_text(f'#!/bin/sh\necho {tool} "$@"\nexit {int(tool == failing)}\n')
        (tmp_path / tool).chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [ROOT / ".ci/style"], env=os.environ | {"PATH": path}, capture_output=True, text=True
    )
    assert done.stdout.splitlines() == CHECKS
    assert done.returncode == (failing != "none")
    failed = [check for check in CHECKS if check.split()[0] == failing]
    assert done.stderr.splitlines() == [f".ci/style: failed: {check}" for check in failed]


@pytest.mark.needs("posix")  # a shell script is run by its name
def test_style_without_the_environment_is_one_sentence(tmp_path):
    for tool in ("bash", "dirname"):
        (tmp_path / tool).symlink_to(shutil.which(tool))
    path = {"PATH": str(tmp_path)}
    done = subprocess.run([ROOT / ".ci/style"], env=path, capture_output=True, text=True)
    assert done.returncode == 1
    assert "no ruff on PATH; activate the environment" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_notebook_that_is_not_tidy_is_named_and_left_alone(tmp_path, monkeypatch, capsys):
    good = read("notebooks/01_pyramids.ipynb")
    notebook = json.loads(good)
    notebook["cells"][1]["metadata"]["collapsed"] = True
    path = tmp_path / "a.ipynb"
    monkeypatch.setattr(sys, "argv", ["tidy_notebooks.py", "--check", str(path)])
    for text, status in ((good, 0), (json.dumps(notebook), 1)):
        path.write_text(text, "utf-8")
        with pytest.raises(SystemExit) as ended:
            tidy_notebooks.main()
        assert ended.value.code == status
        assert capsys.readouterr().out == status * f"not tidy: {path}\n"
        assert path.read_text("utf-8") == text


# Commit messages

WHY = "Because a row of equal distances was sorted by its last bits."
GOOD = [
    f"Ties are decided on rounded distances\n\n{WHY}\n",
    f"{72 * 'é'}\n\n{WHY}",
    f"\n# a comment of git\nTies\n# another\n\n{WHY}\n",
    "Merge branch 'ties'",
    "fixup! Ties are decided on rounded distances",
    "",
]
BAD = {
    f"{73 * 'x'}\n\n{WHY}": "the subject has 73 characters, at most 72 are wanted",
    "Ties are decided": "a body that says why is wanted below the subject: Ties are decided",
    f"Ties are decided\n{WHY}": "an empty line is wanted below the subject; got: Because",
    "Ties\n\n# only a comment\n": "a body that says why",
    "Ties\n\nSigned-off-by: Ada <ada@example.org>\n": "a body that says why",
    f"Ties\n\n# {24 * '-'} >8 {24 * '-'}\n# not kept\n+a change\n": "a body that says why",
}


def judge(*arguments, cwd=ROOT):
    command = [sys.executable, ROOT / ".ci/commit_message.py", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, encoding="utf-8")


@pytest.mark.parametrize("message", GOOD)
def test_a_good_commit_message_passes(message, tmp_path):
    (tmp_path / "message").write_text(message, "utf-8")
    done = judge(tmp_path / "message")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("message", BAD)
def test_a_bad_commit_message_gets_one_sentence(message, tmp_path):
    (tmp_path / "message").write_text(message, "utf-8")
    done = judge(tmp_path / "message")
    assert done.returncode == 1
    assert done.stderr.startswith(BAD[message])
    assert done.stderr.count("\n") == 1


@pytest.mark.needs("git")
def test_all_messages_of_a_branch_are_read(tmp_path):
    def git(*arguments):
        who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
        subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True, capture_output=True)

    git("init")
    for message in ("first", f"second\n\n{WHY}", "third", f"{80 * 'x'}\n\n{WHY}"):
        git("commit", "--allow-empty", "-m", message)
    done = judge("HEAD~3..HEAD", cwd=tmp_path)
    assert done.returncode == 1
    assert [line[:20] for line in done.stderr.splitlines()] == [
        "the subject has 80 c",
        "a body that says why",
    ]
    assert judge("HEAD~3..HEAD~2", cwd=tmp_path).returncode == 0
    assert "is wanted; got nowhere..HEAD" in judge("nowhere..HEAD", cwd=tmp_path).stderr


# Changes and citation


def test_the_changelog_goes_down_from_this_version():
    entries = re.findall(r"^## (\S+) \((.+)\)\n+(?=\S)", read("CHANGELOG.md"), re.MULTILINE)
    assert len(entries) == len(re.findall("^## ", read("CHANGELOG.md"), re.MULTILINE)) > 0
    versions = [tuple(map(int, version.split("."))) for version, _ in entries]
    assert versions == sorted({*versions}, reverse=True)
    assert entries[0][0] == coursekit.__version__
    days = [day for _, day in entries if day != "unreleased"]
    assert len(days) >= len(entries) - 1
    assert days == sorted(days, reverse=True)
    assert all(datetime.date.fromisoformat(day).isoformat() == day for day in days)


def test_the_citation_has_all_that_is_known_and_the_day_of_a_release():
    citation = yaml.safe_load(read("CITATION.cff"))
    assert {"title", "message", "type", "abstract", "authors", "version", "license",
            "keywords"} <= citation.keys()  # fmt: skip
    project = tomllib.loads(read("pyproject.toml"))["project"]
    assert citation["license"] == project["license"]
    assert citation["authors"] == project["authors"]
    day = re.search(r"^## \S+ \((.+)\)$", read("CHANGELOG.md"), re.MULTILINE)[1]
    assert str(citation.get("date-released", "unreleased")) == day
