"""Which worker gets the next item: each one in advance, but none for whom all others would have to wait."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_REMEMBERED = 50
"""Tasks over which a worker's pace is a mean, about."""
_SLOW = 3.0
"""Times the usual seconds a task, from which on a worker is a slow one."""
_KNOWN = 20
"""Tasks of a worker after which it may be named as a slow one: before that it may have had long ones by chance."""
_SHORT = 0.1
"""Seconds of a task below which a worker that has nothing at hand loses more than it may make others wait."""


@dataclass
class Work:
    """What one rank has done so far: `tasks` of them in `seconds`; `pace`, seconds a task, is about its newest."""

    rank: int
    host: str
    tasks: int = 0
    seconds: float = 0.0
    pace: float = 0.0

    def add(self, seconds: float) -> None:
        """Notes one more task."""
        self.tasks += 1
        self.seconds += seconds
        self.pace += (seconds - self.pace) / min(self.tasks, _REMEMBERED)

    def told(self) -> dict[str, Any]:
        """What a record says of it."""
        return {"rank": self.rank, "host": self.host, "tasks": self.tasks, "seconds": round(self.seconds, 3)}


class Shares:
    """Decides by the workers' pace, their seconds a task, as it was when it was last looked at."""

    def __init__(self, work: Sequence[Work]) -> None:
        """`work` has the workers' own, in order of their ranks; what it says may change."""
        self._work = work
        self._named: set[int] = set()
        self.renew()

    def renew(self) -> None:
        """Looks at the pace of all that have one: at least half of them need no more than what is `usual`."""
        known = {one.rank: one.pace for one in self._work if one.tasks}
        self.usual = statistics.median_low(known.values()) if known else 0.0
        self._slow = {rank: pace for rank, pace in known.items() if pace > _SLOW * self.usual}

    def wants(self, one: Work, holds: int, rest: int) -> bool:
        """Whether a worker that `holds` so many items is to get one of the `rest`.

        One that is not slow takes an item when it holds none, so none is left over.
        """
        if holds == 0:
            alone = rest * self.usual / max(1, len(self._work) - 1)  # how long the others would need for all of it
            return self._slow.get(one.rank, 0.0) <= alone
        if holds > 1 or not one.tasks or one.rank in self._slow:
            return False
        return self.usual < _SHORT or rest > len(self._work)

    def newly_slow(self) -> list[Work]:
        """Slow workers that were not named before."""
        slow = [one for one in self._work if one.tasks >= _KNOWN and one.pace > _SLOW * self.usual]
        new = [one for one in slow if one.rank not in self._named]
        self._named.update(one.rank for one in new)
        return new
