"""What was collected, read as scores: three readings of the paper's word "score", and the curves behind them.

The paper's text calls the score the "maximum average" over seeds; its code averages the last iteration. Both are single
episodes, so a fresh evaluation stands beside them (docs/reproduction-notes.md).
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from itt.analysis.outputs import VANILLA
from itt.analysis.statistics import Floats, best_column, mean_and_std, mean_interval
from itt.published import names, zhao2022

READINGS = ("final", "maximum", "evaluation")

Cell = tuple[str, str, str]
CELL = ["env", "method", "variant"]
"""What the seeds are averaged over."""


def scores(runs: pd.DataFrame, curves: pd.DataFrame) -> pd.DataFrame:
    """One row an (env, method, variant, measure) that has a score; `measure` is one of `READINGS`.

    final: the return of each seed's last row. maximum: the returns at the iteration (`step`) whose mean over seeds is
    highest, among those that all seeds have reached. evaluation: each seed's mean over the episodes of its fresh
    evaluation.

    `mean`, `std` (population), `ci_low`, `ci_high` (95 % bootstrap interval of the mean) are over the `n` seeds that
    have that score; for `maximum` the interval takes the iteration as given. `paper_mean`, `paper_std`: Table 6, beside
    the vanilla variant only. All of them are returns.
    """
    paper = zhao2022.scores()
    rows: list[dict[str, Any]] = []
    for (env, method, variant), measure, step, returns in readings(runs, curves):
        mean, std = mean_and_std(returns)
        low, high = mean_interval(returns)
        row: dict[str, Any] = {"env": env, "method": method, "variant": variant, "measure": measure, "step": step}
        row |= {"mean": mean, "std": std, "n": len(returns), "ci_low": low, "ci_high": high}
        if variant == VANILLA and (env, method) in paper:
            row["paper_mean"], row["paper_std"] = paper[env, method]
        rows.append(row)
    columns = ["env", "method", "variant", "measure", "mean", "std", "n", "ci_low", "ci_high", "step"]
    return pd.DataFrame(rows, columns=[*columns, "paper_mean", "paper_std"]).astype({"step": "Int64"})


def readings(runs: pd.DataFrame, curves: pd.DataFrame) -> Iterator[tuple[Cell, str, int | None, Floats]]:
    """(cell, measure, iteration, a return a seed) of each cell, for each reading that it has."""
    curves_of = by_cell(curves)
    for cell, seeds in by_cell(runs).items():
        for reading in _readings(seeds, curves_of.get(cell)):
            yield cell, *reading


def _readings(seeds: pd.DataFrame, curves: pd.DataFrame | None) -> Iterator[tuple[str, int | None, Floats]]:
    """(measure, iteration, a return a seed) of one cell, for each reading that it has."""
    if len(final := _present(seeds["final_return"])):
        yield "final", None, final
    if curves is not None:
        steps, returns = aligned(curves)
        if (best := best_column(returns)) is not None:
            yield "maximum", int(steps[best]), returns[:, best]
    if len(evaluated := _present(seeds["evaluation_mean"])):
        yield "evaluation", None, evaluated


def _present(column: "pd.Series[float]") -> Floats:
    return np.asarray(column.dropna(), dtype=np.float64)


def aligned(curves: pd.DataFrame) -> tuple[Floats, Floats]:
    """The curves of one cell side by side: iterations (n_steps,), returns (n_seeds, n_steps) with NaN for what is not.

    An iteration counts once a seed has a return there.
    """
    table = curves.dropna(subset="return").pivot(index="seed", columns="step", values="return")
    return table.columns.to_numpy(dtype=np.float64), table.to_numpy(dtype=np.float64)


def by_cell(table: pd.DataFrame) -> dict[Cell, pd.DataFrame]:
    """The rows of each cell; cells come in the order of `ordered`."""
    parts = dict(iter(table.groupby(CELL, sort=False)))
    envs, methods, variants = ordered(table)
    order = [(env, method, variant) for env in envs for method in methods for variant in variants]
    return {cell: parts[cell] for cell in order if cell in parts}


def ordered(table: pd.DataFrame) -> tuple[list[str], list[str], list[str]]:
    """The envs, methods and variants of a table: first those of the paper in its order, then others by name."""
    return (
        _known_first(table["env"], names.ENVS),
        _known_first(table["method"], zhao2022.METHODS),
        _known_first(table["variant"], (VANILLA,)),
    )


def _known_first(found: Iterable[str], known: Sequence[str]) -> list[str]:
    present = set(found)
    return [name for name in known if name in present] + sorted(present.difference(known))
