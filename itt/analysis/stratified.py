"""Statistics over all envs together, and their uncertainty (Agarwal et al. 2021, arXiv:2108.13264).

`scores` is a list with an array for each env, shape (n_resamples, n_seeds of that env): normalised scores, in which
each row is one resample of the env's seeds. Each function gives a value a row. An env weighs as much as any other,
however many seeds it has; where all have equally many, this is what the reference counts.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from itt.analysis.statistics import CONFIDENCE, RESAMPLES, Floats

Strata = Sequence[Floats]


def resampled(scores: Sequence[Floats], rng: np.random.Generator, resamples: int = RESAMPLES) -> list[Floats]:
    """Stratified bootstrap: each env's seeds, shape (n_seeds,), are drawn anew with replacement among themselves."""
    return [of_env[rng.integers(len(of_env), size=(resamples, len(of_env)))] for of_env in scores]


def interval(values: Floats) -> tuple[Floats, Floats]:
    """The 95 % percentile interval of resampled values, over axis 0."""
    low, high = np.quantile(values, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2], axis=0)
    return low, high


def interquartile_mean(scores: Strata) -> Floats:
    """The mean of the middle half of all runs: the lowest and the highest quarter are left out.

    A run at the edge of a quarter counts with the part of it that is inside. Where the number of runs is a multiple of
    four and all envs have equally many, this is `scipy.stats.trim_mean(runs, 0.25)`.
    """
    runs = np.concatenate(scores, axis=1)
    share = np.concatenate([np.full(of_env.shape[1], 1 / of_env.shape[1] / len(scores)) for of_env in scores])
    order = np.argsort(runs, axis=1, kind="stable")
    ends = np.cumsum(share[order], axis=1)
    inside = np.clip(ends, 0.25, 0.75) - np.clip(ends - share[order], 0.25, 0.75)
    return np.asarray(np.sum(inside * np.take_along_axis(runs, order, axis=1), axis=1) / np.sum(inside, axis=1))


def mean(scores: Strata) -> Floats:
    """The mean over envs of their means."""
    return np.asarray(np.mean(_means(scores), axis=1))


def median(scores: Strata) -> Floats:
    """The median over envs of their means."""
    return np.asarray(np.median(_means(scores), axis=1))


def optimality_gap(scores: Strata) -> Floats:
    """By how much runs fall short of 1, on average; what is above 1 makes up for nothing."""
    return mean([np.maximum(1 - of_env, 0) for of_env in scores])


def _means(scores: Strata) -> Floats:
    """Shape (n_resamples, n_envs)."""
    return np.stack([np.mean(of_env, axis=1) for of_env in scores], axis=1)


def performance_profile(scores: Strata, thresholds: Floats) -> Floats:
    """The share of runs above each threshold, shape (n_resamples, n_thresholds)."""
    return np.asarray(np.mean([_above(of_env, thresholds) for of_env in scores], axis=0))


def probability_of_improvement(scores: Strata, others: Strata) -> Floats:
    """How probable it is that a run of the one is better than one of the other, averaged over envs; a tie counts half.

    For one env it is the Mann-Whitney statistic U divided by the number of pairs.
    """
    return np.asarray(np.mean([_better(one, other) for one, other in zip(scores, others, strict=True)], axis=0))


def _above(rows: Floats, thresholds: Floats) -> Floats:
    values = np.unique(rows)
    return np.asarray(_counts(rows, values) @ (values[:, np.newaxis] > thresholds) / rows.shape[1])


def _better(one: Floats, other: Floats) -> Floats:
    values = np.unique(np.concatenate([one, other], axis=1))
    mine, theirs = _counts(one, values), _counts(other, values)
    below = np.cumsum(theirs, axis=1) - theirs
    pairs = one.shape[1] * other.shape[1]
    return np.asarray(np.sum(mine * below, axis=1) / pairs + np.sum(mine * theirs, axis=1) / pairs / 2)


def _counts(rows: Floats, values: Floats) -> NDArray[np.int64]:
    """How often each row has each of these sorted values, shape (n_resamples, n_values).

    Rows are drawn from few values, so counting them takes the place of comparing all pairs.
    """
    places = np.searchsorted(values, rows) + len(values) * np.arange(len(rows))[:, np.newaxis]
    return np.bincount(places.ravel(), minlength=len(rows) * len(values)).reshape(len(rows), -1)
