"""Which commit this coursekit was made from, for `coursekit --version`.

Whoever packs a copy writes the commit into `commit.txt`: hatchling into wheels and sdists
(hatch_build.py), `git archive` into its archives (.gitattributes). In a checkout git is asked.
"""

import os
import subprocess
from pathlib import Path

PACKAGE = Path(__file__).parent
PACKED = "commit.txt"
NOT_PACKED = "$Format"  # how the file begins until something is written into it


def commit():
    """The abbreviated commit, with "-dirty" when tracked files were changed, or None."""
    text = (PACKAGE / PACKED).read_text(encoding="utf-8").strip()
    return _ask_git(PACKAGE.parent) if text.startswith(NOT_PACKED) else text


def _ask_git(root):
    """The commit of a checkout of coursekit in root; None also where git cannot be asked."""
    if not _is_our_checkout(root):
        return None
    command = ["git", "-C", str(root), "describe", "--always", "--dirty", "--exclude=*"]
    # Inside a git hook these name the repository of the hook.
    environment = {name: text for name, text in os.environ.items() if not name.startswith("GIT_")}
    try:
        answer = subprocess.run(
            command,
            env=environment | {"GIT_OPTIONAL_LOCKS": "0"},
            capture_output=True,
            encoding="utf-8",
        )
    except OSError:  # git is not installed
        return None
    return answer.stdout.strip() or None


def _is_our_checkout(root):
    """Not a repository that coursekit was installed or copied into."""
    project = root / "pyproject.toml"
    if not ((root / ".git").exists() and project.is_file()):
        return False
    return '\nname = "coursekit"\n' in project.read_text(encoding="utf-8", errors="replace")
