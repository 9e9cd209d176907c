"""All random numbers of a training but those of its env, by step: who goes on at a step needs nothing saved of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from itt.seeding import Key, Purpose, generator

BLOCK = 32
"""Steps whose numbers are drawn together. It is part of every result."""
Values = NDArray[np.float32]


class Draws:
    """The numbers of a run with this seed, for batches of B transitions and actions of A coordinates."""

    def __init__(self, seed: int, batch: int, action: int) -> None:
        """Nothing is drawn yet."""
        self.seed, self.batch, self.action = seed, batch, action
        self._acting: tuple[int, Values, Values] | None = None
        self._learning: tuple[int, NDArray[np.float64], Values] | None = None

    def uniform(self, step: int) -> Values:
        """An action of the warm-up: uniform in [-1, 1)^A."""
        return self._block_of_acting(step)[0]

    def normal(self, step: int) -> Values:
        """epsilon ~ N(0, I) of the action that is played, (A,)."""
        return self._block_of_acting(step)[1]

    def learning(self, step: int) -> tuple[NDArray[np.float64], Values]:
        """Of an update: a point of [0, 1) for each transition, (B,), and epsilon of three draws, (3, B, A)."""
        block, place = divmod(step, BLOCK)
        if self._learning is None or self._learning[0] != block:
            key = Key(self.seed, iteration=block)
            points = generator(key, Purpose.REPLAY).random((BLOCK, self.batch))
            shape = (BLOCK, 3, self.batch, self.action)
            self._learning = block, points, generator(key, Purpose.UPDATE).standard_normal(shape, np.float32)
        return self._learning[1][place], self._learning[2][place]

    def _block_of_acting(self, step: int) -> tuple[Values, Values]:
        block, place = divmod(step, BLOCK)
        if self._acting is None or self._acting[0] != block:
            random, shape = generator(Key(self.seed, iteration=block), Purpose.EXPLORATION), (BLOCK, self.action)
            uniform = 2.0 * random.random(shape, np.float32) - np.float32(1.0)
            self._acting = block, uniform, random.standard_normal(shape, np.float32)
        return self._acting[1][place], self._acting[2][place]
