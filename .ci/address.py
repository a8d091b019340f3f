"""The address of this repository, written into every file that carries it.

    python .ci/address.py https://github.com/OWNER/NAME

Whoever hosts the repository runs this once and commits the result: until then no file names a
host, and .ci/release.py makes no release.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
ADDRESS = r"https://[\w.:-]+/[\w.-]+/[\w.-]+"

# File: what stands there before or after, and what is written there.
PLACES = {
    "pyproject.toml": (
        r"(?<=\n\[project\.urls\]\n)((Repository|Issues|Changelog) = .*\n)*",
        'Repository = "{0}"\nIssues = "{0}/issues"\nChangelog = "{0}/blob/HEAD/CHANGELOG.md"\n',
    ),
    "CITATION.cff": (r"(?m:^repository-code: .*\n)|\Z", "repository-code: {0}\n"),
    ".github/ISSUE_TEMPLATE/config.yml": (
        r"(?m:^contact_links:\n(  .*\n){3})|\Z",
        "contact_links:\n"
        "  - name: A hole in the sandbox, in the marks, or in what a page may run\n"
        "    url: {0}/blob/HEAD/SECURITY.md\n"
        "    about: Please report it as this page says, and not in a public issue.\n",
    ),
}


def addresses(root=ROOT):
    """The address that each file carries, or None: {file: address}."""
    found = {}
    for name, (place, wanted) in PLACES.items():
        written = re.search(place, (root / name).read_text(encoding="utf-8"))[0]
        address = re.search(ADDRESS, written)
        whole = address and written == wanted.format(address[0])
        found[name] = address[0] if whole else None
    return found


def write(address, root=ROOT):
    """Put the address into every file, in place of an older one."""
    for name, (place, wanted) in PLACES.items():
        text = (root / name).read_text(encoding="utf-8")
        text = re.sub(place, wanted.format(address), text, count=1)
        (root / name).write_text(text, encoding="utf-8", newline="\n")


def main():
    """Write the address of the command line."""
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    address = sys.argv[1].rstrip("/").removesuffix(".git")
    if not re.fullmatch(ADDRESS, address):
        sys.exit(f"an address like https://github.com/OWNER/NAME is wanted; got {sys.argv[1]}")
    write(address)
    print(f"wrote {address} into {', '.join(PLACES)}")


if __name__ == "__main__":
    main()
