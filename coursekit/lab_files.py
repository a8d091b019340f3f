"""How the servers of `coursekit lab` save, and whom they let in when a network can reach them.

The old file stays until the new one is complete.
"""

import errno
import os
import secrets
import sqlite3
from contextlib import contextmanager, suppress

from jupyter_server.auth.identity import PasswordIdentityProvider
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from tornado.web import HTTPError

from coursekit.files import replacing

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class WholeFiles(AsyncLargeFileManager):
    """Jupyter's files, with another way of writing one.

    Jupyter writes into the file itself and keeps a copy beside it meanwhile. On a full disk that
    can leave half a file, and the next try to save then copies the half file over the good copy.
    """

    @contextmanager
    def atomic_writing(self, os_path, *args, **kwargs):
        """A stream whose content becomes the file os_path when all of it is written."""
        folder = os.path.dirname(os.path.realpath(os_path))
        if not os.access(folder, os.W_OK):  # then there is no place beside it
            with super().atomic_writing(os_path, *args, **kwargs) as stream:
                yield stream
            return
        with (
            self.perm_to_403(os_path),
            _said_in_one_line(os_path),
            _swapped(os.path.realpath(os_path), *args, **kwargs) as stream,
        ):
            yield stream

    def check_and_sign(self, *args, **kwargs):
        """The list of trusted notebooks is on the same full disk; work is saved without it."""
        with suppress(sqlite3.Error):
            super().check_and_sign(*args, **kwargs)


@contextmanager
def _swapped(path, text=True, encoding="utf-8"):
    if os.path.exists(path) and not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, f"not to be written: {path}")
    form = {"mode": "w", "encoding": encoding, "newline": "\n"} if text else {"mode": "wb"}
    with replacing(path, **form) as stream:
        yield stream


@contextmanager
def _said_in_one_line(path):
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise
        name = os.path.basename(path)
        words = f"no room left on the disk: {name} is as it was; make room, then save again"
        raise HTTPError(507, words, reason="Insufficient Storage") from error


class AlwaysAsks(PasswordIdentityProvider):
    """Jupyter's token or password, also where somebody's settings say that none is needed."""

    def __init__(self, **how):
        super().__init__(**how)
        if not self.auth_enabled:
            self.token, self.token_generated = secrets.token_hex(24), True
