"""Environments that people bring: whatever their spaces are, and whatever they raise is told in one line."""

from __future__ import annotations

import atexit
import sys
import traceback
from collections.abc import Callable
from typing import Any
from weakref import WeakSet

import gymnasium
from gymnasium.spaces import flatdim

from itt.envs.spaces import Values, actions, flat, flat_space
from itt.errors import Stopped, UserError


class BroughtEnv(gymnasium.Env[Values, Any]):
    """Someone's environment: flat float64 observations of one length, actions in the space's own shape and type.

    Attributes:
        name: What it is called in messages.
        size: s, the length of its observations.
        parts: See `EnvSpec.parts`.
        episode_limit: Steps after which it truncates an episode by itself, as far as it says so; None if it does not.
    """

    def __init__(self, name: str, made: Callable[[], gymnasium.Env[Any, Any]]) -> None:
        """Makes the environment.

        Raises:
            UserError: It cannot be made, or its spaces are not served.
        """
        self.name = name
        try:
            self.env = made()
            space, asked = self.env.observation_space, self.env.action_space
        except (Stopped, UserError):
            raise
        except (Exception, SystemExit) as reason:
            raise self._mistake("cannot be made", reason) from reason
        if not getattr(space, "is_np_flattenable", False):
            raise UserError(
                f"environment {name} has {type(space).__name__} observations; allowed are those that Gymnasium "
                "flattens to a vector"
            )
        self.size = flatdim(space)
        if not self.size:
            raise UserError(f"environment {name} has observations of shape {space.shape}, which hold no number")
        self.observation_space = flat_space(space)
        served = actions(name, asked)
        self.action_space, self.parts, self._own = served.space, served.parts, served.own
        registered = getattr(self.env, "spec", None)
        limit = registered.max_episode_steps if registered else getattr(self.env, "episode_limit", None)
        self.episode_limit: int | None = limit
        _brought.add(self)

    @property
    def unwrapped(self) -> gymnasium.Env[Any, Any]:
        """The environment itself, as its author wrote it."""
        return self.env.unwrapped

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Values, dict[str, Any]]:
        """Starts an episode.

        Raises:
            UserError: It raised, or gave what is not of its space.
        """
        try:
            observation, information = self.env.reset(seed=seed, options=options)
            vector = flat(self.env.observation_space, observation)
        except (Stopped, UserError):
            raise
        except (Exception, SystemExit) as reason:
            raise self._mistake("failed in reset", reason) from reason
        return vector, information

    def step(self, action: Any) -> tuple[Values, float, bool, bool, dict[str, Any]]:
        """Plays one step; `action` is an index, or a vector of shape (a,).

        Raises:
            UserError: As `reset`.
        """
        try:
            observation, reward, terminated, truncated, information = self.env.step(self._own(action))
            vector, reward = flat(self.env.observation_space, observation), float(reward)
        except (Stopped, UserError):
            raise
        except (Exception, SystemExit) as reason:
            raise self._mistake("failed in step", reason) from reason
        return vector, reward, bool(terminated), bool(truncated), information

    def close(self) -> None:
        """Frees what it holds.

        Raises:
            UserError: It raised.
        """
        try:
            self.env.close()
        except (Exception, SystemExit) as reason:
            raise self._mistake("failed in close", reason) from reason

    def _mistake(self, what: str, reason: BaseException) -> UserError:
        return UserError(f"environment {self.name} {what}: {one_line(reason)}")


_brought: WeakSet[BroughtEnv] = WeakSet()


@atexit.register
def _close() -> None:
    """Closes what is still open when the process ends: nothing else here knows when an environment is last used."""
    for env in list(_brought):
        try:
            env.close()
        except UserError as reason:
            print(f"itt: {reason}", file=sys.stderr)


def one_line(reason: BaseException) -> str:
    """What was raised and, where that was in someone's own code, where."""
    said = " ".join(f"{type(reason).__name__}: {reason}".split())
    frames = traceback.extract_tb(reason.__traceback__)
    return f"{said} ({frames[-1].filename}, line {frames[-1].lineno})" if frames else said
