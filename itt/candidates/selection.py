"""From scores to one candidate: Eq. 5 or Eq. 3.

A score that is NaN, as it comes of weights whose products overflow, never wins: it counts as -inf, and where no score
is finite the first of the largest is chosen, or drawn. The compiled engine does the same.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from itt.algorithms.es.settings import Kernel
from itt.linear.elementwise import exp, expm1

Values = NDArray[np.float64]


def argmax(scores: Values) -> int:
    """The index of the best score, shape (N,) (Eq. 5). Of equals the lowest index wins."""
    return int(np.argmax(_ordered(scores)))


def log_weights(kernel: Kernel, scores: Values) -> Values:
    """ln of the weights of Eq. 3, up to a common constant: K less its maximum, so that no exponential overflows.

    Args:
        kernel: For `softmax`, `scores` are the dot products z and K = exp(z), so Eq. 3 exponentiates twice; otherwise
            the scores are K.
        scores: Shape (N,).

    Returns:
        Shape (N,), at most 0, and 0 for the best.
    """
    nan, scores = np.isnan(scores), _ordered(scores)
    best = scores.max()
    if not np.isfinite(best):
        return np.where(np.arange(len(scores)) == np.argmax(scores), 0.0, -np.inf)
    weights: Values = scores - best
    if kernel == "softmax":
        # exp(z) - exp(best); beyond 700 exp would overflow, and the differences decide everything in any case.
        weights = math.exp(min(best, 700.0)) * expm1(weights)
    weights[nan] = -np.inf
    return weights


def draw(log_weights: Values, units: Values) -> NDArray[np.int64]:
    """Indices drawn with probabilities proportional to exp(log_weights) (Eq. 3), by inversion.

    Args:
        log_weights: Shape (N,), the greatest is 0.
        units: Uniform numbers in [0, 1), shape (K,).

    Returns:
        Shape (K,).
    """
    cumulated = np.cumsum(exp(log_weights))
    found = np.searchsorted(cumulated, units * cumulated[-1], side="right")
    indices: NDArray[np.int64] = np.minimum(found, len(cumulated) - 1)
    return indices


def _ordered(scores: Values) -> Values:
    """The scores with -inf for NaN."""
    return np.where(np.isnan(scores), -np.inf, scores)
