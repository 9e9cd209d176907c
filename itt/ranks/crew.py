"""A team of MPI ranks: the coordinator hands out items, the workers play them.

Own code where mpi4py.futures was tried first: its workers wait for the next item with nothing at hand, and both ends
poll with a pause of up to 1 ms, so a task of 4 ms ran at 0.62 of its speed. Here a worker holds one item in advance, so
that it does not wait for an answer; docs/architecture.md has the measurement, and `shares` the exceptions.
"""

from __future__ import annotations

import contextlib
import platform
import signal
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from enum import IntEnum
from types import FrameType
from typing import Any

from mpi4py import MPI

from itt.errors import UserError
from itt.ranks.shares import Shares, Work
from itt.ranks.signals import Signals
from itt.ranks.team import RankError, Traffic
from itt.ranks.watch import Lost, Patience, Watch, say

_SHORTEST, _LONGEST = 5e-5, 2e-3
"""Seconds between two looks for a message: at first, and at most."""
_LOOK = 1.0
"""Seconds between a worker's looks for a message while it is at a task, at most."""


class _Tag(IntEnum):
    SHARED = 1  # (task, shared) of a map
    ITEM = 2  # (map number, index, item)
    HOME = 3
    RESULT = 4  # (map number, seconds, index, result)
    ERROR = 5  # (map number, traceback)
    HELLO = 6  # the machine's name
    BYE = 7
    MISTAKE = 8  # (map number, the user's mistake in one line)
    ALIVE = 9  # in the midst of a task


class Crew:
    """The coordinator's end."""

    def __init__(self, comm: MPI.Intracomm, signals: Signals, patience: Patience) -> None:
        """Nobody is heard of yet; see `greet`."""
        self.ranks = comm.size
        self.workers = comm.size - 1
        self.library: str | None = " ".join(MPI.Get_library_version().split("\n")[0].split(",")[0].split())
        self.hosts = [platform.node(), *[""] * self.workers]
        self.work: Sequence[Work] = [Work(rank, "") for rank in range(1, comm.size)]
        self.traffic = Traffic()
        self.broken = False
        """Whether a worker was waited for in vain, so that not all can be sent home."""
        self._comm, self._signals, self._map = comm, signals, 0
        self._shared = b""
        self._sent: list[deque[MPI.Request]] = [deque() for _ in range(comm.size)]
        self._shares, self._watch = Shares(self.work), Watch(self.hosts, patience)

    def greet(self) -> None:
        """Waits for all workers, each of which tells its machine."""
        self._watch.expects(range(1, self.ranks))
        for _ in range(self.workers):
            host, rank, _ = self._next_message(_Tag.HELLO)
            self._watch.settled(rank)
            self.hosts[rank] = self.work[rank - 1].host = host

    def map(self, task: Callable[[Any, Any], Any], shared: Any, items: Sequence[Any]) -> list[Any]:
        """See `itt.ranks.Team.map`."""
        self._map += 1
        self._watch.forget()
        self._shares.renew()
        results: list[Any] = [None] * len(items)
        waiting = deque(enumerate(items))
        holds = [0] * self.ranks
        self._share(MPI.pickle.dumps((task, shared)))
        for _ in range(2):  # each gets one before any gets its second
            for rank in range(1, self.ranks):
                self._hand_out(waiting, holds, rank)
        missing = len(items)
        while missing:
            message, rank, tag = self._next_message()
            if tag == _Tag.ALIVE:
                continue
            number, *rest = message
            if tag == _Tag.ERROR:
                raise RankError(f"{self._watch.named(rank)}: {rest[0]}")
            if tag == _Tag.MISTAKE:
                raise UserError(rest[0])
            seconds, index, result = rest
            self._note(rank, seconds)
            if number == self._map:  # else it is left over from a map that a signal ended
                results[index] = result
                missing -= 1
                holds[rank] -= 1
                if holds[rank]:
                    self._watch.expects([rank])
                else:
                    self._watch.settled(rank)
                while self._hand_out(waiting, holds, rank):
                    pass
        self._tell_slow()
        self._signals.check()
        return results

    def rest(self, seconds: float) -> None:
        """See `itt.ranks.Team.rest`."""
        self._signals.check()
        time.sleep(seconds)
        self._signals.check()

    def dismiss(self) -> None:
        """Sends the workers home, each after what it plays at the moment.

        Raises:
            Lost: One does not go.
        """
        for rank in range(1, self.ranks):
            self._send(MPI.pickle.dumps(None), rank, _Tag.HOME)
        self._watch.expects(range(1, self.ranks))
        at_work = self.workers
        while at_work:
            _, rank, tag = self._next_message(check=lambda: None)
            if tag == _Tag.BYE:
                self._watch.settled(rank)
                at_work -= 1
        MPI.Request.Waitall([request for under_way in self._sent for request in under_way])

    def _share(self, content: bytes) -> None:
        """Sends what all items have in common to all workers, unless it is what they have: most maps share the same."""
        if content != self._shared:
            self._shared = content
            for rank in range(1, self.ranks):
                self._send(content, rank, _Tag.SHARED)

    def _hand_out(self, waiting: deque[tuple[int, Any]], holds: list[int], rank: int) -> bool:
        """Sends the rank the next item, if there is one and it is to have it."""
        if not waiting or not self._shares.wants(self.work[rank - 1], holds[rank], len(waiting)):
            return False
        if not holds[rank]:
            self._watch.expects([rank])
        holds[rank] += 1
        self._send(MPI.pickle.dumps((self._map, *waiting.popleft())), rank, _Tag.ITEM)
        return True

    def _note(self, rank: int, seconds: float) -> None:
        one = self.work[rank - 1]
        one.add(seconds)
        if one.tasks == 1:
            self._shares.renew()

    def _tell_slow(self) -> None:
        for one in self._shares.newly_slow():
            say(
                f"{self._watch.named(one.rank)} is slow: {one.pace:.3g} s a task, {one.pace / self._shares.usual:.0f} "
                "times the usual; it gets what the others would not do sooner"
            )

    def _send(self, content: bytes, rank: int, tag: int) -> None:
        # Never a blocking send: a long message waits for its receiver, who may be in the middle of an episode.
        under_way = self._sent[rank]
        while under_way and under_way[0].Test():
            under_way.popleft()
        under_way.append(self._comm.Isend([content, MPI.BYTE], rank, tag))
        self.traffic = self.traffic.and_one(len(content))

    def _next_message(self, tag: int = MPI.ANY_TAG, check: Callable[[], None] | None = None) -> tuple[Any, int, int]:
        def waiting() -> None:
            (check or self._signals.check)()
            self._watch.look()

        try:
            message, status = _receive(self._comm, MPI.ANY_SOURCE, tag, waiting)
        except Lost:
            self.broken = True
            raise
        self._watch.heard(status.source)
        self.traffic = self.traffic.and_one(status.count)
        return message, status.source, status.tag


