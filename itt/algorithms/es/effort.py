"""What a training by evolution strategies takes.

Episodes are counted at their full length, so where they end early it takes less. The coordinator's own work
(directions, the update) is not counted: it is small beside an iteration's episodes.
"""

from __future__ import annotations

import math

from itt.algorithms.es.settings import ESRun
from itt.policies import architecture_of
from itt.resolve import env_of
from itt.training import Effort

_RANK_MB = {"compiled": 260, "reference": 430}
"""Resident memory of a rank that plays, MB, the largest of ten envs and methods (docs/cluster.md has the figures)."""
_COPIES = 4
"""Of an iteration's perturbed thetas, which the coordinator holds: directions, thetas, what is sent and summed."""


def effort(run: ESRun) -> Effort:
    """An iteration hands out the episodes of theta_k and of each perturbation."""
    limit, settings = env_of(run).episode_limit, run.algorithm
    assert limit is not None and settings.directions is not None
    signs = 2 if settings.estimator == "antithetic" else 1
    items = settings.episodes * (1 + signs * settings.directions)
    return Effort(settings.iterations, items, limit, _memory(run, items))


def _memory(run: ESRun, items: int) -> int:
    """MB of a rank: what it loads, what it keeps of candidates that stand, the thetas of an iteration."""
    architecture = architecture_of(run)
    numbers = _COPIES * items * architecture.size
    if run.traits.candidates and run.search.name != "dfo":
        latent = architecture.towers[-1][-1].outputs if run.traits.latents else 1
        copies = run.search.tables if run.search.name == "srp" else 1
        numbers += run.candidates.count * (env_of(run).action + latent * (1 + copies))
        if run.search.name == "rft":
            numbers += run.search.features * run.candidates.count
    return _RANK_MB[run.engine] + math.ceil(8 * numbers / 2**20)
