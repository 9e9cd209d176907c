"""Which directions count."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


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
