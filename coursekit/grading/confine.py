"""What a process does to itself before it runs a learner's code: it gives up whatever it can.

The calls are Linux's own, by number where the C library has no name for them (Landlock: Linux
5.13 and later; seccomp: a filter of system calls in classic BPF). Runs beside the learner's code:
standard library only.
"""

import contextlib
import ctypes
import os
import platform
import resource
import struct
import sys

NOBODY = 65534
MOST_IN_FOLDER = 32 << 20  # bytes of the private /tmp
MOST_IN_FILE = 16 << 20
NEW_MOUNTS, NEW_IPC, NEW_PIDS = 0x0002_0000, 0x0800_0000, 0x2000_0000  # flags of unshare
SET_PARENT_DEATH_SIGNAL, NO_NEW_PRIVILEGES, SET_SECCOMP, SECCOMP_FILTER = 1, 38, 22, 2  # of prctl
CAPABILITIES_3 = 0x2008_0522  # version of the capset call
READ_FILE, READ_FOLDER = 1 << 2, 1 << 3  # Landlock's rights
LANDLOCK_FILES = {1: 13, 2: 14, 3: 15, 5: 16}  # version -> number of rights on files that it knows
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446

# What no answer to an exercise needs: number of the call on x86_64 and on aarch64.
DENIED = {
    # the network, and all other sockets
    "socket": (41, 198),
    "socketpair": (53, 199),
    # other processes: signals, memory, files, limits, priorities; new ones
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "process_mrelease": (448, 448),
    "kill": (62, 129),
    "tkill": (200, 130),
    "tgkill": (234, 131),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424),
    "pidfd_getfd": (438, 438),
    "prlimit64": (302, 261),
    "prctl": (157, 167),  # what ends this process with its parent, among others
    "setpriority": (141, 140),
    "ioprio_set": (251, 30),
    "sched_setparam": (142, 118),
    "sched_setscheduler": (144, 119),
    "sched_setattr": (314, 274),
    "sched_setaffinity": (203, 122),
    "migrate_pages": (256, 238),
    "move_pages": (279, 239),
    "fork": (57, -1),
    "vfork": (58, -1),
    "clone": (56, 220),
    "clone3": (435, 435),
    "execve": (59, 221),
    "execveat": (322, 281),
    # another view of the system
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "personality": (135, 92),
    # modes, times and sizes of files, which Landlock leaves to everybody
    "chmod": (90, -1),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, -1),
    "fchown": (93, 55),
    "lchown": (94, -1),
    "fchownat": (260, 54),
    "utime": (132, -1),
    "utimes": (235, -1),
    "futimesat": (261, -1),
    "utimensat": (280, 88),
    "truncate": (76, 45),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    # memory that no limit counts, and parts of the kernel that are rarely tried
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "bpf": (321, 280),
    "syslog": (103, 116),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
}
# A file descriptor can be told to send a signal to any process: F_SETOWN, F_SETSIG, F_SETOWN_EX,
# FIOSETOWN, SIOCSPGRP.
DENIED_REQUESTS = {(72, 25): (8, 10, 15), (16, 29): (0x8901, 0x8902)}  # of fcntl, of ioctl
MACHINES = {"x86_64": (0, 0xC000_003E), "aarch64": (1, 0xC000_00B7)}  # column above, AUDIT_ARCH
LOAD, EQUAL, AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06  # instructions of classic BPF
ALLOW, REFUSE = 0x7FFF_0000, 0x0005_0001  # the latter with EPERM


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
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)


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


def make_ruleset(readable):
    """A descriptor of rules: nothing but these files and folders can be opened, and only read."""
    version = call(CREATE_RULESET, None, 0, 1)
    rights = (1 << max(n for v, n in LANDLOCK_FILES.items() if v <= version)) - 1
    network = 3 if version >= 4 else 0
    scope = 3 if version >= 6 else 0  # abstract sockets and signals stay inside
    known = 8 if version < 4 else 16 if version < 6 else 24  # bytes of the structure
    attributes = struct.pack("<QQQ", rights, network, scope)[:known]
    ruleset = call(CREATE_RULESET, attributes, len(attributes), 0)
    for path in readable:
        with contextlib.suppress(FileNotFoundError):
            allow_reading(ruleset, path)
    return ruleset


def allow_reading(ruleset, path):
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rights = READ_FILE | (READ_FOLDER if os.path.isdir(path) else 0)
        call(ADD_RULE, ruleset, 1, struct.pack("<Qi", rights, descriptor), 0)
    finally:
        os.close(descriptor)


def restrict(ruleset):
    call(RESTRICT_SELF, ruleset, 0)


def no_new_privileges():
    """And no life after the forker's."""
    call("prctl", NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    call("prctl", SET_PARENT_DEATH_SIGNAL, 9, 0, 0, 0)


# seccomp


def refuse_calls():
    """From here on the calls of DENIED fail with EPERM, for ever."""
    program = b"".join(struct.pack("<HBBI", *step) for step in filter_program())
    buffer = ctypes.create_string_buffer(program)
    length = len(program) // 8
    call("prctl", SET_SECCOMP, SECCOMP_FILTER, struct.pack("@HP", length, ctypes.addressof(buffer)))


def filter_program(machine=None):
    """Steps (instruction, jump if true, jump if false, value) that judge one system call.

    The data that they judge: number of the call at 0, kind of machine at 4, arguments at 16, 24.
    """
    machine = machine or platform.machine()
    if machine not in MACHINES or sys.byteorder != "little":
        raise OSError(f"no table of system calls for {machine}")
    column, architecture = MACHINES[machine]
    steps = [(LOAD, 0, 0, 4), (EQUAL, 1, 0, architecture), (RETURN, 0, 0, REFUSE), (LOAD, 0, 0, 0)]
    if machine == "x86_64":  # calls of the x32 kind have other numbers
        steps += [(AT_LEAST, 0, 1, 0x4000_0000), (RETURN, 0, 0, REFUSE)]
    for numbers in DENIED.values():
        if numbers[column] >= 0:
            steps += [(EQUAL, 0, 1, numbers[column]), (RETURN, 0, 0, REFUSE)]
    for numbers, requests in DENIED_REQUESTS.items():
        tests = [(LOAD, 0, 0, 24)]  # the second argument
        for request in requests:
            tests += [(EQUAL, 0, 1, request), (RETURN, 0, 0, REFUSE)]
        tests += [(RETURN, 0, 0, ALLOW)]
        steps += [(EQUAL, 0, len(tests), numbers[column]), *tests]
    return [*steps, (RETURN, 0, 0, ALLOW)]
