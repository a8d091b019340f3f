"""Python's and NumPy's own modules, kept in memory: importing one opens no file.

So a sandbox can refuse every call that takes a path. Runs beside the learner's code: standard
library only.
"""

import importlib
import os
import warnings
from contextlib import suppress
from importlib.machinery import EXTENSION_SUFFIXES, ModuleSpec

LEFT_OUT = {  # folders that no answer imports from
    *("__pycache__", "site-packages", "dist-packages", "test", "tests", "_pyinstaller"),
    *("idlelib", "lib2to3", "turtledemo", "ensurepip", "tkinter", "f2py", "distutils"),
}


class Library:
    """A finder of modules whose sources were read beforehand."""

    def __init__(self):
        self.modules = {}  # name -> (path, whether it is a package, source)

    def read(self, folder, package=""):
        """Take in the modules of a folder; package: what stands before their names, "numpy."."""
        for entry in os.scandir(folder):
            name = package + entry.name.removesuffix(".py")
            if entry.name.endswith(".py") and entry.name != "__init__.py":
                self._add(name, entry.path, is_package=False)
            elif entry.name not in LEFT_OUT and os.path.exists(f"{entry.path}/__init__.py"):
                self._add(name, f"{entry.path}/__init__.py", is_package=True)
                self.read(entry.path, f"{name}.")

    def _add(self, name, path, is_package):
        with open(path, "rb") as file:
            self.modules[name] = path, is_package, file.read()

    def find_spec(self, name, path=None, target=None):
        if name not in self.modules:
            return None
        origin, is_package, _ = self.modules[name]
        spec = ModuleSpec(name, self, origin=origin, is_package=is_package)  # type: ignore[arg-type]
        spec.has_location = True  # gives the module its __file__
        return spec

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        path, _, source = self.modules[module.__name__]
        exec(compile(source, path, "exec", dont_inherit=True), vars(module))


def load_extensions(folder):
    """Import the compiled modules of a folder, which no memory can be imported from later."""
    names = {entry.split(".")[0] for entry in os.listdir(folder) if is_extension(entry)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some of them are deprecated
        for name in sorted(names):
            with suppress(ImportError):  # a library of the system is missing
                importlib.import_module(name)


def is_extension(file):
    return file.endswith(tuple(EXTENSION_SUFFIXES)) and "test" not in file and file[:2] != "xx"
