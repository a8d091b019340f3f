"""What may come of a file of others: it is read, or refused in a sentence, within limits."""

import json
import re
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parents[1]
SECURITY = (TESTS.parent / "SECURITY.md").read_text(encoding="utf-8")
ENDINGS = {"pth": ".pth", "old pth": ".pth", "safetensors": ".safetensors", "joblib": ".joblib"}
ENDINGS |= {"gif": ".gif", "mp4": ".mp4"}
# A row of the table of doors in SECURITY.md: … | 2 × its size + 16 MB, 1 s | …
LIMITS = re.compile(r"\| (?:(\d+) × its size \+ )?(\d+) MB, (\d+) s \|")
# What a library's words hold, and a sentence does not.
ODD = re.compile(r"Error\(|<_io|Traceback| object at 0x")


def limits(door):
    """(times its size, bytes beyond, seconds) as SECURITY.md says of weight files and clips."""
    kind = "clip" if door in ("gif", "mp4") else "weight file"
    [row] = [line for line in SECURITY.splitlines() if line.startswith(f"| {kind}")]
    times, megabytes, seconds = LIMITS.search(row).groups(default="0")
    return int(times), int(megabytes) << 20, int(seconds)


def readings(folder, contents, ending):
    """What came of each of several files, in processes of their own: a list of dictionaries."""
    for i, content in enumerate(contents):
        (folder / f"{i}{ending}").write_bytes(content)
    names = "".join(f"{i}{ending}\n" for i in range(len(contents)))
    command = [sys.executable, "-m", "foreign.reader", str(folder)]
    child = subprocess.run(command, cwd=TESTS, input=names, capture_output=True, text=True)
    assert child.returncode == 0, child.stderr
    return [json.loads(line) for line in child.stdout.splitlines()]


def complaints(door, content, reading):
    """What is wrong with a reading: a list of words, empty when nothing is."""
    if "died" in reading:
        return [f"the process died: {reading['died']}"]
    times, beyond, seconds = limits(door)
    most = times * len(content) + beyond
    wrong = [f"took {reading['seconds']:.2f} s"] * (reading["seconds"] > seconds)
    for memory in ("heap", "rss"):
        wrong += [f"{reading[memory]:,} bytes of {memory}"] * (reading[memory] > most)
    wrong += [f"changed {reading['changed']}"] * bool(reading["changed"])
    wrong += [f"wrote {reading['files']}"] * any("witness" in name for name in reading["files"])
    if "error" in reading:
        refused = reading["error"] in ("ValueError", "TypeError") and reading["behind"] == "None"
        names = door == "joblib" or reading["path"] in reading["words"]  # joblib's has no name
        sound = refused and names and is_sentence(reading["words"])
        wrong += [f"{reading['error']}: {reading['words'][:300]}"] * (not sound)
    return wrong


def is_sentence(words):
    """One line, without control characters and without the words of a library."""
    return 0 < len(words) < 600 and words.isprintable() and not ODD.search(words)
