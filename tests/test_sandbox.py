"""The sandboxes: what a learner's code cannot reach, what it may use, that nothing of it stays."""

import importlib
import json
import os
import re
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import corpus
import psutil
import pytest
from corpus.folder import write_teachers
from needs import needs

from coursekit.checks.answers import NotPassed
from coursekit.grading import Limits, mark_submission, read_exercise, sandbox, system_calls
from coursekit.grading.sandbox import KINDS, REAL, Forker, SandboxError

ROOT = Path(__file__).parent.parent
SMALL = Limits(request_seconds=20, total_seconds=60, memory_bytes=1 << 29)


@pytest.fixture(scope="module", params=KINDS)
def forker(request):
    if request.param in REAL:
        needs(request.param)
    forker = Forker(request.param, SMALL)
    yield forker
    forker.stop()


@pytest.fixture(scope="module", params=REAL)
def real(request):
    needs(request.param)
    forker = Forker(request.param, SMALL)
    yield forker
    forker.stop()


def tried(forker, **expressions):
    """Name -> what Python makes of an expression in a child, or the kind of its error."""
    child = forker.fork()
    deadline = time.monotonic() + 60
    try:
        source = "import ctypes, os, resource, socket, sys, tempfile, threading, numpy as np\n"
        child.ask(("run", "1", source + PARENT), deadline)
        answers = {}
        for name, expression in expressions.items():
            reply = child.ask(("run", "2", f"answer = {expression}"), deadline)
            answers[name] = (
                reply[1] if reply[0] == "raised" else child.ask(("look", "answer"), deadline)[1]
            )
        return answers
    finally:
        child.close()


PARENT = """
parent = os.getppid()
libc = ctypes.CDLL(None)
def write(path): open(path, "w").write("x")
def facts(number, descriptor):
    answer = ctypes.create_string_buffer(256)
    assert libc.syscall(number, descriptor, answer) == 0
    return answer.raw[:16].hex()  # device and number of the file
"""


def test_the_best_that_works_is_chosen():
    working = [kind for kind in KINDS if not sandbox.why_not(kind)]
    kind, reasons = sandbox.best()
    assert kind == working[0]
    assert len(reasons) == KINDS.index(kind)


def test_nothing_of_others_can_be_read(real, tmp_path):
    theirs = tmp_path / "06_backpropagation.ipynb"
    theirs.write_text("{}")
    theirs.chmod(0o644)
    tmp_path.chmod(0o755)
    paths = [theirs, __file__, ROOT / "solutions" / theirs.name, "/etc/passwd", "/proc/self/maps"]
    paths += [
        "/proc/1/environ",
        f"/proc/{os.getpid()}/environ",
        ROOT / "coursekit/pyramids/reduce.py",
    ]
    got = tried(real, **{str(path): f"open({str(path)!r}).read()" for path in paths})
    assert set(got.values()) <= {"FileNotFoundError", "PermissionError"}, got


NAMING = {  # functions that take a path: none tells whether there is anything
    "stat": "os.stat(P)",
    "lstat": "os.lstat(P)",
    "access": "1 / os.access(P, os.F_OK)",
    "exists": "1 / os.path.exists(P)",
    "listdir": "os.listdir(P)",
    "readlink": "os.readlink(P)",
    "open": "os.open(P, os.O_RDONLY)",
    "handle": "os.open(P, os.O_PATH)",
    "write": "os.open(P, os.O_WRONLY)",
    "chdir": "os.chdir(P)",
    "chmod": "os.chmod(P, 0)",
    "chown": "os.chown(P, 0, 0)",
    "utime": "os.utime(P)",
    "truncate": "os.truncate(P, 0)",
    "link": "os.link(P, '/tmp/link')",
    "symlink": "os.symlink('/tmp', P + 'x')",
    "rename": "os.rename(P, P + 'x')",
    "remove": "os.remove(P)",
    "mkdir": "os.mkdir(P)",
    "mknod": "os.mknod(P + 'x')",
    "statvfs": "os.statvfs(P)",
    "getxattr": "os.getxattr(P, 'user.x')",
    "listxattr": "os.listxattr(P)",
    "setxattr": "os.setxattr(P, 'user.x', b'x')",
    "removexattr": "os.removexattr(P, 'user.x')",
    "watch": "1 / (libc.inotify_add_watch(libc.inotify_init(), P.encode(), 0xfff) + 1)",
    "setxattrat": "1 / (libc.syscall(463, -100, P.encode(), 0, b'user.x', bytes(16), 16) + 1)",
    "chroot": "os.chroot(P)",
    "module": "__import__('importlib.machinery').machinery.SourceFileLoader('x', P).load_module()",
    "library": "ctypes.CDLL(P)",
    "memory map": "np.memmap(P)",
}


