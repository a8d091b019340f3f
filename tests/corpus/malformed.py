"""Files that are no notebooks: bytes of a file, and whole folders of a class."""

import json

from corpus.build import SOLUTION

TEXT = json.dumps(SOLUTION)

BROKEN = {
    "empty-file": b"",
    "half-a-file": json.dumps(SOLUTION).encode()[:5000],
    "not-json": b"\x00\xff\xfe hello",
    "a-list": b"[]",
    "a-number": b"3",
    "deep-nesting": b"[" * 100_000,
    "cells-a-number": b'{"cells": 3}',
    "old-format": b'{"worksheets": [{"cells": []}], "nbformat": 3}',
    "other-encoding": TEXT.encode("utf-16")[3:],
    "latin-1": TEXT.replace("the", "thé").replace("\\u", "\xe9").encode("latin-1", "replace")[:-1],
    "two-notebooks": (TEXT * 2).encode(),
    "zeros": bytes(100_000),
    "a-text": b'"cells"',
    "a-picture": b"\x89PNG\r\n\x1a\n" + bytes(1000),
    "compressed": __import__("gzip").compress(TEXT.encode()),
    "deep-mappings": b'{"cells":' * 50_000,
    "many-brackets": b'{"cells":[' + b"[]," * 1_500_000 + b"[]]}",
    "large-number": b'{"cells": ' + b"9" * 100_000 + b"}",
    "cells-a-mapping": b'{"cells": {"0": {"cell_type": "code", "source": "1"}}}',
    "mark-alone": b"\xef\xbb\xbf",
    "marks-twice": b"\xef\xbb\xbf" * 2 + TEXT.encode(),
    "no-conflict-solved": b"<<<<<<< HEAD\n" + TEXT.encode() + b"\n=======\n{}\n>>>>>>> mine\n",
    "python-file": b"def tanh(x):\n    return np.tanh(x)\n",
    "single-quotes": str({"cells": []}).encode(),
    "infinite": b'{"cells": -Infinity}',
    "half-a-pair": b'{"cells": "\\ud8',
    "archive": b"PK\x03\x04" + bytes(500),
    "pages": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    "cut-32-bits": TEXT.encode("utf-32")[:-2],
    "overlong-letters": b'{"cells": "\xc0\xaf\xed\xa0\x80"}',
    "html": b"<!doctype html><title>Sign in</title>",
}
