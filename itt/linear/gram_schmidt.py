"""Orthonormal rows: the Q of a QR decomposition whose R has a positive diagonal."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from itt.linear.products import add_product, readable_add_product, readable_product, room
from itt.native.kernel import kernel

Values = NDArray[np.float64]
BLOCK = 16
"""Rows that are made orthogonal to all before them by matrix products. The bits depend on it."""


def orthonormalise(rows: Values) -> None:
    """Gram-Schmidt on the rows, in place: shape (M, D), M at most D. See `readable_orthonormalise`, of the same bits.

    Blocks of rows lose their parts along the rows before them, all at once, then become orthonormal among themselves
    (modified Gram-Schmidt). All of it is done twice, which leaves errors of the order of rounding however nearly
    dependent the rows were (Barlow and Smoktunowicz 2013).
    """
    count, size = rows.shape
    turned, factors = np.empty((size, BLOCK)), np.empty(BLOCK)
    parts, taken = np.empty(count * BLOCK), np.empty(count * BLOCK)
    _orthonormalise(rows, turned, factors, parts, taken, room())


def readable_orthonormalise(rows: Values) -> None:
    """What `orthonormalise` computes."""
    for first in range(0, len(rows), BLOCK):
        before, block = rows[:first], rows[first : first + BLOCK]
        for _ in range(2):
            parts = readable_product(before, block.T)
            readable_add_product(-parts.T, before, block)
            for i, row in enumerate(block):
                products = readable_product(row[None], block.T)[0]
                square = products[i]
                block[i + 1 :] -= (products[i + 1 :] / square)[:, None] * row
                row /= math.sqrt(square)


@kernel
def _orthonormalise(rows: Any, turned: Any, factors: Any, parts: Any, taken: Any, room: Any) -> None:
    count, size = rows.shape
    for first in range(0, count, BLOCK):
        height = min(BLOCK, count - first)
        before, block = rows[:first], rows[first : first + height]
        along, away = parts[: first * BLOCK].reshape((first, BLOCK)), taken[: height * first].reshape((height, first))
        for _ in range(2):
            _turn(block, turned)
            if first > 0:
                along[:] = 0.0
                add_product(before, turned, along, room)
                for i in range(height):
                    for j in range(first):
                        away[i, j] = -along[j, i]
                add_product(away, before, block, room)
                _turn(block, turned)
            _orthonormalise_columns(turned, height, factors)
            for i in range(height):
                for d in range(size):
                    block[i, d] = turned[d, i]


@kernel
def _turn(block: Any, turned: Any) -> None:
    """The rows of a block as columns, (D, BLOCK): neighbours in memory, as a loop over them wants; zeros fill it up."""
    for d in range(len(turned)):
        for i in range(len(block)):
            turned[d, i] = block[i, d]
        for i in range(len(block), BLOCK):
            turned[d, i] = 0.0


@kernel
def _orthonormalise_columns(turned: Any, height: Any, factors: Any) -> None:
    """Modified Gram-Schmidt on the first `height` columns; each takes its part out of those behind it."""
    for i in range(height):
        for j in range(BLOCK):
            factors[j] = 0.0
        for d in range(len(turned)):
            for j in range(BLOCK):
                factors[j] += turned[d, i] * turned[d, j]
        square = factors[i]
        for j in range(BLOCK):
            factors[j] = factors[j] / square if j > i else 0.0
        length = math.sqrt(square)
        for d in range(len(turned)):
            value = turned[d, i]
            for j in range(BLOCK):
                turned[d, j] -= factors[j] * value
            turned[d, i] = value / length
