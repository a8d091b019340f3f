"""The table of system calls: all numbers tried in a child, and what the filter makes of others."""

import re
import time
from itertools import chain
from pathlib import Path

import pytest
from needs import needs

from coursekit.checks.answers import NotPassed
from coursekit.grading import Limits, system_calls
from coursekit.grading.sandbox import Forker
from coursekit.grading.system_calls import MACHINES, WITH_FILES, WITHOUT_FILES, numbers

NUMBERS = range(1024)  # Linux 6.18 has 470; what it learns next is refused too
TABLES = {"bwrap": WITH_FILES, "landlock": WITHOUT_FILES}
PROBES = (
    335,
    336,
)  # uretprobe, uprobe of x86_64: since Linux 6.14 no filter sees them; called from
# elsewhere than a probe that root has set, the kernel refuses itself or ends the caller
EPERM = 1
WALK = """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
def refused(number):
    ctypes.set_errno(0)
    result = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(-1)] * 6)
    return result == -1 and ctypes.get_errno() == 1
"""
TAKE_A_PATH = """
    open openat openat2 creat name_to_handle_at open_by_handle_at stat lstat newfstatat statx access
    faccessat faccessat2 readlink readlinkat chdir fchdir chroot chmod fchmodat fchmodat2 chown
    lchown fchownat utime utimes futimesat utimensat truncate link linkat symlink symlinkat rename
    renameat renameat2 unlink unlinkat rmdir mkdir mkdirat mknod mknodat statfs quotactl swapon
    acct mount umount2 pivot_root open_tree move_mount mount_setattr fspick fsconfig statmount
    listmount uselib execve execveat setxattr lsetxattr getxattr lgetxattr listxattr llistxattr
    removexattr lremovexattr setxattrat getxattrat listxattrat removexattrat file_getattr
    file_setattr inotify_add_watch fanotify_mark bind connect memfd_create mq_open mq_unlink
"""


def in_a_child(kind, expression):
    needs(kind)
    forker = Forker(kind, Limits())
    try:
        child, deadline = forker.fork(), time.monotonic() + 60
        assert child.ask(("run", "1", f"{WALK}\nanswer = {expression}"), deadline)[0] == "done"
        return child.ask(("look", "answer"), deadline)[1]
    finally:
        forker.stop()


@pytest.mark.parametrize("kind", TABLES)
def test_every_number_but_those_of_the_table_is_refused(kind):
    allowed = numbers(TABLES[kind], system_calls.machine())
    others = [number for number in NUMBERS if number not in allowed.values()]
    others = [n for n in others if n not in PROBES or system_calls.machine() != "x86_64"]
    others += [0x4000_0000 + number for number in NUMBERS]  # the x32 kind
    through = in_a_child(kind, f"[n for n in {others} if not refused(n)]")
    reasons = "\n".join(f"{why}: {', '.join(calls)}" for why, calls in TABLES[kind].items())
    assert through == [], f"not refused: {through}; allowed are only\n{reasons}"


@pytest.mark.parametrize("number", PROBES)
@pytest.mark.parametrize("kind", TABLES)
def test_what_no_filter_sees_does_nothing(kind, number):
    try:
        answer = in_a_child(kind, f"libc.syscall({number})")
    except NotPassed as why:
        answer = why.message
    assert answer in {-1, "the process ended (Illegal instruction)"}


@pytest.mark.parametrize("kind", TABLES)
def test_some_requests_only(kind):
    """A descriptor cannot be told to signal a process, nor a terminal to run a text."""
    through = (
        f"[r for r in range(65536) if r not in {[*system_calls.REQUESTS['ioctl'].values()]}"
        " if libc.ioctl(3, r, 0) != -1 or ctypes.get_errno() != 1]"
    )
    assert in_a_child(kind, through) == []
    through = (
        f"[r for r in range(2048) if r not in {[*system_calls.REQUESTS['fcntl'].values()]}"
        " if libc.fcntl(3, r, 0) != -1 or ctypes.get_errno() != 1]"
    )
    assert in_a_child(kind, through) == []


SHORT_CALL = """
import mmap, struct
def old_call(number):  # mov eax, number; int 0x80; ret
    code = mmap.mmap(-1, 4096, prot=7)
    code.write(b"\\xb8" + struct.pack("<I", number) + b"\\xcd\\x80\\xc3")
    return ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))()
"""


@pytest.mark.parametrize("kind", TABLES)
@pytest.mark.needs("x86")
def test_calls_of_32_bit_programs_are_refused(kind):
    """getpid is allowed to programs of 64 bits; by its old number (20) and gate it is not."""
    needs(kind)
    forker = Forker(kind, Limits())
    try:
        child, deadline = forker.fork(), time.monotonic() + 60
        child.ask(("run", "1", f"{WALK}{SHORT_CALL}\nanswer = old_call(20)"), deadline)
        assert child.ask(("look", "answer"), deadline) == ("value", -EPERM)
    finally:
        forker.stop()


def test_the_second_sandbox_names_no_file():
    for machine in MACHINES:
        assert not numbers(WITHOUT_FILES, machine).keys() & set(TAKE_A_PATH.split())


def test_each_call_stands_in_one_group_with_a_reason():
    names = list(chain(*WITH_FILES.values()))
    assert len(names) == len(set(names))
    assert WITHOUT_FILES.items() <= WITH_FILES.items()


HEADERS = {
    "x86_64": ("/usr/include/x86_64-linux-gnu/asm/unistd_64.h", "__NR_"),
    "aarch64": ("/usr/include/asm-generic/unistd.h", "__NR(?:3264)?_"),
}


@pytest.mark.needs("kernel headers")
@pytest.mark.parametrize("machine", MACHINES)
def test_numbers_are_the_kernels(machine):
    path, prefix = HEADERS[machine]
    found = re.findall(rf"#define {prefix}(\w+)\s+(\d+)", Path(path).read_text("utf-8"))
    kernels = {name: int(number) for name, number in found}
    kernels.setdefault("newfstatat", kernels.get("fstatat"))
    ours = numbers(WITH_FILES, machine)
    assert ours == {name: kernels[name] for name in ours}


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("kind", TABLES)
def test_the_filter_of_calls(machine, kind):
    """The program of seccomp, run by hand."""
    table, (_, architecture) = numbers(TABLES[kind], machine), MACHINES[machine]
    program = system_calls.filter_program(TABLES[kind], machine)
    request = {"fcntl": 3, "ioctl": 0x5421}
    passed = {
        number
        for number in NUMBERS
        if any(allows(program, architecture, number, each) for each in (0, *request.values()))
    }
    assert passed == set(table.values())
    for name, right in request.items():
        assert allows(program, architecture, table[name], right)
        assert not allows(program, architecture, table[name], 8)
    assert not allows(program, 0x4000_0003, table["read"])  # 32-bit calls
    assert not allows(program, architecture, 0x4000_0000 + table["read"])
    assert len(program) < 4096  # the kernel takes no longer one


def allows(program, architecture, number, request=0):
    data = {0: number, 4: architecture, 24: request}
    at, loaded = 0, None
    while True:
        instruction, if_true, if_false, value = program[at]
        at += 1
        if instruction == system_calls.LOAD:
            loaded = data[value]
        elif instruction == system_calls.RETURN:
            return value == system_calls.ALLOW
        else:
            assert instruction == system_calls.EQUAL
            at += if_true if loaded == value else if_false


def test_other_machines_have_no_table():
    with pytest.raises(OSError, match="riscv64; wanted: x86_64 or aarch64"):
        system_calls.filter_program(WITH_FILES, "riscv64")
