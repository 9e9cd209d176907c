"""epsilon_1 ... epsilon_M: random directions with Gaussian marginals (Sec. 3.1)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from itt.linear.householder import signed_orthonormal
from itt.linear.orthogonal import orthogonal
from itt.linear.sums import length

Directions = NDArray[np.float64]

_AT_ONCE = 2**17
"""Numbers that are transformed together: what a core's own cache holds."""


def gaussian(count: int, size: int, random: np.random.Generator) -> Directions:
    """Independent N(0, I) rows, shape (count, size)."""
    return random.standard_normal((count, size))


def released(count: int, size: int, random: np.random.Generator) -> Directions:
    """As the published code makes them: no sign correction, and lengths from the matrix that was decomposed.

    E[epsilon] is then not zero. For comparison only (docs/reproduction-notes.md). Shape (count, size).
    """
    blocks = []
    for start in range(0, count, size):
        matrix = random.standard_normal((min(size, count - start), size))
        lengths = np.array([length(row) for row in matrix])
        blocks.append(lengths[:, None] * signed_orthonormal(matrix))
    return np.concatenate(blocks)


def hadamard(count: int, size: int, random: np.random.Generator) -> Directions:
    """Rows with mean 0 and covariance I, orthogonal or nearly so in independent blocks of P, without a decomposition.

    W is the Walsh-Hadamard matrix of size P, the least power of two that is at least D, H = W / sqrt(P), and D_1, D_2,
    D_3 are diagonals of random signs. The rows of sqrt(P) H D_1 H D_2 H D_3 are pairwise orthogonal in R^P and of
    length sqrt(P); each is scaled to an independent chi(P) length and cut to its first D coordinates.

    Exact for every D, by the signs alone: E[epsilon] = 0, E[epsilon epsilon^T] = I, and different rows are
    uncorrelated; so antithetic estimates are unbiased on quadratics, as with Gaussian rows. Exact only for D = P: rows
    are orthogonal, and lengths are chi(D). Approximate: coordinates are Gaussian as sums of P signs are; with D < P the
    mean squared cosine of two rows is about (P - D) / (P D), against 1 / D of independent rows.

    After Yu et al. 2016 (Orthogonal Random Features) and Choromanski et al. 2018 (structured evolution).

    Returns:
        Shape (count, size).
    """
    padded = 1 << (size - 1).bit_length()
    starts = range(0, count, padded)
    return np.concatenate([_hadamard_block(min(padded, count - start), size, padded, random) for start in starts])


def _hadamard_block(rows: int, size: int, padded: int, random: np.random.Generator) -> Directions:
    first, second, third = 2.0 * random.integers(0, 2, (3, padded)) - 1.0
    lengths = np.sqrt(random.chisquare(padded, rows))
    # W_ik W_kj = W_k(i xor j), so row i of W D_1 W D_2 is w at (i xor j) times the signs of D_2, where w = W d_1.
    transformed, columns = walsh_hadamard(first[None])[0] / padded**1.5, np.arange(padded)
    block, step = np.empty((rows, size)), max(1, _AT_ONCE // padded)
    for start in range(0, rows, step):
        chosen = np.arange(start, min(start + step, rows))
        mixed = walsh_hadamard(transformed[columns ^ chosen[:, None]] * second)
        block[chosen] = mixed[:, :size] * third[:size] * lengths[chosen, None]
    return block


def walsh_hadamard(vectors: Directions) -> Directions:
    """W x for each row x of `vectors`, shape (n, P); W_ij is -1 to the number of ones that i and j have in common.

    Every pass replaces one bit of the index and turns the others by one place, so that after log2(P) passes all stand
    where they stood, and all passes read and write alike.
    """
    half = vectors.shape[1] // 2
    now, following = vectors.copy(), np.empty_like(vectors)
    for _ in range(half.bit_length()):
        np.add(now[:, ::2], now[:, 1::2], out=following[:, :half])
        np.subtract(now[:, ::2], now[:, 1::2], out=following[:, half:])
        now, following = following, now
    return now


SAMPLINGS: dict[str, Callable[[int, int, np.random.Generator], Directions]] = {
    "orthogonal": orthogonal,
    "gaussian": gaussian,
    "hadamard": hadamard,
    "released": released,
}
