"""Files of others are read in a process of their own, and what it cost is measured.

python -m foreign.reader FOLDER reads names of files, one a line, and prints a reading of each, as a
line of JSON. The process has read a right file of each kind, and forks for each file, so that none
sees what another left behind. Linux only: the kernel says what the most memory was.
"""

import collections
import importlib.util
import json
import os
import pickle
import resource
import signal
import sys
import time
import tracemalloc
import types
from pathlib import Path

import numpy as np

from coursekit import data, nn
from coursekit.data import archive, joblib_file, pickles, tensors, torch_file, video
from foreign import parts

WATCHED = (archive, joblib_file, pickles, tensors, torch_file, video, nn.state, nn, data)
WATCHED += (collections, os, pickle)
MOST_SECONDS, MOST_MEMORY = 60, 6 << 30  # when the child is ended, whatever the test wanted


def load_linear(path):
    return nn.load(nn.Linear(3, 2, rng=None), path)


def read_joblib(path):
    return joblib_file.read_arrays(Path(path).read_bytes())


READ = {
    ".pth": data.read_pth,
    ".safetensors": load_linear,
    ".joblib": read_joblib,
    ".gif": data.read_video,
    ".mp4": data.read_video,
}
RIGHT = {
    ".pth": parts.right_pth({"w": np.ones((2, 3), "f4")}),
    ".safetensors": parts.right_safetensors({"weight": np.ones((2, 3), "f4"), "bias": np.ones(2)}),
    ".joblib": parts.joblib(np.ones((2, 3), "f4")),
    ".gif": parts.gif((3, 2), parts.gif_frame(), parts.gif_frame()),
}


def main(folder):
    os.chdir(folder)
    for ending, content in RIGHT.items():
        Path(f"right{ending}").write_bytes(content)
    if importlib.util.find_spec("av"):
        data.write_video("right.mp4", np.zeros((2, 4, 4)), 5)
    for path in Path(".").glob("right.*"):
        measured(path)
        path.unlink()
    for line in sys.stdin:
        print(json.dumps(in_a_fork(line.strip())), flush=True)


def in_a_fork(path):
    """The reading of a file as a dictionary; {"died": …} when the process did."""
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        signal.alarm(MOST_SECONDS)
        with os.fdopen(write_end, "w") as pipe:
            pipe.write(json.dumps(measured(path)))
        os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end) as pipe:
        reading = pipe.read()
    _, status = os.waitpid(pid, 0)
    died = {"died": f"status {os.waitstatus_to_exitcode(status)}"}
    return {"path": path} | (json.loads(reading) if status == 0 and reading else died)


def measured(path):
    """What comes of a file, the seconds of a processor, and the most memory beyond before."""
    before = canary()
    Path("/proc/self/clear_refs").write_text("5")  # forget the most memory so far
    memory, clock = kilobytes("VmRSS"), time.process_time()
    outcome = outcome_of(path)
    seconds = time.process_time() - clock
    rss = kilobytes("VmHWM") - memory
    tracemalloc.start()
    outcome_of(path)
    heap = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    changed = sorted({str(key) for key in {*before.items()} ^ {*canary().items()}})
    cost = {"seconds": seconds, "rss": 1024 * rss, "heap": heap}
    return outcome | cost | {"changed": changed[:5], "files": sorted(os.listdir("."))}


def outcome_of(path):
    """{} when a file was read, else the kind of error, its words, and what is behind it."""
    try:
        READ[Path(path).suffix](path)
    except Exception as error:
        behind = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return {"error": type(error).__name__, "words": str(error), "behind": repr(behind)}
    return {}


def kilobytes(key):
    lines = Path("/proc/self/status").read_text().splitlines()
    [line] = [line for line in lines if line.startswith(f"{key}:")]
    return int(line.split()[1])


def canary():
    """What a file must not change: names of modules, and what functions and classes carry."""
    modules = {name: id(module) for name, module in sys.modules.items()}
    seen = {name: module for name, module in modules.items() if not name.startswith("encodings.")}
    for module in WATCHED:
        for name, value in vars(module).items():
            seen[module.__name__, name] = id(value)
            if isinstance(value, types.FunctionType | type):
                for key, attribute in vars(value).items():
                    seen[module.__name__, name, key] = id(attribute)
    return seen


if __name__ == "__main__":
    main(sys.argv[1])
