"""What differs between systems: command lines that we start or tell people to type, and limits."""

import os
import re
import shlex
import shutil
import sys

# What installs a program on a system of that kind; the first that is found is named.
INSTALLERS = {
    "apt-get": "apt-get install {}",
    "dnf": "dnf install {}",
    "zypper": "zypper install {}",
    "pacman": "pacman -S {}",
    "apk": "apk add {}",
}
FOR_ITSELF = {  # needs no rights: what installs Python itself
    "brew": "brew install python",
    "winget": "winget install Python.Python.3.13",
}

DEVICES = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{kind}{n}" for kind in ("com", "lpt") for n in "123456789"),
}
NO_MARKING = "marking submissions needs Linux or macOS (or WSL on Windows)"
MAC_LIMITS = (
    "On macOS limits on time, files and processes hold the submissions; nothing limits their "
    "memory, and macOS has neither bubblewrap nor Landlock"
)


def module(name, *words):
    """The command that runs a module with this Python.

    -P: no file of the folder that one stands in is taken for a module.
    """
    return [sys.executable, "-P", "-m", name, *map(str, words)]


def typed(command):
    """A command as one types it: quoted for this system's shell."""
    if os.name != "nt":
        return shlex.join(command)
    return " ".join(f'"{word}"' if re.search(r"[^\w\\/:.=-]", word) else word for word in command)


def pip_install(*requirements):
    """What to type to install packages for this Python."""
    return typed(module("pip", "install", *requirements))


def system_install(program):
    """What to type to install a program of the system's, or whom to ask."""
    line = next((text for name, text in INSTALLERS.items() if shutil.which(name)), None)
    if line is None:
        return f"ask whoever looks after this machine to install {program}"
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if not is_root and not shutil.which("sudo"):
        return f"ask whoever looks after this machine for: {line.format(program)}"
    return "sudo " * (not is_root) + line.format(program)


def fits_windows(name):
    """Whether a file can have that name on Windows, where someone of the class will open it."""
    is_device = name.partition(".")[0].rstrip(" ").lower() in DEVICES
    return not (is_device or name.endswith((".", " ")) or re.search(r'[<>:"/\\|?*\x00-\x1f]', name))


def newer_python():
    """What to type to install a newer Python."""
    for name, line in FOR_ITSELF.items():
        if shutil.which(name):
            return line
    return "see https://www.python.org/downloads"
