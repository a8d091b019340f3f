"""Notebooks that use up memory, processes, files, output, or the grader's patience."""

from corpus.build import LINE, SOLUTION, ZERO, cheating, code_cell

FLOODING = {
    "processes": cheating("import os\ndef cheat(*a):\n    while True: os.fork()"),
    "memory": cheating("def cheat(*a): return np.zeros(2**33)"),
    "files": cheating(
        "import time\ndef cheat(*a):\n"
        "    while True: open(str(time.time()), 'wb').write(bytes(10**6))"
    ),
    "huge-reply": cheating("def cheat(*a): return np.zeros(2 * 10**7)"),
    "long-text": cheating("def cheat(*a): return 'x' * 4 * 10**7"),
    "long-list": cheating("def cheat(*a): return [0.0] * 10**6"),
    "deep-list": cheating(
        "def cheat(*a):\n    x = []\n    for i in range(9): x = [x]\n    return x"
    ),
    "memory-in-pieces": cheating(
        "def cheat(*a):\n    kept = []\n    while True: kept.append(bytearray(2**24))"
    ),
    "memory-file": cheating("import mmap\ndef cheat(*a): return float(len(mmap.mmap(-1, 2**40)))"),
    "many-folders": cheating(
        "import os\n"
        "def cheat(*a):\n    for i in range(10**6): os.mkdir(f'/tmp/{i}')\n    return 0.0"
    ),
    "deep-folders": cheating(
        "import os\nos.chdir('/tmp')\nfor i in range(900): os.mkdir('d'); os.chdir('d')\n" + ZERO
    ),
    "open-files": cheating(
        "import os\nkept = []\ndef cheat(*a):\n"
        "    while True: kept.append(os.open('/dev/null', os.O_RDONLY))"
    ),
    "threads": cheating(
        "import threading, time\ndef cheat(*a):\n"
        "    while True: threading.Thread(target=time.sleep, args=[99]).start()"
    ),
    "large-number": cheating("def cheat(*a): return 10**100_000"),
    "wide-tuple": cheating("def cheat(*a): return tuple((0.0,) * 200 for i in range(200))"),
    "large-mapping": cheating("def cheat(*a): return {str(i): 0.0 for i in range(10**5)}"),
    "many-axes": cheating("def cheat(*a): return np.zeros((1,) * 60)"),
    "many-replies": cheating(
        f"{LINE}\ndef cheat(*a):\n"
        "    line().sendall((struct.pack('<I', 1) + b'N') * 10**4)\n    return 0.0"
    ),
    "long-reasons": cheating("def cheat(*a): raise ValueError('x' * 10**7)"),
    "long-lines": cheating(f"def cheat(*a): raise ValueError(  # {'x' * 10**5}\n    'y')"),
    "many-cells": SOLUTION | {"cells": [code_cell(f"x{i} = {i}") for i in range(500)]},
    "many-magics": cheating(ZERO + "\n%magic" * 300),
    "long-line": cheating(f"{ZERO}\nx = '{'x' * 3_000_000}'"),
    "large-literal": cheating(f"{ZERO}\nx = {'9' * 100_000}"),
    "outputs": SOLUTION
    | {"cells": [code_cell(ZERO) | {"outputs": [{"text": ["x" * 99] * 9_999}]}] * 3},
}
