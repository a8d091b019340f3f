"""Submissions for the tests of the grader: hostile, broken and honestly odd ones.

HOSTILE deserves nothing: whatever it does, no function in it computes what was asked, or it only
does when an attack came through. HONEST deserves everything. Both are dictionaries of name ->
notebook, BROKEN of name -> bytes of a file.

Other doors: CELLS, ALIKE and APART are for tables, TELLTALES and PAGES for pages about a class,
ACCEPTED, REFUSED and LEAKING for a teacher's own notebooks; see `cells` and `teachers`.
"""

from corpus.build import FULL, LINE, SOLUTION, ZERO, cheating, solved
from corpus.cells import ALIKE, APART, CELLS, LOGINS, NAMES, PAGES, TELLTALES
from corpus.dying import DYING, HANGING, LOOP_IN_A_CELL
from corpus.flooding import FLOODING
from corpus.forging import FORGING
from corpus.honest import HONEST
from corpus.malformed import BROKEN
from corpus.prying import MARK, PRYING
from corpus.replying import REPLYING
from corpus.structure import STRUCTURE
from corpus.system import SYSTEM
from corpus.tampering import TAMPERING
from corpus.teachers import ACCEPTED, LEAKING, REFUSED, SECRET

HOSTILE = TAMPERING | DYING | FLOODING | PRYING | FORGING | STRUCTURE | SYSTEM | REPLYING

__all__ = [
    "ACCEPTED",
    "ALIKE",
    "APART",
    "BROKEN",
    "CELLS",
    "FULL",
    "HANGING",
    "HONEST",
    "HOSTILE",
    "LEAKING",
    "LINE",
    "LOGINS",
    "LOOP_IN_A_CELL",
    "MARK",
    "NAMES",
    "PAGES",
    "REFUSED",
    "SECRET",
    "SOLUTION",
    "TELLTALES",
    "ZERO",
    "cheating",
    "solved",
]
