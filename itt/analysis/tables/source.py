"""What a caption says of where its numbers are from."""

from __future__ import annotations

import pandas as pd

from itt.analysis.missing import partial


def source(runs: pd.DataFrame) -> str:
    """The study, its number of runs, and how many of them are still on their way."""
    studies = ", ".join(f"`{study}`" for study in sorted(set(runs["study"])))
    begun = (runs["rows"] > 0) & (runs["rows"] < runs["iterations"])
    unfinished = int((begun & runs["end"].isna()).sum())  # a target ends a run early
    return f"Source: study {studies}, {len(runs)} runs" + (f", {unfinished} of them unfinished." if unfinished else ".")


def mark(runs: pd.DataFrame) -> list[str]:
    """The sentence that opens the captions of runs of which some have no result."""
    told = partial(runs)
    return [told] if told else []
