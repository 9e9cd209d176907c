"""From returns to a gradient: which directions count, what stands for their returns, and the estimate (Eq. 11, 14, 15).

Shapings are functions of one shape, so that one replaces another.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from itt.linear.sums import combination

Values = NDArray[np.float64]


def antithetic(plus: Values, minus: Values, epsilon: Values, sigma: float) -> Values:
    """Eq. 11 and 13: 1 / (2 sigma M) sum_i (F(theta + sigma epsilon_i) - F(theta - sigma epsilon_i)) epsilon_i.

    Args:
        plus: F(theta + sigma epsilon_i), shape (M,).
        minus: F(theta - sigma epsilon_i), shape (M,).
        epsilon: Shape (M, D).
        sigma: Smoothing.

    Returns:
        Shape (D,).
    """
    return combination(plus - minus, epsilon) / (2.0 * sigma * len(epsilon))


def forward(plus: Values, center: float, epsilon: Values, sigma: float) -> Values:
    """Eq. 14: 1 / (sigma M) sum_i (F(theta + sigma epsilon_i) - F(theta)) epsilon_i. M + 1 rollouts instead of 2 M.

    Args:
        plus: F(theta + sigma epsilon_i), shape (M,).
        center: F(theta).
        epsilon: Shape (M, D).
        sigma: Smoothing.

    Returns:
        Shape (D,).
    """
    return combination(plus - center, epsilon) / (sigma * len(epsilon))


def best_pairs(plus: NDArray[np.float64], minus: NDArray[np.float64], count: int) -> NDArray[np.int64]:
    """The `count` directions with the largest max(F(theta + sigma epsilon_i), F(theta - sigma epsilon_i)).

    As in ARS (Mania et al. 2018). Among equal ones the lower index is taken.

    Args:
        plus: F(theta + sigma epsilon_i), shape (M,).
        minus: F(theta - sigma epsilon_i), shape (M,).
        count: b, at most M.

    Returns:
        Their indices, ascending, shape (b,).
    """
    return np.sort(np.argsort(-np.maximum(plus, minus), kind="stable")[:count])


def none(returns: Values) -> Values:
    """The returns themselves (the paper)."""
    return returns


def centered_ranks(returns: Values) -> Values:
    """Ranks, spread evenly from -1/2 to 1/2 (Salimans et al. 2017). Equal returns share the mean of their ranks."""
    _, place, count = np.unique(returns, return_inverse=True, return_counts=True)
    rank = np.cumsum(count) - (count + 1) / 2.0  # from 0, mean over those that are equal
    return np.asarray(rank[place] / (len(returns) - 1) - 0.5, dtype=np.float64)


def z_score(returns: Values) -> Values:
    """Mean 0, (population) standard deviation 1; returns that are all equal become 0."""
    centered: Values = returns - returns.mean()
    return return_std(centered)


def return_std(returns: Values) -> Values:
    """Divided by their (population) standard deviation, as in ARS (Mania et al. 2018); equal returns stay."""
    return returns / (np.std(returns) or 1.0)


SHAPINGS: dict[str, Callable[[Values], Values]] = {
    "none": none,
    "centered_ranks": centered_ranks,
    "z_score": z_score,
    "return_std": return_std,
}
"""Each maps the returns that count, shape (n,), n >= 2, to as many values."""
