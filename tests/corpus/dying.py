"""Notebooks that end, stop or outlive their process, and those that wait for ever."""

from corpus.build import LINE, ZERO, cheating, reaching

DYING = {
    "exit": cheating("import os\ndef cheat(*a): os._exit(0)"),
    "exit-in-a-cell": cheating(f"{ZERO}\nimport os\nos._exit(0)"),
    "polite-exit": cheating("import sys\ndef cheat(*a): sys.exit(0)"),
    "no-exception": cheating("class Odd(BaseException): pass\ndef cheat(*a): raise Odd"),
    "interrupt": cheating("def cheat(*a): raise KeyboardInterrupt"),
    "mute-exception": cheating(
        "class Odd(Exception):\n    def __str__(self): raise Odd\ndef cheat(*a): raise Odd"
    ),
    "segfault": cheating("import ctypes\ndef cheat(*a): ctypes.string_at(0)"),
    "stopped": cheating("import os\ndef cheat(*a): os.kill(os.getpid(), 19)"),
    "odd-signal": cheating("import os\ndef cheat(*a): os.kill(os.getpid(), 40)"),
    "overflow": cheating("def cheat(x, *a): return np.full_like(x, -1.7e308)"),
    "recursion": cheating("def cheat(*a): return cheat(*a)"),
    "abort": cheating("import os\ndef cheat(*a): os.abort()"),
    "kills-everybody": cheating("import os\ndef cheat(*a): os.kill(-1, 9); os.killpg(0, 9)"),
    "kills-by-name": reaching(
        "import os\n"
        "def attack():\n"
        "    for pid in range(2, 40_000):\n"
        "        try: os.kill(pid, 0)\n"
        "        except ProcessLookupError: continue\n"
        "        return os.kill(pid, 9)\n"
        "    raise OSError"
    ),
    "double-fork": reaching(
        "import os, time\n"
        "def attack():\n"
        "    if os.fork() == 0:\n"
        "        os.setsid()\n"
        "        if os.fork() == 0: time.sleep(1000)\n"
        "        os._exit(0)"
    ),
    "program": reaching(
        "import subprocess\n"
        "def attack(): subprocess.Popen(['sleep', '1000'], start_new_session=True)"
    ),
    "another-program": cheating("import os\ndef cheat(*a): os.execv('/bin/sleep', ['sleep', '9'])"),
    "thread-that-stays": reaching(
        "import threading, time\n"
        "def attack(): threading.Thread(target=time.sleep, args=[1000]).start()"
    ),
    "late-exit": cheating(
        f"import atexit, time\natexit.register(time.sleep, 1000)\n{ZERO}\nraise SystemExit(0)"
    ),
    "deep-crash": cheating(
        "import sys\nsys.setrecursionlimit(10**9)\ndef cheat(*a): return cheat(*a)"
    ),
    "broken-syntax-error": cheating("def cheat(*a): raise SyntaxError('x', (3, 'a', [], {}))"),
    "endless-causes": cheating(
        "def cheat(*a):\n    error = ValueError()\n    error.__cause__ = error\n    raise error"
    ),
    "exception-without-end": cheating(
        "class Odd(Exception):\n    __class__ = property(lambda self: 1 / 0)\n"
        "    __traceback__ = 3\ndef cheat(*a): raise Odd"
    ),
    "ends-the-reader": cheating(
        f"{LINE}\nimport os\ndef cheat(*a): os.closerange(0, 64); return 0.0"
    ),
}

# These wait for a limit, so the tests give them little time. Only the first question waits.
HANGING = {
    name: cheating(f"import os, re, time\n{LINE}\ndef cheat(*a):\n    {first}\n    return 0.0")
    for name, first in {
        "loop": "while len(a) == 1: pass",
        "sleep": "if len(a) == 1: time.sleep(1000)",
        "prints": "while len(a) == 1: print('x' * 10**6)",
        "catches-all": (
            "while len(a) == 1:\n        try:\n            while True: pass\n"
            "        except BaseException: pass"
        ),
        "inside-a-library": "if len(a) == 1: re.match('(a+)+b', 'a' * 64)",
        "long-sum": "if len(a) == 1: sum(range(10**18))",
        "endless-words": (
            "class Odd(Exception):\n        def __str__(self): time.sleep(1000)\n"
            "    if len(a) == 1: raise Odd"
        ),
        "dripping-reply": (
            "if len(a) == 1: line().sendall(struct.pack('<I', 10**6))\n"
            "    while len(a) == 1: line().sendall(b'N'); time.sleep(0.2)"
        ),
    }.items()
}

LOOP_IN_A_CELL = cheating(f"{ZERO}\nwhile True: pass")
