"""What a row of metrics.csv tells of the steps since the row before."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from itt.algorithms.sac.update import Told

COLUMNS = (
    "train/return",
    "train/length",
    *(f"sac/{name}" for name in Told._fields),
    "sac/action_mean",
    "sac/action_std",
    "sac/diverged",
)
"""Means over the steps since the row before: of episodes that ended, their return and length; of updates, the losses
(of Q the sum of both), alpha, the policy's entropy and Q; of actions in (-1, 1)^A, over coordinates too, their mean and
standard deviation. NaN where there was none. And how many episodes diverged."""


class Summary:
    """Sums since the last row, and of how many."""

    def __init__(self, action: int) -> None:
        """Of nothing; `action` is A."""
        self._episodes: list[float]
        self._updates: list[float]
        self._begin(action)

    def episode(self, total: float, length: int) -> None:
        """Counts an episode that ended."""
        self._episodes = [a + b for a, b in zip(self._episodes, (1.0, total, length), strict=True)]

    def update(self, told: Told) -> None:
        """Counts an update."""
        self._updates = [a + b for a, b in zip(self._updates, (1.0, *told), strict=True)]

    def action(self, action: NDArray[np.float32]) -> None:
        """Counts an action, (A,)."""
        self._steps += 1
        self._actions += action
        self._squares += np.square(action, dtype=np.float64)

    def divergence(self) -> None:
        """Counts an episode that diverged."""
        self._diverged += 1

    def row(self) -> dict[str, float]:
        """The means by column."""
        mean, square = math.nan, math.nan
        if self._steps:
            mean, square = (float(sums.mean()) / self._steps for sums in (self._actions, self._squares))
        spread = math.sqrt(max(square - mean**2, 0.0)) if self._steps else math.nan
        values = (*_means(self._episodes), *_means(self._updates), mean, spread, self._diverged)
        return dict(zip(COLUMNS, values, strict=True))

    def arrays(self, prefix: str) -> dict[str, NDArray[Any]]:
        """What `restore` goes on from."""
        return {f"{prefix}{name[1:]}": np.array(value) for name, value in vars(self).items()}

    def restore(self, arrays: Mapping[str, NDArray[Any]], prefix: str) -> None:
        """Goes on with what another one has counted."""
        self._episodes, self._updates = arrays[f"{prefix}episodes"].tolist(), arrays[f"{prefix}updates"].tolist()
        self._steps, self._diverged = int(arrays[f"{prefix}steps"]), int(arrays[f"{prefix}diverged"])
        self._actions, self._squares = arrays[f"{prefix}actions"].copy(), arrays[f"{prefix}squares"].copy()

    def begin(self) -> None:
        """Forgets all, after a row was told."""
        self._begin(len(self._actions))

    def _begin(self, action: int) -> None:
        self._diverged = 0
        self._episodes = [0.0, 0.0, 0.0]
        self._updates = [0.0] * (1 + len(Told._fields))
        self._steps = 0
        self._actions, self._squares = np.zeros((2, action))


def _means(sums: list[float]) -> list[float]:
    """Of sums that follow on their number."""
    return [total / sums[0] if sums[0] else math.nan for total in sums[1:]]
