"""Random vectors that are Gaussian one by one and orthogonal to each other: of ES (Sec. 3.1) and of SRP (Sec. 3.2)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def orthogonal(count: int, size: int, random: np.random.Generator) -> NDArray[np.float64]:
    """N(0, I) rows that are pairwise orthogonal, in independent blocks of `size` rows when there are more.

    A block is the Q of a Gaussian matrix's QR decomposition, which is Gram-Schmidt on its columns. LAPACK leaves the
    signs of R's diagonal open; made positive, Q is uniform on the orthogonal group (Mezzadri 2007), so that a row times
    an independent chi(size) length is N(0, I) exactly.

    Returns:
        Shape (count, size).
    """
    return np.concatenate([_block(min(size, count - start), size, random) for start in range(0, count, size)])


def _block(rows: int, size: int, random: np.random.Generator) -> NDArray[np.float64]:
    q, r = np.linalg.qr(random.standard_normal((size, rows)))
    haar = q * np.where(np.diagonal(r) < 0, -1.0, 1.0)
    lengths = np.sqrt(random.chisquare(size, rows))
    block: NDArray[np.float64] = lengths[:, None] * haar.T
    return block
