"""The marks of a class in one SQLite file, written one by one, so that no crash loses any.

A submission is one student's work on one exercise. Marking it again adds a row: the newest counts,
the older ones stay. The table `to_do` says what runs set out to mark and have not marked yet.
"""

import json
import os
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from coursekit.grading.mark import FAULT, Result
from coursekit.grading.private import narrow, private_file

TABLES = """
CREATE TABLE IF NOT EXISTS marks (
    number INTEGER PRIMARY KEY, student TEXT NOT NULL, exercise TEXT NOT NULL,
    marked_at TEXT NOT NULL, file TEXT NOT NULL, saved_at REAL,
    results TEXT NOT NULL, texts TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS of_submission ON marks (student, exercise, number);
CREATE TABLE IF NOT EXISTS to_do (student TEXT, exercise TEXT, PRIMARY KEY (student, exercise));
CREATE TABLE IF NOT EXISTS by_hand (
    student TEXT, task_id TEXT, points REAL, comment TEXT, PRIMARY KEY (student, task_id));
"""


@dataclass(frozen=True)
class Submission:
    """The notebook that one student handed in for one exercise; None when there is none."""

    student: str
    exercise: str
    path: Path | None

    @property
    def key(self):
        return plain(self.student), self.exercise


@dataclass(frozen=True)
class Marks:
    """What the grader found in one submission."""

    results: tuple[Result, ...]
    texts: dict[str, str]  # id -> what the learner wrote, for the cells that a person marks
    saved_at: float | None = None  # when the file was last written, in seconds since 1970


class Store:
    """The file of marks. Only the main process writes to it."""

    def __init__(self, path):
        """Open it, or make it. Raises OSError or ValueError when that is impossible."""
        private_file(path)
        for beside in (f"{path}-wal", f"{path}-shm"):  # of a run that was killed
            if os.path.exists(beside):
                narrow(beside)
        try:
            self.file = sqlite3.connect(path, isolation_level=None)
            self.file.execute("PRAGMA journal_mode=WAL")  # kill -9 leaves whole rows only
            self.file.execute("PRAGMA synchronous=NORMAL")
            self.file.executescript(TABLES)
        except sqlite3.Error as error:
            raise OSError(0, f"{error}") from error

    def __enter__(self):
        return self

    def __exit__(self, kind, error, *_):
        """Close it. A full disk, or a folder that cannot be written any more, is an OSError."""
        self.file.close()
        if isinstance(error, OSError | sqlite3.Error):
            why = getattr(error, "strerror", None) or error
            raise OSError(0, f"{why}; what was marked is kept, --resume goes on") from error

    def plan(self, submissions):
        """Put all of them on the list of things to do."""
        self.file.execute("BEGIN")
        self.file.executemany(
            "INSERT OR IGNORE INTO to_do VALUES (?, ?)", (each.key for each in submissions)
        )
        self.file.execute("COMMIT")

    def is_left(self, submission):
        """Whether it is on the list, was never marked, or its file is another one by now."""
        if self._one("SELECT 1 FROM to_do WHERE student = ? AND exercise = ?", submission.key):
            return True
        file = self._newest("file", submission.key)
        return file is None or file[0] != version(submission.path)[0]

    def keep(self, submission, marks):
        """Add the marks and take the submission off the list; both or neither.

        It stays on the list when there are none because of a fault of ours.
        """
        failed = any(result.reason.startswith(FAULT) for result in marks.results)
        results = json.dumps([asdict(result) for result in marks.results])
        now = datetime.now(UTC).isoformat(timespec="seconds")
        row = *submission.key, now, *version(submission.path), results, json.dumps(marks.texts)
        self.file.execute("BEGIN")
        self.file.execute("INSERT INTO marks VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)", row)
        if not failed:
            wanted = "DELETE FROM to_do WHERE student = ? AND exercise = ?"
            self.file.execute(wanted, submission.key)
        self.file.execute("COMMIT")

    def marks(self, student, exercise):
        """The newest marks of a submission, or None."""
        row = self._newest("results, texts, saved_at", (plain(student), exercise))
        return None if row is None else as_marks(*row)

    def history(self, student, exercise):
        """All marks that a submission ever got, oldest first."""
        wanted = "SELECT results, texts, saved_at FROM marks WHERE student = ? AND exercise = ?"
        rows = self.file.execute(f"{wanted} ORDER BY number", (plain(student), exercise))
        return [as_marks(*row) for row in rows]

    def exercises(self):
        """Names of the exercises of which anything was marked."""
        return {name for (name,) in self.file.execute("SELECT DISTINCT exercise FROM marks")}

    def keep_by_hand(self, rows):
        """Add or replace a person's marks: (student, task id, points, comment) each."""
        self.file.execute("BEGIN")
        self.file.executemany("INSERT OR REPLACE INTO by_hand VALUES (?, ?, ?, ?)", rows)
        self.file.execute("COMMIT")

    def forget(self, student):
        """Delete all about a student, also from free space of the file; return how many rows."""
        gone = 0
        self.file.execute("BEGIN")
        for table in ("marks", "to_do", "by_hand"):
            wanted = f"DELETE FROM {table} WHERE student = ?"
            gone += self.file.execute(wanted, (plain(student),)).rowcount
        self.file.execute("COMMIT")
        self.file.execute("VACUUM")
        self.file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return gone

    def by_hand(self, student, task_id):
        """A person's points and comment; None and no words until there are any."""
        wanted = "SELECT points, comment FROM by_hand WHERE student = ? AND task_id = ?"
        return self._one(wanted, (plain(student), task_id)) or (None, "")

    def _newest(self, columns, key):
        wanted = f"SELECT {columns} FROM marks WHERE student = ? AND exercise = ?"
        return self._one(f"{wanted} ORDER BY number DESC LIMIT 1", key)

    def _one(self, statement, values=()):
        with closing(self.file.execute(statement, values)) as rows:
            return rows.fetchone()


@contextmanager
def held(path):
    """Keep other runs from a file of marks. Raises ValueError when one is at work on it.

    The system itself lets go of it when this process ends, however that happens. Enter it before
    SQLite opens the file, leave it afterwards: closing a file drops SQLite's own locks on it.
    """
    import fcntl  # not on Windows, where nothing is marked

    private_file(path)
    with open(os.open(path, os.O_RDWR), "rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ValueError(f"another run is writing to {path}; wait for its end") from error
        yield


def as_marks(results, texts, saved_at):
    found = tuple(Result(**r | {"notes": tuple(r["notes"])}) for r in json.loads(results))
    return Marks(found, json.loads(texts), saved_at)


def version(path):
    """(size and time of a file in words, seconds since 1970); without a file, ("", None)."""
    if path is None:
        return "", None
    try:
        found = path.lstat()
    except OSError:
        return "", None
    return f"{found.st_size} bytes, {found.st_mtime_ns} ns", found.st_mtime


def plain(name):
    """A file's name as text that can be stored anywhere; different names stay different."""
    return name.replace("\\", "\\\\").encode("utf-8", "backslashreplace").decode("utf-8")
