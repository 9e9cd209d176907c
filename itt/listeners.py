"""Standard output and error whose reader may go away: `itt train | head`, a terminal that is closed.

What is said then is lost, and nothing else: a training goes on. So it does when there is no room for its log; but
results on standard output that find no room are an error.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Iterator
from typing import Any, TextIO

_LEFT = (errno.EPIPE, errno.EIO, errno.EBADF)
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextlib.contextmanager
def may_leave() -> Iterator[None]:
    """From here on nobody has to listen."""
    # A stream that was closed from the start (2>&-) would give its number to the next file that is opened.
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is this one
    out = _Patient(sys.stdout or _nowhere(), _LEFT)
    err = _Patient(sys.stderr or _nowhere(), _LEFT + _NO_ROOM)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            yield
        finally:
            out.flush()
            err.flush()


def _nowhere() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8")


class _Patient:
    """A text stream that drops what it cannot write; in all else the one that it stands for."""

    def __init__(self, stream: TextIO, errors: tuple[int, ...]) -> None:
        self._stream, self._errors = stream, errors

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except OSError as error:
            self._give_up(error)
            return len(text)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except OSError as error:
            self._give_up(error)

    def _give_up(self, error: OSError) -> None:
        """Leads what is still in the buffer, and what other libraries will write, to nowhere."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._stream.fileno())
        os.close(nowhere)
        if error.errno not in self._errors:
            raise OSError(error.errno, error.strerror, self._stream.name) from None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
