"""Environments of Gymnasium: those of the paper, and any other that a user names by its id."""

from __future__ import annotations

import importlib
import os
import sys
from difflib import get_close_matches
from typing import Any

import gymnasium
from gymnasium.envs.registration import EnvSpec as Registered

from itt.envs.brought import one_line
from itt.envs.quiet import silence_mujoco
from itt.errors import UserError
from itt.published.names import DMCS, ENVS


def make(env_id: str, **kwargs: Any) -> gymnasium.Env[Any, Any]:
    """The registered environment `env_id` (`[module:][namespace/]Name-v0`), as Gymnasium makes it from `kwargs`.

    Raises:
        UserError: The id is unknown, or what it needs is not installed.
    """
    entry = registered(env_id)
    if str(entry.entry_point).startswith("gymnasium.envs.mujoco"):
        silence_mujoco()
    try:
        # Asked by its entry: asked by id, Gymnasium advises on the terminal to use a newer version than the paper's.
        return gymnasium.make(entry, **{"disable_env_checker": True, **kwargs})
    except (ImportError, gymnasium.error.Error) as reason:
        raise UserError(f"environment {env_id} cannot be made: {' '.join(str(reason).split())}") from reason


def registered(env_id: str) -> Registered:
    """Gymnasium's entry for an id, whose version must be named: `CartPole` alone would mean whatever is newest.

    A module before the id is imported first; it may lie in the current folder, behind all that is installed.

    Raises:
        UserError: There is none, or its module cannot be imported.
    """
    module, _, name = env_id.rpartition(":")
    try:
        if module:
            if os.getcwd() not in sys.path and "" not in sys.path:
                sys.path.append(os.getcwd())
            importlib.import_module(module)
        return gymnasium.spec(name)
    except ImportError as reason:
        raise UserError(f"unknown environment {env_id} ({reason}): {_suggestion(env_id)}") from reason
    except gymnasium.error.Error as reason:
        raise UserError(f"unknown environment {env_id}: {_suggestion(env_id)}") from reason
    except (Exception, SystemExit) as reason:
        raise UserError(f"environment {env_id}: its module {module} cannot be imported: {one_line(reason)}") from reason


def _suggestion(name: str) -> str:
    """Up to three known names that look like `name`, whatever the case of their letters."""
    known = {candidate.lower(): candidate for candidate in (*gymnasium.registry, *DMCS, *ENVS)}
    close = [known[match] for match in get_close_matches(name.lower(), known, n=3)]
    allowed = "allowed are the paper's environments (see `itt envs`) and any Gymnasium id with its version"
    return f"did you mean {', '.join(close)}? {allowed}" if close else allowed
