"""Python as in a browser, for a process of its own: modules that are not there, and no threads."""

import sys
import sysconfig
import threading

# Of Python's own modules those that Pyodide does not bring (test_lite.py asks Pyodide itself).
NO_MODULES = ("curses", "dbm", "ensurepip", "grp", "pwd", "readline", "resource", "syslog",
              "tkinter", "venv")  # fmt: skip
# Of packages those that coursekit names somewhere, and neither Pyodide nor our site has.
NO_PACKAGES = ("av", "distributed", "jupyter_client", "jupyter_core", "jupyterlab", "nbclient",
               "nbformat", "psutil", "torch")  # fmt: skip


class Blocked:
    """A finder that comes first and denies modules."""

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in NO_MODULES + NO_PACKAGES:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def no_thread(*args, **kwargs):
    raise RuntimeError("can't start new thread")


def become_a_browser():
    """From here on this process has as little as Python in a browser has."""
    sysconfig.get_config_vars()  # read before the platform changes its file's name
    for name in [*sys.modules]:
        if name.split(".")[0] in NO_MODULES + NO_PACKAGES:
            del sys.modules[name]
    sys.meta_path.insert(0, Blocked())
    sys.platform = "emscripten"
    for starter in ("_start_new_thread", "_start_joinable_thread"):  # before and since Python 3.13
        if hasattr(threading, starter):
            setattr(threading, starter, no_thread)
