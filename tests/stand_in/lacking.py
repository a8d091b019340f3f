"""Modules of Python's as another system has them, for coursekit's code alone.

Other packages know Windows and macOS by themselves, and ask for real ones as soon as they believe
to be there. So they see Linux, and coursekit does not.
"""

import builtins
import os
import sys
from importlib.util import find_spec
from types import ModuleType


class Lacking(ModuleType):
    """A module without some names, and with others in the place of its own."""

    def __init__(self, real, without=(), **instead):
        super().__init__(real.__name__)
        vars(self).update(_real=real, _without=frozenset(without), **instead)

    def __getattr__(self, name):
        if name in self._without:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        return getattr(self._real, name)

    def __setattr__(self, name, value):
        setattr(self._real, name, value)


def show_to_coursekit(lacking, absent=()):
    """From here on its modules import these (name: Lacking), and find no module `absent`."""
    place = os.path.dirname(find_spec("coursekit").origin) + os.sep
    whole = builtins.__import__

    def importing(name, globals=None, locals=None, fromlist=(), level=0):
        if globals and str(globals.get("__file__")).startswith(place):
            top = name.partition(".")[0]
            if top in absent:
                raise ModuleNotFoundError(f"No module named {name!r}", name=name)
            if name in lacking:
                return lacking[name]
            if top in lacking and not fromlist:  # import os.path
                whole(name, globals, locals, fromlist, level)
                return lacking[top]
        return whole(name, globals, locals, fromlist, level)

    builtins.__import__ = importing
    for name, module in lacking.items():  # for those that were imported before, in a -m
        for loaded in [*sys.modules.values()]:
            if str(getattr(loaded, "__file__", "")).startswith(place) and hasattr(loaded, name):
                setattr(loaded, name, module)


def programs(found):
    """shutil.which of a system that has these programs {name: path} and Python's own."""

    def which(name, *how, **more):
        return found.get(name)

    return which
