"""Which runs of a study have no result, and how tables, figures and reports say so."""

from __future__ import annotations

import pandas as pd

from itt.analysis.scores import by_cell

MOST = 8
"""Groups of runs that are named one by one."""


def missing(runs: pd.DataFrame) -> list[str]:
    """The runs without a row, as `env/method/variant seeds 0, 3`, a group a cell."""
    without = runs[runs["rows"] == 0]
    return [
        f"{'/'.join(cell)} seed{'s' if len(found) > 1 else ''} {', '.join(map(str, sorted(found['seed'])))}"
        for cell, found in by_cell(without).items()
    ]


def partial(runs: pd.DataFrame) -> str | None:
    """One sentence that marks what was made of these runs; None where all of them have a result."""
    groups = missing(runs)
    if not groups:
        return None
    named = "; ".join(groups[:MOST]) + (f"; and {len(groups) - MOST} more groups" if len(groups) > MOST else "")
    return f"Partial: {int((runs['rows'] == 0).sum())} of {len(runs)} runs have no result ({named})."
