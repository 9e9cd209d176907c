"""What a rank says before it ends the whole job, so that it is heard."""

from __future__ import annotations

import contextlib
import fcntl
import sys
import termios
import time

_PATIENCE = 5.0
"""Seconds to wait at most until somebody has read it."""
_LOOK = 0.01
_ON_THE_WAY = 0.1
"""Seconds from the launcher's process on this host to the terminal."""


def last_words(text: str) -> None:
    """Prints `text` to standard error and waits until the launcher has read it.

    A launcher reads its processes' output through a pipe, beside all else that it does. MPI_Abort makes it end them and
    leave, and what then still is in the pipe is lost: on a busy machine, now and then, the very message that says why.
    """
    print(text, file=sys.stderr, flush=True)
    with contextlib.suppress(OSError, ValueError):  # a closed stream; a file or a terminal, which need no wait
        waited = time.monotonic() + _PATIENCE
        while _unread() and time.monotonic() < waited:
            time.sleep(_LOOK)
        time.sleep(_ON_THE_WAY)


def _unread() -> int:
    """The bytes in the pipe that standard error writes to; the kernel tells them at either end of it."""
    answer = fcntl.ioctl(sys.stderr.fileno(), termios.FIONREAD, bytes(4))
    return int.from_bytes(answer, sys.byteorder)
