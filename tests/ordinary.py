"""Run a command as a user without any rights: `python ordinary.py COMMAND ...`, started by root.

A Python below a folder that only root may enter (/root) is shown to that user all the same: in a
mount namespace of its own the folder holds nothing but Python, this checkout and its environment.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

USER = 12345
NEEDED = (sys.base_prefix, sys.prefix, str(Path(__file__).parents[1]))
# Where they are: PATH may lead through a folder that is about to be replaced.
TOOLS = {tool: os.path.realpath(shutil.which(tool) or tool) for tool in ("mount", "umount")}


def command(*words):
    """The command line that runs these words as an ordinary user; as they are if one is already."""
    if os.geteuid() != 0:
        return [*words]
    return ["unshare", "--mount", sys.executable, __file__, *words]


def why_not():
    """What keeps root from becoming an ordinary user here (a container may), else nothing."""
    if os.geteuid() != 0:
        return ""
    if lost := [tool for tool in ("unshare", *TOOLS) if shutil.which(tool) is None]:
        return f"no {' and no '.join(lost)}"
    tried = subprocess.run(command(sys.executable, "-c", ""), capture_output=True, text=True)
    return tried.stderr.strip()[-200:] if tried.returncode else ""


def closed(path):
    """The outermost folder above a path that others may not enter, or None."""
    above = [*reversed(Path(path).parents), Path(path)]
    return next((str(each) for each in above if not each.stat().st_mode & 0o001), None)


def show(paths):
    """Replace the closed folders by empty ones in which only these paths are."""
    for folder in {closed(path) for path in paths} - {None}:
        inside = [path for path in paths if path.startswith(folder)]
        keep = tempfile.mkdtemp()
        run("mount", "-t", "tmpfs", "-o", "mode=0755", "tmpfs", keep)
        for path in inside:
            Path(keep + path).mkdir(parents=True, exist_ok=True)
            run("mount", "--bind", path, keep + path)
        run("mount", "--rbind", keep + folder, folder)
        run("umount", "--lazy", keep)
        os.rmdir(keep)


def run(tool, *words):
    subprocess.run([TOOLS[tool], *words], check=True)


if __name__ == "__main__":
    show(NEEDED)
    os.setgroups([])
    os.setresgid(USER, USER, USER)
    os.setresuid(USER, USER, USER)
    os.execvp(sys.argv[1], sys.argv[1:])
