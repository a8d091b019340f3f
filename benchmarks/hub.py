"""A class on one JupyterHub of deploy/jupyterhub: python -m benchmarks.hub [--learners 20]

Needs pip install ".[test,hub]", Linux and npm. Everybody logs in at once, solves exercise 06 at
once and runs a lecture at once; then the hub is killed under them.
"""

import argparse
import math
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.timing import machine, report, table
from coursekit.lab import course_part

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))  # the tests' learners
from hub_learners import EXERCISE, Hub, Learner, answers_of, errors_of, points_of

PORT = 18_000
LECTURES = [f"notebooks/{path.name}" for path in sorted(course_part("notebooks").glob("*.ipynb"))]


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--learners", type=int, default=20)
    count = options.parse_args().learners
    with tempfile.TemporaryDirectory() as folder:
        install = ["npm", "install", "--silent", "--prefix", "trial", "configurable-http-proxy"]
        subprocess.run(install, cwd=folder, check=True)
        hub = Hub(Path(folder), PORT)
        hub.start()
        try:
            parts = Class(hub, count).day()
        finally:
            hub.end()
            hub.end_servers()
    title = f"# A class of {count} on one hub\n{machine()}"
    report("hub", "\n\n".join([title, *parts]))


class Class:
    """Learners who do each thing all at the same time; `failures` counts what went wrong."""

    def __init__(self, hub, count):
        self.hub, self.failures, self.times = hub, Counter(), {}
        self.learners = [Learner(hub, f"learner{number:02}") for number in range(count)]
        self.answers = answers_of(EXERCISE)
        self.saved, self.kernels = {}, {}

    def day(self):
        """The parts of the report."""
        start = time.perf_counter()
        self.all("log in, and the server's page is there", Learner.log_in)
        servers = self.memory()
        self.all("exercise 06: kernel, all cells, all checks, saved", self.solve)
        solving = self.memory()
        self.all("a lecture: kernel, all cells, saved", self.attend)
        lectures = self.memory()
        self.hub.end(signal.SIGKILL)
        self.hub.start()
        self.all("after the hub was killed: log in, answers there, kernel goes on", self.come_back)
        total = time.perf_counter() - start
        failed = sum(self.failures.values())
        facts = f"In all {total:.0f} s, {failed} failures {dict(self.failures) or ''}".rstrip()
        return [self.times_table(), facts, memory_report(servers, solving, lectures)]

    def all(self, what, task):
        """Let every learner do it; keep the seconds."""

        def timed(learner):
            start = time.perf_counter()
            try:
                task(learner)
            except Exception as error:  # a learner's trouble is counted, the others go on
                self.failures[f"{what}: {error!r:.200}"] += 1
            return time.perf_counter() - start

        with ThreadPoolExecutor(len(self.learners)) as pool:
            self.times[what] = list(pool.map(timed, self.learners))

    def solve(self, learner):
        notebook, kernel = learner.work_through(EXERCISE, self.answers)
        self.saved[learner.name], self.kernels[learner.name] = notebook, kernel
        assert errors_of(notebook) == []
        assert points_of(notebook) == (26, 26)

    def attend(self, learner):
        notebook, _ = learner.work_through(self.lecture_of(learner))
        assert errors_of(notebook) == []

    def lecture_of(self, learner):
        return LECTURES[self.learners.index(learner) % len(LECTURES)]

    def come_back(self, learner):
        again = Learner(self.hub, learner.name)
        again.log_in()
        assert again.read(EXERCISE) == self.saved[learner.name]
        kernel = self.kernels[learner.name]
        kernel.connect()
        assert kernel.run("float(tanh(0.0))")[0]["data"]["text/plain"] == "0.0"

    def memory(self):
        """[(lecture, [(PSS, RSS) of the server and of each kernel, oldest first])] in 10⁶ bytes."""
        found, servers = [], self.hub.servers()
        for learner in self.learners:
            server = servers[learner.name]
            kernels = sorted(server.children(), key=lambda kernel: kernel.create_time())
            infos = [process.memory_full_info() for process in (server, *kernels)]
            sizes = [(info.pss / 1e6, info.rss / 1e6) for info in infos]
            found.append((self.lecture_of(learner), sizes))
        return found

    def times_table(self):
        rows = []
        for what, seconds in self.times.items():
            p95 = sorted(seconds)[math.ceil(0.95 * len(seconds)) - 1]
            numbers = (statistics.median(seconds), p95, max(seconds))
            rows.append([what, *(f"{number:.1f}" for number in numbers)])
        return "## Seconds, all at once\n" + table(["", "median", "95 %", "worst"], rows)


def memory_report(servers, solving, lectures):
    """Tables, and what a learner's server should be given."""
    rows = [
        row("server", [sizes[0] for _, sizes in servers]),
        row("kernel of exercise 06, solved", [sizes[1] for _, sizes in solving]),
        *lecture_rows(lectures),
        row("learner with both notebooks open", [total(sizes) for _, sizes in lectures]),
    ]
    usual = statistics.median(total(sizes)[0] for _, sizes in lectures)
    most = max(total(sizes)[1] for _, sizes in lectures)
    words = (
        f"So guarantee {upwards(usual, 50)}M, limit {upwards(2 * most, 100)}M: the median of PSS, "
        "rounded up to 50, and twice the largest RSS, rounded up to 100."
    )
    header = ["", "PSS median", "PSS worst", "RSS worst"]
    return f"## Memory of a learner in MB\n{table(header, rows)}\n\n{words}"


def lecture_rows(lectures):
    found = {}
    for name, sizes in lectures:
        found.setdefault(name, []).extend(sizes[2:])
    return [row(f"kernel of {Path(name).stem}", sizes) for name, sizes in found.items() if sizes]


def row(name, sizes):
    pss, rss = zip(*sizes, strict=True)
    return [name, f"{statistics.median(pss):.0f}", f"{max(pss):.0f}", f"{max(rss):.0f}"]


def total(sizes):
    return tuple(sum(parts) for parts in zip(*sizes, strict=True))


def upwards(value, step):
    return math.ceil(value / step) * step


if __name__ == "__main__":
    main()
