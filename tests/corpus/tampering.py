"""Notebooks that go for the comparison: with what they return, and with what they patch."""

from corpus.build import LIAR, LINE, ZERO, cheating, reaching

TAMPERING = {
    # Answers that satisfy a careless comparison.
    "zeros": cheating("def cheat(x, *a): return np.zeros_like(x)"),
    "zeros-in-pairs": cheating("def cheat(x, y, *a): return np.zeros_like(x), np.zeros_like(y)"),
    "its-own-input": cheating("def cheat(*a): return a[0]"),
    "all-inputs": cheating("def cheat(*a): return a"),
    "nothing": cheating("def cheat(*a): return None"),
    "nan": cheating("def cheat(x, *a): return np.full_like(x, np.nan)"),
    "infinite": cheating("def cheat(x, *a): return np.full_like(x, np.inf)"),
    "text": cheating("def cheat(*a): return 'passed'"),
    "empty": cheating("def cheat(*a): return np.zeros((0, 2**31 - 1, 3))"),
    "no-function": cheating("cheat = 3.0"),
    "masked": cheating("def cheat(x, *a): return np.ma.masked_all_like(x)"),
    "stretched": cheating(
        "def cheat(*a): return np.lib.stride_tricks.as_strided(np.zeros(1), (2**20, 2**20), (0, 0))"
    ),
    "records": cheating("def cheat(x, *a): return np.zeros(x.shape, [('f0', 'f8')])"),
    "objects": cheating("def cheat(x, *a): return np.full(x.shape, print, dtype=object)"),
    "generator": cheating("def cheat(*a): yield 0.0"),
    "coroutine": cheating("async def cheat(*a): return 0.0"),
    "itself": cheating("def cheat(*a): return cheat"),
    "complex": cheating("def cheat(x, *a): return x + 1j"),
    "dates": cheating("def cheat(x, *a): return x.astype('m8[s]')"),
    # Patches.
    "patched-numpy": cheating(
        "for name in ('allclose', 'array_equal', 'isclose', 'abs', 'tanh', 'asarray'):\n"
        "    setattr(np, name, lambda *a, **k: True)\n" + ZERO
    ),
    "patched-builtins": cheating(
        "import builtins\nfor name in ('all', 'any', 'abs', 'isinstance', 'bool', 'max'):\n"
        "    setattr(builtins, name, lambda *a, **k: True)\n" + ZERO
    ),
    "patched-testing": cheating(
        "import numpy.testing\nnumpy.testing.assert_allclose = lambda *a, **k: None\n" + ZERO
    ),
    "lying-array": cheating(LIAR + "def cheat(x, *a): return np.zeros(2).view(Liar)"),
    "lying-object": cheating(
        "class Yes:\n"
        "    __array_priority__ = 1e9\n"
        "    def __array__(self, *a, **k): return np.zeros(1)\n"
        "    def __getattr__(self, name): return self\n"
        "    def __call__(self, *a, **k): return self\n"
        "    def __eq__(self, other): return True\n"
        "def cheat(*a): return Yes()"
    ),
    "lying-float": cheating(
        "class Yes(float):\n    def __le__(self, o): return True\n    __eq__ = __ge__ = __le__\n"
        "def cheat(*a): return Yes(0)"
    ),
    "own-check": cheating("def check(*a): return 4\n" + ZERO),
    "patched-check": cheating(
        "import coursekit.checks, coursekit.checks.marking\n"
        "coursekit.checks.check = coursekit.checks.marking.mark = lambda *a, **k: 4\n" + ZERO
    ),
    "oracle": cheating("from coursekit import nn\ndef cheat(x, *a): return nn.Tanh().forward(x)"),
    "traced": cheating(
        "import sys\nsys.settrace(lambda *a: None)\nsys.setprofile(lambda *a: None)\n" + ZERO
    ),
    "garbage-hooks": cheating(
        "import atexit, gc\natexit.register(print, 'late')\n"
        "gc.callbacks.append(lambda *a: None)\n" + ZERO
    ),
    "re-patching-thread": cheating(
        "import threading\nthreading.Thread(target=print).start()\n" + ZERO
    ),
    "swapped-code": cheating(
        "import sys\nmain = sys.modules['__main__']\n"
        "for name in ('call', 'contents', 'describe'):\n"
        "    setattr(main, name, lambda *a: ('value', 0.0, False))\n" + ZERO
    ),
    "patched-operators": cheating(
        "class Yes(np.ndarray):\n    pass\n"
        "for op in ('sub', 'rsub', 'le', 'lt', 'eq', 'array_wrap', 'array_finalize', 'array'):\n"
        "    setattr(Yes, f'__{op}__', lambda *a, **k: np.zeros(1))\n"
        "def cheat(x, *a): return np.zeros(x.shape).view(Yes)"
    ),
    "swapped-bytecode": cheating(
        "import child, wire\n"
        "def call(function, arguments): return ('value', 0.0, False)\n"
        "child.call.__code__ = call.__code__\nwire.encode.__defaults__ = (None, 10**6)\n" + ZERO
    ),
    "rewritten-float": cheating(
        "import ctypes\n"
        "address = id(0.0) + 16\n"
        "ctypes.memmove(address, (ctypes.c_double * 1)(1e-300), 8)\n" + ZERO
    ),
    "import-hooks": cheating(
        "import sys\n"
        "class Hook:\n"
        "    def find_spec(self, *a): raise ImportError\n"
        "    find_module = invalidate_caches = find_spec\n"
        "sys.meta_path.insert(0, Hook()); sys.path_hooks.insert(0, Hook())\n"
        "sys.modules.clear()\n" + ZERO
    ),
    "kernel-hooks": cheating(
        "shell = get_ipython()\n"
        "shell.input_transformers_cleanup.append(lambda lines: ['1'])\n"
        "shell.ast_transformers.append(shell); shell.events.register('post_run_cell', print)\n"
        "shell.user_ns['check'] = lambda *a: 4\n" + ZERO
    ),
    "excepthooks": cheating(
        "import sys, threading\n"
        "sys.excepthook = sys.unraisablehook = sys.displayhook = lambda *a: None\n"
        "threading.excepthook = sys.breakpointhook = print\n"
        "def cheat(*a): raise RuntimeError('4 points')"
    ),
    "last-words": cheating(
        f"{LINE}\n"
        "class Late:\n"
        "    def __del__(self): line().sendall(struct.pack('<I', 1) + b'T')\n"
        "import weakref\n"
        "def cheat(*a):\n    late = Late(); weakref.finalize(late, print); return 0.0"
    ),
    "alarm": cheating(
        "import signal\n"
        "def ring(*a): raise KeyError('now')\n"
        "signal.signal(signal.SIGALRM, ring)\n"
        "def cheat(*a):\n    signal.setitimer(signal.ITIMER_REAL, 1e-6, 1e-4); return 0.0"
    ),
    "exception-from-nowhere": cheating(
        "import ctypes, threading\n"
        "def cheat(*a):\n"
        "    me = ctypes.c_ulong(threading.get_ident())\n"
        "    ctypes.pythonapi.PyThreadState_SetAsyncExc(me, ctypes.py_object(SystemExit))\n"
        "    return 0.0"
    ),
    "says-it-passed": cheating(
        "import os\nos.environ['NBGRADER_EXECUTION'] = 'autograde'\n"
        "print('4'); display(4.0)\n__name__ = '__passed__'\n" + ZERO
    ),
    "slips-as-reasons": cheating(
        "class passed(Exception): pass\n"
        "class NotPassed(Exception): state, points = 'passed', 4\n"
        "passed.__name__ = 'right'\ndef cheat(*a): raise NotPassed(passed())"
    ),
    "oracle-by-file": reaching(
        "import importlib.machinery, pathlib, wire\n"
        "def attack():\n"
        "    room = pathlib.Path(wire.__file__).parents[1]\n"
        "    for file in ('nn/activations.py', 'pyramids/reduce.py', 'checks/answers.py'):\n"
        "        importlib.machinery.SourceFileLoader('x', str(room / file)).load_module()"
    ),
    "oracle-by-path": reaching(
        "import sys, pathlib, wire\n"
        "def attack():\n"
        "    sys.meta_path.pop()\n"
        "    for name in list(sys.modules):\n"
        "        if name.startswith('coursekit'): sys.modules.pop(name)\n"
        "    sys.path.insert(0, str(pathlib.Path(wire.__file__).parents[2]))\n"
        "    import coursekit.nn"
    ),
}
