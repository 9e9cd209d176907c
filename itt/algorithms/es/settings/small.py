"""A run in its smallest form that means something: with the same tools and searches."""

from __future__ import annotations

from typing import Any

from itt.algorithms.es.settings.candidates import Candidates
from itt.algorithms.es.settings.es import ES
from itt.algorithms.es.settings.search import Search
from itt.settings_file import Layer

ITERATIONS = DIRECTIONS = EPISODES = 2
CANDIDATES = 64
FEATURES = 64
"""At most so many features and signs of a random feature tree."""


def small(algorithm: ES, candidates: Candidates, search: Search) -> Layer:
    """Settings above those of a run: every size as small as it can be."""
    layer: dict[str, Any] = {
        "algorithm": {
            "iterations": ITERATIONS,
            "directions": DIRECTIONS,
            "top_directions": algorithm.top_directions and min(algorithm.top_directions, DIRECTIONS),
            "episodes": min(algorithm.episodes, EPISODES),
        },
        "candidates": {
            "count": min(candidates.count, CANDIDATES),
            "subsample": candidates.subsample and min(candidates.subsample, candidates.count, CANDIDATES // 2),
        },
    }
    if algorithm.target is not None:
        layer["algorithm"]["target"] = {"rows": min(algorithm.target.rows, ITERATIONS)}
    if search.name == "srp" and search.projections is not None:
        largest = layer["candidates"]["count"].bit_length() - 1  # 2^m may not exceed |A*|
        layer["search"] = {"projections": min(search.projections, largest)}
    if search.name == "rft":
        layer["search"] = {"features": min(search.features, FEATURES), "signs": min(search.signs, FEATURES)}
    return layer
