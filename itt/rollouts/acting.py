"""A trained policy outside of a rollout: it chooses an action for each state that it is shown."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from itt import seeding
from itt.algorithms.es.settings import ESRun
from itt.envs import promised
from itt.observations import Learned
from itt.resolve import env_of
from itt.seeding import Key


class Acting:
    """theta in the env of its resolved run. An episode begins with `begin`; then `act` is asked once a transition.

    Its choices are those of `itt eval`, on the engine of the run: candidates are drawn by the episode's number and the
    transition.
    """

    def __init__(self, run: ESRun, learned: Learned) -> None:
        """Ready for the transitions of episode 0."""
        self.run, self._learned, self._spec = run, learned, env_of(run)
        self._chooser = _Reference(run, learned) if run.engine == "reference" else _Compiled(run, learned)
        self.begin(0)

    def begin(self, episode: int) -> None:
        """Begins an episode of evaluation: the same number, the same candidates."""
        self._transition = 0
        self._chooser.begin(self._key(episode))

    def env_seed(self, episode: int) -> int:
        """What `itt eval` resets the env with for that episode."""
        return seeding.env_seed(self._key(episode))

    def act(self, observation: ArrayLike) -> Any:
        """The action for a state, shape (s,): a vector of float64, shape (a,), or the number of a discrete action.

        Raises:
            UserError: The state has another length.
        """
        state = promised(self._spec, observation)
        if self._learned.normaliser is not None:
            state = self._learned.normaliser(state)
        self._transition += 1
        return self._chooser.act(state, self._transition - 1)

    def _key(self, episode: int) -> Key:
        return Key(self.run.seed, episode=episode, evaluation=True)


class _Compiled:
    """The compiled engine's choices."""

    def __init__(self, run: ESRun, learned: Learned) -> None:
        from itt.policies import architecture_of
        from itt.rollouts.compiled import player, policy

        player.ready()
        self._policy, self._run, self._theta, spec = policy, run, learned.theta, env_of(run)
        self._actor = policy.make(run, spec, architecture_of(run, spec))
        self._discrete = spec.discrete
        self._action = np.zeros(1 if spec.discrete else spec.action)

    def begin(self, key: Key) -> None:
        self._policy.begin(self._actor, self._run, self._theta, key)

    def act(self, state: NDArray[np.float64], transition: int) -> Any:
        self._policy.act(self._actor, state, transition, self._action)
        return int(self._action[0]) if self._discrete else self._action.copy()


class _Reference:
    """The reference engine's."""

    def __init__(self, run: ESRun, learned: Learned) -> None:
        from itt.rollouts.reference import ReferencePlayer

        self._player, self._theta = ReferencePlayer(run, env_of(run)), learned.theta

    def begin(self, key: Key) -> None:
        self.act = self._player.chooser(self._theta, key)
