"""Which runs of a study have no result or are not finished, and how tables, figures and reports say so."""

from __future__ import annotations

import pandas as pd

from itt.analysis.scores import by_cell

MOST = 8
"""Groups of runs that are named one by one."""


def partial(runs: pd.DataFrame, named: bool = True) -> str | None:
    """What marks tables and figures of these runs; None where all are finished and, if any has one, evaluated.

    Named: with the names of the runs that lack it.
    """
    trained, evaluated = runs["rows"] > 0, runs["evaluation_episodes"] > 0
    begun = unfinished(runs)
    lacks = {"have no result": runs[~trained], "are not finished": runs[begun]}
    if evaluated.any():
        lacks["have no fresh evaluation"] = runs[trained & ~begun & ~evaluated]
    told = [
        f"{len(few)} of {len(runs)} runs {what}" + (f" ({_named(few)})" if named else "")
        for what, few in lacks.items()
        if len(few)
    ]
    return f"Partial: {'; '.join(told)}." if told else None


def unfinished(runs: pd.DataFrame) -> pd.Series[bool]:
    """Which runs are on their way: they have a result, but neither all iterations nor an end before, at a target."""
    return (runs["rows"] > 0) & ~(runs["rows"] >= runs["iterations"]) & runs["end"].isna()


def _named(runs: pd.DataFrame) -> str:
    """`env/method/variant seeds 0, 3`, a group a cell; of many groups the first."""
    groups = [
        f"{'/'.join(cell)} seed{'s' if len(found) > 1 else ''} {', '.join(map(str, sorted(found['seed'])))}"
        for cell, found in by_cell(runs).items()
    ]
    more = [f"and {len(groups) - MOST} more groups"] if len(groups) > MOST else []
    return "; ".join(groups[:MOST] + more)
