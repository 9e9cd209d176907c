"""Fresh evaluation of a saved policy, with episodes that training never saw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from itt import seeding
from itt.algorithms.es.settings import ESRun
from itt.envs.divergence import worth
from itt.observations import Normaliser
from itt.resolve import resolve
from itt.rollouts import Episode, Rollout, Shared, play
from itt.seeding import Key

MOST_DIVERGED = 0.1
"""Share of an evaluation. Only sound episodes of this one policy can take the place of those that diverged, so a policy
that seldom survives would score as if it always did."""


def evaluate(
    run: ESRun,
    theta: Any,
    episodes: int,
    over: Callable[[Callable[..., Episode], Shared, list[Rollout]], list[Episode]],
    normaliser: Normaliser | None = None,
) -> list[tuple[Episode, int]]:
    """Plays theta, shape (D,), in `episodes` episodes.

    Args:
        run: The run that the policy belongs to.
        theta: The policy.
        episodes: Their number.
        over: `Team.map`.
        normaliser: What was saved with the policy, if it sees normalised states.

    Returns:
        Each episode with the seed of its env; the value of one that diverged is what it counts for (`worth`), which is
        NaN where more than MOST_DIVERGED did: such a policy has no score.
    """
    keys = [Key(run.seed, episode=number, evaluation=True) for number in range(episodes)]
    played = over(play, Shared(resolve(run), normaliser), [Rollout(theta, key) for key in keys])
    values = worth([episode.value for episode in played], [episode.diverged for episode in played], MOST_DIVERGED)
    counted = [replace(episode, value=value) for episode, value in zip(played, values, strict=True)]
    return [(episode, seeding.env_seed(key)) for episode, key in zip(counted, keys, strict=True)]
