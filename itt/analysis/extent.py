"""What a study asks for, and how much of it there is."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from itt.analysis.missing import partial, unfinished
from itt.analysis.outputs import VANILLA
from itt.analysis.scores import by_cell, ordered
from itt.analysis.typeset import label
from itt.study import REHEARSAL


@dataclass(frozen=True)
class Extent:
    """Of a study, read off its collected runs, of which those without a result are part.

    Attributes:
        study: Its name.
        envs, methods, variants: What is trained, in the order of tables; methods by their labels.
        seeds: (least, most) of an (env, method, variant).
        iterations: (least, most) that a run asks for; None where its algorithm has none.
        runs: How many are asked for.
        ended: How many have come to their end (`missing.unfinished`).
        evaluated: How many have a fresh evaluation.
        episodes: (least, most) of such an evaluation; None where there is none.
        env_steps: All that were trained on.
        core_hours: All that trainings took.
        rehearsal: Whether it is one.
        partial: What marks its tables and figures, if something is missing (`missing.partial`).
    """

    study: str
    envs: list[str]
    methods: list[str]
    variants: list[str]
    seeds: tuple[int, int]
    iterations: tuple[int, int] | None
    runs: int
    ended: int
    evaluated: int
    episodes: tuple[int, int] | None
    env_steps: int
    core_hours: float
    rehearsal: bool
    partial: str | None


def extent(runs: pd.DataFrame) -> Extent:
    """Of the runs that `collect` brought together, all of one study."""
    envs, methods, variants = ordered(runs)
    study = str(runs["study"].iloc[0])
    evaluated = runs["evaluation_episodes"] > 0
    return Extent(
        study=study,
        envs=envs,
        methods=[label(method, VANILLA) for method in methods],
        variants=variants,
        seeds=_range(pd.Series([len(cell) for cell in by_cell(runs).values()])) or (0, 0),
        iterations=_range(runs["iterations"]),
        runs=len(runs),
        ended=int(((runs["rows"] > 0) & ~unfinished(runs)).sum()),
        evaluated=int(evaluated.sum()),
        episodes=_range(runs.loc[evaluated, "evaluation_episodes"]),
        env_steps=int(runs["env_steps"].sum()),
        core_hours=float(runs["core_seconds"].sum()) / 3600,
        rehearsal=study.endswith(REHEARSAL),
        partial=partial(runs),
    )


def _range(counts: pd.Series[int]) -> tuple[int, int] | None:
    known = counts.dropna()
    return (int(known.min()), int(known.max())) if len(known) else None
