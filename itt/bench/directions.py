"""What an iteration's directions cost, sampling by sampling and beside LAPACK's QR, and how orthogonal they are."""

from __future__ import annotations

import time
from collections.abc import Sequence
from statistics import median
from typing import Any

import numpy as np

from itt.algorithms.es.directions import SAMPLINGS, Directions


def qr(count: int, size: int, random: np.random.Generator) -> Directions:
    """What `orthogonal` would be with LAPACK, whose bits depend on the CPU. Shape (count, size)."""
    blocks = []
    for start in range(0, count, size):
        q, r = np.linalg.qr(random.standard_normal((size, min(size, count - start))))
        lengths = np.sqrt(random.chisquare(size, q.shape[1])) * np.where(np.diagonal(r) < 0.0, -1.0, 1.0)
        blocks.append(lengths[:, None] * q.T)
    return np.concatenate(blocks)


MADE = SAMPLINGS | {"qr": qr}
FEWEST = 3
"""Rounds, whatever time they take."""
_COMPARED = 64
"""Rows whose angles are looked at."""


def measure(count: int, size: int, seconds: float, samplings: Sequence[str] = tuple(MADE)) -> list[dict[str, Any]]:
    """A row a sampling, all made in turn for about `seconds`.

    Args:
        count: M.
        size: D.
        seconds: The time for all samplings together.
        samplings: Their names in MADE, `qr` among them.

    Returns:
        `ms`, CPU time of this thread for one iteration's directions, median; `speedup`, that of `qr` divided
        by it; `cosine`, the root mean square of the cosines between rows.
    """
    random = np.random.default_rng(0)
    made = {name: MADE[name](count, size, random) for name in samplings}  # loads what all others find loaded
    cosines = {name: _cosine(made.pop(name)) for name in samplings}
    times: dict[str, list[float]] = {name: [] for name in samplings}
    until = time.monotonic() + seconds
    while len(times["qr"]) < FEWEST or time.monotonic() < until:
        for name in samplings:
            started = time.thread_time()
            MADE[name](count, size, random)
            times[name].append(time.thread_time() - started)
    return [
        {
            "name": name,
            "directions": count,
            "size": size,
            "ms": 1e3 * median(times[name]),
            "speedup": median(times["qr"]) / median(times[name]),
            "cosine": cosines[name],
            "repeats": len(times[name]),
        }
        for name in samplings
    ]


def _cosine(epsilon: Directions) -> float:
    rows = epsilon[:_COMPARED]
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    pairs = (unit @ unit.T)[np.triu_indices(len(rows), 1)]
    return float(np.sqrt(np.square(pairs).mean())) if len(pairs) else 0.0
