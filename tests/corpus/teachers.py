"""Notebooks of a teacher from nbgrader's world: what learners get of them, or why they are refused.

ACCEPTED is name -> (cells, the sources that learners get), and nbgrader gives the same. REFUSED is
name -> (cells, words of our sentence), with nbgrader; LEAKING likewise, but nbgrader gives learners
what holds SECRET. SECRET stands in whatever a learner must not get.
"""

from zlib import crc32

SECRET = "SECRET"
STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
TEXT = "YOUR ANSWER HERE"


def cell(source, kind="code", schema=3, **flags):
    """A cell with nbgrader's metadata; flags: grade, solution, locked, task."""
    meta = {"schema_version": schema, "grade_id": f"c{crc32(source.encode())}"}
    meta |= {flag: flags.get(flag, False) for flag in ("grade", "solution", "locked", "task")}
    if meta["grade"] or meta["task"]:
        meta["points"] = 2
    if schema < 3:
        del meta["task"]
    found = {"cell_type": kind, "source": source, "metadata": {"nbgrader": meta}}
    return found | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def answer(source, kind="code", **more):
    return cell(source, kind, solution=True, grade=kind == "markdown", **more)


def test(source, **more):
    return cell(source, grade=True, locked=True, **more)


def task(source, **more):
    return cell(source, "markdown", task=True, locked=True, **more)


HIDDEN = f"### BEGIN HIDDEN TESTS\nassert {SECRET}\n### END HIDDEN TESTS"
SOLUTION = f"### BEGIN SOLUTION\n{SECRET}\n### END SOLUTION"
SCHEME = f"=== BEGIN MARK SCHEME ===\n{SECRET}\n=== END MARK SCHEME ==="

ACCEPTED = {
    "an answer": ([answer(f"a\n{SOLUTION}\nb")], [f"a\n{STUB}\nb"]),
    "an unmarked answer": ([answer(SECRET)], [STUB]),
    "a sentence": ([answer(SECRET, "markdown")], [TEXT]),
    "a marked sentence": (
        [answer(f"Why?\n<!-- BEGIN SOLUTION -->\n{SECRET}\n<!-- END SOLUTION -->", "markdown")],
        [f"Why?\n{TEXT}"],
    ),
    "a raw answer": ([cell(SECRET, "raw", solution=True)], [TEXT]),
    "indented": (
        [answer(f"def f():\n    # BEGIN SOLUTION\n    {SECRET}\n # END SOLUTION")],
        ["def f():\n    # YOUR CODE HERE\n    raise NotImplementedError()"],
    ),
    "hidden tests": ([test(f'check("x", f)\n{HIDDEN}\n1')], ['check("x", f)\n1']),
    "only hidden tests": ([test(HIDDEN)], [""]),
    "two of them": ([test(f"{HIDDEN}\n1\n{HIDDEN}")], ["1"]),
    "words behind a marker": (
        [test(f"1\n# BEGIN HIDDEN TESTS for us\n{SECRET}\n# that was END HIDDEN TESTS")],
        ["1"],
    ),
    "percent signs": ([test(f"% BEGIN HIDDEN TESTS\n{SECRET}\n%% END HIDDEN TESTS")], [""]),
    "slashes": ([test(f"// BEGIN HIDDEN TESTS\n{SECRET}\n// END HIDDEN TESTS")], [""]),
    "a string": ([test(f'"BEGIN HIDDEN TESTS"; {SECRET}\n"END HIDDEN TESTS"')], [""]),
    "hidden tests in a sentence": (
        [answer(f"{SECRET}\n<!-- BEGIN HIDDEN TESTS -->\n<!-- END HIDDEN TESTS -->", "markdown")],
        [TEXT],
    ),
    "a task": ([task(f"Draw.\n{SCHEME}\nThank you.")], ["Draw.\nThank you."]),
    "a task in HTML": (
        [task(f"Draw.\n<!-- BEGIN MARK SCHEME -->\n{SECRET}\n<!-- END MARK SCHEME -->")],
        ["Draw."],
    ),
    "code that a person marks": (
        [cell(f"{SOLUTION}\n{HIDDEN}\n1", grade=True, solution=True)],
        [f"{STUB}\n1"],
    ),
    "locked": (
        [cell("1", locked=True), cell("The end", "markdown", locked=True)],
        ["1", "The end"],
    ),
    "without metadata": ([{**cell("x = 1"), "metadata": {}}], ["x = 1"]),
    "prose": (
        [cell("At the end solutions are compared; begin early.", "markdown", locked=True)],
        ["At the end solutions are compared; begin early."],
    ),
    "Windows' lines": (
        [answer(f"a\r\n# BEGIN SOLUTION\r\n{SECRET}\r\n# END SOLUTION")],
        [f"a\r\n{STUB}"],
    ),
    "schema 1": ([test(f"1\n{HIDDEN}", schema=1), answer(SECRET, schema=1)], ["1", STUB]),
    "schema 2": ([test(f"1\n{HIDDEN}", schema=2), answer(SECRET, schema=2)], ["1", STUB]),
}

