"""What commands print: nothing that a terminal obeys, and nothing that an encoding refuses."""

import ast
import io
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from click.testing import CliRunner
from commands import COMMANDS, environment
from hypothesis import example, given
from hypothesis import strategies as st

from coursekit import cli, screen
from coursekit.checks.report import WORDS
from coursekit.checks.summary import NOT_CHECKED, PARTLY

ROOT = Path(__file__).parents[1]
SOURCES = sorted([*(ROOT / "coursekit").rglob("*.py"), *(ROOT / "deploy").rglob("*.py")])
ANY_TEXT = st.text(st.characters(), max_size=60)  # lone surrogates and control characters included


@given(ANY_TEXT)
@example("\x1b[31mred\x1b[0m \x1b]0;title\x07 \x9b2J \x1bc")
@example("a\u202eb\u2066c\u200bd\r\ne\x08f\x7f\x85\u2028")
def test_nothing_is_left_that_a_terminal_obeys(text):
    shown = screen.printable(text)
    hidden = {c for c in shown if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp", "Co")}
    assert hidden <= set(screen.KEPT)
    line = screen.one_line(text, 20)
    assert "\n" not in line
    assert len(line) <= 20


def test_what_is_harmless_is_shown_as_it_is():
    for text in ("Ada Łukasiewicz", "✓ passed", "می‌خواهم", "a\nb", "C:\\Users\\ada", "x² − 1 → 0"):
        assert screen.printable(text) == text
    assert screen.printable("\x1b[1;31mred\x1b[0m\x1b]0;mine\x07") == "red"
    assert screen.printable("a\tb\xa0c") == "a b c"
    assert screen.one_line("one\ntwo\n\n three") == "one two three"
    assert screen.one_line("x" * 50, 9) == "xxxxxxxx…"


def test_a_name_that_is_no_text_is_still_told(tmp_path):
    assert screen.printable("caf\udce9.ipynb") == "caf\\udce9.ipynb"


@given(ANY_TEXT)
@example("".join([*WORDS.values(), NOT_CHECKED, PARTLY, "█·…→"]))
def test_every_text_can_be_written_in_every_encoding(text):
    for encoding in ("ascii", "cp1252", "cp437", "cp932", "utf-8"):
        stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="coursekit.spelt")
        stream.write(text)
        stream.flush()


def test_signs_that_are_lacking_are_spelt():
    text = f"{WORDS['passed']}, {NOT_CHECKED}, [██··] Łódź … é"
    assert text.encode("ascii", "coursekit.spelt") == (
        b"+ passed, o not checked yet, [##..] \\u0141odz ... e"
    )
    assert NOT_CHECKED.encode("cp1252", "coursekit.spelt") == b"o not checked yet"
    assert NOT_CHECKED.encode("utf-8", "coursekit.spelt").decode("utf-8") == NOT_CHECKED


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_every_help_is_plain_enough_for_any_console(command):
    result = CliRunner(charset="ascii").invoke(cli.main, [*command.split(), "--help"])
    assert result.exit_code == 0
    assert result.output.encode("ascii", "coursekit.spelt").decode("ascii").startswith("Usage")


HOSTILE = "a\x1b[2J\x1b]0;owned\x07\nSecond line"


@pytest.mark.parametrize(
    "words",
    [
        ["check", HOSTILE],
        ["grade", HOSTILE],
        ["similar", HOSTILE],
        ["exercises", "--new", HOSTILE],
        ["lab", f"file/{HOSTILE}"],
        ["site", "file", "--repository", HOSTILE],
        [HOSTILE],
        ["check", f"--{HOSTILE}"],
    ],
    ids=lambda words: words[0] if words[0] != HOSTILE else "no command",
)
def test_no_error_brings_orders_to_the_terminal(words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    result = CliRunner().invoke(cli.main, words)
    assert result.exit_code
    assert "\x1b" not in result.output
    assert "\x07" not in result.output
    assert "\nSecond" not in result.output


def calls(tree, *names):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(names):
            yield node


def test_commands_print_at_one_place():
    tree = ast.parse(Path(cli.__file__).read_text("utf-8"))
    assert len([*calls(tree, "click.echo", "print", "click.secho")]) == 1
    assert "printable(" in ast.unparse(next(calls(tree, "click.echo")))


OPENERS = ("open", "fdopen", "NamedTemporaryFile", "TemporaryFile")
NO_TEXT = {"Image.open", "av.open", "os.open", "tarfile.open", "webbrowser.open", "zipfile.open"}


def names_no_encoding(call):
    """Whether a call opens text, or reads a program's words, without a word on the encoding."""
    name = ast.unparse(call.func)
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    if name.endswith((".run", ".Popen", ".check_output")):
        return bool({"text", "universal_newlines"} & given.keys()) and "encoding" not in given
    if "encoding" in given or None in given:  # **form, which says it: see lab_files
        return False
    if name.endswith(".read_text"):
        return not call.args
    if name.endswith(".write_text"):
        return len(call.args) < 2
    if name.endswith("TextIOWrapper"):
        return True
    if name.rpartition(".")[2] in OPENERS and name not in NO_TEXT:
        mode = given.get("mode") or next(iter(call.args[name in ("open", "os.fdopen") :]), None)
        says = ast.unparse(mode) if mode is not None else "r"
        return not ("b" in says or name.endswith("TemporaryFile"))
    return False


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_text_names_its_encoding(path):
    found = [call for call in calls(ast.parse(path.read_text("utf-8")), "") if
             names_no_encoding(call)]  # fmt: skip
    assert [f"{call.lineno}: {ast.unparse(call)}" for call in found] == []


def test_the_rule_finds_what_it_should():
    bad = """(open(p), open(p, "w"), p.open(), p.open("a"), p.read_text(), p.write_text(t),
             os.fdopen(d, "w"), io.TextIOWrapper(b), subprocess.run(c, text=True))"""
    good = """(open(p, "rb"), open(p, encoding="utf-8"), p.open("wb"), p.read_text("utf-8"),
              p.write_text(t, encoding="utf-8"), tarfile.open(p), subprocess.run(c),
              os.open(p, flags), subprocess.run(c, text=True, encoding="utf-8"))"""
    assert len([call for call in calls(ast.parse(bad), "") if names_no_encoding(call)]) == 9
    assert [call for call in calls(ast.parse(good), "") if names_no_encoding(call)] == []


RUN = """
import sys, warnings
warnings.simplefilter("always", EncodingWarning)
sys.argv = ["coursekit", *{words}]
from coursekit.cli import main
main()
"""


@pytest.mark.parametrize("words", [["lab", "file"], ["exercises"], ["similar", "in"], ["doctor"]])
def test_python_finds_no_text_of_ours_without_an_encoding(words, tmp_path):
    """python -X warn_default_encoding, for what the rule above cannot see."""
    for name in ("solutions", "in/ada"):
        (tmp_path / name).mkdir(parents=True)
        source = ROOT / "solutions" / "06_backpropagation.ipynb"
        (tmp_path / name / source.name).write_bytes(source.read_bytes())
    (tmp_path / "file").touch()
    run = subprocess.run(
        [sys.executable, "-X", "warn_default_encoding", "-c", RUN.format(words=words)],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
    )
    assert "Traceback" not in run.stderr
    ours = [line for line in run.stderr.splitlines() if "EncodingWarning" in line]
    assert [line for line in ours if str(ROOT / "coursekit") in line] == []
