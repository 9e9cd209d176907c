"""What searches found, beside the best candidate and beside a random subset of the size that they scanned."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from itt.algorithms.es.settings import Kernel
from itt.bench.searches import Built
from itt.bench.task import Task

Values = NDArray[np.float64]
_LAWS, _MANY = 4, 2**16
"""Queries of a task whose whole distribution is compared; one from so many candidates on, which takes seconds each."""
_CERTAIN = 50
"""Of k out of n values, the best is among the best _CERTAIN n / k with a probability of at least 1 - exp(-_CERTAIN)."""


@dataclass
class Findings:
    """One search's, a number a query; distances of a few queries alone."""

    scanned: list[float] = field(default_factory=list)
    hits: list[bool] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    randoms: list[float] = field(default_factory=list)
    distances: list[float] = field(default_factory=list)

    def row(self) -> dict[str, Any]:
        """Their means; see `itt.bench.search.measure`."""
        score, random = float(np.mean(self.scores)), float(np.mean(self.randoms))
        return {
            "scanned": float(np.mean(self.scanned)),
            "recall_at_1": float(np.mean(self.hits)),
            "score": score,
            "random_score": random,
            "gap_closed": (score - random) / (1.0 - random) if random < 1.0 else 1.0,
            "total_variation": float(np.mean(self.distances)) if self.distances else None,
        }


def compare(problem: Task, ready: dict[str, Built], found: dict[str, Findings]) -> None:
    """Asks all searches all queries of a task and notes in `found` what came out, by the search's name."""
    chosen = {name: built.choose(problem.queries) for name, built in ready.items()}
    scanned = {name: built.scanned(problem.queries) for name, built in ready.items()}
    apart = len(problem.queries) // (_LAWS if problem.candidates < _MANY else 1)
    for number, query in enumerate(problem.queries):
        values = {kernel: similarity(kernel, query, problem.latents.T) for kernel in {b.kernel for b in ready.values()}}
        scales = {kernel: _scaled(value) for kernel, value in values.items()}
        descending = {kernel: -np.sort(-scale) for kernel, scale in scales.items()}
        for name, built in ready.items():
            size = int(scanned[name][number])
            score = float(scales[built.kernel][chosen[name][number]])
            found[name].scanned.append(size / problem.candidates)
            found[name].hits.append(score == 1.0)
            found[name].scores.append(score)
            found[name].randoms.append(best_of_a_subset(descending[built.kernel], size))
            if built.law is not None and number % apart == 0:
                found[name].distances.append(total_variation(built.law(query), values[built.kernel]))


def total_variation(law: Values, values: Values) -> float:
    """Half the sum of absolute differences between a law and Eq. 3, K being `values`; both (N,)."""
    return float(np.abs(law - softmax(values)).sum() / 2)


def _scaled(values: Values) -> Values:
    """From 0 for the worst to 1 for the best."""
    best, worst = values.max(), values.min()
    scaled: Values = (values - worst) / (best - worst) if best > worst else np.ones(len(values))
    return scaled


def best_of_a_subset(descending: Values, size: int) -> float:
    """The expected largest of `size` of n values, drawn without replacement, at least 1 and at most n.

    The j-th largest of n is the largest of k with probability p_1 = k / n, p_j+1 = p_j (n - j - k + 1) / (n - j).
    """
    n, k = len(descending), min(max(size, 1), len(descending))
    js = np.arange(1, min(n - k + 1, math.ceil(_CERTAIN * n / k)))
    chances = k / n * np.concatenate([[1.0], np.cumprod((n - js - k + 1) / (n - js))])
    return float(chances @ descending[: len(chances)])


def similarity(kernel: Kernel, latent: Values, latents: Values) -> Values:
    """K of Eq. 4, `dot` or `angular` (Eq. 8), (d,), (d, N) -> (N,). A latent of length 0 is at right angles to all."""
    products: Values = latent @ latents
    if kernel == "dot":
        return products
    lengths = np.linalg.norm(latent) * np.linalg.norm(latents, axis=0)
    cosines = np.divide(products, lengths, out=np.zeros_like(products), where=lengths > 0.0)
    angular: Values = 1.0 - 2.0 / np.pi * np.arccos(np.clip(cosines, -1.0, 1.0))
    return angular
