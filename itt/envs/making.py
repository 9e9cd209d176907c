"""Opens an environment: picks the adapter of its family."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from itt.envs.catalog import CATALOG, EnvSpec
from itt.errors import UserError
from itt.published.names import canonical

if TYPE_CHECKING:
    import gymnasium

EXTRAS = {"dm_control": "dmc", "pybullet": "bullet"}
"""The extra of this package that installs what a family needs; Gymnasium itself is always installed."""


def make(name: str) -> gymnasium.Env[Any, Any]:
    """The environment `name`, ready to be reset; see `describe` for the names.

    Observations are flat float64 vectors of shape (s,), whatever the simulator's own shape and type. Actions are the
    environment's own: a Box of shape (a,), or a Discrete of n. An episode that reaches its limit is truncated, one
    that ends by the task's own rule is terminated. After `reset(seed=k)` the episode is a function of k, an integer
    from 0 to 2^32 - 1, and of the actions alone.

    Raises:
        UserError: As `describe`, or an optional package is not installed.
    """
    spec = CATALOG.get(canonical(name))
    if spec is None:
        from itt.envs import gymnasium_envs

        return gymnasium_envs.make(name)
    try:
        return _adapted(spec)
    except ModuleNotFoundError as missing:
        if spec.family not in EXTRAS:
            raise
        install = f"pip install 'itt[{EXTRAS[spec.family]}]'"
        raise UserError(f"environment {spec.name} needs {missing.name}, which is not installed: {install}") from missing


def _adapted(spec: EnvSpec) -> gymnasium.Env[Any, Any]:
    """The environment of a row of the catalog. Only the simulator that plays it is imported."""
    if spec.family == "dm_control":
        from itt.envs import dm_control_envs

        return dm_control_envs.make(spec.id)
    if spec.family == "pybullet":
        from itt.envs import pybullet_envs

        return pybullet_envs.make(spec.id)
    from itt.envs import gymnasium_envs

    return gymnasium_envs.make(spec.id)
