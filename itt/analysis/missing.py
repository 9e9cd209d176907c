"""Which runs of a study have no result, and how tables, figures and reports say so."""

from __future__ import annotations

import pandas as pd

from itt.analysis.scores import by_cell

MOST = 8
"""Groups of runs that are named one by one."""


def partial(runs: pd.DataFrame, named: bool = True) -> str | None:
    """What marks tables and figures of these runs; None where all have a result and, if any has, a fresh evaluation.

    Named: with the names of the runs that lack it.
    """
    trained, evaluated = runs["rows"] > 0, runs["evaluation_episodes"] > 0
    lacks = {"no result": runs[~trained]}
    if evaluated.any():
        lacks["no fresh evaluation"] = runs[trained & ~evaluated]
    told = [
        f"{len(few)} of {len(runs)} runs have {what}" + (f" ({_named(few)})" if named else "")
        for what, few in lacks.items()
        if len(few)
    ]
    return f"Partial: {'; '.join(told)}." if told else None


def _named(runs: pd.DataFrame) -> str:
    """`env/method/variant seeds 0, 3`, a group a cell; of many groups the first."""
    groups = [
        f"{'/'.join(cell)} seed{'s' if len(found) > 1 else ''} {', '.join(map(str, sorted(found['seed'])))}"
        for cell, found in by_cell(runs).items()
    ]
    more = [f"and {len(groups) - MOST} more groups"] if len(groups) > MOST else []
    return "; ".join(groups[:MOST] + more)
