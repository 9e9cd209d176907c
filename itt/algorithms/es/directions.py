"""epsilon_1 ... epsilon_M: random directions with Gaussian marginals (Sec. 3.1)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from itt.algorithms.es.hadamard import hadamard
from itt.orthogonal import orthogonal

Directions = NDArray[np.float64]


def gaussian(count: int, size: int, random: np.random.Generator) -> Directions:
    """Independent N(0, I) rows, shape (count, size)."""
    return random.standard_normal((count, size))


def released(count: int, size: int, random: np.random.Generator) -> Directions:
    """As the published code makes them: no sign correction, and lengths from the matrix that was decomposed.

    E[epsilon] is then not zero. For comparison only (docs/reproduction-notes.md). Shape (count, size).
    """
    blocks = []
    for rows in _block_sizes(count, size):
        matrix = random.standard_normal((rows, size))
        q, _ = np.linalg.qr(matrix.T)
        blocks.append(np.linalg.norm(matrix, axis=1, keepdims=True) * q.T)
    return np.concatenate(blocks)


SAMPLINGS: dict[str, Callable[[int, int, np.random.Generator], Directions]] = {
    "orthogonal": orthogonal,
    "gaussian": gaussian,
    "hadamard": hadamard,
    "released": released,
}


def _block_sizes(count: int, size: int) -> list[int]:
    return [min(size, count - start) for start in range(0, count, size)]
