"""Transitions of the past: a ring of rows, the oldest of which gives way to the newest.

A row is [observation s, action A, reward, terminal, next observation s] in float32, one piece of memory, so that a
transition that is drawn costs a few cache lines. `terminal` is 1 where the task itself ended: an episode that was cut
short by time goes on in thought, and its next observation is still worth something.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float32]


class Batch:
    """Transitions side by side, as views into one array of rows.

    Attributes:
        rows: (B, 2 s + A + 2).
        observation: (B, s).
        action: (B, A).
        pair: [observation, action], (B, s + A).
        reward: (B,).
        terminal: 0 or 1, (B,).
        following: The next observation, (B, s).
    """

    def __init__(self, rows: Rows, observation: int, action: int) -> None:
        """Views into `rows`, for s = `observation` and A = `action`."""
        self.rows = rows
        pair = observation + action
        self.observation, self.action, self.pair = rows[:, :observation], rows[:, observation:pair], rows[:, :pair]
        self.reward, self.terminal, self.following = rows[:, pair], rows[:, pair + 1], rows[:, pair + 2 :]


class Replay:
    """The last `capacity` transitions.

    Attributes:
        count: How many were ever added.
    """

    def __init__(self, capacity: int, observation: int, action: int, scratch: Path | None = None) -> None:
        """An empty ring.

        Args:
            capacity: Transitions that it holds.
            observation: s.
            action: A.
            scratch: A folder for a file that stands for memory, of `size_in_bytes`; it has no name, so nothing of it
                is left however the process ends. None: memory.

        Raises:
            OSError: There is no room for that file.
        """
        self.capacity, self.observation, self.action, self.count = capacity, observation, action, 0
        shape = (capacity, width(observation, action))
        self.rows: Rows = np.zeros(shape, np.float32) if scratch is None else _mapped(scratch, shape)
        self._all = Batch(self.rows, observation, action)

    def __len__(self) -> int:
        return min(self.count, self.capacity)

    def add(
        self,
        observation: NDArray[np.floating[Any]],
        action: NDArray[np.floating[Any]],
        reward: float,
        terminal: bool,
        following: NDArray[np.floating[Any]],
    ) -> None:
        """Adds a transition: (s,), (A,), a reward, whether the task ended, (s,)."""
        place, ring = self.count % self.capacity, self._all
        ring.observation[place], ring.action[place], ring.following[place] = observation, action, following
        ring.reward[place], ring.terminal[place] = reward, terminal
        self.count += 1

    def draw(self, points: NDArray[np.float64], into: Batch) -> None:
        """Copies a transition for each point of [0, 1), (B,): uniformly, with replacement."""
        np.take(self.rows, self._places(points), axis=0, out=into.rows, mode="clip")

    def draw_next_slot(self, points: NDArray[np.float64], into: Batch) -> None:
        """As `draw`, but what stands in the slot after a transition's own is taken for its next observation.

        That of the newest transition is the oldest one's, or zeros while the ring is not full; that of an episode's
        last one is another episode's first.
        """
        places = self._places(points)
        np.take(self.rows, places, axis=0, out=into.rows, mode="clip")
        into.following[:] = self._all.observation[(places + 1) % self.capacity]

    def since(self, count: int) -> Iterator[Rows]:
        """The transitions from number `count` on, in order, in at most two pieces.

        Raises:
            ValueError: Some of them have given way.
        """
        if count < self.count - self.capacity:
            raise ValueError(f"transitions from {count} on are no longer all there")
        while count < self.count:
            place = count % self.capacity
            end = min(self.count - count + place, self.capacity)
            yield self.rows[place:end]
            count += end - place

    def put_back(self, first: int, rows: Rows) -> None:
        """Puts transitions number `first` and following where they were, (n, 2 s + A + 2); `count` follows."""
        places = np.arange(first, first + len(rows)) % self.capacity
        self.rows[places[-self.capacity :]] = rows[-self.capacity :]
        self.count = first + len(rows)

    def _places(self, points: NDArray[np.float64]) -> NDArray[np.int64]:
        return (points * len(self)).astype(np.int64)


def width(observation: int, action: int) -> int:
    """Numbers in a row."""
    return 2 * observation + action + 2


def size_in_bytes(capacity: int, observation: int, action: int) -> int:
    """Of memory, or of disk, that a full ring takes."""
    return 4 * capacity * width(observation, action)


def _mapped(folder: Path, shape: tuple[int, int]) -> Rows:
    """Zeros in a file without a name, whose blocks are all there."""
    with tempfile.TemporaryFile(dir=folder) as file:
        os.posix_fallocate(file.fileno(), 0, 4 * shape[0] * shape[1])
        return np.memmap(file, np.float32, "r+", shape=shape)
