"""What searches found, beside the best candidate and beside a random subset of the size that they scanned."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from itt.bench.searches import Built
from itt.bench.task import Task

Values = NDArray[np.float64]
_LAWS, _MANY = 4, 2**16
"""Queries of a task whose whole distribution is compared; one from so many candidates on, which takes seconds each."""


@dataclass
class Findings:
    """One search's, a number a query or a task."""

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
    chances = {}
    for name, built in ready.items():
        scanned = built.scanned(problem.queries)
        found[name].scanned.append(scanned / problem.candidates)
        chances[name] = chance_of_best(problem.candidates, min(max(1, round(scanned)), problem.candidates))
    apart = len(problem.queries) // (_LAWS if problem.candidates < _MANY else 1)
    for number, query in enumerate(problem.queries):
        products = problem.latents @ query
        for name, built in ready.items():
            if built.law is not None and number % apart == 0:
                found[name].distances.append(_total_variation(built.law(query), products))
        best, worst = products.max(), products.min()
        products = (products - worst) / (best - worst) if best > worst else np.ones(len(products))
        ascending = np.sort(products.astype(np.float32))
        for name, indices in chosen.items():
            score = float(products[indices[number]])
            found[name].hits.append(score == 1.0)
            found[name].scores.append(score)
            found[name].randoms.append(float(ascending @ chances[name]))


def chance_of_best(count: int, subset: int) -> Values:
    """How likely the i-th worst of n is the best of a random subset of k: C(i - 1, k - 1) / C(n, k). Shape (n,)."""
    ranks = np.arange(1, count + 1)
    with np.errstate(invalid="ignore"):
        ways = gammaln(ranks) - gammaln(subset) - gammaln(ranks - subset + 1)
    chances: Values = np.zeros(count)
    chances[subset - 1 :] = np.exp(ways[subset - 1 :] - ways[-1])
    chances /= chances.sum()
    return chances


def _total_variation(law: Values, products: Values) -> float:
    """Between a law and Eq. 3 with the kernel `dot`: half the sum of absolute differences."""
    weights = np.exp(products - products.max())
    return float(np.abs(law - weights / weights.sum()).sum() / 2)
