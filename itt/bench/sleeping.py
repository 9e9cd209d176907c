"""An env whose episode is one step that sleeps, so that many ranks can be at play on few cores."""

from __future__ import annotations

import time
from typing import Any

import gymnasium
import numpy as np
from gymnasium.spaces import Box
from numpy.typing import NDArray

ENV = "itt.bench.sleeping:Sleeping-v0"
"""What a run calls it; importing this module registers it, in every rank."""


class Sleeping(gymnasium.Env[NDArray[np.float64], NDArray[np.float64]]):
    """Two numbers to see, one to do, which is what an episode pays."""

    observation_space = Box(-1.0, 1.0, (2,), np.float64)
    action_space = Box(-1.0, 1.0, (1,), np.float64)

    def __init__(self, seconds: float) -> None:
        """`seconds` is how long an episode takes."""
        self.seconds = seconds

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float64], dict[str, Any]]:
        """Starts an episode."""
        super().reset(seed=seed)
        return self.np_random.uniform(-1.0, 1.0, 2), {}

    def step(self, action: NDArray[np.float64]) -> tuple[NDArray[np.float64], float, bool, bool, dict[str, Any]]:
        """Plays the whole episode."""
        time.sleep(self.seconds)
        return np.zeros(2), float(action[0]), True, False, {}


gymnasium.register("Sleeping-v0", entry_point=f"{__name__}:{Sleeping.__name__}", max_episode_steps=1)
