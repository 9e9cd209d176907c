"""What a policy sees of a state, compiled: `itt.observations` with the same bits."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from itt.native.kernel import kernel
from itt.observations import Moments, Normaliser


class Sight(NamedTuple):
    """The normaliser of an episode and the moments of its states so far; shape (s,) each, but for `states`."""

    seen: NDArray[np.float64]
    """the normalised state"""
    mean: NDArray[np.float64]
    std: NDArray[np.float64]
    states: NDArray[np.int64]
    """their number, (1,)"""
    met_mean: NDArray[np.float64]
    met_squares: NDArray[np.float64]

    def moments(self) -> Moments:
        """Those of the states met since `begin`."""
        return Moments(int(self.states[0]), self.met_mean.copy(), self.met_squares.copy())


def make(size: int) -> Sight:
    """Room for states of s = `size` coordinates; see `begin`."""
    seen, mean, std, met_mean, met_squares = np.zeros((5, size))
    return Sight(seen, mean, std, np.zeros(1, np.int64), met_mean, met_squares)


def begin(sight: Sight, normaliser: Normaliser) -> None:
    """Starts an episode, in which no state was met."""
    sight.mean[:], sight.std[:] = normaliser
    for met in (sight.states, sight.met_mean, sight.met_squares):
        met[:] = 0


@kernel
def see(sight: Any, state: Any) -> None:
    """Meets a state, shape (s,): into the moments, and normalised into `seen`."""
    sight.states[0] += 1
    count = float(sight.states[0])
    for i in range(len(state)):
        before = state[i] - sight.met_mean[i]
        mean = sight.met_mean[i] + before / count
        sight.met_mean[i] = mean
        sight.met_squares[i] += before * (state[i] - mean)
        sight.seen[i] = (state[i] - sight.mean[i]) / sight.std[i]
