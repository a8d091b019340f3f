"""Start a command, end it with a signal, and say what it leaves: `python reaper.py SECONDS SIGNAL
COMMAND ...`.

Processes that lose their parent become children of this one (Linux), so none can hide.
"""

import ctypes
import json
import subprocess
import sys
import time
from contextlib import suppress

import psutil

SET_CHILD_SUBREAPER = 36  # of prctl
PATIENCE = 20  # seconds until what is still running counts as left over


def alive():
    """Command lines of everything below this process that has not ended."""
    running = []
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if process.status() != psutil.STATUS_ZOMBIE:
                running.append(" ".join(process.cmdline()))
    return running


def main(seconds, number, *command):
    ctypes.CDLL(None).prctl(SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    started = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    time.sleep(float(seconds))
    at_work = len(alive())
    started.send_signal(int(number))
    printed, _ = started.communicate()
    until = time.monotonic() + PATIENCE
    while alive() and time.monotonic() < until:
        time.sleep(0.05)
    found = {"status": started.returncode, "printed": printed, "at work": at_work, "left": alive()}
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