def serve(comm: MPI.Intracomm, patience: Patience) -> None:
    """A worker's end: tasks until the coordinator sends it home."""
    comm.send(platform.node(), 0, _Tag.HELLO)
    task: Any = None
    shared: Any = None
    while True:
        # Home overtakes items that are still in the queue.
        tag = _Tag.HOME if comm.iprobe(0, _Tag.HOME) else MPI.ANY_TAG
        message, status = _receive(comm, 0, tag)
        if status.tag == _Tag.HOME:
            while comm.iprobe(0, MPI.ANY_TAG):
                comm.recv(source=0)
            comm.send(None, 0, _Tag.BYE)
            return
        if status.tag == _Tag.SHARED:
            task, shared = message
            continue
        number, index, item = message
        started = time.perf_counter()
        try:
            with _in_touch(comm, patience.beat):
                result = task(shared, item)
        except _Home:
            continue
        except UserError as mistake:
            comm.send((number, str(mistake)), 0, _Tag.MISTAKE)
            continue
        except Exception:
            comm.send((number, traceback.format_exc()), 0, _Tag.ERROR)
            continue
        comm.send((number, time.perf_counter() - started, index, result), 0, _Tag.RESULT)


class _Home(BaseException):
    """The coordinator sends this worker home in the midst of a task."""


@contextlib.contextmanager
def _in_touch(comm: MPI.Intracomm, beat: float) -> Iterator[None]:
    """In the midst of a task, which may be long, or never end: looks every second, or more often, whether the
    coordinator wants this worker home, and says every `beat` seconds that it is alive.
    """

    at_work, said = True, time.monotonic()

    def look(number: int, frame: FrameType | None) -> None:
        nonlocal said
        if not at_work:
            return
        if comm.iprobe(0, _Tag.HOME):
            raise _Home
        if (now := time.monotonic()) - said >= beat:
            said = now
            comm.send(None, 0, _Tag.ALIVE)

    before = signal.signal(signal.SIGALRM, look)
    every = min(_LOOK, beat)
    signal.setitimer(signal.ITIMER_REAL, every, every)
    try:
        yield
    finally:
        at_work = False  # first of all: what is below must not be interrupted
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)


def _receive(
    comm: MPI.Intracomm, source: int, tag: int, check: Callable[[], None] = lambda: None
) -> tuple[Any, MPI.Status]:
    """The next message and its status. Looks, sleeps, looks again: a blocking receive keeps a core busy."""
    status, pause = MPI.Status(), _SHORTEST
    while not comm.iprobe(source, tag, status):
        check()
        time.sleep(pause)
        pause = min(1.25 * pause, _LONGEST)
    return comm.recv(source=status.source, tag=status.tag, status=status), status
