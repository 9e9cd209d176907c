"""A team of MPI ranks: the coordinator hands out items, the workers play them.

Own code where mpi4py.futures was tried first: its workers wait for the next item with nothing at hand, and both ends
poll with a pause of up to 1 ms, so a task of 4 ms ran at 0.62 of its speed. Here each worker holds one item in advance,
so that it never waits for an answer; docs/architecture.md has the measurement.
"""

from __future__ import annotations

import contextlib
import platform
import signal
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from enum import IntEnum
from types import FrameType
from typing import Any

from mpi4py import MPI

from itt.errors import UserError
from itt.ranks.signals import Signals
from itt.ranks.team import RankError

_AHEAD = 2
"""Items with a worker: the one it plays and the next."""
_SHORTEST, _LONGEST = 5e-5, 2e-3
"""Seconds between two looks for a message: at first, and at most."""
_LOOK = 1.0
"""Seconds between a worker's looks for a message while it is at a task."""


class _Tag(IntEnum):
    SHARED = 1  # (task, shared) of a map
    ITEM = 2  # (map number, index, item)
    HOME = 3
    RESULT = 4  # (map number, index, result)
    ERROR = 5  # (map number, traceback)
    HELLO = 6  # the machine's name
    BYE = 7
    MISTAKE = 8  # (map number, the user's mistake in one line)


class Crew:
    """The coordinator's end."""

    def __init__(self, comm: MPI.Intracomm, signals: Signals) -> None:
        """Greets all workers, which tells the machine of each."""
        self.ranks = comm.size
        self.workers = comm.size - 1
        self.library: str | None = " ".join(MPI.Get_library_version().split("\n")[0].split(",")[0].split())
        self.hosts = [platform.node()]
        self._comm, self._signals, self._map = comm, signals, 0
        self._sent: list[MPI.Request] = []
        for rank in range(1, comm.size):
            self.hosts.append(_receive(comm, rank, _Tag.HELLO)[0])

    def map(self, task: Callable[[Any, Any], Any], shared: Any, items: Sequence[Any]) -> list[Any]:
        """See `itt.ranks.Team.map`."""
        self._map += 1
        results: list[Any] = [None] * len(items)
        waiting = iter(enumerate(items))
        for ahead in range(_AHEAD):
            for rank in range(1, self.ranks):
                if ahead == 0:
                    self._send((task, shared), rank, _Tag.SHARED)
                self._hand_out(waiting, rank)
        missing = len(items)
        while missing:
            (number, *rest), rank, tag = self._next_message()
            if tag == _Tag.ERROR:
                raise RankError(f"rank {rank} ({self.hosts[rank]}): {rest[0]}")
            if tag == _Tag.MISTAKE:
                raise UserError(rest[0])
            if number == self._map:  # else it is left over from a map that a signal ended
                index, results[index] = rest
                missing -= 1
                self._hand_out(waiting, rank)
        self._signals.check()
        return results

    def dismiss(self) -> None:
        """Sends the workers home, each after what it plays at the moment."""
        for rank in range(1, self.ranks):
            self._send(None, rank, _Tag.HOME)
        at_work = self.workers
        while at_work:
            _, _, tag = _receive(self._comm, MPI.ANY_SOURCE, MPI.ANY_TAG)
            at_work -= tag == _Tag.BYE
        MPI.Request.Waitall(self._sent)

    def _hand_out(self, waiting: Any, rank: int) -> None:
        entry = next(waiting, None)
        if entry is not None:
            self._send((self._map, *entry), rank, _Tag.ITEM)

    def _send(self, message: Any, rank: int, tag: int) -> None:
        # Never a blocking send: a long message waits for its receiver, who may be in the middle of an episode.
        self._sent = [request for request in self._sent if not request.Test()]
        self._sent.append(self._comm.isend(message, rank, tag))

    def _next_message(self) -> tuple[Any, int, int]:
        return _receive(self._comm, MPI.ANY_SOURCE, MPI.ANY_TAG, self._signals.check)


def serve(comm: MPI.Intracomm) -> None:
    """A worker's end: tasks until the coordinator sends it home."""
    comm.send(platform.node(), 0, _Tag.HELLO)
    task: Any = None
    shared: Any = None
    while True:
        # Home overtakes items that are still in the queue.
        tag = _Tag.HOME if comm.iprobe(0, _Tag.HOME) else MPI.ANY_TAG
        message, _, tag = _receive(comm, 0, tag)
        if tag == _Tag.HOME:
            while comm.iprobe(0, MPI.ANY_TAG):
                comm.recv(source=0)
            comm.send(None, 0, _Tag.BYE)
            return
        if tag == _Tag.SHARED:
            task, shared = message
            continue
        number, index, item = message
        try:
            with _called_home(comm):
                result = task(shared, item)
        except _Home:
            continue
        except UserError as mistake:
            comm.send((number, str(mistake)), 0, _Tag.MISTAKE)
            continue
        except Exception:
            comm.send((number, traceback.format_exc()), 0, _Tag.ERROR)
            continue
        comm.send((number, index, result), 0, _Tag.RESULT)


class _Home(BaseException):
    """The coordinator sends this worker home in the midst of a task."""


@contextlib.contextmanager
def _called_home(comm: MPI.Intracomm) -> Iterator[None]:
    """Looks every second whether the coordinator wants this worker home: a task may be long, or never end."""

    at_work = True

    def look(number: int, frame: FrameType | None) -> None:
        if at_work and comm.iprobe(0, _Tag.HOME):
            raise _Home

    before = signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, _LOOK, _LOOK)
    try:
        yield
    finally:
        at_work = False  # first of all: what is below must not be interrupted
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)


def _receive(
    comm: MPI.Intracomm, source: int, tag: int, check: Callable[[], None] = lambda: None
) -> tuple[Any, int, int]:
    """The next message and its (source, tag). Looks, sleeps, looks again: a blocking receive keeps a core busy."""
    status, pause = MPI.Status(), _SHORTEST
    while not comm.iprobe(source, tag, status):
        check()
        time.sleep(pause)
        pause = min(1.25 * pause, _LONGEST)
    message = comm.recv(source=status.source, tag=status.tag)
    return message, status.source, status.tag
