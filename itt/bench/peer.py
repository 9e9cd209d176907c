"""The outside peer: EnvPool's C++ envs, many at a time, with the policy as batched NumPy products.

What a user would set up who wants speed and writes no compiled code: ENVS episodes side by side on one thread, one step
of all of them, then one choice for all of them. It plays the same method with the same number of candidates; its seeds
are fixed when the envs are made, so it cannot play our episodes, and it starts over by itself where one ends.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from itt.algorithms.es.settings import ESRun
from itt.envs import EnvSpec
from itt.policies import ACTIVATIONS, Theta, architecture_of, encoded_size

ENVS = 16
"""Episodes side by side: enough to make Python's share of a step small, and their candidates still fit a cache."""
NAMES = {
    "Swimmer-v2": "Swimmer-v4",
    "LunarLanderContinuous-v2": "LunarLanderContinuous-v2",
    "Hopper-v2": "Hopper-v4",
    "HalfCheetah-v2": "HalfCheetah-v4",
    "Walker2d-v2": "Walker2d-v4",
    "CartPole-v1": "CartPole-v1",
    "MountainCar-v0": "MountainCar-v0",
    "Acrobot-v1": "Acrobot-v1",
    "MountainCarContinuous-v0": "MountainCarContinuous-v0",
    "fish-swim": "FishSwim-v1",
    "swimmer-swimmer6": "SwimmerSwimmer6-v1",
    "swimmer-swimmer15": "SwimmerSwimmer15-v1",
    "hopper-stand": "HopperStand-v1",
    "walker-walk": "WalkerWalk-v1",
}
"""EnvPool's names of the paper's envs; it has no Bullet."""
Values = NDArray[np.float32]


class Peer:
    """ENVS episodes of a run's policy in EnvPool."""

    def __init__(self, run: ESRun, spec: EnvSpec, theta: Theta) -> None:
        """Makes the envs, on one thread.

        Raises:
            ModuleNotFoundError: envpool is not installed.
            KeyError: EnvPool does not have the env.
        """
        import envpool

        self.run, self.spec = run, spec
        self.envs: Any = envpool.make_gymnasium(NAMES[run.env], num_envs=ENVS, num_threads=1, seed=0)
        architecture = architecture_of(run, spec)
        self.layers = architecture.towers
        self.matrices = [[matrix.astype(np.float32) for matrix in tower] for tower in architecture.matrices(theta)]
        self.random = np.random.Generator(np.random.SFC64(0))
        self.states, _ = self.envs.reset()
        self.standing = None if self._fresh else self._prepared(self._candidates())

    def play(self, steps: int) -> float:
        """CPU seconds of this process, threads and all, for that many env steps or a few more."""
        started = time.process_time()
        for _ in range(-(-steps // ENVS)):
            self.states = self.envs.step(self._act(_flat(self.states)))[0]
        return time.process_time() - started

    @property
    def _fresh(self) -> bool:
        return not self.spec.discrete and self.run.candidates.resample == "transition"

    def _candidates(self) -> Values:
        """A* of each env, (ENVS, N, a); that of all of them, (1, n, 1 or n), where actions are discrete."""
        if self.spec.discrete:
            size, count = encoded_size(self.run.policy, self.spec.action, True), self.spec.action
            return (np.arange(count).reshape(1, -1, 1) if size == 1 else np.eye(count)[None]).astype(np.float32)
        low, high = np.array(self.spec.low, dtype=np.float32), np.array(self.spec.high, dtype=np.float32)
        shape = (ENVS, self.run.candidates.count, self.spec.action)
        return low + (high - low) * self.random.random(shape, dtype=np.float32)

    def _prepared(self, candidates: Values) -> tuple[Values, Values]:
        return candidates, self._tower(1, candidates) if self.run.traits.latents else candidates

    def _act(self, states: Values) -> Any:
        if not self.run.traits.candidates:
            output = self._tower(0, states)
            return output.argmax(axis=1) if self.spec.discrete else np.clip(output, self.spec.low, self.spec.high)
        candidates, latents = self.standing or self._prepared(self._candidates())
        if self.run.traits.latents:
            scores = np.matmul(latents, self._tower(0, states)[:, :, None])[:, :, 0]
        else:
            shape = (ENVS, candidates.shape[1])
            wide = np.broadcast_to(states[:, None], (*shape, states.shape[1]))
            actions = np.broadcast_to(candidates, (*shape, candidates.shape[2]))
            scores = self._tower(0, np.concatenate((wide, actions), axis=2))[:, :, 0]
        best = scores.argmax(axis=1)
        return best if self.spec.discrete else candidates[np.arange(ENVS), best].astype(np.float64)

    def _tower(self, number: int, values: Values) -> Values:
        for layer, matrix in zip(self.layers[number], self.matrices[number], strict=True):
            values = values @ matrix.T
            ACTIVATIONS[layer.activation].in_place(values)
        return values


def _flat(states: Any) -> Values:
    """Observations as one array, (ENVS, s); EnvPool gives DMCS' as a dictionary."""
    parts = states.values() if isinstance(states, dict) else [states]
    return np.concatenate([np.reshape(part, (ENVS, -1)) for part in parts], axis=1).astype(np.float32)
