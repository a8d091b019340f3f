"""The regions of a cell that learners do not get, between the markers that nbgrader has for them.

The rules are those of its version 0.9.6 (ClearSolutions, ClearHiddenTests, ClearMarkScheme). A
marker that is misspelt, alone or inside another region is refused; nbgrader lets most of them pass.
"""

import re

CODE_STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
TEXT_STUB = "YOUR ANSWER HERE"
REGIONS = {  # what follows BEGIN and END -> the cells that may hold it, in nbgrader's metadata
    "SOLUTION": "solution",
    "HIDDEN TESTS": "grade",
    "MARK SCHEME": "task",
}
MARKER = re.compile(rf"(BEGIN|END) ({'|'.join(REGIONS)})")
NEARLY = r"(begin|end)[\W_]*(solution|hidden[\W_]*test|mark(ing)?[\W_]*scheme)s?"
MISSPELT = re.compile(
    rf"[\W_]*{NEARLY}[\W_]*$|\s*(#|%|//|--|;|/\*|<!--)[\W_]*{NEARLY}\b", re.IGNORECASE
)
AUTOTEST = re.compile(r"\s*#.*AUTOTEST")


def without_regions(source, kind, meta):
    """The learner's source of a cell.

    A solution becomes a stub, indented as its marker; hidden tests and mark schemes go. A solution
    cell without a marked region is a stub altogether.

    Parameters
    ----------
    source : str
        The teacher's source.
    kind : str
        The cell's type; only code has a stub that stops.
    meta : dict
        Its nbgrader metadata.

    Raises
    ------
    ValueError
        With the line, when a marker is misspelt, alone, inside another region or in a cell that
        cannot hold it.
    """
    lines = source.split("\n")
    stub = CODE_STUB if kind == "code" else TEXT_STUB
    for number, line in enumerate(lines, 1):
        expect_known(number, line, kind)
    if meta.get("solution") and "BEGIN SOLUTION" not in source:
        return stub
    kept, began = [], None
    for number, line in enumerate(lines, 1):
        marker = MARKER.search(line)
        if marker is None:
            kept += [line] if began is None else []
        elif marker[1] == "BEGIN":
            expect_place(number, marker[2], began, meta)
            began = number, marker[2]
            indent = line[: len(line) - len(line.lstrip())]
            kept += [indent + each for each in stub.split("\n") if marker[2] == "SOLUTION"]
        else:
            expect_begun(number, marker[2], began)
            began = None
    if began:
        raise ValueError(f"line {began[0]}: BEGIN {began[1]} has no end")
    return "\n".join(kept)


def expect_known(number, line, kind):
    """Raises ValueError for a line that means a marker and is none."""
    if len(MARKER.findall(line)) > 1:
        raise ValueError(f"line {number}: a line has one marker; got {line.strip()!r}")
    if MISSPELT.match(line) and not MARKER.search(line):
        words = ", ".join(REGIONS)
        raise ValueError(
            f"line {number}: a marker is BEGIN or END and {words}; got {line.strip()!r}"
        )
    if kind == "code" and AUTOTEST.match(line):
        raise ValueError(f"line {number}: AUTOTEST is nbgrader's alone; write a check of your own")


def expect_place(number, region, began, meta):
    """Raises ValueError when a region begins where it cannot."""
    if began:
        outer = f"BEGIN {began[1]} in line {began[0]}"
        raise ValueError(f"line {number}: BEGIN {region} begins inside another region, {outer}")
    wanted = REGIONS[region]
    if not meta.get(wanted):
        words = f"a {region.lower()} region stands outside a {wanted} cell"
        raise ValueError(f"line {number}: {words} (nbgrader's metadata)")


def expect_begun(number, region, began):
    """Raises ValueError when a region ends that did not begin."""
    if began is None:
        raise ValueError(f"line {number}: END {region} has no beginning")
    if began[1] != region:
        raise ValueError(f"line {number}: END {region}, but line {began[0]} is BEGIN {began[1]}")
