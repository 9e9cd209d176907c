"""MPI's own start, which waits for all ranks and hears nothing meanwhile, neither signals nor threads of Python's."""

from __future__ import annotations

import contextlib
import os
import platform
import select
import signal
from collections.abc import Iterator

from itt.ranks.launch import is_first
from itt.ranks.watch import TOLD_AFTER, Patience, say


@contextlib.contextmanager
def watched_start(patience: Patience) -> Iterator[None]:
    """Sees to it that rank 0 does not wait for ever in what follows, for a rank that never comes up.

    A child process looks at the clock. It says what it waits for and, where that does not help, kills rank 0, which
    makes the launcher end the job.
    """
    if not is_first():
        yield
        return
    from_parent, to_child = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(to_child)
            _look_at_the_clock(from_parent, os.getppid(), patience.silence)
        finally:
            os._exit(0)
    os.close(from_parent)
    try:
        yield
    finally:
        os.close(to_child)
        os.waitpid(child, 0)


def _look_at_the_clock(from_parent: int, parent: int, most: float) -> None:
    here = f"rank 0 ({platform.node()})"
    if _is_over(from_parent, TOLD_AFTER * most):
        return
    say(f"{here} waits for a rank that has not come up; after {most:.0f} s the job ends, to go on later")
    if not _is_over(from_parent, (1.0 - TOLD_AFTER) * most):
        say(f"{here} has waited {most:.0f} s for a rank that has not come up")
        os.kill(parent, signal.SIGKILL)


def _is_over(from_parent: int, seconds: float) -> bool:
    """Whether the other end is closed within so many seconds: MPI has started, or rank 0 is no more."""
    return bool(select.select([from_parent], [], [], seconds)[0])
