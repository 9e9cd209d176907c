"""What all envs together say of the methods, and how probable it is that one is better than another."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from itt.analysis import captions
from itt.analysis.aggregates import FEWEST_ENVS, STATISTICS, Aggregates, Estimate, aggregates
from itt.analysis.missing import partial
from itt.analysis.statistics import places
from itt.analysis.tables.sheet import Sheet
from itt.analysis.typeset import Cell, Table, number

BRACKETS = "In brackets: "


def sheet(runs: pd.DataFrame) -> Sheet:
    """The statistics of collected runs; the data has a row an estimate."""
    found, mark = aggregates(runs), partial(runs, named=False)
    return Sheet(
        "aggregates", "All environments together", (_methods(found, mark), _improvements(found, mark)), found.tidy
    )


def _methods(found: Aggregates, mark: str | None) -> Table:
    picture = captions.aggregates("", found, BRACKETS)
    if not found.estimates:
        return Table(picture.title, captions.too_few(found.envs, FEWEST_ENVS), (), ())
    methods = list(dict.fromkeys(one.of for one in found.estimates))
    columns = [_column([one for one in found.estimates if one.statistic == name]) for name in STATISTICS]
    rows = [(Cell(method), *cells) for method, *cells in zip(methods, *columns, strict=True)]
    header = ("Method", *(title for title, _ in STATISTICS.values()))
    return Table(picture.title, captions.marked(picture.caption, mark), header, tuple(rows), labels=1)


def _column(estimates: Sequence[Estimate]) -> list[Cell]:
    """A statistic of each method; of the optimality gap the least is best."""
    sign = -1 if estimates[0].statistic == "optimality_gap" else 1
    found = places([sign * one.value for one in estimates])
    return [_cell(one, place) for one, place in zip(estimates, found, strict=True)]


def _improvements(found: Aggregates, mark: str | None) -> Table:
    picture = captions.improvements("", found, BRACKETS)
    if not found.improvements:
        return Table(picture.title, captions.NO_PAIR, (), ())
    rows = [(Cell(one.of), _cell(one), Cell(str(one.envs)), Cell(str(one.runs))) for one in found.improvements]
    header = ("Comparison", "Probability", "Environments", "Runs of both")
    return Table(picture.title, captions.marked(picture.caption, mark), header, tuple(rows), labels=1)


def _cell(one: Estimate, place: int | None = None) -> Cell:
    return Cell(number(one.value), place, f"[{number(one.low)}, {number(one.high)}]")
