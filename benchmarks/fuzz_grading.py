"""The grader's two parsers, fuzzed as long as you like: python -m benchmarks.fuzz_grading notebook

Or wire; --seconds says how long. Needs pip install atheris (Linux), which follows where in the code
an input leads and keeps what leads somewhere new. Inputs that break a promise are left in the
current folder as crash-*, slow-unit-* or oom-*, and the exit status is not 0.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["coursekit.grading.notebook", "coursekit.grading.wire"]):
    from coursekit.grading import notebook, wire
from coursekit.grading.notebook import NotebookError
from coursekit.grading.remote import said
from coursekit.grading.wire import WireError

ROOT = Path(__file__).parents[1]
SOLUTION = ROOT / "solutions" / "06_backpropagation.ipynb"
MOST_MEMORY = 1500  # MB, of the fuzzer and its input together
MOST_SECONDS = 5  # for one input
TOKENS = ("cells", "cell_type", "code", "source", "metadata", "nbgrader", "grade_id", "06_setup")


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("parser", choices=["notebook", "wire"])
    options.add_argument("--seconds", type=int, default=8 * 60 * 60)
    settings = options.parse_args()
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        fuzz(settings.parser, settings.seconds, Path(folder))


def fuzz(parser, seconds, folder):
    """Feed changes of the seeds to one parser; libFuzzer ends the process."""
    seeds, words = folder / "seeds", folder / "words"
    seeds.mkdir()
    for number, seed in enumerate(notebooks() if parser == "notebook" else messages()):
        (seeds / f"{number}").write_bytes(seed)
    words.write_text("".join(f'"{token}"\n' for token in TOKENS))
    limits = f"-max_total_time={seconds}", f"-timeout={MOST_SECONDS}"
    limits += f"-rss_limit_mb={MOST_MEMORY}", "-max_len=65536", f"-dict={words}"
    exercise = notebook.read_exercise(SOLUTION)
    file = folder / "x.ipynb"
    one = {"notebook": lambda data: read(data, file, exercise), "wire": receive}[parser]
    atheris.Setup([sys.argv[0], *limits, "-print_final_stats=1", str(seeds)], one)
    atheris.Fuzz()


def read(data, file, exercise):
    """A file is refused with a reason, or gives code and texts that are text."""
    file.write_bytes(data)
    try:
        cells = notebook.read_submission(file, exercise)
        texts = notebook.read_texts(file, exercise)
        ids = notebook.grade_ids(file)
    except NotebookError:
        return
    assert all(type(cell.name) is type(cell.source) is str for cell in cells)
    assert all(type(word) is str for word in [*ids, *texts, *texts.values()])


def receive(data):
    """A message is refused, or is a value that the wire carries on without a change."""
    try:
        value = wire.decode(data)
    except WireError:
        return
    again = wire.encode(value)
    assert wire.encode(wire.decode(again)) == again
    try:
        reply = said(value, 7)
    except WireError:
        return
    assert type(reply) is tuple
    assert type(reply[0]) is str


def notebooks():
    """A notebook of a few cells, whole and with odd things in it."""
    whole = json.loads(SOLUTION.read_text("utf-8"))
    small = whole | {"cells": whole["cells"][:4]}
    yield json.dumps(small).encode()
    yield json.dumps(small).encode("utf-16")
    yield b'{"cells":[{"cell_type":"code","source":["a"],"metadata":{"nbgrader":{}}},{}]}'
    yield b'{"cells":[{"cell_type":"code","source":"a","metadata":[]},[],null,NaN,1e999,"\\ud800"]}'


def messages():
    """One message of each kind."""
    import numpy as np

    arrays = [np.zeros((2, 3), dtype) for dtype in wire.DTYPES] + [np.float64(1), np.zeros((0, 4))]
    for value in [None, True, 3, 0.5, "é", [1, (2.0, {"a": None})], *arrays]:
        yield wire.encode(value)
        yield wire.encode((7, ("value", value, False)))
    yield wire.encode((7, ("raised", "ValueError", "words", ["line 1"])))


if __name__ == "__main__":
    main()
