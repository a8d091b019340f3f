"""Pages of docs/ whose commands are run, in order, in an empty folder."""

import os
import re
import subprocess
import sys
from pathlib import Path

BLOCK = re.compile(r"```sh( fails)?\n(.*?)```\n```text\n(.*?)```", re.DOTALL)


def run_page(path, folder):
    """Run every block of commands; each must print the lines of the block below it."""
    page = Path(path).read_text("utf-8")
    search = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    blocks = BLOCK.findall(page)
    assert len(blocks) == page.count("```sh") > 0
    for fails, commands, shown in blocks:
        done = subprocess.run(
            ["bash", "-ec", commands],
            cwd=folder,
            env=os.environ | {"PATH": search},
            capture_output=True,
            text=True,
        )
        printed = done.stdout + done.stderr
        assert bool(done.returncode) == bool(fails), printed
        for line in shown.splitlines():
            assert line in printed
