"""PyBullet's environments, as the port `pybullet-envs-gymnasium` registers them with Gymnasium."""

from __future__ import annotations

import importlib
from typing import Any

import gymnasium

from itt.envs import gymnasium_envs
from itt.envs.quiet import no_output


def make(env_id: str, **kwargs: Any) -> gymnasium.Env[Any, Any]:
    """The PyBullet environment `env_id`, as Gymnasium makes it from `kwargs`.

    PyBullet prints when it is imported and when it opens a physics world. The env opens its world at its first reset,
    and each later reset goes back to the state in which that one left the world: so the first reset happens here,
    unheard and with a fixed seed.

    Raises:
        ModuleNotFoundError: PyBullet or the port is not installed.
    """
    with no_output():
        importlib.import_module("pybullet")
        importlib.import_module("pybullet_envs_gymnasium")
        env = gymnasium_envs.make(env_id, **kwargs)
        env.reset(seed=0)
    return env
