"""What a row of metrics.csv tells of the steps since the row before."""

from __future__ import annotations

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
)
"""Means over the steps since the row before: of episodes that ended, their return and length; of updates, the losses
(of Q the sum of both), alpha, the policy's entropy and Q; of actions in (-1, 1)^A, over coordinates too, their mean and
standard deviation. NaN where there was none."""
_EPISODES, _UPDATES, _ACTIONS = slice(0, 2), slice(2, 2 + len(Told._fields)), slice(2 + len(Told._fields), None)


class Summary:
    """Sums since the last row, and of how many."""

    def __init__(self) -> None:
        """Of nothing."""
        self.sums, self.counts = np.zeros((2, len(COLUMNS)))

    def episode(self, total: float, length: int) -> None:
        """Counts an episode that ended."""
        self._add(_EPISODES, (total, length))

    def update(self, told: Told) -> None:
        """Counts an update."""
        self._add(_UPDATES, told)

    def action(self, action: NDArray[np.float32]) -> None:
        """Counts an action, (A,)."""
        self._add(_ACTIONS, (action.mean(), np.square(action).mean()))

    def row(self) -> dict[str, float]:
        """The means by column, after which all begins anew."""
        with np.errstate(invalid="ignore"):
            means = self.sums / self.counts
        means[-1] = np.sqrt(max(means[-1] - means[-2] ** 2, 0.0)) if self.counts[-1] else np.nan
        self.sums[:] = self.counts[:] = 0.0
        return dict(zip(COLUMNS, means.tolist(), strict=True))

    def arrays(self, prefix: str) -> dict[str, NDArray[Any]]:
        """What `restore` goes on from."""
        return {f"{prefix}sums": self.sums.copy(), f"{prefix}counts": self.counts.copy()}

    def restore(self, arrays: Mapping[str, NDArray[Any]], prefix: str) -> None:
        """Goes on with what another one has counted."""
        self.sums[:], self.counts[:] = arrays[f"{prefix}sums"], arrays[f"{prefix}counts"]

    def _add(self, part: slice, values: Any) -> None:
        self.sums[part] += values
        self.counts[part] += 1
