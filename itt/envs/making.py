"""Says what an environment is, and opens it: picks the adapter of its family."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from itt.envs.catalog import row
from itt.envs.spec import EnvSpec
from itt.errors import UserError
from itt.published.names import canonical

if TYPE_CHECKING:
    import gymnasium

    from itt.envs.brought import BroughtEnv

EXTRAS = {"dm_control": "dmc", "pybullet": "bullet"}
"""The extra of this package that installs what a family needs; Gymnasium itself is always installed."""


class _Seen(NamedTuple):
    """What was looked at, and how Gymnasium had it registered then."""

    spec: EnvSpec
    entry: Any


_seen: dict[str, _Seen] = {}
_waiting: dict[str, BroughtEnv] = {}
"""Environments that were made to look at them, until they are asked for: a constructor may be slow or dear."""


def describe(name: str, /, **kwargs: Any) -> EnvSpec:
    """What an environment is: a row of the catalog, or any other, which is made once to look at it.

    Args:
        name: A name of the paper or its alias (`DMCS:FishSwim`), or a Gymnasium id (`Pendulum-v1`, `module:Id-v0`).
        kwargs: Keyword arguments to make it with, JSON's kinds of values. With any, a row of the catalog says nothing.

    Raises:
        UserError: The environment is unknown, cannot be made, or has spaces that are not served.
    """
    name = canonical(name)
    found = row(name)
    if found and not kwargs:
        return found
    key, entry = _key(name, kwargs), None if found else _entry(name)
    if key not in _seen or _seen[key].entry is not entry:
        env = _waiting[key] = _brought(name, found, kwargs)
        _seen[key] = _Seen(_spec(env, found, kwargs), entry)
    return _seen[key].spec


def make(name: str, /, **kwargs: Any) -> gymnasium.Env[Any, Any]:
    """The environment `name`, ready to be reset; see `describe` for the names.

    Observations are flat float64 vectors of shape (s,), whatever the simulator's own shape and type. Actions are a
    vector of shape (a,), or an index below n; what the env gets is in its own space's shape and type, but for the
    paper's continuous ones, whose actions stay float64. An episode that reaches its limit is truncated, one that ends
    by the task's own rule is terminated. After `reset(seed=k)` the episode is a function of k, an integer from 0 to
    2^32 - 1, and of the actions alone.

    Raises:
        UserError: As `describe`, or an optional package is not installed.
    """
    name = canonical(name)
    found = row(name)
    if found and not kwargs:
        return _adapted(found)
    describe(name, **kwargs)
    return _waiting.pop(_key(name, kwargs), None) or _brought(name, found, kwargs)


def _key(name: str, kwargs: dict[str, Any]) -> str:
    return json.dumps([name, kwargs], sort_keys=True)


def _entry(name: str) -> Any:
    from itt.envs import gymnasium_envs

    return gymnasium_envs.registered(name)


def _brought(name: str, found: EnvSpec | None, kwargs: dict[str, Any]) -> BroughtEnv:
    """An environment that has no row in the catalog, or is made otherwise than the one there."""
    from itt.envs.brought import BroughtEnv

    return BroughtEnv(name, lambda: _opened(name, found, kwargs))


def _spec(env: BroughtEnv, found: EnvSpec | None, kwargs: dict[str, Any]) -> EnvSpec:
    """What it says of itself."""
    space: Any = env.action_space
    discrete = not hasattr(space, "low")
    seen = found or EnvSpec(env.name, "gymnasium", env.name, 0, 0, False, (), (), None, "")
    return replace(
        seen,
        observation=env.size,
        action=int(space.n) if discrete else space.shape[0],
        discrete=discrete,
        low=() if discrete else tuple(space.low.tolist()),
        high=() if discrete else tuple(space.high.tolist()),
        episode_limit=env.episode_limit,
        parts=env.parts,
        kwargs=kwargs,
    )


def _adapted(spec: EnvSpec) -> gymnasium.Env[Any, Any]:
    """The environment of a row of the catalog."""
    env = _opened(spec.name, spec, {})
    if env.observation_space.dtype == "float64" and len(env.observation_space.shape or ()) == 1:
        return env
    from itt.envs.spaces import FlatObservations

    return FlatObservations(env)


def _opened(name: str, found: EnvSpec | None, kwargs: dict[str, Any]) -> gymnasium.Env[Any, Any]:
    """What the package of its family makes. Only the simulator that plays it is imported."""
    family, env_id = (found.family, found.id) if found else ("gymnasium", name)
    try:
        if family == "dm_control":
            from itt.envs import dm_control_envs

            return dm_control_envs.make(env_id, **kwargs)
        if family == "pybullet":
            from itt.envs import pybullet_envs

            return pybullet_envs.make(env_id, **kwargs)
    except ModuleNotFoundError as missing:
        install = f"pip install 'itt[{EXTRAS[family]}]'"
        raise UserError(f"environment {name} needs {missing.name}, which is not installed: {install}") from missing
    from itt.envs import gymnasium_envs

    return gymnasium_envs.make(env_id, **kwargs)
