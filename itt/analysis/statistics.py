"""The arithmetic behind tables and figures: pure functions of arrays, no files and no drawing.

An array of returns has seeds along axis 0 and, where it is a curve, places of its x axis along axis 1: recorded
iterations, or a grid of env steps. A seed that has not come to a place has NaN there.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]

CONFIDENCE = 0.95
RESAMPLES = 9999
BAND_RESAMPLES = 999
"""For a band, which has an interval at each of up to thousands of places."""

FEWEST = 3
"""Seeds below which an interval is not shown."""


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
    """What Fig. 3 draws of a set of seeds, each of shape (n_places,); no low and high where there is no band."""

    mean: Floats
    low: Floats
    high: Floats
    seeds: NDArray[np.int64]
    """How many seeds there are at the place."""
    count: int
    """How many seeds there are in all; there may be no place that has all of them."""

    @property
    def complete(self) -> NDArray[np.bool_]:
        """Where all seeds are in the mean. Elsewhere some are missing, and the mean of the others may jump."""
        return np.asarray(self.seeds == self.count, dtype=np.bool_)


def range_band(returns: Floats) -> Band:
    """Mean, minimum and maximum over the seeds that are there at each place, as in Fig. 3.

    Args:
        returns: Shape (n_seeds, n_places), NaN where a seed has no return. Where no seed has one, nor has the band.
    """
    there = ~np.isnan(returns)
    mean, low, high = (np.full(returns.shape[1], np.nan) for _ in range(3))
    some = there.any(axis=0)
    mean[some], low[some], high[some] = (of(returns[:, some], axis=0) for of in (np.nanmean, np.nanmin, np.nanmax))
    return Band(mean, low, high, seeds=there.sum(axis=0), count=int(there.any(axis=1).sum()))


def bootstrap_band(returns: Floats) -> Band:
    """Mean and its 95 % percentile bootstrap interval at each place, of those seeds that are there.

    An interval says of each place by itself how far the mean may be off, and nothing of the curve as a whole. Fewer
    than `FEWEST` seeds have no band: two could only give their range again, and would make it look like knowledge.

    Args:
        returns: As `range_band`.
    """
    band = range_band(returns)
    low, high = np.full_like(band.mean, np.nan), np.full_like(band.mean, np.nan)
    there, group = np.unique(~np.isnan(returns), axis=1, return_inverse=True)
    for number, seeds in enumerate(there.T):
        if seeds.sum() >= FEWEST:
            columns = group == number
            interval = stats.bootstrap(
                (returns[np.ix_(seeds, columns)],),
                np.mean,
                n_resamples=BAND_RESAMPLES,
                confidence_level=CONFIDENCE,
                method="percentile",
                rng=np.random.default_rng(0),
            ).confidence_interval
            low[columns], high[columns] = interval.low, interval.high
    return replace(band, low=low, high=high)


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


@dataclass(frozen=True)
class Summary:
    """Mean and population standard deviation over n seeds: all that a paper prints of them."""

    mean: float
    std: float
    n: int


def difference_interval(one: Summary, other: Summary, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Welch's t interval of the difference of two means, `one` minus `other`; (NaN, NaN) where either has one seed.

    Seeds that all have the same score have no error: two such sets differ by exactly what their means differ by.
    """
    if min(one.n, other.n) < 2:
        return float("nan"), float("nan")
    errors = [each.std**2 / (each.n - 1) for each in (one, other)]  # of a mean, from the population's deviation
    difference, variance = one.mean - other.mean, sum(errors)
    if variance == 0:
        return difference, difference
    freedom = variance**2 / sum(error**2 / (each.n - 1) for error, each in zip(errors, (one, other), strict=True))
    half = float(stats.t.ppf((1 + confidence) / 2, freedom)) * variance**0.5
    return difference - half, difference + half


def places_by_interval(scores: Sequence[Summary | None]) -> list[int | None]:
    """The place of each score, as `places` gives it, but that scores share a place where they cannot be told apart.

    Whoever's interval of the difference from the best includes 0 is first, too; among the others it goes on likewise.
    """
    found: list[int | None] = [None] * len(scores)
    left = [index for index, score in enumerate(scores) if score is not None]
    if len(left) < 2:
        return found
    while left:
        best = max(left, key=lambda index: _summary(scores, index).mean)
        equal = [i for i in left if _includes_zero(_summary(scores, best), _summary(scores, i))]
        place = 1 + sum(score is not None for score in scores) - len(left)
        for index in equal:
            found[index] = place
        left = [index for index in left if index not in equal]
    return found


def _summary(scores: Sequence[Summary | None], index: int) -> Summary:
    score = scores[index]
    assert score is not None
    return score


def _includes_zero(best: Summary, other: Summary) -> bool:
    if best is other:
        return True
    low, high = difference_interval(best, other)
    return low <= 0 <= high
