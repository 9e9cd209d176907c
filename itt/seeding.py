"""Every random stream of the project, by key.

There is no global generator. A stream is named by what it is for and where in a run it is used; whoever knows the key
gets the same numbers, on any rank and in any order. Streams of training and of evaluation never share an env seed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray


class Purpose(IntEnum):
    """What a stream is for. The numbers are part of every result: never reuse or renumber them."""

    THETA = 0
    """theta_0"""
    DIRECTIONS = 1
    """epsilon_1 ... epsilon_M of an iteration"""
    EPISODE = 2
    """the env's own randomness in an episode"""
    CANDIDATES = 3
    """A*"""
    SUBSAMPLE = 4
    """indices into a pool that is drawn once a run"""
    SELECTION = 5
    """the draw of Eq. 3"""
    SEARCH = 6
    """randomness inside a search"""
    NETWORKS = 7
    """the first weights of networks"""
    EXPLORATION = 8
    """actions drawn while acting in training"""
    REPLAY = 9
    """which transitions of the past an update is made of"""
    UPDATE = 10
    """actions drawn inside an update's losses"""


@dataclass(frozen=True, slots=True)
class Key:
    """Where in a run a stream is used.

    Attributes:
        seed: The run's seed.
        iteration: k, the number of updates that theta has had; or how an algorithm counts what it draws for.
        direction: i of epsilon_i; -1 for theta itself, and where nothing is perturbed.
        sign: +1 or -1 for theta +- sigma epsilon_i; 0 for theta itself, and where nothing is perturbed.
        episode: Which of several episodes of the same perturbation.
        evaluation: True for fresh evaluations of a saved policy, False in training.
    """

    seed: int
    iteration: int = 0
    direction: int = -1
    sign: int = 0
    episode: int = 0
    evaluation: bool = False

    def for_iteration(self) -> Key:
        """The key of a candidate pool that stands for an iteration and a perturbation, whatever the episode.

        In evaluation there are no iterations, and each episode has a pool of its own.
        """
        return self if self.evaluation else replace(self, episode=0)

    def for_run(self) -> Key:
        """The key of what is drawn once a run; the same in training and in evaluation."""
        return Key(self.seed)


def words(key: Key, purpose: Purpose, count: int = 1) -> NDArray[np.uint64]:
    """`count` 64-bit words of the stream: keys for counter-based generators. Shape (count,)."""
    place = (key.iteration, key.direction + 1, key.sign + 1, key.episode, int(key.evaluation))
    entropy = (key.seed, purpose, *place)
    return np.random.SeedSequence(entropy).generate_state(count, np.uint64).astype(np.uint64)


def generator(key: Key, purpose: Purpose) -> np.random.Generator:
    """The stream as a NumPy generator (Philox, counter-based)."""
    return np.random.Generator(np.random.Philox(key=words(key, purpose, 2)))


def env_seed(key: Key) -> int:
    """The seed that an env is reset with: below 2^31 in training, from 2^31 to 2^32 - 1 in evaluation."""
    return int(words(key, Purpose.EPISODE)[0] >> np.uint64(33)) + (2**31 if key.evaluation else 0)