def test_a_neighbours_file_is_neither_seen_nor_changed(real, tmp_path):
    """Whatever is asked of its path, the refusal is the one for a path where there is nothing."""
    folder = tmp_path / "neighbour"
    folder.mkdir()
    theirs = folder / "06_backpropagation.ipynb"
    theirs.write_text("{}")
    for path, mode in [(theirs, 0o666), (folder, 0o777), (tmp_path, 0o755)]:
        path.chmod(mode)
    before = [(path, path.stat()) for path in (theirs, folder)]
    words = NAMING.items()
    got = [
        tried(real, **{name: re.sub(r"\bP\b", repr(str(path)), word) for name, word in words})
        for path in (theirs, folder, tmp_path / "nothing" / "there")
    ]
    assert got[0] == got[1] == got[2]
    refusals = {"PermissionError", "FileNotFoundError", "OSError", "ZeroDivisionError"}
    assert set(got[0].values()) <= refusals, got[0]
    assert [(path, path.stat()) for path in (theirs, folder)] == before


IMPORT = """
import importlib, warnings
warnings.simplefilter("ignore")
def fails(name):
    try: importlib.import_module(name)
    except BaseException as error: return type(error).__name__
    return ""
"""
NOT_TO_IMPORT = {"antigravity", "this", "idlelib", "tkinter", "turtle", "turtledemo"}


def test_all_of_python_and_numpy_can_be_imported(forker):
    """What can be imported outside can be imported here, although no file is opened for it."""
    names = {name for name in sys.stdlib_module_names if "test" not in name and name[0] != "x"}
    names -= NOT_TO_IMPORT | {"lib2to3", "ensurepip", "distutils"}
    names |= {
        "numpy.ctypeslib",
        "numpy.char",
        "numpy.rec",
        "numpy.lib.format",
        "numpy.random.mtrand",
    }
    names |= {"email.mime.text", "xml.etree.ElementTree", "concurrent.futures", "encodings.cp037"}
    ask = f"{IMPORT}\nprint([name for name in {sorted(names)} if fails(name)])"
    outside = subprocess.run([sys.executable, "-c", ask], capture_output=True, check=True)
    names -= set(eval(outside.stdout))
    child = forker.fork()
    deadline = time.monotonic() + 100
    child.ask(
        ("run", "1", f"{IMPORT}\nanswer = [n for n in {sorted(names)} if fails(n)]"), deadline
    )
    assert child.ask(("look", "answer"), deadline)[1] == []
    child.close()


def test_nothing_outside_can_be_written(real):
    places = [
        ROOT / "x",
        Path(os.__file__).with_name("x"),
        "/x",
        "/dev/x",
        "/dev/shm/x",
        "/var/tmp/x",
    ]
    places += [Path.home() / ".bashrc", ROOT / "tests" / "x", Path(json.__file__)]
    got = tried(real, **{str(place): f"write({str(place)!r})" for place in places})
    assert set(got.values()) <= {"FileNotFoundError", "PermissionError", "OSError"}, got


def test_no_network_no_processes_no_signals(real):
    got = tried(
        real,
        tcp="socket.socket()",
        udp="socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
        unix="socket.socket(socket.AF_UNIX)",
        pair="socket.socketpair()",
        fork="os.fork()",
        program="os.execv('/bin/sh', ['sh'])",
        kill="os.kill(parent, 9)",
        everybody="os.kill(-1, 9)",
        itself="os.kill(os.getpid(), 19)",
        root="os.setuid(0)",
        memory_file="os.memfd_create('x')",
        mode="os.chmod(os.__file__, 0)",
        times="os.utime(os.__file__)",
    )
    assert set(got.values()) <= {"PermissionError", "OSError"}, got


def test_environment_and_descriptors_are_bare(forker):
    number = system_calls.numbers(system_calls.WITHOUT_FILES, system_calls.machine())["fstat"]
    got = tried(
        forker,
        environment="sorted(os.environ)",
        open="[fd for fd in range(64) if not libc.fcntl(fd, 1) < 0]",
        standard=f"[facts({number}, fd) for fd in range(3)]",
    )
    allowed = {*sandbox.ENVIRONMENT, "PWD", "LC_CTYPE"}
    assert set(got["environment"]) <= allowed
    assert got["open"] == [0, 1, 2, 3]  # nowhere, and the wire
    assert got["standard"] == [got["standard"][0]] * 3


LIMITS = {
    "memory": ("bytearray(2**30)", "MemoryError"),
    "threads": ("threading.Thread(target=print).start()", "RuntimeError"),
    "open files": ("[open('/dev/null') for i in range(100)]", ("OSError", "PermissionError")),
    "more than that": ("resource.setrlimit(resource.RLIMIT_AS, (2**40, 2**40))", "ValueError"),
}


