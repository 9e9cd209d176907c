"""One choice among N candidates: what it costs and what it finds, search by search."""

from __future__ import annotations

import time
from statistics import median
from typing import Any

import numpy as np

from itt.bench.searches import SEARCHES, Ask, task

QUERIES = 200
"""Choices in a round."""
FEWEST = 5
"""Rounds, whatever time they take."""


def measure(candidates: int, size: int, seconds: float) -> list[dict[str, Any]]:
    """A row a search that is installed, all asked the same QUERIES, Gaussian in R^d, in turn for about `seconds`.

    Args:
        candidates: N.
        size: d, of an action and of a latent.
        seconds: The time for all searches together.

    Returns:
        `us_per_choice` and `build_ms` in CPU time of this thread, medians; `scanned`, candidates scored a choice;
        `recall_at_1`, how often the choice is the best one in float64; the mean `score` of what was chosen and the
        mean `random_score` of all candidates; `gap_closed`, (score - random) / (best - random).
    """
    problem = task(candidates, size)
    queries = np.random.default_rng(1).standard_normal((QUERIES, size))
    asks: dict[str, Ask] = {}
    builds: dict[str, list[float]] = {}
    for name, build in SEARCHES.items():
        try:
            build(problem)  # loads what all others find loaded
        except ModuleNotFoundError:
            continue
        builds[name] = []
        for _ in range(FEWEST):
            started = time.thread_time()
            asks[name] = build(problem)
            builds[name].append(time.thread_time() - started)
    chosen = {name: ask(queries) for name, ask in asks.items()}

    times: dict[str, list[float]] = {name: [] for name in asks}
    until = time.monotonic() + seconds
    while len(times["exact"]) < FEWEST or time.monotonic() < until:
        for name, ask in asks.items():
            started = time.thread_time()
            ask(queries)
            times[name].append(time.thread_time() - started)

    scores = queries @ problem.latents.T
    best, random = scores.max(axis=1).mean(), scores.mean()
    rows = []
    for name, indices in chosen.items():
        score = scores[np.arange(QUERIES), indices].mean()
        rows.append(
            {
                "name": name,
                "candidates": candidates,
                "dim": size,
                "us_per_choice": 1e6 * median(times[name]) / QUERIES,
                "build_ms": 1e3 * median(builds[name]),
                "scanned": candidates,
                "recall_at_1": float(np.mean(indices == scores.argmax(axis=1))),
                "score": float(score),
                "random_score": float(random),
                "gap_closed": float((score - random) / (best - random)) if best > random else 1.0,
                "repeats": len(times[name]),
            }
        )
    return rows
