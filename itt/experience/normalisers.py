"""What networks see of an observation: itself, or itself normalised by statistics of those met in training.

`frozen`: mean and standard deviation of the first n observations, for good. Networks that learn from a replay buffer
then never see their inputs drift, as they do under `running`, whose statistics go on. A buffer holds observations as
the env gave them, and what is drawn from it is normalised: the same numbers as if the whole buffer had been rewritten
when the statistics froze, while what was saved of it stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from itt.observations import Moments, packed, unpacked

Rows = NDArray[np.float32]
Kind = Literal["frozen", "running", "none"]
FROZEN: Kind = "frozen"
RUNNING: Kind = "running"
NONE: Kind = "none"


class Lens(NamedTuple):
    """(o - mean) / scale, clipped to [-clip, clip], coordinate by coordinate, in float32.

    Attributes:
        mean: (s,).
        scale: (s,); infinite where a coordinate never changed, which is then seen as 0.
        clip: A number; infinite where nothing is clipped.
    """

    mean: Rows
    scale: Rows
    clip: NDArray[np.float32]

    def see(self, observations: Rows) -> None:
        """Normalises observations in place, (..., s)."""
        np.subtract(observations, self.mean, out=observations)
        np.divide(observations, self.scale, out=observations)
        if self.clip < np.inf:
            np.clip(observations, -self.clip, self.clip, out=observations)


class Normaliser:
    """Statistics of observations, and the lens that they make.

    Attributes:
        lens: What observations are seen through; None before any statistics stand (`frozen`: before n observations;
            always under `none`), when an observation is seen as it is.
    """

    def __init__(self, kind: Kind, size: int, first: int = 0, scaling: float = 1.0, clip: float | None = None) -> None:
        """Has met nothing yet.

        Args:
            kind: What the statistics are of; see the module.
            size: s, coordinates of an observation.
            first: n, after how many observations statistics freeze; used by `frozen`.
            scaling: A factor on the standard deviation.
            clip: The largest size of a coordinate that is seen; None: any.
        """
        self.kind, self.first, self.scaling, self.clip = kind, first, scaling, clip
        self.moments = Moments.none(size)
        self.lens: Lens | None = None
        self._stand()

    def meet(self, observation: NDArray[np.floating[Any]]) -> None:
        """Counts an observation, (s,), as far as its kind does."""
        if self.kind == RUNNING or (self.kind == FROZEN and self.moments.count < self.first):
            self.moments = self.moments.with_state(np.asarray(observation, np.float64))
            if self.kind == RUNNING or self.moments.count == self.first:
                self._stand()

    def arrays(self, prefix: str = "") -> dict[str, NDArray[Any]]:
        """What `restore` goes on from; nothing under `none`."""
        return {} if self.kind == NONE else packed(self.moments, prefix)

    def restore(self, arrays: Mapping[str, NDArray[Any]], prefix: str = "") -> None:
        """Goes on with what another one has met.

        Raises:
            KeyError: The arrays are not there.
        """
        if self.kind != NONE:
            self.moments = unpacked(arrays, prefix)
            self._stand()

    def see(self, observations: Rows) -> None:
        """Normalises observations in place, (..., s), as far as statistics stand."""
        if self.lens is not None:
            self.lens.see(observations)

    def _stand(self) -> None:
        """Takes the statistics as they are now."""
        if self.kind == NONE or (self.kind == FROZEN and not 0 < self.first <= self.moments.count):
            self.lens = None
            return
        mean, std = self.moments.normaliser
        clip = np.float32(np.inf if self.clip is None else self.clip)
        self.lens = Lens(mean.astype(np.float32), (std * self.scaling).astype(np.float32), np.asarray(clip))
