"""Notebooks that read, write or call what is not theirs; they answer right if they came through."""

from corpus.build import reaching

MARK = "written-by-a-submission"  # name of the files that they try to leave


def reads(*paths):
    """Reached if one of these can be read."""
    return reaching(
        f"import glob, os\n"
        f"def attack():\n"
        f"    found = [path for pattern in {paths!r} for path in glob.glob(pattern)]\n"
        f"    for path in found:\n"
        f"        try: return open(path, 'rb').read(1)\n"
        f"        except OSError: pass\n"
        f"    raise OSError"
    )


def writes(*places):
    """Reached if a file can be left in one of these."""
    return reaching(
        f"import glob, os, sys, sysconfig, wire\n"
        f"def attack():\n"
        f"    for place in [*{places!r}, os.path.dirname(wire.__file__), *sys.path]:\n"
        f"        try: return open(os.path.join(place, {MARK!r}), 'w').write('x')\n"
        f"        except OSError: pass\n"
        f"    raise OSError"
    )


PRYING = {
    # Reading.
    "memory-of-the-parent": reads("/proc/[0-9]*/mem", "/dev/mem", "/proc/kcore"),
    "environments": reads("/proc/*/environ"),
    "command-lines": reads("/proc/*/cmdline", "/proc/*/maps"),
    "others-descriptors": reads("/proc/*/fd/*"),
    "teachers-home": reads("/root/.*", "/home/*/.*", "/home/*/*"),
    "passwords": reads("/etc/shadow", "/etc/passwd", "/etc/ssh/*"),
    "others-folders": reads("/tmp/*/*", "/var/tmp/*", "../*/*.ipynb", "../../*/*.ipynb"),
    "solutions": reaching(
        "import os, pathlib, wire\n"
        "def attack():\n"
        "    project = pathlib.Path(wire.__file__).parents[2]\n"
        "    for path in [*project.glob('solutions/*'), *project.glob('coursekit/checks/*')]:\n"
        "        return path.read_text()\n"
        "    raise OSError"
    ),
    "the-graders-code": reaching(
        "import pathlib, wire\n"
        "def attack():\n"
        "    for file in pathlib.Path(wire.__file__).parents[1].rglob('*.py'):\n"
        "        if file.parent.name != 'grading': return file.read_text()\n"
        "    pathlib.Path(wire.__file__).with_name('mark.py').read_text()"
    ),
    "secrets-in-the-environment": reaching(
        "import os\n"
        "def attack(): [os.environ[name] for name in ('USER', 'LOGNAME', 'OLDPWD', 'SHELL')]"
    ),
    "hidden-inputs-in-frames": reaching(
        "import sys\n"
        "def attack():\n"
        "    f = sys._getframe()\n"
        "    while 'slips' not in f.f_locals and 'task' not in f.f_locals: f = f.f_back"
    ),
    "answers-in-the-heap": reaching(
        "import gc\n"
        "def attack():\n"
        "    kept = [o for o in gc.get_objects() if type(o).__name__ in ('Task', 'Question')]\n"
        "    kept[0]"
    ),
    "open-descriptors": reaching(
        "import os, stat\n"
        "def attack():\n"
        "    for fd in range(3, 1024):\n"
        "        try: kind = os.fstat(fd).st_mode\n"
        "        except OSError: continue\n"
        "        if not stat.S_ISSOCK(kind): return\n"
        "    raise OSError"
    ),
    "peeks-with-ptrace": reaching(
        "import ctypes, os\n"
        "def attack():\n"
        "    libc = ctypes.CDLL(None, use_errno=True)\n"
        "    if libc.ptrace(16, os.getppid() or 1, 0, 0) < 0: raise OSError"
    ),
    "reads-foreign-memory": reaching(
        "import ctypes, os\n"
        "def attack():\n"
        "    libc = ctypes.CDLL(None)\n"
        "    if libc.syscall(310, os.getppid(), None, 0, None, 0, 0) < 0: raise OSError"
    ),
    # Writing.
    "results": writes("/", "..", "../..", "/root", "/home", "/work", "/srv", "/mnt"),
    "startup-files": writes("/root/.config", "/etc", "/etc/profile.d", "/usr/lib/python3"),
    "shared-memory-files": writes("/dev/shm", "/run", "/var/tmp", "/var/lock"),
    "startup-module": reaching(
        "import os, pathlib\n"
        "def attack():\n"
        "    for place in (os.__file__, np.__file__):\n"
        "        pathlib.Path(place).with_name('sitecustomize.py').write_text('1')"
    ),
    "changes-python": reaching("import os\ndef attack(): open(os.__file__, 'a').write('#')"),
    "changes-modes": reaching("import os\ndef attack(): os.chmod(os.__file__, 0o777)"),
    "removes-files": reaching("import os\ndef attack(): os.remove(np.__file__)"),
    "moves-folders": reaching("import os\ndef attack(): os.rename('/usr', '/old')"),
    "shared-memory": reaching(
        "from multiprocessing import shared_memory\n"
        f"def attack(): shared_memory.SharedMemory('{MARK}', True, 4096)"
    ),
    "system-v-memory": reaching(
        "import ctypes\n"
        "def attack():\n"
        "    if ctypes.CDLL(None).shmget(4242, 4096, 0o1666) < 0: raise OSError"
    ),
    "mounts": reaching(
        "import ctypes\n"
        "def attack():\n"
        "    libc = ctypes.CDLL(None)\n"
        "    libc.unshare(0x10020000)\n"
        "    if libc.mount(b'x', b'/usr', b'tmpfs', 0, None) < 0: raise OSError"
    ),
    "becomes-root": reaching("import os\ndef attack(): os.setuid(0)"),
    # Network.
    **{
        f"network-{name}": reaching(f"import socket\ndef attack(): {attack}")
        for name, attack in {
            "tcp": "socket.create_connection(('127.0.0.1', 22), 1)",
            "listening": "socket.create_server(('', 0))",
            "udp": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'', ('::1', 53))",
            "six": "socket.socket(socket.AF_INET6)",
            "unix": "socket.socket(socket.AF_UNIX).bind('/tmp/s')",
            "abstract": "socket.socket(socket.AF_UNIX).bind('\\0cheat')",
            "raw": "socket.socket(socket.AF_PACKET, socket.SOCK_RAW)",
            "kernel": "socket.socket(socket.AF_NETLINK)",
            "names": "socket.getaddrinfo('localhost', 80)[0][4][9]",
        }.items()
    },
}
