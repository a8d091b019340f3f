"""Files that are named like a module: whoever looks into their folder first imports them instead.

Python looks first into the folder that `python -m` is started in, and into those of PYTHONPATH.
"""

import os
import sys


def hiding(folder):
    """({file in a folder: Python's module of that name}, {file: installed module of that name})."""
    pythons, installed = {}, {}
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            name = _imported_as(entry)
            if name in sys.stdlib_module_names:
                if not _is_part_of_python(name):
                    pythons[entry.name] = name
            elif name and _elsewhere(name, folder):
                installed[entry.name] = name
    return pythons, installed


def _imported_as(entry):
    from importlib.machinery import all_suffixes

    if entry.is_dir():
        package = os.path.isfile(os.path.join(entry.path, "__init__.py"))
        return entry.name if package else None
    name = entry.name.partition(".")[0]
    return name if entry.name.removeprefix(name) in all_suffixes() else None


def _is_part_of_python(name):
    """Whether a module is inside the interpreter itself, where no file is looked for."""
    from importlib.machinery import BuiltinImporter, FrozenImporter

    return any(finder.find_spec(name) for finder in (BuiltinImporter, FrozenImporter))


def _elsewhere(name, folder):
    from importlib.machinery import PathFinder

    paths = [path for path in sys.path if os.path.abspath(path) != os.path.abspath(folder)]
    spec = PathFinder.find_spec(name, paths)
    return spec is not None and spec.origin is not None  # without one it is a folder of that name


def look_there_last():
    """Keep PYTHONPATH from hiding modules of Python's; return a sentence for each folder left out.

    Its folders come after Python's own library. One that holds a file named like a module of
    Python's is left out altogether for the programs that are started from here. The first thing
    that a command does, so it imports nothing before the order is right.
    """
    listed = os.environ.get("PYTHONPATH")
    if not listed or sys.flags.ignore_environment:
        return []
    folders = [os.path.abspath(folder) for folder in listed.split(os.pathsep)]
    theirs = [path for path in sys.path if os.path.abspath(path) in folders]
    others = [path for path in sys.path if os.path.abspath(path) not in folders]
    first = next((i for i, path in enumerate(others) if path.endswith("-packages")), len(others))
    sys.path[:] = others[:first] + theirs + others[first:]
    hidden = {folder: _hidden_by(folder) for folder in folders}
    kept = [folder for folder in folders if not hidden[folder]]
    os.environ["PYTHONPATH"] = os.pathsep.join(kept)
    return [
        f"PYTHONPATH: {folder} is left out, for its {files} would be taken for Python's own"
        for folder, files in hidden.items()
        if files
    ]


def _hidden_by(folder):
    try:
        return ", ".join(hiding(folder)[0])
    except OSError:  # listed, but not there
        return ""
