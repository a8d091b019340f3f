"""Every table that is written or read here: a file of cells in which nothing acts as a formula.

A file is separated by commas, in UTF-8. A spreadsheet that expects semicolons begins a cell behind
each of them, and one that gets the quotes wrong begins one with each line of a text. So a guard,
an apostrophe, stands before whatever looks like a formula at the beginning of a cell, behind a
semicolon and at the beginning of a line. `read_table` takes the guards away again.
"""

import codecs
import csv
import io
import re

from coursekit.grading.private import replacing

FORMULA = "=+-@＝＋－＠﹦﹢﹣﹫−"  # what a spreadsheet takes for the beginning of a formula
# The start of a cell, quotes and spaces, and a formula if one begins there. It matches always, and
# takes each character once, so that a long text of nothing but lines costs no time.
START = re.compile(rf"""(^|[;\n])([\s"']*)([{re.escape(FORMULA)}]?)""")
GUARD = re.compile("(^|\n)'")
LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
SEPARATORS = ",;\t"
IN_QUOTES = re.compile('[",;\n]')
MOST_BYTES = 50_000_000  # of a table that is read


def printable(text):
    """Text that no terminal takes for a command and any file can hold; its lines end in \\n."""
    return "".join(shown(c) for c in LINE_ENDS.sub("\n", text))


def shown(character):
    if character == "\n" or character.isprintable():
        return character
    return " " if character.isspace() else "\N{REPLACEMENT CHARACTER}"


def harmless(text):
    """The text of a cell that no spreadsheet takes for a formula."""
    return START.sub(guarded, printable(text))


def guarded(match):
    start, between, formula = match.groups()
    return f"{start}'" + between.replace("\n", "\n'") + formula if formula else match[0]


def without_guards(cell):
    """What `harmless` was given, as far as it could be printed."""
    return START.sub(unguarded, cell)


def unguarded(match):
    start, between, formula = match.groups()
    return start + GUARD.sub(r"\1", between) + formula if formula else match[0]


def write_rows(file, rows):
    """Write rows of texts and numbers as lines of a table. Numbers stay numbers."""
    for row in rows:
        file.write(",".join(map(as_cell, row)) + "\n")


def as_cell(value):
    """A cell as it stands in the file; in quotes when it holds what may separate cells."""
    return quoted(harmless(value) if isinstance(value, str) else f"{value:.12g}")


def quoted(text):
    return '"' + text.replace('"', '""') + '"' if IN_QUOTES.search(text) else text


def read_table(path, columns):
    """Read a table that has these columns, from here or as a spreadsheet saved it.

    Parameters
    ----------
    path : str or Path
        A file in UTF-8, UTF-16 or Windows' own encoding, separated by commas, semicolons or tabs.
    columns : list of str
        Columns that must be there; capital letters are the same as small ones.

    Returns
    -------
    list of dict
        Column -> text, for every row in which something stands.

    Raises
    ------
    ValueError
        With the file, and the line if there is one, when it is no such table.
    """
    lines = lines_of(path, columns)
    _, head = next(lines, (0, []))
    names = [name.strip().lower() for name in head]
    missing = [column for column in columns if column not in names]
    if missing:
        there = ", ".join(filter(None, map(printable, head))) or "nothing"
        raise ValueError(f"{path} has no column {missing[0]!r}; it has {there}")
    twice = [column for column in columns if names.count(column) > 1]
    if twice:
        raise ValueError(f"{path} has two columns {twice[0]!r}")
    return [as_row(path, number, names, cells) for number, cells in lines if any(cells)]


def as_row(path, number, names, cells):
    """Column -> text. Raises ValueError when a cell is below no column."""
    if any(cells[len(names) :]):
        wanted = f"{len(names)} cells, as in its first line"
        raise ValueError(f"{path}, line {number}: a row has {wanted}; got {len(cells)}")
    cells += [""] * (len(names) - len(cells))
    return dict(zip(names, map(without_guards, cells), strict=False))


def drop_rows(path, is_dropped):
    """Write a table again without the rows whose cells `is_dropped` is true of; how many it were.

    The first line and the guards stay. Raises ValueError when it is no table.
    """
    head, *rows = [cells for _, cells in lines_of(path, ["student"])] or [[]]
    kept = [cells for cells in rows if not (cells and is_dropped(cells))]
    if len(kept) < len(rows):
        with replacing(path) as file:
            file.writelines(",".join(map(quoted, cells)) + "\n" for cells in [head, *kept])
    return len(rows) - len(kept)


def lines_of(path, columns):
    """(number of its last line, cells) of each row, the first one included. Raises ValueError."""
    text, mend = decoded(path)
    above = int(text.lower().startswith("sep="))  # a line for Excel alone
    text = text.partition("\n")[2] if above else text
    separator = separator_of(text, columns)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for row in rows:
            yield rows.line_num + above, [mend(cell) for cell in row]
    except csv.Error as error:
        raise ValueError(f"{path}, line {rows.line_num + above}: {error}") from error


def separator_of(text, columns):
    """The separator that shows most of the columns in the first line."""
    first = text.partition("\n")[0].lower()

    def found(separator):
        names = [name.strip(' \r"') for name in first.split(separator)]
        return sum(column in names for column in columns), len(names)

    return max(SEPARATORS, key=found)


def decoded(path):
    """The text of a file, and a function that mends its cells. Raises ValueError.

    Excel may have taken UTF-8 for its own encoding before it saved in either, even within one file.
    """
    try:
        with open(path, "rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise ValueError(f"cannot read {path}: {error.strerror}") from error
    if len(data) > MOST_BYTES:
        raise ValueError(f"cannot read {path}: it is larger than {MOST_BYTES // 1_000_000} MB")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return in_encoding(path, data, "utf-16"), taken_back
    if data.startswith(codecs.BOM_UTF8):
        return in_encoding(path, data, "utf-8-sig"), taken_back
    try:
        return data.decode("utf-8"), str
    except UnicodeDecodeError:
        return in_encoding(path, data, "cp1252"), taken_back


def in_encoding(path, data, encoding):
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ValueError(f"cannot read {path}: it is text in no known encoding") from error


def taken_back(cell):
    """UTF-8 that was read as Windows' encoding ("MÃ¼ller") as it was; any other text as it is."""
    try:
        return cell.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return cell
