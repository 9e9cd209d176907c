"""Which spaces are served: how an observation becomes a flat vector, and an index or a vector becomes an action."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gymnasium
import numpy as np
from gymnasium.spaces import Box, Discrete, MultiBinary, MultiDiscrete, Space, flatdim, flatten
from numpy.typing import NDArray

from itt.errors import UserError

MOST_ACTIONS = 1024
"""Combinations of a MultiDiscrete or MultiBinary action: each of them is a candidate at every transition."""
_MOST_WHOLE = 2**24
"""Up to which float32, in which candidates are drawn, holds every whole number."""

Values = NDArray[np.float64]


class FlatObservations(gymnasium.ObservationWrapper[Values, Any, Any]):
    """Flattens the observations of an environment of the catalog and makes them float64."""

    def __init__(self, env: gymnasium.Env[Any, Any]) -> None:
        """Wraps an env whose observations Gymnasium can flatten."""
        super().__init__(env)
        self.observation_space = flat_space(env.observation_space)

    def observation(self, observation: Any) -> Values:
        """The observation as a vector of shape (s,)."""
        return flat(self.env.observation_space, observation)


def flat(space: Space[Any], observation: Any) -> Values:
    """Gymnasium's own flattening (a Box row by row, a Discrete one-hot, a Dict in its space's order), as float64."""
    return np.asarray(flatten(space, observation), np.float64)


def flat_space(space: Space[Any]) -> Any:
    """That of flattened observations, whose length is all that is said of it."""
    return Box(-np.inf, np.inf, (flatdim(space),), np.float64)


@dataclass(frozen=True)
class Actions:
    """The actions of a space, as a policy gives them and as the env takes them.

    Attributes:
        space: As a policy gives them: a Discrete from 0, or a Box of shape (a,) in float64.
        parts: See `EnvSpec.parts`.
        own: From there to the env's own shape and type.
    """

    space: Discrete | Box
    parts: tuple[int, ...]
    own: Callable[[Any], Any]


def actions(name: str, space: Space[Any]) -> Actions:
    """How the actions of the environment `name` are served.

    Raises:
        UserError: They are of a kind that no policy here can give.
    """
    if isinstance(space, Discrete):
        return Actions(Discrete(int(space.n)), (), lambda index: space.dtype.type(space.start + index))
    if isinstance(space, MultiDiscrete | MultiBinary):
        return _combined(name, space)
    if not isinstance(space, Box):
        allowed = "a bounded Box, Discrete, MultiDiscrete and MultiBinary"
        raise UserError(f"environment {name} has {type(space).__name__} actions; allowed are {allowed}")
    if not math.prod(space.shape):
        raise UserError(f"environment {name} has actions of shape {space.shape}, which hold no number")
    low, high = (np.asarray(bound, np.float64).ravel() for bound in (space.low, space.high))
    whole = np.issubdtype(space.dtype, np.integer)
    with np.errstate(over="ignore"):
        spans = np.float32(high) - np.float32(low)
    if not np.isfinite(spans).all() or (whole and max(np.abs(low).max(), np.abs(high).max()) > _MOST_WHOLE):
        bounds = (
            f"whole numbers within 2^{_MOST_WHOLE.bit_length() - 1} of 0" if whole else "bounds that float32 can hold"
        )
        raise UserError(
            f"environment {name} has unbounded Box actions; allowed are {bounds}, not {low.min():g} to {high.max():g}"
        )

    def own(action: Values) -> NDArray[Any]:
        within = np.clip(action, low, high)  # a candidate is float32, which may round beyond a float64 bound
        return (np.rint(within) if whole else within).astype(space.dtype).reshape(space.shape)

    return Actions(Box(low, high, dtype=np.float64), (), own)


def _combined(name: str, space: MultiDiscrete | MultiBinary) -> Actions:
    """All combinations of the parts' choices, numbered."""
    if isinstance(space, MultiDiscrete):
        sizes, first = space.nvec.ravel(), space.start.ravel()
    else:
        sizes, first = np.full(math.prod(space.shape), 2), np.zeros(math.prod(space.shape), np.int64)
    parts = tuple(int(size) for size in sizes)
    count = math.prod(parts)
    if count > MOST_ACTIONS:
        raise UserError(
            f"environment {name} has {type(space).__name__} actions of {count} combinations; allowed are at most "
            f"{MOST_ACTIONS}"
        )

    def own(index: int) -> NDArray[Any]:
        return (first + np.unravel_index(index, parts)).astype(space.dtype).reshape(space.shape)

    return Actions(Discrete(count), parts, own)
