"""The first half of `coursekit lab`: lay the course out, never over a learner's work."""

import hashlib
import json
from contextlib import suppress
from pathlib import Path

from coursekit import __version__
from coursekit.files import remove_old_parts, replacing

PACKAGE = Path(__file__).parent
PARTS = ("notebooks", "exercises")
MANIFEST = ".coursekit.json"  # what we laid here: relative name -> `_digest` of the file as laid
START = "notebooks/00_start_here.ipynb"
SETTINGS = PACKAGE / "lab_settings"  # no question about news on a lecturer's screen


class LabError(Exception):
    """Something the user can mend; the message is the one line to show."""


def course_part(part):
    """Where 'notebooks', 'exercises' or another shipped part is: in the wheel, or in a checkout."""
    installed = PACKAGE / "_course" / part
    return installed if installed.exists() else PACKAGE.parent / part


def lay_out(folder):
    """Copy lectures and exercises into folder and return one sentence for each file kept.

    A file that the learner has not touched since we laid it is brought up to date. A changed one
    is kept, and a newer version of it is laid beside it with the version in its name.
    Two runs at once, and a run that was killed, leave whole files and lose nothing either.
    Raises LabError when the folder cannot be made or written.
    """
    folder = Path(folder)
    kept = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        laid = _read_manifest(folder)
        for part in PARTS:
            for source in sorted(course_part(part).glob("*.ipynb")):
                name = f"{part}/{source.name}"
                sentence = _lay(source, folder / name, laid.get(name))
                kept += [sentence] if sentence else []
                if laid.get(name) != (new := _digest(source)):
                    laid[name] = new
                    _write(folder / MANIFEST, json.dumps(laid, indent=1, sort_keys=True).encode())
            remove_old_parts(folder / part)
        remove_old_parts(folder)
    except OSError as error:
        raise LabError(
            f"cannot write the course into {folder}: {error.strerror or error}"
        ) from error
    return kept


def _lay(source, target, digest_when_laid):
    """Bring one file up to date; return a sentence when a changed file was kept."""
    new = _digest(source)
    old = _digest(target) if target.exists() else None
    if old == new:
        return None
    if old is None or old == digest_when_laid:
        _write(target, source.read_bytes())
        return None
    if new == digest_when_laid:  # the learner's changes are all there is
        return None
    beside = target.with_name(f"{target.stem}.v{__version__}{target.suffix}")
    if not beside.exists():
        _write(beside, source.read_bytes())
    return f"kept your changed {target.name}; the new one is beside it: {beside.name}"


def _digest(path):
    """What counts as the content: of a notebook its cells, since opening it already rewrites the
    metadata around them."""
    content = path.read_bytes()
    with suppress(ValueError, TypeError, KeyError):  # not a notebook, or a broken one
        kept = ("cell_type", "source", "outputs", "attachments")
        cells = [[cell.get(key) for key in kept] for cell in json.loads(content)["cells"]]
        content = json.dumps(cells).encode()
    return hashlib.sha256(content).hexdigest()


def _write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as file:
        file.write(content)


def _read_manifest(folder):
    try:
        laid = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}  # then every file that differs counts as the learner's
    return laid if isinstance(laid, dict) else {}
