"""F(theta, key): playing episodes with one of two engines that must agree."""

from __future__ import annotations

from itt.envs import describe
from itt.rollouts.episode import Episode, Player, Rollout
from itt.rollouts.resolve import architecture_of, resolve
from itt.study import Run

__all__ = ["Episode", "Player", "Rollout", "architecture_of", "play", "player", "resolve"]

_players: dict[str, Player] = {}


def player(run: Run) -> Player:
    """A player for a resolved run. It is made once a process and kept."""
    if run.hash not in _players:
        from itt.rollouts.reference import ReferencePlayer  # PyTorch is for this engine only

        _players[run.hash] = ReferencePlayer(run, describe(run.env))
    return _players[run.hash]


def play(run: Run, rollout: Rollout) -> Episode:
    """Plays one item of work, wherever it is called."""
    return player(run).play(rollout.theta, rollout.key)
