"""What a run means in its env: made as it is asked for, checked, with all decided that depends on it."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from itt.algorithms import module
from itt.envs import EnvSpec, describe
from itt.errors import UserError
from itt.run import Run

Kind = TypeVar("Kind", bound=Run)


def resolve(run: Kind) -> Kind:
    """The run with everything decided that depends on its env, as its algorithm's `resolve` decides it.

    Raises:
        UserError: The env is unknown or not served, or the settings mean nothing in it.
    """
    spec = env_of(run)
    if spec.episode_limit is None:
        raise UserError(
            f"{run.env}: episode_steps: is missing; the env says of no limit to its episodes, which could be endless"
        )
    resolved: Kind = module(run.method, "resolve").resolve(run.model_copy(update={"env": spec.name}), spec)
    return resolved


def env_of(run: Run) -> EnvSpec:
    """The run's env: made with its keyword arguments, its episodes limited by whichever limit is smaller.

    Raises:
        UserError: As `itt.envs.describe`.
    """
    spec = describe(run.env, **run.env_kwargs)
    limits = [limit for limit in (spec.episode_limit, run.episode_steps) if limit is not None]
    return replace(spec, episode_limit=min(limits, default=None))
