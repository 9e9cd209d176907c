"""What it took to reach a score: env steps and core-seconds, variant by variant.

The curve of a run is smoothed as early stopping does it: a row counts as the mean of the newest `rows` evaluation
returns, itself the last, and there must be so many. A run that stopped at a target therefore ends where it is read.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from itt.analysis.along import core_seconds
from itt.analysis.files import read_collected, write, write_csv
from itt.analysis.outputs import VANILLA
from itt.analysis.scores import CELL, by_cell

COLUMNS = ["env", "method", "variant", "n", "reached", "best", "env_steps", "core_seconds", "share_of_vanilla"]


def write_effort(collected: Path, out: Path, score: float, rows: int) -> list[Path]:
    """Writes `effort.csv`, `effort-seeds.csv` and `effort.md` from what `collect` wrote; returns their paths.

    Raises:
        UserError: `collected` is not a folder that `collect` wrote.
    """
    seeds = effort_of_seeds(*read_collected(collected), score, rows)
    table = effort(seeds)
    return [
        write_csv(out / "effort.csv", table),
        write_csv(out / "effort-seeds.csv", seeds),
        write(out / "effort.md", _markdown(table, score, rows)),
    ]


def effort_of_seeds(runs: pd.DataFrame, curves: pd.DataFrame, score: float, rows: int) -> pd.DataFrame:
    """One row a run: `best`, the greatest mean of so many rows; what it took until that mean was at least `score`.

    `env_steps` and `core_seconds` (the run's by its share of wall-clock time) are none where it never was, and `best`
    where there are fewer rows.
    """
    curves_of, found = by_cell(curves), []
    for cell, seeds in by_cell(runs).items():
        of_cell = curves_of.get(cell, curves[:0])
        for seed, total in zip(seeds["seed"], seeds["core_seconds"], strict=True):
            curve = of_cell[of_cell["seed"] == seed].sort_values("step")
            found.append((*cell, seed, *_reached(total, curve, score, rows)))
    return pd.DataFrame(found, columns=[*CELL, "seed", "best", "env_steps", "core_seconds"])


def _reached(total: float, curve: pd.DataFrame, score: float, rows: int) -> tuple[float, float, float]:
    """(best, env steps, core-seconds) of one run that took `total` core-seconds in all."""
    smoothed = curve["return"].dropna().rolling(rows).mean()
    there = smoothed[smoothed >= score]
    if there.empty:
        return smoothed.max(), np.nan, np.nan
    row = there.index[0]
    return smoothed.max(), curve.loc[row, "env_steps"], core_seconds(curve["seconds"], total).loc[row]


def effort(seeds: pd.DataFrame) -> pd.DataFrame:
    """One row an (env, method, variant) of `effort_of_seeds`.

    `reached` of its `n` seeds came to the score; the rest are means over seeds, and none where a seed did not come
    there, but for `best`. `share_of_vanilla`: env steps divided by those of the variant vanilla.
    """
    cells = seeds.groupby(CELL, sort=False)
    means = cells[["best", "env_steps", "core_seconds"]].mean(skipna=False)
    table = cells.agg(n=("seed", "size"), reached=("env_steps", "count")).join(means).reset_index()
    vanilla = table[table["variant"] == VANILLA].set_index(["env", "method"])["env_steps"]
    index = pd.MultiIndex.from_frame(table[["env", "method"]])
    return table.assign(share_of_vanilla=table["env_steps"].to_numpy() / vanilla.reindex(index).to_numpy())


def _markdown(table: pd.DataFrame, score: float, rows: int) -> str:
    lines = [
        f"# Env steps to a return of {score:g}",
        "",
        f"Until the mean of {rows} evaluation returns in a row is at least {score:g}; means over n seeds, of which "
        f"`reached` came there; none where one did not. Best: the greatest mean of {rows} in a row.",
        "",
        "| env | method | variant | n | reached | best | env steps (million) | share of vanilla | core-hours |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in table.to_dict("records"):
        numbers = (row["best"], row["env_steps"] / 1e6, row["share_of_vanilla"], row["core_seconds"] / 3600)
        cells = [str(row[column]) for column in COLUMNS[:5]] + ["-" if np.isnan(x) else f"{x:.4g}" for x in numbers]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"