@pytest.mark.parametrize("name", LIMITS)
def test_limits(forker, name):
    expression, error = LIMITS[name]
    assert tried(forker, x=expression)["x"] in error


@pytest.mark.needs("bwrap")
def test_the_private_folder_has_a_size():
    forker = Forker("bwrap", SMALL)
    try:
        fill = "[open(f'/tmp/{i}', 'wb').write(bytes(10**6)) for i in range(100)]"
        many = "[os.mkdir(f'/tmp/d{i}') for i in range(2000)]"
        large = "open('/tmp/large', 'wb').write(bytes(2 * 10**7))"
        assert tried(forker, fill=fill, many=many) == {"fill": "OSError", "many": "OSError"}
        assert tried(forker, large=large) == {"large": "OSError"}
        assert tried(forker, left="os.listdir('/tmp')") == {"left": []}
    finally:
        forker.stop()


def test_no_folder_is_writable_elsewhere():
    for kind in ("landlock", "rlimit"):
        forker = Forker(kind, SMALL)
        try:
            got = tried(forker, x="tempfile.TemporaryFile().write(b'x' * 99)")
            assert got["x"] in {"FileNotFoundError", "OSError", "PermissionError"}
        finally:
            forker.stop()


def test_no_answers_are_within_reach(real):
    """coursekit is a stand-in; its files, SciPy's and the checks are not there at all."""
    got = tried(
        real,
        reduce="type(__import__('coursekit.pyramids').pyramids.reduce).__name__",
        checks="type(__import__('coursekit.checks').checks).__name__",
        signal="type(__import__('scipy.signal').signal).__name__",
        path="[p for p in sys.path if 'packages' in p or 'coursekit' in p]",
        loaded="[m for m in sys.modules if m.startswith('coursekit.grading')]",
    )
    stand_ins = {got.pop("reduce"), got.pop("checks"), got.pop("signal")}
    assert stand_ins == {"StandIn"}
    assert got == {"path": [], "loaded": []}


VANDAL = """
import builtins, gc, json, os, sys, numpy as np
import child, confine, library, standin, system_calls, wire
for module in (np, np.linalg, builtins, os, json, wire, child, confine, standin, library, sys):
    for name, value in list(vars(module).items()):
        if callable(value) and not name.startswith("__") and module is not builtins:
            try: setattr(module, name, lambda *a, **k: 0.0)
            except BaseException: pass
np.random.seed = None
sys.path[:] = []; sys.modules.pop("json", None); sys.meta_path[:] = []
"""


def test_no_state_passes_between_submissions(forker, tmp_path):
    """What one submission does to everything that it can reach, the next one does not see."""
    exercise = read_exercise(write_teachers(tmp_path) / "06_backpropagation.ipynb")
    vandal, honest = tmp_path / "a.ipynb", tmp_path / "b.ipynb"
    vandal.write_text(json.dumps(corpus.cheating(f"{VANDAL}\n{corpus.ZERO}")))
    honest.write_text(json.dumps(corpus.solved("import os\nopen('/tmp/left', 'w')", "import json")))
    limits = Limits(request_seconds=20)
    for path, points in [(vandal, [0, 0, 0]), (honest, [4, 6, 5])] * 2:
        results = mark_submission(path, exercise, limits, forker.kind)
        assert [result.points for result in results] == points, results
        assert {result.sandbox for result in results} == {forker.kind}


def test_a_killed_forker_is_started_again(forker):
    forker.fork().close()
    started = psutil.Process(forker.process.pid)
    for process in [*started.children(recursive=True), started]:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    forker.process.wait()
    child = forker.fork()
    assert child.ask(("run", "1", ""), time.monotonic() + 60) == ("done", [])
    child.close()


def test_nothing_outlives_the_grader(forker):
    """Not even a child that is busy, when the forker's socket closes."""
    child = forker.fork()
    with pytest.raises(NotPassed, match="no answer"):
        child.ask(("run", "1", "while True: pass"), time.monotonic() + 0.5)
    started = psutil.Process(forker.process.pid)
    family = [started, *started.children(recursive=True)]
    assert len(family) >= 2
    forker.stop()
    psutil.wait_procs(family, timeout=10)
    assert not any(process.is_running() for process in family)


KILLED = """
import sys, time
from coursekit.checks.answers import NotPassed
from coursekit.grading.sandbox import Forker, Limits
child = Forker(sys.argv[1], Limits()).fork()
try:
    child.ask(("run", "1", "while True: pass"), time.monotonic() + 1)
except NotPassed:
    print("busy", flush=True)
time.sleep(100)
"""


