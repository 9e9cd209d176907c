"""Where A* comes from (Sec. 2.1, 3.1, 3.3): fresh at every transition, one pool that stands, or a sample of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from itt import seeding
from itt.algorithms.es.settings import Candidates
from itt.candidates import generator
from itt.seeding import Key, Purpose

Actions = NDArray[np.float32]


@dataclass(frozen=True)
class Box:
    """The bounds of a continuous action space, each of shape (a,)."""

    low: Actions
    high: Actions


class Source(Protocol):
    """The candidates of an episode."""

    @property
    def standing(self) -> bool:
        """Whether A* is the same at every transition, so that what is computed from it can be kept."""

    def at(self, transition: int) -> Actions:
        """A* at a transition, counted from 0. Shape (N, a)."""


@dataclass(frozen=True)
class Standing:
    """One set for all transitions."""

    actions: Actions
    standing: bool = True

    def at(self, transition: int) -> Actions:
        """The set, shape (N, a)."""
        return self.actions


@dataclass(frozen=True)
class Fresh:
    """A new uniform sample at every transition (Gym in the paper)."""

    box: Box
    count: int
    key: int
    standing: bool = False

    def at(self, transition: int) -> Actions:
        """A sample of its own, shape (count, a)."""
        return generator.uniform(self.key, transition, self.box.low, self.box.high, self.count)


@dataclass(frozen=True)
class Subsampled:
    """At every transition a sample, with replacement, from a pool that stands (Sec. 3.3, bootstrapping)."""

    pool: Actions
    size: int
    key: int
    standing: bool = False

    def at(self, transition: int) -> Actions:
        """A part of the pool, shape (size, a)."""
        return self.pool[generator.indices(self.key, transition, len(self.pool), self.size)]


def pool_key(settings: Candidates, key: Key) -> Key:
    """What the candidates of the episode `key` are drawn with: episodes that share it share a pool."""
    return {"transition": key, "iteration": key.for_iteration(), "once": key.for_run()}[settings.resample]


def pool_of(settings: Candidates, box: Box, key: Key) -> Actions:
    """All candidates that stand in the episode `key`, shape (N, a)."""
    stream = int(seeding.words(pool_key(settings, key), Purpose.CANDIDATES)[0])
    return generator.uniform(stream, 0, box.low, box.high, settings.count)


def source(settings: Candidates, box: Box, key: Key, pool: Actions | None = None) -> Source:
    """The candidates of the episode `key` in a continuous action space; `pool` is its `pool_of`, if that was kept."""
    if settings.resample == "transition":
        return Fresh(box, settings.count, int(seeding.words(key, Purpose.CANDIDATES)[0]))
    pool = pool_of(settings, box, key) if pool is None else pool
    if settings.subsample is None:
        return Standing(pool)
    return Subsampled(pool, settings.subsample, int(seeding.words(key, Purpose.SUBSAMPLE)[0]))


def all_actions(count: int, one_hot: bool, parts: Sequence[int] = ()) -> Actions:
    """A* = A for discrete actions, as a tower sees them: shape (n, n) one-hot, or (n, 1) with the index itself.

    Where an action is a choice from each of several lists, of so many entries as `parts` says, it is each choice
    one-hot, one after the other: shape (n, sum of parts).
    """
    if parts:
        choices = np.unravel_index(np.arange(count), tuple(parts))
        shown = [np.eye(size, dtype=np.float32)[choice] for size, choice in zip(parts, choices, strict=True)]
        return np.concatenate(shown, axis=1)
    return np.eye(count, dtype=np.float32) if one_hot else np.arange(count, dtype=np.float32)[:, None]