REFUSED = {
    "no end": ([answer("# BEGIN SOLUTION\n1")], "line 1: BEGIN SOLUTION has no end"),
    "in itself": (
        [answer(f"# BEGIN SOLUTION\n{SOLUTION}")],
        "line 2: BEGIN SOLUTION begins inside",
    ),
    "not an answer": ([cell(SOLUTION)], "line 1: a solution region stands outside a solution cell"),
    "tests without an end": (
        [test("1\n# BEGIN HIDDEN TESTS")],
        "line 2: BEGIN HIDDEN TESTS has no",
    ),
    "tests in tests": (
        [test(f"# BEGIN HIDDEN TESTS\n{HIDDEN}")],
        "line 2: BEGIN HIDDEN TESTS begins",
    ),
    "tests in text": (
        [cell(HIDDEN, "markdown")],
        "a hidden tests region stands outside a grade cell",
    ),
    "tests in setup": ([cell(HIDDEN, locked=True)], "a hidden tests region stands outside a grade"),
    "tests in an answer": (
        [cell(f"{SOLUTION}\n{HIDDEN}", solution=True)],
        "line 4: a hidden tests region stands outside a grade cell",
    ),
    "scheme without an end": ([task("BEGIN MARK SCHEME")], "line 1: BEGIN MARK SCHEME has no end"),
    "scheme in a scheme": (
        [task(f"BEGIN MARK SCHEME\n{SCHEME}")],
        "line 2: BEGIN MARK SCHEME begins",
    ),
    "scheme in text": (
        [cell(SCHEME, "markdown")],
        "a mark scheme region stands outside a task cell",
    ),
    "scheme in code": ([test(SCHEME)], "a mark scheme region stands outside a task cell"),
    "both on a line": (
        [answer("# BEGIN SOLUTION, END SOLUTION\n1")],
        "line 1: a line has one marker",
    ),
}

LEAKING = {
    "ends twice": (
        [answer(f"{SOLUTION}\n{SECRET}\n# END SOLUTION")],
        "line 5: END SOLUTION has no begin",
    ),
    "only ends": ([cell(f"{SECRET}\n# END SOLUTION")], "line 2: END SOLUTION has no beginning"),
    "tests only end": ([test(f"{SECRET}\n# END HIDDEN TESTS")], "line 2: END HIDDEN TESTS has no"),
    "scheme only ends": (
        [task(f"{SECRET}\nEND MARK SCHEME")],
        "line 2: END MARK SCHEME has no beginning",
    ),
    "small letters": (
        [test(f"# begin hidden tests\n{SECRET}\n# end hidden tests")],
        "line 1: a marker is BEGIN or END and SOLUTION, HIDDEN TESTS, MARK SCHEME; got '# begin",
    ),
    "one test": (
        [test(f"# BEGIN HIDDEN TEST\n{SECRET}\n# END HIDDEN TEST")],
        "line 1: a marker is",
    ),
    "underlined": (
        [test(f"# BEGIN_HIDDEN_TESTS\n{SECRET}\n# END_HIDDEN_TESTS")],
        "line 1: a marker is",
    ),
    "marking": (
        [task(f"BEGIN MARKING SCHEME\n{SECRET}\nEND MARKING SCHEME")],
        "line 1: a marker is",
    ),
    "two spaces": ([cell(f"# BEGIN  SOLUTION\n{SECRET}\n# END  SOLUTION")], "line 1: a marker is"),
    "in HTML": (
        [task(f"<!-- Begin mark scheme: -->\n{SECRET}\n<!-- End -->")],
        "line 1: a marker is",
    ),
    "crossed": (
        [
            cell(
                "# BEGIN SOLUTION\n1\n# BEGIN HIDDEN TESTS\n2\n"
                f"# END SOLUTION\n{SECRET}\n# END HIDDEN TESTS",
                grade=True,
                solution=True,
            )
        ],
        "line 3: BEGIN HIDDEN TESTS begins inside another region, BEGIN SOLUTION in line 1",
    ),
}
