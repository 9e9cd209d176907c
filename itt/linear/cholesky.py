"""Cholesky's factor of a covariance, with pivots."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


def cholesky(covariance: Values, flat: float) -> tuple[Values, Values]:
    """S with S S^T = the covariance, and what undoes it: S^-1 in the directions that vary.

    Column by column the coordinate that varies most, given those before it, is split off. What is left with a standard
    deviation of at most `flat` times the first one's counts for nothing: those columns of S are zero, and so are those
    rows of S^-1.

    Args:
        covariance: Shape (d, d), symmetric, with no negative eigenvalue but for rounding.
        flat: A ratio of standard deviations.

    Returns:
        S and S^-1, shapes (d, d). S^-1 x has the covariance I where x has the given one.
    """
    left, size = covariance.copy(), len(covariance)
    factor, inverse = np.zeros((size, size)), np.zeros((size, size))
    least = flat * math.sqrt(max(float(np.diagonal(left).max()), 0.0))
    for k in range(size):
        pivot = int(np.diagonal(left).argmax())
        deviation = math.sqrt(max(float(left[pivot, pivot]), 0.0))
        if deviation <= least:
            break
        factor[:, k] = left[:, pivot] / deviation
        left -= factor[:, k, None] * factor[:, k]
        left[pivot], left[:, pivot] = 0.0, 0.0  # it is split off: no rounding brings it back
        # x_pivot = sum_j factor[pivot, j] y_j, solved for y_k; the terms j > k are zero.
        inverse[k, pivot] = 1.0
        inverse[k] -= np.einsum("j,jd->d", factor[pivot, :k], inverse[:k])
        inverse[k] /= deviation
    return factor, inverse
