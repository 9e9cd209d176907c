"""Which spaces are served, and how a served observation becomes a flat float64 vector."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from gymnasium.spaces import Box, Discrete, Space, flatten, flatten_space
from numpy.typing import NDArray

from itt.errors import UserError


class FlatObservations(gymnasium.ObservationWrapper[NDArray[np.float64], Any, Any]):
    """Flattens the observation as Gymnasium does (a Box row by row, a Discrete one-hot) and makes it float64."""

    def __init__(self, env: gymnasium.Env[Any, Any]) -> None:
        """Wraps an env whose observations are a Box or a Discrete."""
        super().__init__(env)
        flat = flatten_space(env.observation_space)
        assert isinstance(flat, Box)
        self.observation_space = Box(flat.low.astype(np.float64), flat.high.astype(np.float64), dtype=np.float64)

    def observation(self, observation: Any) -> NDArray[np.float64]:
        """The observation as a vector of shape (s,)."""
        return np.asarray(flatten(self.env.observation_space, observation), np.float64)


def served(name: str, env: gymnasium.Env[Any, Any]) -> gymnasium.Env[Any, Any]:
    """The env with flat float64 observations.

    Raises:
        UserError: The env's observations or actions are of a kind that no policy here can take or give.
    """
    observation, action = env.observation_space, env.action_space
    if not isinstance(observation, Box | Discrete):
        kind = type(observation).__name__
        raise UserError(f"environment {name} has {kind} observations; allowed are Box (any shape) and Discrete")
    if fault := _unserved(action):
        allowed = "a bounded float Box of shape (a,) and Discrete from 0"
        raise UserError(f"environment {name} has {fault} actions; allowed are {allowed}")
    if isinstance(observation, Box) and observation.dtype == np.float64 and len(observation.shape) == 1:
        return env
    return FlatObservations(env)


def _unserved(action: Space[Any]) -> str:
    """What keeps an action space from being served, in a few words; empty if nothing does."""
    if isinstance(action, Discrete):
        return "" if action.start == 0 else f"Discrete (from {action.start})"
    if not isinstance(action, Box):
        return type(action).__name__
    if not action.is_bounded():
        return "unbounded Box"
    if len(action.shape) != 1 or not np.issubdtype(action.dtype, np.floating):
        return f"Box ({action.dtype}, shape {action.shape})"
    return ""
