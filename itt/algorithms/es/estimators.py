"""Estimators of the gradient of the Gaussian smoothing F_sigma (Eq. 15) from returns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

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
    gradient: Values = (plus - minus) @ epsilon / (2.0 * sigma * len(epsilon))
    return gradient


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
    gradient: Values = (plus - center) @ epsilon / (sigma * len(epsilon))
    return gradient
