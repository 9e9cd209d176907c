"""Episodes of a policy without noise: in evaluations, on whatever rank, and wherever states come from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import gymnasium
from numpy.typing import ArrayLike

from itt.algorithms.sac.policy import Arrays, Policy
from itt.algorithms.sac.settings import SACRun
from itt.envs import make, promised
from itt.envs.divergence import is_sound, watched_step, worth
from itt.ranks import Team
from itt.resolve import env_of
from itt.seeding import Key, env_seed

MOST_DIVERGED = 0.1
"""Share of an evaluation: as for any algorithm, a policy that seldom survives has no score."""

_envs: dict[str, gymnasium.Env[Any, Any]] = {}


class Shared(NamedTuple):
    """What the episodes of an evaluation have in common: the run, and its policy."""

    run: SACRun
    policy: Arrays


class Played(NamedTuple):
    """What an episode came to: the sum of rewards, and whether it diverged (`itt.envs.divergence`)."""

    value: float
    diverged: bool


def evaluated(shared: Shared, keys: Sequence[Key], team: Team) -> list[tuple[float, int, bool]]:
    """An episode for each key: what it counts for, the seed of its env, whether it diverged.

    Raises:
        Stopped: A signal came.
    """
    played = team.map(play, shared, keys)
    values = worth([one.value for one in played], [one.diverged for one in played], MOST_DIVERGED)
    return [(value, env_seed(key), one.diverged) for value, key, one in zip(values, keys, played, strict=True)]


def play(shared: Shared, key: Key) -> Played:
    """One episode."""
    run, spec = shared.run, env_of(shared.run)
    policy = Policy(shared.policy, spec)
    if run.hash not in _envs:
        _envs[run.hash] = make(run.env, **run.env_kwargs)
    env = _envs[run.hash]
    state = promised(spec, env.reset(seed=env_seed(key))[0])
    value, steps, diverged = 0.0, 0, not is_sound(state)
    over = diverged
    while not over:
        state, value, over, diverged = watched_step(env, policy.act(state), value)
        steps += 1
        over = over or steps == spec.episode_limit
    return Played(value, diverged)


class Acting:
    """A saved policy as an `itt.training.Policy`. It draws nothing, so an episode's number means nothing to it."""

    def __init__(self, run: SACRun, policy: Policy) -> None:
        """Ready to act."""
        self.run, self._policy = run, policy

    def begin(self, episode: int) -> None:
        """Nothing is to be done."""

    def env_seed(self, episode: int) -> int:
        """What `itt eval` resets the env with for that episode."""
        return env_seed(fresh(self.run, episode))

    def act(self, observation: ArrayLike) -> Any:
        """The mean action, shape (A,), for an observation, shape (s,).

        Raises:
            UserError: The observation has another length.
        """
        return self._policy.act(promised(env_of(self.run), observation))


def fresh(run: SACRun, episode: int) -> Key:
    """An episode that training never uses."""
    return Key(run.seed, episode=episode, evaluation=True)
