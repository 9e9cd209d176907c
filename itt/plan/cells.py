"""The cost of a study's runs, an env, method and variant at a time: their seeds cost the same.

Episodes are counted at their full length and runs at all their iterations, so where episodes end early, or a target
ends a run, it costs less. The coordinator's own work (directions, the update) is not counted: it is small beside an
iteration's episodes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from itt.plan.speeds import Speed
from itt.resolve import architecture_of, env_of, resolve
from itt.run import Run
from itt.study import Study

START_SECONDS = 10.0
"""From the start of a job to its first episode: Snakemake reads the workflow again, Python its packages."""
_RANK_MB = {"compiled": 260, "reference": 430}
"""Resident memory of a rank that plays, MB, the largest of ten envs and methods (docs/cluster.md has the figures)."""
_COPIES = 4
"""Of an iteration's perturbed thetas, which the coordinator holds: directions, thetas, what is sent and summed."""


@dataclass(frozen=True)
class Cell:
    """The runs of one env, method and variant. Costs are of one run, its final evaluation included; None: unknown.

    Attributes:
        env: Its label.
        method: itt, iot or explicit.
        variant: vanilla or another.
        runs: How many.
        episodes: Of training and evaluation.
        env_steps: At most.
        core_seconds: Of those who play.
        wall_seconds: From the start of its job to its end.
        evaluation_seconds: Of its evaluation alone, on one core.
        memory_mb: Of one rank.
        speed: What the seconds are taken from.
    """

    env: str
    method: str
    variant: str
    runs: int
    episodes: int
    env_steps: int
    core_seconds: float | None
    wall_seconds: float | None
    evaluation_seconds: float | None
    memory_mb: int
    speed: Speed | None


def cells(study: Study, ranks: int, speed: Callable[[Run], Speed | None]) -> Iterator[Cell]:
    """The cells of a study, in its order.

    Args:
        study: What is to be run.
        ranks: MPI ranks of one training, its coordinator included; 1: one process.
        speed: That of a resolved run, if it is known.

    Raises:
        UserError: As `itt.resolve.resolve`.
    """
    together: dict[tuple[str, str, str], list[Run]] = {}
    for run in study.runs:
        together.setdefault((run.env_label, run.method, run.variant), []).append(run)
    for runs in together.values():
        run = resolve(runs[0])
        yield cell(run, len(runs), study.evaluation.episodes, ranks, speed(run))


def cell(run: Run, runs: int, evaluated: int, ranks: int, speed: Speed | None) -> Cell:
    """The cost of so many seeds of a resolved run, each of which is evaluated over so many episodes."""
    limit, settings = env_of(run).episode_limit, run.algorithm
    assert limit is not None and settings.directions is not None
    signs = 2 if settings.estimator == "antithetic" else 1
    items = settings.episodes * (1 + signs * settings.directions)
    episodes = settings.iterations * items + evaluated
    core = wall = evaluation = None
    if speed is not None:
        episode = limit / speed.steps_per_s + speed.reset_seconds
        evaluation = evaluated * episode
        core = episodes * episode
        wall = START_SECONDS + settings.iterations * math.ceil(items / max(1, ranks - 1)) * episode
    name, memory = (run.env_label, run.method, run.variant), _memory(run, items)
    return Cell(*name, runs, episodes, episodes * limit, core, wall, evaluation, memory, speed)


def _memory(run: Run, items: int) -> int:
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
