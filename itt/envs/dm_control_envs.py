"""The DeepMind Control Suite as Gymnasium environments: the suite's own tasks, nothing played differently."""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING, Any

import gymnasium
import numpy as np
from gymnasium.spaces import Box
from numpy.typing import NDArray

from itt.envs.dm_control_bits import settle
from itt.envs.quiet import silence_mujoco

if TYPE_CHECKING:
    import mujoco


class DmControlEnv(gymnasium.Env[NDArray[np.float64], NDArray[np.floating[Any]]]):
    """A dm_control environment behind the Gymnasium API.

    The observation is the task's own entries, flattened and joined in the task's own order. A last step with discount 0
    is terminated, a last step otherwise is truncated: the suite's time limit.

    Attributes:
        dm_env: The `dm_control.rl.control.Environment` that plays.
    """

    def __init__(self, dm_env: Any) -> None:
        """Wraps `dm_env`, whose task must have observations and a bounded action of floats."""
        self.dm_env = dm_env
        size = sum(int(np.prod(entry.shape)) for entry in dm_env.observation_spec().values())
        self.observation_space = Box(-np.inf, np.inf, (size,), np.float64)
        action = dm_env.action_spec()
        self.action_space = Box(action.minimum, action.maximum, dtype=np.float64)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float64], dict[str, Any]]:
        """Starts an episode. `seed` is as `suite.load(..., task_kwargs={"random": seed})`, from 0 to 2^32 - 1."""
        super().reset(seed=seed)
        if seed is not None:
            self.dm_env.task.random.seed(seed)
        return _flat(self.dm_env.reset().observation), {}

    def step(self, action: NDArray[np.floating[Any]]) -> tuple[NDArray[np.float64], float, bool, bool, dict[str, Any]]:
        """Plays one control step.

        Raises:
            RuntimeError: The episode is over or has not begun (dm_control would silently begin the next one), or the
                physics diverged (dm_control's own PhysicsError).
        """
        step = self.dm_env.step(action)
        if step.first():
            raise RuntimeError("the episode is over: call reset")
        terminated = bool(step.last() and step.discount == 0)
        truncated = bool(step.last() and not terminated)
        return _flat(step.observation), float(step.reward), terminated, truncated, {}

    def close(self) -> None:
        """Frees the simulation."""
        self.dm_env.close()

    @property
    def episode_limit(self) -> int | None:
        """Steps after which an episode is truncated, None if it never is."""
        steps: float = self.dm_env._step_limit
        return None if math.isinf(steps) else math.ceil(steps)

    @property
    def model(self) -> mujoco.MjModel:
        """MuJoCo's model, under the name that Gymnasium's MuJoCo environments have for it."""
        return self.dm_env.physics.model.ptr

    @property
    def data(self) -> mujoco.MjData:
        """MuJoCo's state, under the name that Gymnasium's MuJoCo environments have for it."""
        return self.dm_env.physics.data.ptr

    @property
    def frame_skip(self) -> int:
        """Physics steps in one control step, under the name that Gymnasium's MuJoCo environments have for it."""
        steps: int = round(self.dm_env.control_timestep() / self.dm_env.physics.timestep())
        return steps


def make(task_id: str, **kwargs: Any) -> DmControlEnv:
    """The suite's task `task_id`, `domain/task`, as `suite.load` makes it from `kwargs` (`task_kwargs` among them).

    Raises:
        ModuleNotFoundError: dm_control is not installed.
    """
    # Read when dm_control is imported: without it, it looks for a display and complains where there is none.
    os.environ.setdefault("MUJOCO_GL", "disable")
    from dm_control import suite

    settle()
    silence_mujoco()  # after the import, which sends MuJoCo's warnings to a logger
    domain, task = task_id.split("/")
    return DmControlEnv(suite.load(domain, task, **kwargs))


def _flat(observation: dict[str, Any]) -> NDArray[np.float64]:
    """The entries of an observation in their order, joined. Shape (s,)."""
    return np.concatenate([np.ravel(entry) for entry in observation.values()], dtype=np.float64)
