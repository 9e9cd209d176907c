"""The shapes that both engines share: what is asked of a player, and what an episode leaves behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

from itt.algorithms.es.settings import ESRun
from itt.observations import Moments, Normaliser
from itt.policies import Theta
from itt.seeding import Key


@dataclass(frozen=True, slots=True)
class Episode:
    """What one rollout came to.

    Attributes:
        value: The sum of rewards, undiscounted: one sample of F(theta).
        steps: Its length, in env steps.
        seconds: The time it took to play.
        diverged: Whether it diverged, which ended it (`itt.envs.divergence`); `value` is then what was paid before
            and says nothing.
        met: The moments of the states that were acted in, where the policy sees normalised ones.
        builds: How often what is kept of candidates that stand (their latents, a search's tables) was computed for it:
            1, or 0 where the episode before left the same.
        build_seconds: The CPU time of that.
    """

    value: float
    steps: int
    seconds: float
    diverged: bool = False
    met: Moments | None = None
    builds: int = 0
    build_seconds: float = 0.0


class Shared(NamedTuple):
    """What the rollouts of an iteration have in common: the run, and what its policy sees states through, or None."""

    run: ESRun
    normaliser: Normaliser | None = None


class Rollout(NamedTuple):
    """One item of work: play `theta`, shape (D,), in the episode `key`."""

    theta: Theta
    key: Key


class Player(Protocol):
    """Plays episodes of one run's policy in one run's env."""

    def play(self, theta: Theta, key: Key, normaliser: Normaliser | None = None) -> Episode:
        """One episode; a function of its arguments alone, whatever was played before.

        With a normaliser the policy sees states through it, and the episode tells the moments of those it met.
        """
