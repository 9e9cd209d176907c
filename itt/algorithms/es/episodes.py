"""Episodes: which tell F of a perturbation, what each counts, and when their returns are enough."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from itt.algorithms.es.settings import ES, Target
from itt.envs.divergence import worth
from itt.rollouts import Episode
from itt.seeding import Key


def keys(settings: ES, seed: int, iteration: int, direction: int = -1, sign: int = 0) -> list[Key]:
    """The keys of theta +- sigma epsilon_i's episodes, or, by default, of theta's own.

    Common random numbers for a pair are the same keys without the sign: the env begins alike, the same candidates are
    drawn at each transition, and Eq. 3 draws with the same numbers.
    """
    if settings.random_numbers == "pair":
        sign = 0
    return [Key(seed, iteration, direction, sign, episode) for episode in range(settings.episodes)]


def returns(played: Sequence[Episode]) -> list[float]:
    """The return of each episode of an iteration; for one that diverged the worst of the others (`worth`)."""
    return worth([episode.value for episode in played], [episode.diverged for episode in played])


def counted(settings: ES, played: Sequence[Episode]) -> list[float]:
    """What each counts in the estimate: its return without the bonus that every step survived was paid.

    For one that diverged the worst of these: shapings, the choice of directions, and the baseline of forward
    differences, for which any number will do, then treat it as a bad return like others.
    """
    values = [episode.value - settings.survival_bonus * episode.steps for episode in played]
    return worth(values, [episode.diverged for episode in played])


def means(settings: ES, values: Sequence[float]) -> NDArray[np.float64]:
    """The mean return of each perturbation, shape (n,), from those of its episodes, n times as many in a row."""
    grouped = np.array(values, dtype=np.float64).reshape(-1, settings.episodes)
    return np.asarray(grouped.mean(axis=1))


def reached(target: Target, returns: Sequence[float]) -> bool:
    """Whether the mean of the newest `target.rows` evaluation returns, F(theta_k) the last, is at least its score."""
    newest = returns[-target.rows :]
    return len(newest) == target.rows and fmean(newest) >= target.score
