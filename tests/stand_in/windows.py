"""Windows, as far as coursekit can see it: what is not there, cp1252, and files that are open."""

import builtins
import ctypes
import errno
import io
import locale
import multiprocessing
import os
import platform
import re
import shutil
import signal
import socket
import subprocess
import sys

from lacking import Lacking, programs, show_to_coursekit

NO_MODULES = {"crypt", "curses", "fcntl", "grp", "nis", "posix", "pty", "pwd", "readline",
              "resource", "spwd", "syslog", "termios", "tty"}  # fmt: skip
NO_OS = {"chown", "chroot", "confstr", "ctermid", "eventfd", "fchdir", "fchmod", "fchown", "fork",
         "forkpty", "fpathconf", "geteuid", "getegid", "getgid", "getgroups", "getloadavg",
         "getpgid", "getpgrp", "getpriority", "getresuid", "getsid", "getuid", "initgroups",
         "killpg", "lchown", "lockf", "major", "makedev", "memfd_create", "minor", "mkfifo",
         "mknod", "nice", "openpty", "pathconf", "pidfd_open", "pipe2", "posix_fadvise",
         "posix_fallocate", "posix_spawn", "pread", "preadv", "pwrite", "pwritev", "readv",
         "register_at_fork", "sched_getaffinity", "sched_setaffinity", "sched_yield", "sendfile",
         "setegid", "seteuid", "setgid", "setgroups", "setpgid", "setpriority", "setresgid",
         "setresuid", "setsid", "setuid", "statvfs", "sync", "sysconf", "tcgetpgrp", "tcsetpgrp",
         "ttyname", "uname", "unshare", "setns", "wait", "wait3", "wait4", "waitid", "writev",
         "O_ASYNC", "O_CLOEXEC", "O_DIRECT", "O_DIRECTORY", "O_DSYNC", "O_NOATIME", "O_NOCTTY",
         "O_NOFOLLOW", "O_NONBLOCK", "O_PATH", "O_SYNC", "O_TMPFILE", "SCHED_OTHER",
         "WNOHANG", "WIFEXITED", "WEXITSTATUS", "WIFSIGNALED", "WTERMSIG"}  # fmt: skip
KEPT_SIGNALS = {"SIGABRT", "SIGFPE", "SIGILL", "SIGINT", "SIGSEGV", "SIGTERM", "SIG_DFL", "SIG_IGN"}
NO_SIGNAL = {name for name in dir(signal) if name.startswith("SIG")} - KEPT_SIGNALS
NO_SIGNAL |= {"alarm", "setitimer", "getitimer", "pthread_kill", "pthread_sigmask", "pause",
              "sigpending", "sigtimedwait", "sigwait", "sigwaitinfo", "siginterrupt"}  # fmt: skip
NO_SOCKET = {"AF_UNIX", "SO_REUSEPORT", "recv_fds", "send_fds", "SCM_RIGHTS", "sethostname"}
IN_NO_NAME = re.compile(r'[<>:"|?*\x00-\x1f]|[. ]$')
RESERVED = re.compile(r"(con|prn|aux|nul|com[1-9]|lpt[1-9])(\.|$)", re.IGNORECASE)


def become():
    """From here on this process is the stand-in."""
    speak_cp1252()
    keep_open_files()
    sys.addaudithook(refuse_names)
    multiprocessing.set_start_method("spawn", force=True)
    show_to_coursekit(
        {
            "sys": Lacking(sys, platform="win32"),
            "os": Lacking(os, NO_OS, name="nt", execv=execv),
            "platform": Lacking(platform, system=lambda: "Windows", machine=lambda: "AMD64"),
            "signal": Lacking(signal, NO_SIGNAL),
            "socket": Lacking(socket, NO_SOCKET, socket=Socket, SO_EXCLUSIVEADDRUSE=-5),
            "ctypes": Lacking(ctypes, CDLL=library),
            "subprocess": Lacking(subprocess, Popen=Popen, run=run),
            "shutil": Lacking(shutil, which=programs({"winget": "winget.exe"})),
        },
        NO_MODULES,
    )


