"""Environments of Gymnasium: those of the paper, and any other that a user names by its id."""

from __future__ import annotations

import importlib
from difflib import get_close_matches
from typing import Any

import gymnasium
from gymnasium.spaces import Box
from gymnasium.spaces.utils import flatdim

from itt.envs.catalog import EnvSpec
from itt.envs.quiet import silence_mujoco
from itt.envs.spaces import served
from itt.errors import UserError
from itt.published.names import DMCS, ENVS


def make(env_id: str) -> gymnasium.Env[Any, Any]:
    """The registered environment `env_id` (`[module:][namespace/]Name-v0`) with flat float64 observations.

    Raises:
        UserError: The id is unknown, what it needs is not installed, or its spaces are not served.
    """
    registered = _registered(env_id)
    if str(registered.entry_point).startswith("gymnasium.envs.mujoco"):
        silence_mujoco()
    try:
        # Asked by its entry: asked by id, Gymnasium advises on the terminal to use a newer version than the paper's.
        env = gymnasium.make(registered, disable_env_checker=True)
    except (ImportError, gymnasium.error.Error) as reason:
        raise UserError(f"environment {env_id} cannot be made: {' '.join(str(reason).split())}") from reason
    return served(env_id, env)


def probe(env_id: str) -> EnvSpec:
    """What a registered environment is that has no row in the catalog; it is made once. Raises as `make`."""
    env = make(env_id)
    space = env.action_space
    spec = EnvSpec(
        name=env_id,
        family="gymnasium",
        id=env_id,
        observation=flatdim(env.observation_space),
        action=flatdim(space),
        discrete=not isinstance(space, Box),
        low=tuple(space.low.tolist()) if isinstance(space, Box) else (),
        high=tuple(space.high.tolist()) if isinstance(space, Box) else (),
        episode_limit=env.spec.max_episode_steps if env.spec else None,
        note="",
    )
    env.close()
    return spec


def _registered(env_id: str) -> gymnasium.envs.registration.EnvSpec:
    """Gymnasium's entry for an id, whose version must be named: `CartPole` alone would mean whatever is newest."""
    module, _, registered_id = env_id.rpartition(":")
    try:
        if module:
            importlib.import_module(module)
        return gymnasium.spec(registered_id)
    except ImportError as reason:
        raise UserError(f"unknown environment {env_id} ({reason}): {_suggestion(env_id)}") from reason
    except gymnasium.error.Error as reason:
        raise UserError(f"unknown environment {env_id}: {_suggestion(env_id)}") from reason


def _suggestion(name: str) -> str:
    """Up to three known names that look like `name`, whatever the case of their letters."""
    known = {candidate.lower(): candidate for candidate in (*gymnasium.registry, *DMCS, *ENVS)}
    close = [known[match] for match in get_close_matches(name.lower(), known, n=3)]
    allowed = "allowed are the paper's environments (see `itt envs`) and any Gymnasium id with its version"
    return f"did you mean {', '.join(close)}? {allowed}" if close else allowed
