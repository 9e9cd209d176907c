"""A study whole but tiny: every env, method, variant and arm, in seconds a run. It shows that the study can be played.

Scores mean nothing here, so a rehearsal has a name, and thereby a folder of results, of its own. It can be thrown away.
"""

from __future__ import annotations

from typing import Any

from itt.run import Run
from itt.study import REHEARSAL, Evaluation, Study, altered

SEEDS = (0, 1)
ITERATIONS = DIRECTIONS = EPISODES = 2
CANDIDATES = 64
FEATURES = 64
"""At most so many features and signs of a random feature tree."""
ESTIMATES = 2
"""Gradient estimates that each error of `itt theory` is the mean of."""


def rehearsal(study: Study) -> Study:
    """The study with two seeds of each (env, method, variant), and every size as small as it can be.

    Raises:
        UserError: A run is not possible in this size.
    """
    cells = {(run.env_label, run.method, run.variant): run for run in study.runs}
    name = f"{study.name}{REHEARSAL}"
    runs = (
        small.model_copy(update={"study": name, "seed": seed})
        for small in map(_small, cells.values())
        for seed in SEEDS
    )
    return Study(name, tuple(runs), Evaluation(episodes=EPISODES))


def _small(run: Run) -> Run:
    """The run with the same tools and searches, each in its smallest form that means something."""
    algorithm, candidates, search = run.algorithm, run.candidates, run.search
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
    return altered(run, [("the rehearsal", layer)])
