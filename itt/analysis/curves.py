"""Learning curves as they are drawn: panels, their lines, and how a cell's seeds become a line. Nothing is drawn."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from itt.analysis.along import side_by_side
from itt.analysis.drawing import VARIANT, Look
from itt.analysis.outputs import Axis, Shade
from itt.analysis.scores import Cell, by_cell
from itt.analysis.statistics import Band, Floats, bootstrap_band, range_band
from itt.published import zhao2022

BANDS: Mapping[Shade, Callable[[Floats], Band]] = {"range": range_band, "bootstrap": bootstrap_band}
"""What may be drawn around a mean."""

_NOTHING = np.empty(0)


@dataclass(frozen=True)
class Curve:
    """One line of a panel: its label and look, its places on the x axis with a band there, and the paper's score.

    A cell that has no result yet is a line without places: it is named, with n = 0.
    """

    label: str
    look: Look
    places: Floats
    band: Band
    paper: float | None = None

    @property
    def seeds(self) -> int:
        """n: how many seeds are in it, where most are."""
        return int(self.band.seeds.max(initial=0))


@dataclass(frozen=True)
class Panel:
    """One small plot."""

    title: str
    curves: tuple[Curve, ...]


@dataclass(frozen=True)
class Collected:
    """What was collected, by cell, and how it is to be shown.

    Attributes:
        runs, curves: The two tables of `read_collected`.
        band: One of `BANDS`.
    """

    runs: pd.DataFrame
    curves: pd.DataFrame
    band: Shade = "range"

    @cached_property
    def cells(self) -> dict[Cell, pd.DataFrame]:
        """The runs of each cell that was asked for, in the order of `by_cell`, with a result or without."""
        return by_cell(self.runs)

    @cached_property
    def curves_of(self) -> dict[Cell, pd.DataFrame]:
        """The curves of each cell that has any."""
        return by_cell(self.curves)

    def look(self, method: str, thin: bool = False) -> Look:
        """How a method looks: the paper's have the first places, whether they are there or not, then come others."""
        place = list(dict.fromkeys([*zhao2022.METHODS, *(name for _, name, _ in self.cells)])).index(method)
        return Look(place + (place >= VARIANT), thin)

    def curve(self, cell: Cell, axis: Axis, label: str, look: Look, paper: float | None = None) -> Curve:
        """The line of a cell."""
        found = self.curves_of.get(cell)
        places, returns = (_NOTHING, _NOTHING) if found is None else side_by_side(found, self.cells[cell], axis)
        nothing = Band(_NOTHING, _NOTHING, _NOTHING, np.empty(0, dtype=np.int64))
        return Curve(label, look, places, BANDS[self.band](returns) if len(places) else nothing, paper)
