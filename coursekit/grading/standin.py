"""Modules that are not here: imported beside NumPy by an honest notebook, and of no use to marks.

Runs beside the learner's code: standard library only.
"""

import sys
from importlib.machinery import ModuleSpec
from types import ModuleType


class StandIn(ModuleType):
    """A module, function or value that is not here: it takes everything and does nothing."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return StandIn(f"{self.__name__}.{name}")

    def __call__(self, *args, **kwargs):
        if len(args) == 1 and callable(args[0]) and not isinstance(args[0], StandIn):
            return args[0]  # a decorator, of a function or of a class
        return StandIn(f"{self.__name__}()")

    def __mro_entries__(self, bases):
        return ()  # class Mine(nn.Module) is a class of its own

    def __getitem__(self, key):
        return StandIn(f"{self.__name__}[]")

    def __setitem__(self, key, value):
        pass

    def __iter__(self):
        return iter((self, self))  # enough for: fig, ax = plt.subplots()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return False

    def __format__(self, layout):
        return ""


class StandInFinder:
    """The last finder: what nobody else finds, and is not Python's own, is a stand-in."""

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in sys.stdlib_module_names:
            return None
        return ModuleSpec(name, self, is_package=True)  # type: ignore[arg-type]

    def create_module(self, spec):
        return StandIn(spec.name)

    def exec_module(self, module):
        pass
