"""What spreadsheets make of a file of cells, and how they save it."""

import csv
import io
import re

SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t"}
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "cp1252"]  # "utf-16" writes its mark
FORMULA = re.compile(r"""[\s"'\ufeff\u200b]*[=+\-@＝＋－＠﹦﹢﹣﹫−]""")
NUMBER = re.compile(r"-?\d+(\.\d+)?")


def parsed(text, separator):
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


def formulas(text):
    """Cells that are formulas with some separator: no number, and no guard before them."""
    cells = [cell for sep in SEPARATORS.values() for row in parsed(text, sep) for cell in row]
    starts = [(cell, FORMULA.match(cell)) for cell in cells if not NUMBER.fullmatch(cell)]
    return [cell for cell, start in starts if start and "'" not in start[0]]


def saved(rows, separator, encoding):
    """The bytes of a table as a spreadsheet saves it; letters without a code become "?"."""
    file = io.StringIO()
    csv.writer(file, delimiter=separator).writerows(rows)
    return file.getvalue().encode(encoding, "replace" if encoding == "cp1252" else "strict")


def can_be(text, encoding):
    try:
        return bool(text.encode(encoding))
    except UnicodeEncodeError:
        return False
