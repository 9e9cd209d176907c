"""What a caption says of where its numbers are from."""

from __future__ import annotations

import pandas as pd

from itt.analysis.missing import partial


def source(runs: pd.DataFrame) -> str:
    """The study and its number of runs."""
    studies = ", ".join(f"`{study}`" for study in sorted(set(runs["study"])))
    return f"Source: study {studies}, {len(runs)} run{'' if len(runs) == 1 else 's'}."


def mark(runs: pd.DataFrame) -> list[str]:
    """The sentence that opens the captions of runs of which something is missing."""
    told = partial(runs)
    return [told] if told else []
