"""macOS, as far as coursekit can see it: POSIX without what only Linux has."""

import ctypes
import multiprocessing
import os
import platform
import resource
import shutil
import signal
import subprocess
import sys

from lacking import Lacking, programs, show_to_coursekit

NO_OS = {"copy_file_range", "eventfd", "getrandom", "getresgid", "getresuid", "memfd_create",
         "pidfd_open", "pipe2", "posix_fadvise", "posix_fallocate", "sched_getaffinity",
         "sched_setaffinity", "setns", "setresgid", "setresuid", "splice", "unshare",
         "O_DIRECT", "O_PATH", "O_TMPFILE"}  # fmt: skip
NO_SIGNAL = {"SIGCLD", "SIGPOLL", "SIGPWR", "SIGRTMAX", "SIGRTMIN", "SIGSTKFLT",
             "pidfd_send_signal", "sigtimedwait", "sigwaitinfo"}  # fmt: skip
NO_LIMITS = {"RLIMIT_MSGQUEUE", "RLIMIT_NICE", "RLIMIT_RTPRIO", "RLIMIT_RTTIME",
             "RLIMIT_SIGPENDING", "prlimit"}  # fmt: skip
NO_CALLS = {"prctl", "unshare", "setns", "mount", "capset", "memfd_create", "pidfd_open"}


def become():
    """From here on this process is the stand-in."""
    multiprocessing.set_start_method("spawn", force=True)
    show_to_coursekit(
        {
            "sys": Lacking(sys, platform="darwin"),
            "os": Lacking(os, NO_OS),
            "platform": Lacking(platform, system=lambda: "Darwin", machine=lambda: "arm64"),
            "signal": Lacking(signal, NO_SIGNAL),
            "resource": Lacking(resource, NO_LIMITS, setrlimit=setrlimit),
            "ctypes": Lacking(ctypes, CDLL=library),
            "subprocess": Lacking(subprocess, Popen=Popen),
            "shutil": Lacking(shutil, which=programs({"brew": "/opt/homebrew/bin/brew"})),
        }
    )


def setrlimit(which, limits):
    """The system takes a limit of memory and does not keep it."""
    if which != resource.RLIMIT_AS:
        resource.setrlimit(which, limits)


class Library:
    """The C library without Linux's calls; system calls have other numbers."""

    def __getattr__(self, name):
        if name in NO_CALLS:
            raise AttributeError(f"dlsym(RTLD_DEFAULT, {name}): symbol not found")
        return getattr(ctypes.CDLL(None, use_errno=True), name)

    def syscall(self, *arguments):
        raise OSError(78, "Function not implemented")


def library(name, *how, **more):
    return Library() if name is None else ctypes.CDLL(name, *how, **more)


class Popen(subprocess.Popen):
    """A Python that reads no start-up (-I -S) becomes a stand-in as well."""

    def __init__(self, command, *how, **more):
        if isinstance(command, list) and "-I" in command:
            script = next(i for i, word in enumerate(command) if word.endswith(".py"))
            start = os.path.join(os.path.dirname(__file__), "isolated.py")
            command = [*command[:script], start, *command[script:]]
        super().__init__(command, *how, **more)