def execv(path, arguments):
    """A new process; this one ends at once, so that a shell's prompt is back too early."""
    subprocess.Popen([path, *arguments[1:]])
    os._exit(0)


def library(name, *how, **more):
    if name is None:
        raise TypeError("LoadLibrary() argument 1 must be str, not None")
    return ctypes.CDLL(name, *how, **more)


class Popen(subprocess.Popen):
    def __init__(self, command, *how, **more):
        refuse(more)
        super().__init__(command, *how, **more)


def run(*command, **how):
    refuse(how)
    return subprocess.run(*command, **how)


def refuse(how):
    if how.get("pass_fds"):
        raise AssertionError("pass_fds not supported on Windows.")
    if how.get("preexec_fn"):
        raise ValueError("preexec_fn is not supported on Windows platforms")


class Socket(socket.socket):
    """With SO_REUSEADDR a second program gets an address that a first one listens on."""

    reuses = False

    def setsockopt(self, level, name, *value):
        if (level, name) == (socket.SOL_SOCKET, socket.SO_REUSEADDR):
            self.reuses = True
        return super().setsockopt(level, name, *value)

    def bind(self, address):
        try:
            super().bind(address)
        except OSError as error:
            if not self.reuses or error.errno != errno.EADDRINUSE:
                raise


# What every package meets: the encoding of texts, and files


def speak_cp1252():
    """Files, pipes and the console hold cp1252 where nobody names an encoding."""
    real = io.open

    def opening(file, mode="r", buffering=-1, encoding=None, *how, **more):
        if "b" not in mode and encoding in (None, "locale"):
            encoding = "cp1252"
        return real(file, mode, buffering, encoding, *how, **more)

    builtins.open = io.open = opening
    subprocess._text_encoding = lambda: "cp1252"
    locale.getpreferredencoding = lambda do_setlocale=True: "cp1252"
    locale.getencoding = lambda: "cp1252"
    for stream, errors in ((sys.stdout, "strict"), (sys.stderr, "backslashreplace")):
        stream.reconfigure(encoding="cp1252", errors=errors)


def keep_open_files():
    """Nobody replaces or removes a file that is open, and rename replaces none."""
    real = {name: getattr(os, name) for name in ("rename", "replace", "remove", "unlink")}

    def on_closed(name):
        def change(*paths, **how):
            held = open_files()
            if any(os.path.realpath(path) in held for path in paths if type(path) is not int):
                code = "The process cannot access the file because it is being used"
                raise PermissionError(errno.EACCES, code, os.fspath(paths[0]))
            if name == "rename" and os.path.exists(paths[1]):
                raise FileExistsError(errno.EEXIST, "Cannot create a file", os.fspath(paths[1]))
            return real[name](*paths, **how)

        return change

    for name in real:
        setattr(os, name, on_closed(name))


def open_files():
    """Paths of the files that this process has open; not those of tempfile, which asks for it."""
    if sys._getframe(2).f_globals.get("__name__") == "tempfile":
        return set()
    found = set()
    for number in os.listdir("/proc/self/fd"):
        try:
            found.add(os.readlink(f"/proc/self/fd/{number}"))
        except OSError:  # the list's own
            continue
    return found


def refuse_names(event, arguments):
    """Windows has no files of these names; tried when one is made."""
    if event == "open" and isinstance(arguments[0], str):
        path, _, flags = arguments
        if not flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            return
    elif event in ("os.mkdir", "os.rename"):
        path = arguments[event == "os.rename"]
    else:
        return
    name = os.path.basename(os.fspath(path).rstrip("/"))
    if isinstance(name, str) and (RESERVED.match(name) or IN_NO_NAME.search(name)):
        raise OSError(errno.EINVAL, "Invalid argument", path)
