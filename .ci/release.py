"""Build a release and try it: `python .ci/release.py` in a clone whose HEAD has the tag.

Refuses unless tag, coursekit/__init__.py, CHANGELOG.md and CITATION.cff say the same and the
address of the repository is filled in. Then dist/ holds what `twine upload dist/*` publishes, and
each way to install it was tried in a new environment. Nothing leaves this machine.
"""

import datetime
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from tempfile import TemporaryDirectory

from address import addresses
from start_page import start_page

ROOT = Path(__file__).parent.parent
HEADING = re.compile(r"^## (\S+) \((.+)\)$", re.MULTILINE)  # of CHANGELOG.md


def run(*command, cwd=ROOT, environment=None):
    """What a command prints; its own words and the end of everything when it fails."""
    done = subprocess.run(
        [*map(str, command)], cwd=cwd, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stdout}{done.stderr}")
    return done.stdout.strip()


def version_of(root):
    """The version, from the only place where it is written by hand."""
    text = (root / "coursekit/__init__.py").read_text(encoding="utf-8")
    return re.search(r'^__version__ = "(.+)"$', text, re.MULTILINE)[1]


def faults(root):
    """What keeps HEAD from being a release, one sentence each."""
    version = version_of(root)
    if changed := run("git", "status", "--porcelain", cwd=root):
        yield f"nothing may be left to commit, because it would be packed; got\n{changed}"
    tags = run("git", "tag", "--points-at", "HEAD", cwd=root).split()
    if tags != [f"v{version}"]:
        got = ", ".join(tags) or "no tag"
        yield f"HEAD needs the tag v{version} of coursekit/__init__.py and no other; got {got}"
    newest, date, entry = newest_entry(root)
    if newest != version or not is_a_day(date):
        yield (
            f"CHANGELOG.md needs '## {version} (year-month-day)' as its newest entry; "
            f"got '## {newest} ({date})'"
        )
    elif not entry:
        yield f"CHANGELOG.md needs to say what changed in {version}; got nothing"
    yield from citation_faults(root, version, date if is_a_day(date) else None)
    found = addresses(root)
    if None in found.values() or len(set(found.values())) > 1:
        yield f"one address is wanted in three files, see .ci/address.py; got {found}"


def newest_entry(root):
    """Version, date and text of the first entry of CHANGELOG.md."""
    _, *entries = HEADING.split((root / "CHANGELOG.md").read_text(encoding="utf-8"))
    version, date, text = entries[:3] or ("no entry", "", "")
    return version, date, text.strip()


def citation_faults(root, version, date):
    """CITATION.cff carries version and date a second time, because indexes read it there."""
    lines = (root / "CITATION.cff").read_text(encoding="utf-8").splitlines()
    wanted = [f"version: {version}"] + ([f"date-released: {date}"] if date else [])
    for line in wanted:
        if line not in lines:
            name = line.partition(":")[0]
            got = [other for other in lines if other.startswith(f"{name}:")]
            yield f"CITATION.cff needs the line '{line}'; got {' '.join(got) or 'none'}"


def is_a_day(text):
    """Whether a text is a date as CHANGELOG.md and CITATION.cff write it."""
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def build(root):
    """The sdist, and the wheel that was made from it, checked as an index would."""
    dist = root / "dist"
    shutil.rmtree(dist, ignore_errors=True)
    run(sys.executable, "-m", "build", "--no-isolation", cwd=root)
    packages = sorted(dist.iterdir())
    run(sys.executable, "-m", "twine", "check", "--strict", *packages)
    for package in packages:
        print(f"{package.name}: {package.stat().st_size / 1e6:.1f} MB")
    return {path.suffix: path for path in packages}


def try_installs(root, packages):
    """Install in each way that README and docs name, and use what was installed."""
    version = version_of(root)
    known = f"{version} (commit {run('git', 'rev-parse', '--short', 'HEAD', cwd=root)})"
    with TemporaryDirectory() as place:
        copy = Path(place, "copy")
        shutil.copytree(root, copy, ignore=shutil.ignore_patterns(".git", "dist"))
        ways = {
            "the sdist": (packages[".gz"], known),
            "the wheel": (packages[".whl"], known),
            "git+file://": (f"git+{root.as_uri()}@v{version}", known),
            "a copy without .git": (copy, version),
        }
        for number, (name, (what, wanted)) in enumerate(ways.items()):
            try_install(name, what, f"coursekit, version {wanted}", Path(place, str(number)))


def try_install(name, what, wanted, environment):
    """One way: a new environment, then the command, the import, the course and its first page."""
    scripts = make_environment(environment)
    install = [sys.executable, "-m", "pip", "--python", scripts / "python", "install"]
    run(*install, "--quiet", "--ignore-installed", "--no-deps", "--no-build-isolation", what)
    command = shutil.which("coursekit", path=scripts)
    said = run(command, "--version", cwd=environment)
    if said != wanted:
        sys.exit(f"from {name}: '{wanted}' is wanted; got '{said}'")
    where = "import coursekit; print(coursekit.__file__)"
    file = Path(run(scripts / "python", "-c", where, cwd=environment))
    if not file.is_relative_to(environment):
        sys.exit(f"from {name}: imported from {file}")
    page = start_page(command, os.environ | jupyter_of_here())
    print(f"from {name}: {said}; coursekit lab opens {page}")


def make_environment(folder):
    """Make one that borrows all other packages from this one; return the folder of its commands."""
    run(sys.executable, "-m", "venv", "--without-pip", folder)
    paths = sysconfig.get_paths("venv", {"base": str(folder), "platbase": str(folder)})
    here = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    Path(paths["purelib"], "borrowed.pth").write_text("\n".join(here), encoding="utf-8")
    return Path(paths["scripts"])


def jupyter_of_here():
    """JupyterLab looks for its pages and extensions beside the interpreter; they are here."""
    share = Path(sys.prefix, "share", "jupyter")
    return {"JUPYTERLAB_DIR": str(share / "lab"), "JUPYTER_PATH": str(share)}


def main():
    """Refuse, or build and try."""
    if found := list(faults(ROOT)):
        sys.exit("\n".join(found))
    try_installs(ROOT, build(ROOT))
    print("dist/ is ready: twine upload dist/*")


if __name__ == "__main__":
    main()
