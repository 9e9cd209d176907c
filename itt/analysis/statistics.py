"""The arithmetic behind tables and figures: pure functions of arrays, no files and no drawing.

An array of returns has seeds along axis 0 and, where it is a curve, recorded iterations along axis 1. A seed that has
not reached an iteration has NaN there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]

CONFIDENCE = 0.95
RESAMPLES = 9999


def mean_and_std(scores: Floats) -> tuple[float, float]:
    """Mean and population standard deviation (division by n, as the published code does) over seeds.

    Args:
        scores: A score a seed, shape (n_seeds,), without NaN.
    """
    return float(np.mean(scores)), float(np.std(scores))


def mean_interval(scores: Floats) -> tuple[float, float]:
    """Percentile bootstrap interval, 95 %, of the mean over seeds; (NaN, NaN) for a single seed.

    The resampling is seeded, so the same scores give the same interval. One call is one task (env, method, variant):
    its seeds are resampled among themselves, as in rliable's stratified bootstrap (Agarwal et al. 2021).

    Args:
        scores: A score a seed, shape (n_seeds,), without NaN.
    """
    if len(scores) < 2:
        return float("nan"), float("nan")
    interval = stats.bootstrap(
        (scores,),
        np.mean,
        n_resamples=RESAMPLES,
        confidence_level=CONFIDENCE,
        method="percentile",
        rng=np.random.default_rng(0),
    ).confidence_interval
    return float(interval.low), float(interval.high)


def best_column(returns: Floats) -> int | None:
    """The column whose mean over seeds is highest, of those that all seeds have reached; the first of equals.

    None where no column has all seeds.

    Args:
        returns: Shape (n_seeds, n_steps), NaN where a seed has no return.
    """
    means = np.mean(returns, axis=0)  # NaN unless all seeds are there
    return None if np.isnan(means).all() else int(np.nanargmax(means))


@dataclass(frozen=True)
class Band:
    """What Fig. 3 draws of a set of seeds, each of shape (n_steps,)."""

    mean: Floats
    low: Floats
    high: Floats
    seeds: NDArray[np.int64]
    """How many seeds have reached the iteration."""

    @property
    def complete(self) -> NDArray[np.bool_]:
        """Where all seeds are in the mean. Beyond, some are still on their way and the mean of the others may jump."""
        return np.asarray(self.seeds == self.seeds.max(), dtype=np.bool_)


def band(returns: Floats) -> Band:
    """Mean, minimum and maximum over the seeds that have reached each iteration.

    Args:
        returns: Shape (n_seeds, n_steps), NaN where a seed has no return; every column has at least one.
    """
    return Band(
        mean=np.nanmean(returns, axis=0),
        low=np.nanmin(returns, axis=0),
        high=np.nanmax(returns, axis=0),
        seeds=np.sum(~np.isnan(returns), axis=0),
    )


def places(scores: Sequence[float | None]) -> list[int | None]:
    """The place of each score, 1 for the highest; None where there is no score, and everywhere if only one is there.

    Scores that agree to two decimals, the precision of Table 6, share a place, and the places behind them stay empty:
    (500, 500, 27) gives (1, 1, 3).
    """
    rounded = [None if score is None else round(score, 2) for score in scores]
    present = [score for score in rounded if score is not None]
    if len(present) < 2:
        return [None] * len(rounded)
    return [None if score is None else 1 + sum(other > score for other in present) for score in rounded]
