"""What a process does to itself before it runs a learner's code: it gives up whatever it can.

The calls are Linux's own, by number where the C library has no name for them (Landlock: Linux
5.13 and later; seccomp: a filter of system calls in classic BPF). Runs beside the learner's code:
standard library only.
"""

import contextlib
import ctypes
import os
import resource
import struct

import system_calls

NOBODY = 65534
MOST_IN_FOLDER = 32 << 20  # bytes of the private /tmp
MOST_IN_FILE = 16 << 20
NEW_MOUNTS, NEW_IPC, NEW_PIDS = 0x0002_0000, 0x0800_0000, 0x2000_0000  # flags of unshare
SET_PARENT_DEATH_SIGNAL, NO_NEW_PRIVILEGES, SET_SECCOMP, SECCOMP_FILTER = 1, 38, 22, 2  # of prctl
CAPABILITIES_3 = 0x2008_0522  # version of the capset call
CREATE_RULESET, RESTRICT_SELF = 444, 446  # Landlock's calls


def limit(memory, seconds, in_file):
    """Ask the system to hold this process, where it can."""
    wanted = {"CORE": 0, "CPU": seconds, "AS": memory, "FSIZE": in_file, "NPROC": 0, "NOFILE": 32}
    for name, most in (wanted | {"MSGQUEUE": 0, "MEMLOCK": 0}).items():
        hard = most + (name == "CPU")  # a second between the signal that says so and the end
        with contextlib.suppress(AttributeError, ValueError, OSError):  # not every system has all
            resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (most, hard))


def become_nobody():
    """Started by root, give that up: no reading, changing or killing of what is not ours."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)  # of root's: real, effective and saved, on macOS too
        os.setuid(NOBODY)


def call(name, *arguments):
    """Call a function of the C library, or a system call by its number; raise OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    number = isinstance(name, int)
    function = libc.syscall if number else getattr(libc, name)
    values = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    result = function(*([ctypes.c_long(name)] if number else []), *values)
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{name}: {os.strerror(error)}")
    return result


# Namespaces, inside bubblewrap


def fork_into_new_pids(self_fd):
    """os.fork, but the child sees no process but itself and its own; all of them end with it.

    self_fd: a pidfd of this process, which stays where it is.
    """
    call("unshare", NEW_PIDS)
    try:
        return os.fork()
    finally:
        if os.getpid() != 1:
            call("setns", self_fd, NEW_PIDS)


def private_folder():
    """An empty /tmp of limited size, which goes when the process ends."""
    call("unshare", NEW_MOUNTS | NEW_IPC)
    options = f"size={MOST_IN_FOLDER},nr_inodes=1000,mode=0700".encode()
    no_programs_no_devices = 2 | 4 | 8
    call("mount", b"tmpfs", b"/tmp", b"tmpfs", no_programs_no_devices, options)
    os.chdir("/tmp")


def drop_capabilities():
    header, nothing = struct.pack("<Ii", CAPABILITIES_3, 0), bytes(24)
    call("capset", header, nothing)


# Landlock


def make_ruleset():
    """A descriptor of rules that deny all that this kernel's Landlock can deny.

    Three kinds of rights are asked for one by one, since each kernel knows more of them: on files,
    on the network, and on what leaves the process (signals, sockets without a file).
    """
    rights = [0, 0, 0]
    for kind in range(len(rights)):
        for bit in range(64):
            asked = [(kind == other) << bit for other in range(len(rights))]
            with contextlib.suppress(OSError):
                os.close(ruleset_of(asked))
                rights[kind] |= asked[kind]
    return ruleset_of(rights)


def ruleset_of(rights):
    attributes = struct.pack("<3Q", *rights)
    return call(CREATE_RULESET, attributes, len(attributes), 0)


def restrict(ruleset):
    call(RESTRICT_SELF, ruleset, 0)


def no_new_privileges():
    call("prctl", NO_NEW_PRIVILEGES, 1, 0, 0, 0)


def end_with_parent():
    """No life after the forker's. On a system without such a call, the closed socket has to do."""
    with contextlib.suppress(AttributeError, OSError):
        call("prctl", SET_PARENT_DEATH_SIGNAL, 9, 0, 0, 0)


# seccomp


def allow_only(with_files):
    """From here on all system calls but those of a table fail with EPERM, for ever."""
    calls = system_calls.WITH_FILES if with_files else system_calls.WITHOUT_FILES
    steps = system_calls.filter_program(calls, system_calls.machine())
    program = b"".join(struct.pack("=HBBI", *step) for step in steps)
    buffer = ctypes.create_string_buffer(program)
    pointer = struct.pack("@HP", len(steps), ctypes.addressof(buffer))
    call("prctl", SET_SECCOMP, SECCOMP_FILTER, pointer)
