"""Signals that ask for an early end: a batch system's SIGTERM or SIGUSR1, a user's Ctrl-C.

SIGHUP, which tells that a terminal was closed, asks for nothing: a training goes on without one.
"""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType

from itt.errors import Stopped

ASKING = (signal.SIGTERM, signal.SIGUSR1, signal.SIGINT)


class Signals:
    """Remembers that a signal came, until someone checks. A second Ctrl-C ends the process at once."""

    def __init__(self) -> None:
        """Nothing has come yet."""
        self.came: signal.Signals | None = None
        self._at_once = False

    def heed(self) -> None:
        """From now on the signals are remembered instead of ending the process."""
        for number in ASKING:
            signal.signal(number, self._remember)
        signal.signal(signal.SIGALRM, self._tire)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    @contextlib.contextmanager
    def at_once(self, most: float = 0.0) -> Iterator[None]:
        """While this lasts, a signal does not wait to be checked for: Stopped is raised in the midst of things.

        A task may be long, or never end; what it leaves half done is lost with its result. Whatever it makes of the
        interruption, Stopped is what comes of it; if it makes nothing of it, the next check raises.

        Args:
            most: Seconds after which Stopped is raised likewise, 0 for never.
        """
        self._at_once, self._most = True, most
        if most:
            signal.setitimer(signal.ITIMER_REAL, most, most)
        try:
            yield
        except Exception:
            self._at_once = False
            self.check()
            raise
        finally:
            self._at_once = False
            if most:
                signal.setitimer(signal.ITIMER_REAL, 0.0)

    def check(self) -> None:
        """Raises Stopped, once, if a signal came."""
        if self.came is not None:
            came, self.came = self.came, None
            raise Stopped(f"stopped by {came.name}")

    def _tire(self, number: int, frame: FrameType | None) -> None:
        if self._at_once:
            raise Stopped(f"one task took more than {self._most:.0f} s")

    def _remember(self, number: int, frame: FrameType | None) -> None:
        if number == signal.SIGINT:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        self.came = signal.Signals(number)
        if self._at_once:
            raise Stopped(f"stopped by {self.came.name}")


def ignore() -> None:
    """What a worker does: it goes on until the coordinator, which got the signal too, has saved and says so."""
    for number in (*ASKING, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
