"""What a leader has at hand: a team that maps a task over items."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol, TypeVar

from itt.ranks.shares import Work
from itt.ranks.signals import Signals
from itt.ranks.watch import Patience

Shared = TypeVar("Shared")
Item = TypeVar("Item")
Result = TypeVar("Result")


class Traffic(NamedTuple):
    """Messages that the coordinator sent or received, and their bytes."""

    messages: int = 0
    bytes: int = 0

    def and_one(self, size: int) -> Traffic:
        """With a message of so many bytes."""
        return Traffic(self.messages + 1, self.bytes + size)

    def since(self, before: Traffic) -> Traffic:
        """What came after `before`."""
        return Traffic(self.messages - before.messages, self.bytes - before.bytes)


class Team(Protocol):
    """Those who do the tasks."""

    ranks: int
    """How many processes there are in all."""
    workers: int
    """How many of them do tasks at the same time."""
    hosts: list[str]
    """The machine of each rank."""
    library: str | None
    """The MPI library, if there is one."""
    work: Sequence[Work]
    """What each of those who do the tasks has done."""
    traffic: Traffic
    """What has passed between processes so far."""

    def map(self, task: Callable[[Shared, Item], Result], shared: Shared, items: Sequence[Item]) -> list[Result]:
        """`[task(shared, item) for item in items]`.

        Args:
            task: A function that every process can import.
            shared: What all items have in common; sent to each worker when it is not what the call before had.
            items: Handed out one by one, in order, to whoever is free.

        Raises:
            Stopped: A signal asked for an early end: results so far are lost, the team can still be used. Or a rank
                is silent, or at one task, for longer than the team has patience.
            UserError: A task met a user's mistake, on whatever rank.
            RankError: A task raised anything else on another rank; the message is that rank's.
        """

    def rest(self, seconds: float) -> None:
        """Does nothing for some seconds.

        Raises:
            Stopped: A signal asked for an early end.
        """


class RankError(Exception):
    """A task raised on a worker. The message holds the rank and its traceback."""


class Alone:
    """A team of one process."""

    ranks = workers = 1
    library: str | None = None
    traffic = Traffic()

    def __init__(self, signals: Signals, patience: Patience | None = None) -> None:
        """A team that heeds `signals`, in the midst of an item too."""
        import platform

        self.hosts = [platform.node()]
        self.work: Sequence[Work] = [Work(0, platform.node())]
        self._signals, self._patience = signals, patience or Patience()

    def map(self, task: Callable[[Any, Any], Any], shared: Any, items: Sequence[Any]) -> list[Any]:
        """See `Team.map`."""
        results = []
        for item in items:
            self._signals.check()
            started = time.perf_counter()
            with self._signals.at_once(self._patience.task):
                results.append(task(shared, item))
            self.work[0].add(time.perf_counter() - started)
        self._signals.check()
        return results

    def rest(self, seconds: float) -> None:
        """See `Team.rest`."""
        with self._signals.at_once():
            time.sleep(seconds)
        self._signals.check()
