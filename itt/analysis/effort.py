"""What it took to reach a score: env steps and core-seconds, variant by variant.

The curve of a run is smoothed as early stopping does it: a row counts as the mean of the newest `rows` evaluation
returns, itself the last, and there must be so many. A run that stopped at a target therefore ends where it is read.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from itt.analysis.files import read_collected, write, write_csv
from itt.analysis.scores import VANILLA, by_cell

COLUMNS = ["env", "method", "variant", "n", "reached", "env_steps", "core_seconds", "share_of_vanilla"]


def write_effort(collected: Path, out: Path, score: float, rows: int) -> list[Path]:
    """Writes `effort.csv` and `effort.md` from what `collect` wrote; returns their paths.

    Raises:
        UserError: `collected` is not a folder that `collect` wrote.
    """
    table = effort(*read_collected(collected), score, rows)
    return [write_csv(out / "effort.csv", table), write(out / "effort.md", _markdown(table, score, rows))]


def effort(runs: pd.DataFrame, curves: pd.DataFrame, score: float, rows: int) -> pd.DataFrame:
    """One row an (env, method, variant).

    `reached` of its `n` seeds came to `score`; `env_steps` and `core_seconds` until then are means over those seeds,
    and none where a seed did not. `core_seconds` are the run's by its share of wall-clock time. `share_of_vanilla`:
    env steps divided by those of the variant vanilla.
    """
    curves_of, found = by_cell(curves), []
    for cell, seeds in by_cell(runs).items():
        told = [_reached(run, curves_of.get(cell), score, rows) for run in seeds.to_dict("records")]
        those = [steps for steps in told if steps is not None]
        means = np.mean(those, axis=0) if len(those) == len(told) else (np.nan, np.nan)
        found.append((*cell, len(told), len(those), *means))
    table = pd.DataFrame(found, columns=COLUMNS[:-1])
    vanilla = table[table["variant"] == VANILLA].set_index(["env", "method"])["env_steps"]
    index = pd.MultiIndex.from_frame(table[["env", "method"]])
    return table.assign(share_of_vanilla=table["env_steps"].to_numpy() / vanilla.reindex(index).to_numpy())


def _reached(run: dict[Any, Any], curves: pd.DataFrame | None, score: float, rows: int) -> tuple[float, float] | None:
    """(env steps, core-seconds) until one run has reached the score."""
    if curves is None:
        return None
    curve = curves[curves["seed"] == run["seed"]].sort_values("step")
    there = curve[curve["return"].rolling(rows).mean() >= score]
    if there.empty:
        return None
    row = there.iloc[0]
    return float(row["env_steps"]), float(run["core_seconds"] * row["seconds"] / curve["seconds"].iloc[-1])


def _markdown(table: pd.DataFrame, score: float, rows: int) -> str:
    lines = [
        f"# Env steps to a return of {score:g}",
        "",
        f"Until the mean of {rows} evaluation returns in a row is at least {score:g}; means over n seeds, of which "
        "`reached` came there; none where one did not.",
        "",
        "| env | method | variant | n | reached | env steps (million) | share of vanilla | core-hours |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in table.to_dict("records"):
        numbers = (row["env_steps"] / 1e6, row["share_of_vanilla"], row["core_seconds"] / 3600)
        cells = [str(row[column]) for column in COLUMNS[:5]] + ["-" if np.isnan(x) else f"{x:.3g}" for x in numbers]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"
