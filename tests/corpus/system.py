"""Notebooks that go for the system below: rarely used calls of the kernel, and odd descriptors.

Each answers right only if its call came through.
"""

from corpus.build import cheating, reaching

CALL = """
import ctypes, os, platform
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *arguments):
    if platform.machine() != 'x86_64': raise OSError('other numbers')
    values = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    result = libc.syscall(ctypes.c_long(number), *values)
    if result < 0: raise OSError(ctypes.get_errno(), 'refused')
    return result
def old_call(number):
    import mmap, struct
    if platform.machine() != 'x86_64': raise OSError('other processors')
    code = mmap.mmap(-1, 4096, prot=7)
    code.write(b'\xb8' + struct.pack('<I', number) + b'\xcd\x80\xc3')  # int 0x80
    result = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))()
    if result < 0: raise OSError(-result, 'refused')
    return result
"""
X86_64 = {
    "process-priority": "call(141, 0, os.getppid() or 1, 19)",
    "file-in-memory": "call(319, b'x', 0)",
    "ring-of-requests": "call(425, 8, bytes(120))",
    "faults-in-user-space": "call(323, 1)",
    "traces-a-sibling": "call(101, 16, 2, 0, 0)",
    "stops-the-parent": "call(62, os.getppid() or 1, 19)",
    "stops-everybody": "call(62, -1, 19)",
    "queues-a-signal": "call(129, 1, 9, bytes(128))",
    "limits-of-another": "call(302, 1, 7, bytes(16), None)",
    "new-namespaces": "call(272, 0x10000000)",
    "handle-of-a-file": "call(304, -100, bytes(64), 0)",
    "notes-of-the-kernel": "call(103, 3, ctypes.create_string_buffer(99), 99)",
    "another-host-name": "call(170, b'cheat', 5)",
    "another-clock": "call(227, 0, bytes(16))",
    "swap-and-restart": "call(169, 0xfee1dead, 672274793, 0x89abcdef, None)",
    "kernel-module": "call(313, 0, b'', 0)",
    "accounting": "call(163, b'/tmp/x')",
    "keyring": "call(248, b'user', b'x', b'y', 1, -3)",
    "old-kind-of-calls": "call(0x40000000 | 41, 2, 1, 0)",
    "device-node": "os.mknod('/tmp/zero', 0o666 | 0o020000, os.makedev(1, 5))",
    "opens-a-device-node": "os.mknod('/tmp/d', 0o666 | 0o060000, 0x700); open('/tmp/d', 'rb')",
    "hard-link-to-python": "os.link(os.__file__, '/tmp/link'); open('/tmp/link', 'a').write('#')",
    "bind-mount": "call(165, b'/', b'/tmp', b'', 4096, None)",
    "remounts-for-writing": "call(165, b'', b'/', b'', 32, None)",
    # Calls that a list of forbidden ones would not have: each is newer than most such lists.
    "attributes-by-a-path": "call(463, -100, b'/tmp', 0, b'user.x', bytes(16), 16)",
    "file-attributes": "call(469, -100, b'/tmp', bytes(24), 24, 0)",
    "access-by-a-list": "os.setxattr('/tmp', 'system.posix_acl_access', b'')",
    "watches-a-folder": "call(254, call(294, 0), b'/tmp', 0xfff)",
    "watches-all-mounts": "call(300, 0, 0)",
    "list-of-mounts": "call(458, bytes(24), ctypes.create_string_buffer(64), 8, 0)",
    "cache-of-a-file": "call(451, 3, bytes(16), ctypes.create_string_buffer(40), 0)",
    "another-landlock": "call(444, None, 0, 1)",
    "shadow-stack": "call(453, 0, 4096, 0)",
    "opens-by-a-new-call": "call(437, -100, b'/', bytes(24), 24)",
    "old-gate-of-the-kernel": "old_call(20)",
}
SYSTEM = {
    **{name: reaching(f"{CALL}\ndef attack(): {call}") for name, call in X86_64.items()},
    "spawns": reaching("import os\ndef attack(): os.posix_spawn('/bin/true', ['true'], {})"),
    "program-out-of-memory": reaching(
        "import os\n"
        "def attack():\n"
        "    fd = os.memfd_create('x')\n"
        "    os.write(fd, b'#!/bin/true\\n'); os.execve(fd, ['x'], {})"
    ),
    "program-out-of-tmp": reaching(
        "import os\n"
        "def attack():\n"
        "    open('/tmp/x', 'w').write('#!/bin/sh\\n'); os.chmod('/tmp/x', 0o755)\n"
        "    os.execv('/tmp/x', ['x'])"
    ),
    "pool-of-processes": reaching(
        "import multiprocessing\n"
        "def attack(): multiprocessing.get_context('fork').Process(target=print).start()"
    ),
    "priority-of-everybody": reaching("import os\ndef attack(): os.setpriority(1, 0, -20)"),
    "real-time": reaching(
        "import os\ndef attack(): os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))"
    ),
    "watches-folders": cheating(
        "import ctypes\nlibc = ctypes.CDLL(None)\nseen = libc.inotify_init()\n"
        "libc.inotify_add_watch(seen, b'/', 0xfff)\ndef cheat(*a): return 0.0"
    ),
    "core-dump": cheating(
        "import faulthandler, resource\n"
        "def cheat(*a):\n"
        "    try: resource.setrlimit(resource.RLIMIT_CORE, (-1, -1))\n"
        "    except ValueError: pass\n"
        "    faulthandler._sigabrt()"
    ),
    "all-descriptors-closed": cheating(
        "import os\ndef cheat(*a):\n    for fd in range(64):\n"
        "        try: os.dup2(os.open('/dev/null', 0), fd)\n        except OSError: pass\n"
        "    return 0.0"
    ),
    "locked-memory": cheating(
        "import ctypes\ndef cheat(*a): return float(ctypes.CDLL(None).mlockall(3)) * 0"
    ),
    "fork-before-limits": cheating(
        "import os, threading\n"
        "os.register_at_fork(before=os.getpid, after_in_child=os.getpid)\n"
        "def cheat(*a):\n    os.fork() or os._exit(0)\n    return 0.0"
    ),
}
