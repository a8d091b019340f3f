"""What spreadsheets make of a file of cells, and how they save it.

    python tests/spreadsheets.py

shows it with a real one (LibreOffice Calc: sudo apt-get install libreoffice-calc). It opens the
corpus's hostile cells as our tables have them, with each separator, and must find no formula.
"""

import csv
import io
import re
import subprocess
import sys
import tempfile
from pathlib import Path

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


def opened(path, separators, home):
    """The text of LibreOffice's own file of a table. 44, 59, 9: , ; and tab; 34: ", 76: UTF-8."""
    words = ["soffice", f"-env:UserInstallation=file://{home}", "--headless"]
    words += [f"--infilter=CSV:{separators},34,76", "--convert-to", "fods", "--outdir", home, path]
    subprocess.run(words, check=True, capture_output=True)
    return (Path(home) / path.with_suffix(".fods").name).read_text("utf-8")


def main():
    import corpus

    from coursekit.grading.tables import write_rows

    failed = False
    with tempfile.TemporaryDirectory() as home:
        ours, raw = Path(home, "ours.csv"), Path(home, "raw.csv")
        with open(ours, "w", encoding="utf-8", newline="") as file:
            write_rows(file, [["student", "answer"], *([cell, cell] for cell in corpus.CELLS)])
        raw.write_text("x,=1+1\nx;=1+1\nx\t=1+1\n")
        for separators in ("44", "59", "9", "44/59/9"):
            counts = [
                opened(path, separators, home).count("table:formula=") for path in (ours, raw)
            ]
            print(f"{separators:8} {counts[0]} formulas in our table, {counts[1]} without guards")
            failed |= counts[0] > 0 or counts[1] == 0
    return failed


if __name__ == "__main__":
    sys.exit(main())
