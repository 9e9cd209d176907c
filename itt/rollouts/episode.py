"""The shapes that both engines share: what is asked of a player, and what an episode leaves behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

from itt.policies import Theta
from itt.seeding import Key


@dataclass(frozen=True, slots=True)
class Episode:
    """What one rollout came to.

    Attributes:
        value: The sum of rewards, undiscounted: one sample of F(theta).
        steps: Its length, in env steps.
        seconds: The time it took to play.
        diverged: Whether the simulation diverged, which ended the episode.
    """

    value: float
    steps: int
    seconds: float
    diverged: bool = False


class Rollout(NamedTuple):
    """One item of work: play `theta`, shape (D,), in the episode `key`."""

    theta: Theta
    key: Key


class Player(Protocol):
    """Plays episodes of one run's policy in one run's env."""

    def play(self, theta: Theta, key: Key) -> Episode:
        """One episode; a function of its arguments alone, whatever was played before."""
