"""The cost of a study's runs, an env, method and variant at a time: their seeds cost the same.

Episodes are counted at their full length and runs at all their steps, so where episodes end early, or a target ends a
run, it costs less.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from itt.resolve import env_of, resolve
from itt.run import Run
from itt.study import Study
from itt.training import Speed, algorithm_of

START_SECONDS = 10.0
"""From the start of a job to its first episode: Snakemake reads the workflow again, Python its packages."""


@dataclass(frozen=True)
class Cell:
    """The runs of one env, method and variant. Costs are of one run, its evaluations included; None: unknown.

    Attributes:
        env: Its label.
        method: What is trained.
        variant: vanilla or another.
        runs: How many.
        ranks: Of one training: 1 where several would not make it faster.
        env_steps: At most.
        evaluation_env_steps: Those of them that are of no row in metrics.csv: of its final evaluation, and of its own.
        core_seconds: Of those who play.
        wall_seconds: From the start of its job to its end.
        evaluation_seconds: Of its final evaluation alone, on one core.
        memory_mb: Of one rank.
        speed: What the seconds are taken from.
    """

    env: str
    method: str
    variant: str
    runs: int
    ranks: int
    env_steps: int
    evaluation_env_steps: int
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
    effort, limit = algorithm_of(run).effort(run), env_of(run).episode_limit
    assert limit is not None
    ranks = ranks if run.shares_work else 1
    items = effort.steps * effort.items
    besides = effort.evaluation_steps + evaluated * limit
    env_steps = items * effort.item_steps + besides
    core = wall = evaluation = None
    if speed is not None:
        item = effort.item_steps / speed.steps_per_s + speed.reset_seconds
        evaluation = evaluated * (limit / speed.steps_per_s + speed.reset_seconds)
        core = items * item + evaluation
        wall = START_SECONDS + effort.steps * math.ceil(effort.items / max(1, ranks - 1)) * item
    name = (run.env_label, run.method, run.variant)
    return Cell(*name, runs, ranks, env_steps, besides, core, wall, evaluation, effort.memory_mb, speed)
