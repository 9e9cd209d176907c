"""Random vectors that are Gaussian one by one and orthogonal to each other: of ES (Sec. 3.1) and of SRP (Sec. 3.2)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from itt.linear.gram_schmidt import orthonormalise


def orthogonal(count: int, size: int, random: np.random.Generator) -> NDArray[np.float64]:
    """N(0, I) rows that are pairwise orthogonal, in independent blocks of `size` rows when there are more.

    A block is what Gram-Schmidt makes of a Gaussian matrix. It leaves every row on the side where it was: the diagonal
    of R is positive, so the rows are uniform on the orthogonal group (Mezzadri 2007), and a row times an independent
    chi(size) length is N(0, I) exactly.

    Returns:
        Shape (count, size).
    """
    return np.concatenate([_block(min(size, count - start), size, random) for start in range(0, count, size)])


def _block(rows: int, size: int, random: np.random.Generator) -> NDArray[np.float64]:
    block = random.standard_normal((rows, size))
    orthonormalise(block)
    block *= np.sqrt(random.chisquare(size, rows))[:, None]
    return block
