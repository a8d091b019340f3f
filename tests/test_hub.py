"""The hub's files and page, and a small class on a real hub; benchmarks.hub has a large one."""

import json
import re
import runpy
import shutil
import signal
import socket
import subprocess
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
import yaml
from hub_learners import EXERCISE, Hub, Learner, answers_of, errors_of, points_of
from needs import needs
from page_commands import run_page
from traitlets.config import Config

from coursekit.lab import START, course_part

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy" / "jupyterhub"
VALUES = yaml.safe_load((DEPLOY / "values.yaml").read_text("utf-8"))
DOCKERFILE = (DEPLOY / "Dockerfile").read_text("utf-8")
PAGE = (DEPLOY / "README.md").read_text("utf-8")
NAMES = ("ada", "ben")


def free_ports():
    """The first of three free ports in a row."""
    for first in range(21000, 30000, 10):
        probes = [socket.socket() for _ in range(3)]
        try:
            for port, probe in enumerate(probes, first):
                probe.bind(("127.0.0.1", port))
            return first
        except OSError:
            continue
        finally:
            for probe in probes:
                probe.close()
    raise OSError("no three free ports in a row")


@pytest.fixture(scope="module")
def trial(tmp_path_factory):
    """A folder in which the page's commands were run: it has the proxy."""
    needs("hub", "npm", "npm registry", "curl")
    folder = tmp_path_factory.mktemp("hub")
    shutil.copytree(DEPLOY, folder, dirs_exist_ok=True)
    port = free_ports()
    page = PAGE.replace("8000", str(port)).replace("jupyterhub --", f"PORT={port} jupyterhub --")
    (folder / "page.md").write_text(page, "utf-8")
    run_page(folder / "page.md", folder)
    return folder


@pytest.fixture(scope="module")
def hub(trial):
    hub = Hub(trial, free_ports())
    hub.start()
    yield hub
    hub.end()
    left = hub.servers()
    hub.end_servers()
    assert set(left) == set(NAMES), "a hub that is stopped leaves the servers running"


@pytest.fixture(scope="module")
def class_at_work(hub):
    """{name: (learner, notebook, kernel)} after all solved exercise 06 at the same time."""
    answers = answers_of(EXERCISE)

    def work(name):
        learner = Learner(hub, name)
        learner.log_in()
        return learner, *learner.work_through(EXERCISE, answers)

    with ThreadPoolExecutor() as pool:
        return dict(zip(NAMES, pool.map(work, NAMES), strict=True))


def test_a_class_logs_in_and_solves_an_exercise(class_at_work):
    for learner, notebook, _ in class_at_work.values():
        assert learner.page.url.endswith(f"/lab/tree/{START}")
        assert errors_of(notebook) == []
        assert points_of(notebook) == (26, 26)
        assert learner.read(EXERCISE) == notebook


def test_a_learner_has_the_course_and_no_solutions(hub, class_at_work):
    home = hub.home("ada").parent
    found = {path.relative_to(hub.home("ada")) for path in home.rglob("*.ipynb")}
    found = {str(path) for path in found if ".ipynb_checkpoints" not in path.parts}
    parts = ("notebooks", "exercises")
    laid = {f"{part}/{path.name}" for part in parts for path in course_part(part).glob("*.ipynb")}
    assert found == laid
    unsolved = json.loads((hub.home("ada") / "exercises/05_learning.ipynb").read_text("utf-8"))
    assert "BEGIN SOLUTION" not in json.dumps(unsolved)


def test_settings_of_the_course_hold_on_the_hub(class_at_work):
    place = "lab/api/settings/@jupyterlab/apputils-extension:notification"
    answer = class_at_work["ada"][0].ask("GET", place).json()
    assert answer["schema"]["properties"]["fetchNews"]["default"] == "false"


def test_without_the_password_nobody_logs_in(hub):
    for wrong in ("", "12345678", hub.password()[:-1]):
        stranger = Learner(hub, "ada")
        page = stranger.session.get(f"{hub.address}/hub/login")
        (token,) = re.findall(r'name="_xsrf" value="([^"]+)"', page.text)
        form = {"username": "ada", "password": wrong, "_xsrf": token}
        answer = stranger.session.post(page.url, data=form)
        assert answer.status_code == 403, wrong
        assert "Invalid username or password" in answer.text
    for place, mode in (("", 0o700), ("password", 0o600)):
        assert (hub.folder / "trial" / place).stat().st_mode & 0o777 == mode
    assert "Any name logs in with the password in" in (hub.folder / "hub.log").read_text("utf-8")


def test_one_learner_cannot_enter_anothers_server(hub, class_at_work):
    ada = class_at_work["ada"][0]
    answer = ada.session.get(f"{hub.address}/user/ben/api/contents")
    assert answer.status_code == 403


