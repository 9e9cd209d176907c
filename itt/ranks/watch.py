"""Who owes the coordinator a word, and for how long: a process that is stopped must not stop a job for ever.

A worker that is at a task says now and then that it is alive. One that is stopped, or whose machine is gone, cannot.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass

from itt.errors import Stopped

TOLD_AFTER = 0.1
"""Share of the patience after which the user is told what the coordinator waits for."""
_STEP = 1.0
"""Seconds between two looks at all ranks, and the most that count between two looks at the clock."""
_BEAT = 10.0
"""Seconds between two signs of life, at most."""


@dataclass(frozen=True)
class Patience:
    """How long the coordinator waits for a rank, in seconds.

    Attributes:
        silence: For one that gives no sign of life.
        task: For one that is alive, and always at the same task.
    """

    silence: float = 600.0
    task: float = 3600.0

    @property
    def beat(self) -> float:
        """Seconds between two signs of life."""
        return min(_BEAT, self.silence / 20.0)


class Lost(Stopped):
    """A rank was waited for in vain."""


class Watch:
    """What the coordinator waits for.

    Its clock stands still while the coordinator itself does not run, or computes: a job that was suspended as a whole
    and goes on hours later has lost nobody.
    """

    def __init__(self, hosts: list[str], patience: Patience) -> None:
        """Nobody owes anything yet; `hosts` has the machine of each rank, as far as it is known."""
        self._hosts, self._patience = hosts, patience
        self._clock, self._looked, self._next = 0.0, time.monotonic(), _STEP
        self._heard: dict[int, float] = {}
        self._began: dict[int, float] = {}
        self._silent: set[int] = set()
        self._long: set[int] = set()

    def expects(self, ranks: Iterable[int]) -> None:
        """From now on these ranks owe a word, each for a task that begins now."""
        self._tick()
        for rank in ranks:
            self._heard[rank] = self._began[rank] = self._clock
            self._long.discard(rank)

    def heard(self, rank: int) -> None:
        """The rank has given a sign of life."""
        self._heard[rank] = self._clock
        if rank in self._silent:
            self._silent.remove(rank)
            say(f"{self.named(rank)} is heard again")

    def settled(self, rank: int) -> None:
        """The rank owes nothing more."""
        self._began.pop(rank, None)

    def forget(self) -> None:
        """Nobody owes anything any more: what they are at is left over from a map that a signal ended."""
        self._began.clear()

    def look(self) -> None:
        """To be called again and again while the coordinator waits.

        Raises:
            Lost: A rank has been waited for long enough.
        """
        self._tick()
        if self._clock < self._next:
            return
        self._next = self._clock + min(_STEP, TOLD_AFTER * self._patience.silence)
        for rank, began in self._began.items():
            silence, task = self._patience.silence, self._patience.task
            self._check(rank, self._clock - self._heard[rank], silence, "has given no sign of life", self._silent)
            self._check(rank, self._clock - began, task, "has been at one task", self._long)

    def _check(self, rank: int, waited: float, most: float, what: str, told: set[int]) -> None:
        line = f"{self.named(rank)} {what} for {waited:.0f} s"
        if waited >= most:
            raise Lost(line)
        if waited >= TOLD_AFTER * most and rank not in told:
            told.add(rank)
            say(f"{line}; after {most:.0f} s the job ends, to go on later")

    def named(self, rank: int) -> str:
        """`rank 3 (node7)`."""
        return f"rank {rank} ({self._hosts[rank]})" if self._hosts[rank] else f"rank {rank}"

    def _tick(self) -> None:
        now = time.monotonic()
        self._clock += min(now - self._looked, _STEP)
        self._looked = now


def say(line: str) -> None:
    """Prints a line for the user."""
    print(f"itt: {line}", file=sys.stderr, flush=True)
