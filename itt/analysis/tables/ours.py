"""What our runs came to, as the tables ask for it: by (env, method, variant)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from itt.analysis.scores import Cell, by_cell, readings, scores
from itt.analysis.speed import Speed
from itt.analysis.statistics import Summary, mean_and_std
from itt.published import zhao2022

HOUR = 3600.0


@dataclass(frozen=True)
class Ours:
    """A study's collected runs and curves, and what was measured of the speed of its cells.

    Attributes:
        runs: runs.csv.
        curves: curves.csv.
        speed: The result of `itt bench rollouts --study`, if there is one.
    """

    runs: pd.DataFrame
    curves: pd.DataFrame
    speed: Speed | None = None

    @cached_property
    def asked(self) -> dict[Cell, pd.DataFrame]:
        """The runs that the study asks for, with or without a result."""
        return by_cell(self.runs)

    @cached_property
    def cells(self) -> dict[Cell, pd.DataFrame]:
        """The runs that have a result."""
        return by_cell(self.runs[self.runs["rows"] > 0])

    @cached_property
    def tidy(self) -> pd.DataFrame:
        """What `itt.analysis.scores.scores` gives."""
        return scores(self.runs, self.curves)

    @cached_property
    def scores(self) -> dict[tuple[str, str, str, str], Summary]:
        """By (env, method, variant, measure)."""
        return {
            (*cell, measure): Summary(*mean_and_std(returns), len(returns))
            for cell, measure, _, returns in readings(self.runs, self.curves)
        }

    @cached_property
    def curves_of(self) -> dict[Cell, pd.DataFrame]:
        """The curves of each cell."""
        return by_cell(self.curves)

    def told(self, cell: Cell, column: str) -> pd.Series[float]:
        """What the runs of a cell tell in a column of positive numbers; runs that do not are left out."""
        if cell not in self.cells:
            return pd.Series(dtype=float)
        values = self.cells[cell][column]
        return values[values > 0]

    def hours(self, cell: Cell) -> float | None:
        """Wall-clock hours of a training so far, mean over the seeds that tell."""
        return self._mean(cell, "seconds")

    def core_hours(self, cell: Cell) -> float | None:
        """Core-hours of a training so far, mean over the seeds that tell."""
        return self._mean(cell, "core_seconds")

    def relative_time(self, cell: Cell) -> float | None:
        """Core-hours over the mean of the paper's methods on this env; None unless all tell theirs."""
        env, _, variant = cell
        hours = [self.core_hours((env, method, variant)) for method in zhao2022.METHODS]
        mine, known = self.core_hours(cell), [each for each in hours if each is not None]
        return mine * len(hours) / sum(known) if mine is not None and len(known) == len(hours) else None

    def _mean(self, cell: Cell, column: str) -> float | None:
        values = self.told(cell, column)
        return None if values.empty else float(values.mean()) / HOUR
