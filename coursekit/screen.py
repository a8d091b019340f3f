"""What commands print: safe for any terminal, and for a file or a console of any encoding."""

import codecs
import re
import sys
import unicodedata

# Signs that a console of an older encoding lacks; the words beside them say the same.
SIGNS = {"✓": "+", "✗": "x", "○": "o", "█": "#", "·": ".", "…": "...", "→": "->", "−": "-"}
KEPT = "\n\u200c\u200d"  # line ends, and the joiners that names in Persian or Hindi need
# What a terminal obeys: sequences that begin with ESC or its one-byte form (ECMA-48, 5.4 and 5.6).
ORDERS = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f]).*?(?:\x07|\x1b\\|\x9c|$)"
    r"|\x1b[ -/]*[0-~]?",
    re.DOTALL,
)


def printable(text):
    """Text without what a terminal obeys: its sequences, its control characters, turned writing."""
    text = ORDERS.sub("", str(text).replace("\r\n", "\n"))
    return "".join(c if c in KEPT or c.isprintable() else _instead(c) for c in text)


def one_line(text, most=1000):
    """`printable` text on one line of at most `most` characters."""
    line = " ".join(printable(str(text)[: 4 * most]).split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def _instead(character):
    kind = unicodedata.category(character)
    if kind == "Cs":  # half of a character, as in a file name that is no UTF-8
        return f"\\u{ord(character):04x}"
    return " " if kind == "Zs" or character == "\t" else "\N{REPLACEMENT CHARACTER}"


def fit_any_encoding():
    """From here on nothing that is printed fails for want of a sign in the stream's encoding."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="coursekit.spelt")


def _spelt(error):
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_spell, error.object[error.start : error.end])), error.end


def _spell(character):
    if character in SIGNS:
        return SIGNS[character]
    plain = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode("ascii")
    return plain or character.encode("ascii", "backslashreplace").decode("ascii")


codecs.register_error("coursekit.spelt", _spelt)
