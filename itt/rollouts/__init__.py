"""F(theta, key): playing episodes with one of two engines that must agree."""

from __future__ import annotations

from itt.algorithms.es.settings import ESRun
from itt.resolve import env_of
from itt.rollouts.episode import Episode, Player, Rollout, Shared

__all__ = ["Episode", "Player", "Rollout", "Shared", "play", "player", "ready"]

_players: dict[str, Player] = {}


def player(run: ESRun) -> Player:
    """A player for a resolved run. It is made once a process and kept."""
    if run.hash not in _players:
        _players[run.hash] = _made(run)
    return _players[run.hash]


def _made(run: ESRun) -> Player:
    """Each engine's own packages are imported here: PyTorch by one, Numba by the other."""
    if run.engine == "compiled":
        from itt.rollouts.compiled.player import player as compiled

        return compiled(run, env_of(run))
    from itt.rollouts.reference import ReferencePlayer

    return ReferencePlayer(run, env_of(run))


def ready(run: ESRun) -> None:
    """Compiles what a run needs, once. The rank that leads asks for it before it hands out work, so that of all ranks
    on its machine it is the one that compiles, and a mistake in where to keep that is told in one line.
    """
    if run.engine == "compiled":
        from itt.rollouts.compiled.player import ready as compiled

        compiled()


def play(shared: Shared, rollout: Rollout) -> Episode:
    """Plays one item of work, wherever it is called."""
    return player(shared.run).play(rollout.theta, rollout.key, shared.normaliser)