@pytest.mark.needs("linux")
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_outlives_a_killed_grader(kind):
    if kind in REAL:
        needs(kind)
    command = [sys.executable, "-c", KILLED, kind]
    grader = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT)
    assert grader.stdout.readline() == b"busy\n"
    family = psutil.Process(grader.pid).children(recursive=True)
    assert len(family) >= 2
    grader.kill()
    grader.communicate()
    psutil.wait_procs(family, timeout=20)
    assert not [process for process in family if process.is_running()]


# The choice


def test_a_batch_wants_a_real_sandbox(monkeypatch):
    reasons = ("bwrap: no bwrap on this machine", "landlock: Function not implemented")
    monkeypatch.setattr(sandbox, "best", lambda: ("rlimit", reasons))
    with pytest.raises(SandboxError, match="no bwrap on this .*--allow-unsandboxed"):
        sandbox.choose()
    kind, sentence = sandbox.choose(allow_unsandboxed=True)
    assert kind == "rlimit"
    assert "can read your files" in sentence
    assert "no bwrap on this machine" in sentence
    with pytest.raises(SandboxError, match="you chose it"):
        sandbox.choose("rlimit")


def test_a_lesser_sandbox_is_said(monkeypatch):
    monkeypatch.setattr(sandbox, "best", lambda: ("landlock", ("bwrap: no bwrap here",)))
    kind, sentence = sandbox.choose()
    assert kind == "landlock"
    held_by = "submissions are held by Landlock and a filter of system calls"
    assert sentence == f"{held_by} (bwrap: no bwrap here)"
    monkeypatch.setattr(sandbox, "best", lambda: ("bwrap", ()))
    assert sandbox.choose() == ("bwrap", "")


def test_other_systems_have_no_sandbox(monkeypatch):
    monkeypatch.setattr("sys.platform", "darwin")
    for kind in REAL:
        assert sandbox.why_not(kind) == f"{kind}: only Linux has it"


def test_a_sandbox_that_is_missing_says_so(monkeypatch):
    monkeypatch.setattr("coursekit.grading.bubblewrap.shutil.which", lambda name: None)
    assert sandbox.why_not("bwrap") == "bwrap: no bwrap on this machine"
    with pytest.raises(SandboxError, match="no bwrap"):
        sandbox.choose("bwrap")


# Landlock alone, without the filter of calls in front of it

LAYER = """
import os, socket, sys
sys.path.insert(0, sys.argv[1])
import confine
def tried(action):
    try: action()
    except OSError as error: return type(error).__name__
    return "done"
rules = confine.make_ruleset()
version = confine.call(444, None, 0, 1)
server = socket.create_server(("127.0.0.1", 0))
confine.no_new_privileges()
confine.restrict(rules)
found = [version]
found += [tried(lambda: open(__import__("os").__file__)), tried(lambda: os.listdir("/"))]
found += [tried(lambda: open("/tmp/coursekit-x", "w")), tried(lambda: os.mkdir("/tmp/coursekit-x"))]
found += [tried(lambda: socket.create_connection(server.getsockname()))]
found += [tried(lambda: os.kill(os.getppid(), 0))]
print(found)
"""
KNOWN = {1: (13, 0, 0), 4: (15, 2, 0), 5: (16, 2, 0), 6: (16, 2, 2)}  # version -> rights of a kind


@pytest.fixture
def landlock():
    needs("landlock")
    return Path(sandbox.__file__).parent


def test_landlock_denies_files_network_and_signals(landlock):
    words = [sys.executable, "-c", LAYER, landlock]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    version, *files, network, signal = eval(done.stdout)
    assert files == ["PermissionError"] * 4
    assert version < 4 or network == "PermissionError"
    assert version < 6 or signal == "PermissionError"


def test_landlock_denies_all_that_this_kernel_can_deny(landlock, monkeypatch):
    monkeypatch.syspath_prepend(landlock)
    confine = importlib.import_module("confine")
    version = confine.call(confine.CREATE_RULESET, None, 0, 1)
    asked = []
    whole = confine.ruleset_of
    monkeypatch.setattr(confine, "ruleset_of", lambda rights: asked.append(rights) or whole(rights))
    os.close(confine.make_ruleset())
    counts = tuple(rights.bit_count() for rights in asked[-1])
    least = KNOWN[max(known for known in KNOWN if known <= version)]
    assert all(count >= known for count, known in zip(counts, least, strict=True)), counts
    for kind in range(3):
        for bit in range(64):
            more = [rights | (kind == i) << bit for i, rights in enumerate(asked[-1])]
            if more != asked[-1]:
                with pytest.raises(OSError, match="Invalid argument|too long"):
                    whole(more)