def test_a_full_disk_keeps_what_was_saved(hub, class_at_work):
    ben, notebook, _ = class_at_work["ben"]
    path = hub.home("ben") / EXERCISE
    before = path.read_bytes()
    bigger = notebook.copy() | {"metadata": {"mine": "x" * 30_000}}
    server = hub.servers()["ben"]
    limits = server.rlimit(psutil.RLIMIT_FSIZE)
    server.rlimit(psutil.RLIMIT_FSIZE, (len(before) + 20_000, limits[1]))
    answer = ben.save(EXERCISE, bigger)
    server.rlimit(psutil.RLIMIT_FSIZE, limits)
    assert answer.status_code == 507
    assert answer.json()["message"].startswith("no room left on the disk: 06_back")
    assert path.read_bytes() == before
    assert ben.save(EXERCISE, bigger).ok


def test_a_lost_websocket_and_a_killed_kernel_lose_no_work(class_at_work):
    ada, notebook, kernel = class_at_work["ada"]
    question = kernel.send("import time; time.sleep(1); print('computed meanwhile')")
    kernel.lose()
    kernel.connect()
    assert [output["text"] for output in kernel.outputs(question)] == ["computed meanwhile\n"]

    kernel.process().kill()
    kernel.wait_for_restart()
    assert ada.read(EXERCISE) == notebook
    assert kernel.run("tanh")[0]["ename"] == "NameError"  # variables are gone, answers are not
    answered = [cell.source for cell in ada.read(EXERCISE).cells if cell.cell_type == "code"]
    assert [out for source in answered[:4] for out in kernel.run(source) if "ename" in out] == []
    assert kernel.run("float(tanh(0.0))")[0]["data"]["text/plain"] == "0.0"


@pytest.mark.needs("git")
def test_a_link_brings_a_teachers_own_notebooks(hub, class_at_work, tmp_path):
    """nbgitpuller's link of the page, with a repository of this machine."""
    repository = tmp_path / "week-1"
    make = "git init -q -b main . && touch own.ipynb && git add . && git -c user.name=t "
    make += "-c user.email=t@example.org commit -q -m first"
    repository.mkdir()
    subprocess.run(make, shell=True, cwd=repository, check=True)
    query = {"repo": f"file://{repository}", "branch": "main", "targetpath": "week-1"}
    answer = class_at_work["ada"][0].ask("GET", "git-pull/api", params=query)
    assert '"phase": "finished"' in answer.text
    assert (hub.home("ada") / "week-1" / "own.ipynb").exists()


def test_a_killed_hub_finds_its_learners_again(hub, class_at_work):
    """Last of the class: the hub is killed, and started once more."""
    servers = hub.servers()
    hub.end(signal.SIGKILL)
    hub.start()
    ada, notebook, kernel = class_at_work["ada"]
    kernel.connect()  # with the cookies of before, as the open page does
    assert kernel.run("1 + 1")[0]["data"]["text/plain"] == "2"
    again = Learner(hub, "ada")
    again.log_in()
    assert again.read(EXERCISE) == notebook
    assert hub.servers() == servers


@pytest.mark.parametrize("words", ["port {port} is in use", "no proxy in .*npm install"])
def test_an_occupied_port_and_a_missing_proxy_are_one_line(words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    if "port" in words:
        programs = tmp_path / "trial" / "node_modules" / ".bin"
        programs.mkdir(parents=True)
        (programs / "configurable-http-proxy").touch()
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))
        with pytest.raises(SystemExit, match=words.format(port=port)) as stopped:
            runpy.run_path(str(DEPLOY / "trial.py"), {"get_config": Config})
    assert len(str(stopped.value).splitlines()) == 1


# What cannot be run here: Kubernetes and Docker


def test_image_holds_the_wheel_and_no_solutions():
    lines = re.sub(r"\\\n", " ", DOCKERFILE).splitlines()
    steps = [line.split(maxsplit=1) for line in lines if line and not line.startswith("#")]
    known = {"FROM", "WORKDIR", "COPY", "RUN", "ARG", "USER", "ENV", "EXPOSE", "CMD"}
    assert {step for step, _ in steps} <= known
    copied = {word for step, words in steps if step == "COPY" for word in words.split()[:-1]}
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]
    needed = {name.split("/")[0] for name in wheel["targets"]["wheel"]["force-include"]}
    assert copied == {"pyproject.toml", "README.md", "LICENSE", "coursekit"} | needed
    assert "solutions" not in copied
    ignore = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    assert {line[1:] for line in ignore if line.startswith("!")} == copied
    assert all((ROOT / name).exists() for name in copied)
    assert [words for step, words in steps if step == "USER"] == ["1000"]
    (start,) = [json.loads(words) for step, words in steps if step == "CMD"]
    assert start[:4] == VALUES["singleuser"]["cmd"]


def test_memory_in_the_values_is_what_the_benchmark_says():
    report = (ROOT / "benchmarks" / "results" / "hub.md").read_text("utf-8")
    (said,) = re.findall(r"guarantee (\d+M), limit (\d+M)", report)
    memory = VALUES["singleuser"]["memory"]
    assert (memory["guarantee"], memory["limit"]) == said
    for number in said:
        assert number in PAGE
