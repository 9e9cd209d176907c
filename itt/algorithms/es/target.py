"""An early end: when a training has reached what it was for."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from itt.settings import Target


def reached(target: Target, returns: Sequence[float]) -> bool:
    """Whether the mean of the newest `target.rows` evaluation returns, F(theta_k) the last, is at least its score."""
    newest = returns[-target.rows :]
    return len(newest) == target.rows and fmean(newest) >= target.score
