"""What a policy sees of a state: the state itself, or the state normalised by those met so far in training (ARS-V2).

After an iteration the states in which its perturbations acted are added to those of all iterations before (Mania, Guy
and Recht 2018, Algorithm 2), so theta_k sees states through those of iterations 0 to k - 1. What theta itself meets,
and what an evaluation meets, is not added.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

CONSTANT = 1e-7
"""A coordinate whose standard deviation is less is taken for constant: the policy sees 0 of it, as in ARS's code."""


class Normaliser(NamedTuple):
    """(s - mean) / std, coordinate by coordinate; shape (s,) each, float64.

    `std` is infinite where the coordinate is constant, which makes it 0.
    """

    mean: Values
    std: Values

    def __call__(self, state: Values) -> Values:
        """What the policy sees of a state, shape (s,)."""
        seen: Values = (state - self.mean) / self.std
        return seen


@dataclass(frozen=True)
class Moments:
    """Number, mean and sum of squared deviations from the mean of some states.

    The compiled engine forms the same sums in the same order (`itt.rollouts.compiled.sight`): the same bits.

    Attributes:
        count: How many states.
        mean: Shape (s,).
        squares: sum (s - mean)^2, shape (s,).
    """

    count: int
    mean: Values
    squares: Values

    @classmethod
    def none(cls, size: int) -> Moments:
        """Those of no states of s = `size` coordinates."""
        return cls(0, np.zeros(size), np.zeros(size))

    def with_state(self, state: Values) -> Moments:
        """With one state more, shape (s,) (Welford 1962)."""
        count = self.count + 1
        before = state - self.mean
        mean = self.mean + before / count
        return Moments(count, mean, self.squares + before * (state - mean))

    def merged(self, others: Iterable[Moments]) -> Moments:
        """With the states of all others, in their order, which sets the bits (Chan, Golub and LeVeque 1983)."""
        count, mean, squares = self.count, self.mean, self.squares
        for other in others:
            if other.count == 0:
                continue
            total = count + other.count
            apart = other.mean - mean
            mean = mean + apart * (other.count / total)
            squares = squares + other.squares + apart * apart * (count * (other.count / total))
            count = total
        return Moments(count, mean, squares)

    @property
    def normaliser(self) -> Normaliser:
        """Mean and standard deviation (n - 1) so far; while there are less than two states, the state itself."""
        if self.count < 2:
            return Normaliser(np.zeros_like(self.mean), np.ones_like(self.mean))
        std = np.sqrt(self.squares / (self.count - 1))
        return Normaliser(self.mean, np.where(std < CONSTANT, np.inf, std))


class Learned(NamedTuple):
    """What a training comes to: theta, shape (D,), and the moments that its observations are normalised by, if any."""

    theta: Values
    met: Moments | None = None

    @property
    def normaliser(self) -> Normaliser | None:
        """What theta sees states through, if anything."""
        return None if self.met is None else self.met.normaliser


def packed(moments: Moments | None, prefix: str = "") -> dict[str, NDArray[Any]]:
    """The moments as arrays for a file; none where there are none. `unpacked` is the inverse."""
    if moments is None:
        return {}
    return {
        f"{prefix}observation_count": np.array(moments.count),
        f"{prefix}observation_mean": moments.mean,
        f"{prefix}observation_squares": moments.squares,
    }


def unpacked(arrays: Mapping[str, NDArray[Any]], prefix: str = "") -> Moments:
    """What `packed` made arrays of.

    Raises:
        KeyError: They are not there.
    """
    count, mean, squares = (arrays[f"{prefix}observation_{name}"] for name in ("count", "mean", "squares"))
    return Moments(int(count), mean, squares)
