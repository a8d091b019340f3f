"""Names of students as a table shows them: two that cannot be told apart there are refused."""

import re
import unicodedata
from decimal import Context, Decimal

from coursekit.grading.tables import START, printable

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?", re.ASCII)
# Greek and Cyrillic letters that are drawn as Latin ones, capitals or small.
LOOKALIKES = str.maketrans(
    "авекмнорстухіјѕԁԛԝһӏαβεζηικμνορτυχ", "abekmhopctyxijsdqwhlabezhikmvoptyx"
)
# Joiners, fillers and variation selectors; `printable` puts the first one for all that it hides.
UNSEEN = re.compile(
    "[\N{REPLACEMENT CHARACTER}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f"
    "\N{VARIATION SELECTOR-17}-\N{VARIATION SELECTOR-256}]"
)


def alike(name):
    """A text that two names share when a reader of a table may take one for the other.

    It has no capitals, one kind of space, nothing that is not seen and no guard of a cell. A number
    is its value, since a spreadsheet drops the zeros before it.
    """
    bare = START.sub(lambda start: start[1] + start[3] if start[3] else start[0], printable(name))
    text = unicodedata.normalize("NFKC", bare)
    text = unicodedata.normalize("NFKC", text.casefold()).translate(LOOKALIKES)
    text = " ".join(UNSEEN.sub("", text).split())
    if NUMBER.fullmatch(text):
        return str(Decimal(text).normalize(Context(prec=300)))
    return text


def expect_distinct(names):
    """Raises ValueError with the first two names that print alike, or one that prints as nothing.

    Parameters
    ----------
    names : iterable of str
        Names of students.
    """
    first: dict[str, str] = {}
    for name in names:
        key = alike(name)
        if not key:
            raise ValueError(f"a student's name has letters; got {ascii(name)}")
        if key in first:
            both = f"{ascii(first[key])} and {ascii(name)}"
            raise ValueError(f"the students {both} look the same in a table; rename one of them")
        first[key] = name
