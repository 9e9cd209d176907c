"""What a curve is drawn over: iterations, env steps or core-hours; and the seeds of a cell on one such axis.

Row k of a run counts the env steps and the seconds up to when it was recorded, its own iteration included.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from itt.analysis.outputs import Axis
from itt.analysis.scores import aligned
from itt.analysis.statistics import Floats

POINTS = 301
"""At how many even places curves are read off, where seeds share none."""
ROWS = 101
"""And at how many of each seed's own rows, if it has so many."""


def core_seconds(seconds: "pd.Series[float]", total: float) -> "pd.Series[float]":
    """A run's core-seconds up to each row: its `total`, shared out by the wall-clock `seconds` of its rows."""
    return total * seconds / seconds.iloc[-1]


def side_by_side(curves: pd.DataFrame, runs: pd.DataFrame, axis: Axis) -> tuple[Floats, Floats]:
    """The curves of one cell on one axis: places (n_places,), returns (n_seeds, n_places) with NaN for what is not.

    Seeds share their iterations, but hardly ever a number of env steps. There each seed is a step function: at x it has
    the return of the last policy that it had recorded after x env steps. A line between two rows would show a return
    before the steps that led to it were played. Places (`_grid`) begin with the first row of any seed and end with the
    last of any; a seed has NaN before its first row and after its last.

    Args:
        curves: The cell's rows of curves.csv.
        runs: The cell's rows of runs.csv, whose `core_seconds` the axis core-hours needs; a seed without is left out.
        axis: One of `outputs.AXES`.
    """
    if axis == "iteration":
        return aligned(curves)
    seeds = [
        _seed(curve.sort_values("step"), runs[runs["seed"] == seed], axis) for seed, curve in curves.groupby("seed")
    ]
    seeds = [(places, returns) for places, returns in seeds if len(places)]
    if not seeds:
        return np.empty(0), np.empty((0, 0))
    grid = _grid([places for places, _ in seeds])
    return grid, np.stack([_held(places, returns, grid) for places, returns in seeds])


def _grid(rows: Sequence[Floats]) -> Floats:
    """Even places from the first row of any seed to the last of any, and each seed's own rows.

    All that a seed learned may lie between a few of the former: where another one took far longer, or its own episodes
    became longer.
    """
    even = np.linspace(min(places[0] for places in rows), max(places[-1] for places in rows), POINTS)
    own = [places[np.linspace(0, len(places) - 1, ROWS).round().astype(int)] for places in rows]
    return np.unique(np.concatenate([even, *own]))


def _seed(curve: pd.DataFrame, run: pd.DataFrame, axis: Axis) -> tuple[Floats, Floats]:
    """(places, returns) of one seed's rows that have both."""
    if axis == "env-steps":
        places = curve["env_steps"]
    else:
        places = core_seconds(curve["seconds"], run["core_seconds"].iloc[0]) / 3600
    there = places.notna() & curve["return"].notna()
    return places[there].to_numpy(dtype=np.float64), curve["return"][there].to_numpy(dtype=np.float64)


def _held(places: Floats, returns: Floats, grid: Floats) -> Floats:
    """The newest return at each place of `grid`; NaN before the first and after the last of `places`."""
    newest = returns[np.searchsorted(places, grid, side="right") - 1]
    return np.where((grid >= places[0]) & (grid <= places[-1]), newest, np.nan)


def steps_an_iteration(curves: pd.DataFrame) -> float:
    """The env steps that an iteration of a cell took, averaged over all its seeds' iterations."""
    seeds = curves.groupby("seed")
    return float(seeds["env_steps"].max().sum() / seeds["step"].count().sum())
