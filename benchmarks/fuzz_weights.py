"""What reads files of others, fuzzed as long as you like: python -m benchmarks.fuzz_weights pth

Or safetensors, joblib, gif; --seconds says how long. Needs pip install atheris (Linux), which
follows where in the code an input leads and keeps what leads somewhere new; half of the inputs are
the changes that tests/foreign/mutations.py makes. Inputs that break a promise are left in the
current folder as crash-*, slow-unit-* or oom-*, and the exit status is not 0.
"""

import argparse
import random
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["coursekit.data", "coursekit.nn.state"]):
    from coursekit import data, nn
    from coursekit.data import joblib_file, tensors
ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from foreign.mutations import change_bytes, changed  # noqa: E402, of the tests
from foreign.verdict import is_sentence, limits  # noqa: E402

DOORS = {"pth": ["pth", "old pth"], "safetensors": ["safetensors"], "joblib": ["joblib"]}
DOORS |= {"gif": ["gif"]}
LONGEST = 1 << 17  # bytes of an input
SLACK = 5  # an instrumented program is slower


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("parser", choices=DOORS)
    options.add_argument("--seconds", type=int, default=8 * 60 * 60)
    settings = options.parse_args()
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        fuzz(settings.parser, settings.seconds, Path(folder))


def fuzz(parser, seconds, folder):
    """Feed files to one parser; libFuzzer ends the process."""
    seeds, doors = folder / "seeds", DOORS[parser]
    seeds.mkdir()
    for number in range(200):
        (seeds / f"{number}").write_bytes(
            changed(doors[number % len(doors)], random.Random(number))
        )
    times, beyond, most_seconds = limits(doors[0])
    memory = (times * LONGEST + beyond) >> 20  # MB; libFuzzer counts what one allocation takes
    arguments = f"-max_total_time={seconds}", f"-timeout={SLACK * most_seconds}"
    arguments += f"-malloc_limit_mb={memory}", f"-max_len={LONGEST}", "-rss_limit_mb=3000"

    def mutate(content, longest, seed):
        rng = random.Random(seed)
        if rng.random() < 0.25:
            return changed(rng.choice(doors), rng)[:longest]
        if rng.random() < 0.25 and content:
            return change_bytes(content, rng)[:longest]
        return atheris.Mutate(content, longest)

    file = folder / f"x.{parser}"
    one = {"joblib": joblib_file.read_arrays}.get(parser, lambda content: read(file, content))
    atheris.Setup(
        [sys.argv[0], *arguments, "-print_final_stats=1", str(seeds)],
        lambda content: promised(one, content),
        custom_mutator=mutate,
    )
    atheris.Fuzz()


def read(file, content):
    file.write_bytes(content)
    if file.suffix == ".pth":
        data.read_pth(file)
    elif file.suffix == ".gif":
        data.read_video(file)
    else:
        nn.load(nn.Linear(3, 2, rng=None), file)


def promised(one, content):
    """A file is read, or refused in one sentence; functions that it may call stay as they are."""
    words = "read"
    try:
        one(content)
    except (ValueError, TypeError) as error:
        words = str(error) if error.__suppress_context__ else repr(error)
    assert is_sentence(words), words
    admitted = tensors.Description.admitted.values()
    assert all(vars(function) == {} for function in admitted if callable(function))


if __name__ == "__main__":
    main()
