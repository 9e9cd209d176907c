"""Weighted sums and lengths, by NumPy's own loops: `@` and `np.linalg.norm` would ask a BLAS."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


def combination(weights: Values, rows: Values) -> Values:
    """sum_i weights_i rows_i, shapes (n,) and (n, m) -> (m,)."""
    found: Values = np.einsum("i,ij->j", weights, rows)
    return found


def length(vector: Values) -> float:
    """|v|, shape (n,)."""
    return math.sqrt(float(np.sum(vector * vector)))
