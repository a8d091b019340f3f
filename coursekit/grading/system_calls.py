"""The system calls that a learner's code may make, each with the reason; all others are refused.

Numbers on x86_64 and on aarch64; None where a machine has no such call. The tables hold what
Python, NumPy and the C library call while they answer (`python -m benchmarks.system_calls`
measures it) and their older or newer names for the same thing. SciPy, Matplotlib and scikit-image
were measured outside of a sandbox only: they also call mbind and epoll_create1, and the latter two
read files. What the kernel learns to do later is refused until somebody adds it here with a reason.

Runs beside the learner's code: standard library only.
"""

import platform

# No call here takes a path, makes a process, or reaches one: what has no name cannot be touched.
WITHOUT_FILES = {
    "messages of the grader, standard streams, descriptors that are open already": {
        "read": (0, 63),
        "write": (1, 64),
        "readv": (19, 65),
        "writev": (20, 66),
        "recvfrom": (45, 207),
        "sendto": (44, 206),
        "close": (3, 57),
        "close_range": (436, 436),
        "fstat": (5, 80),
        "lseek": (8, 62),
        "dup": (32, 23),
        "dup2": (33, None),
        "dup3": (292, 24),
        "fcntl": (72, 25),  # some requests only, see REQUESTS
        "ioctl": (16, 29),  # likewise
        "poll": (7, None),
        "ppoll": (271, 73),
        "select": (23, None),
        "pselect6": (270, 72),
    },
    "memory, within the limit": {
        "brk": (12, 214),
        "mmap": (9, 222),
        "mprotect": (10, 226),
        "mremap": (25, 216),
        "munmap": (11, 215),
        "madvise": (28, 233),
    },
    "locks and signals inside the process": {
        "futex": (202, 98),
        "rt_sigaction": (13, 134),
        "rt_sigprocmask": (14, 135),
        "rt_sigreturn": (15, 139),
        "sigaltstack": (131, 132),
        "sched_yield": (24, 124),
        "restart_syscall": (219, 128),
    },
    "time, chance, and facts about the process itself": {
        "clock_gettime": (228, 113),
        "clock_getres": (229, 114),
        "clock_nanosleep": (230, 115),
        "nanosleep": (35, 101),
        "gettimeofday": (96, 169),
        "time": (201, None),
        "times": (100, 153),
        "getrandom": (318, 278),
        "getpid": (39, 172),
        "getppid": (110, 173),
        "gettid": (186, 178),
        "getuid": (102, 174),
        "geteuid": (107, 175),
        "getgid": (104, 176),
        "getegid": (108, 177),
        "getrusage": (98, 165),
        "sched_getaffinity": (204, 123),
        "uname": (63, 160),
        "getcwd": (79, 17),
    },
    "the end": {
        "exit": (60, 93),
        "exit_group": (231, 94),
    },
}

# For a process that has a system of its own: read-only, but for a small private /tmp.
WITH_FILES = WITHOUT_FILES | {
    "files that are there to be read, and files of its own": {
        "open": (2, None),
        "openat": (257, 56),
        "stat": (4, None),
        "lstat": (6, None),
        "newfstatat": (262, 79),
        "statx": (332, 291),
        "access": (21, None),
        "faccessat": (269, 48),
        "faccessat2": (439, 439),
        "readlink": (89, None),
        "readlinkat": (267, 78),
        "getdents64": (217, 61),
        "pread64": (17, 67),
        "pwrite64": (18, 68),
        "ftruncate": (77, 46),
        "mkdir": (83, None),
        "mkdirat": (258, 34),
        "rmdir": (84, None),
        "unlink": (87, None),
        "unlinkat": (263, 35),
        "rename": (82, None),
        "renameat": (264, 38),
        "renameat2": (316, 276),
        "chdir": (80, 49),
    },
}

# Of these calls only some requests, the second argument: a descriptor can also be told to signal
# any process (F_SETOWN, FIOSETOWN) and a terminal to run what is typed into it (TIOCSTI).
REQUESTS = {
    "fcntl": {"F_GETFD": 1, "F_SETFD": 2, "F_GETFL": 3, "F_DUPFD_CLOEXEC": 1030},
    "ioctl": {"TCGETS": 0x5401, "FIONBIO": 0x5421, "FIONCLEX": 0x5450, "FIOCLEX": 0x5451},
}
MACHINES = {"x86_64": (0, 0xC000_003E), "aarch64": (1, 0xC000_00B7)}  # column above, AUDIT_ARCH
LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06  # instructions of classic BPF
ALLOW, REFUSE = 0x7FFF_0000, 0x0005_0001  # the latter with EPERM


def machine():
    """The processor's name, as the keys of MACHINES have it."""
    return {"AMD64": "x86_64", "arm64": "aarch64"}.get(platform.machine(), platform.machine())


def numbers(calls, machine):
    """Name -> number of all calls of a table on that machine. Raises OSError without a column."""
    if machine not in MACHINES:
        raise OSError(f"no table of system calls for {machine}; wanted: {' or '.join(MACHINES)}")
    column, _ = MACHINES[machine]
    pairs = [pair for group in calls.values() for pair in group.items()]
    return {name: row[column] for name, row in pairs if row[column] is not None}


def filter_program(calls, machine):
    """Steps (instruction, jump if true, jump if false, value) that judge one system call.

    The data that they judge: the call's number at 0, the kind of machine at 4 (the calls of 32-bit
    programs have another), the second argument at 24. Numbers of the x32 kind are on no list.
    """
    table = numbers(calls, machine)
    steps = [(LOAD, 0, 0, 4), (EQUAL, 1, 0, MACHINES[machine][1]), (RETURN, 0, 0, REFUSE)]
    steps += [(LOAD, 0, 0, 0)]
    for name in table.keys() - REQUESTS.keys():
        steps += [(EQUAL, 0, 1, table[name]), (RETURN, 0, 0, ALLOW)]
    for name, requests in REQUESTS.items():
        tests = [(LOAD, 0, 0, 24)]
        for request in requests.values():
            tests += [(EQUAL, 0, 1, request), (RETURN, 0, 0, ALLOW)]
        tests += [(RETURN, 0, 0, REFUSE)]
        steps += [(EQUAL, 0, len(tests), table[name]), *tests]
    return [*steps, (RETURN, 0, 0, REFUSE)]
