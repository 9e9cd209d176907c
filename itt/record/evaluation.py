"""evaluation*.csv: the returns of a final policy in fresh episodes; evaluation-*.yaml: how it chose in those.

Where episodes diverged there is a last column `diverged`, 1 or 0; the return of such an episode is what it counts for.
"""

from __future__ import annotations

import io
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from itt.record.files import write_atomically

Returns = Sequence[tuple[float, int, bool]]
"""The return and seed of each episode, and whether it diverged."""


def name(search: str | None, frozen: bool, settings: str | None) -> str:
    """The file of an evaluation: evaluation.csv as trained, and one of its own for every other way to choose.

    Args:
        search: Another search than in training.
        frozen: Whether one pool serves all episodes.
        settings: The hash of a run with settings of its own.
    """
    parts = ["evaluation", search, "frozen" if frozen else None, settings]
    return "-".join(part for part in parts if part) + ".csv"


def write(path: Path, returns: Returns, settings: Mapping[str, Any]) -> None:
    """Writes the returns and, but for evaluation.csv, a YAML file of how the policy chose."""
    if path.name != name(None, False, None):
        buffer = io.BytesIO()
        YAML(typ="safe", pure=True).dump(dict(settings), buffer)
        write_atomically(path.with_suffix(".yaml"), buffer.getvalue())
    columns = [
        "episode,return,seed",
        *(f"{episode},{value!r},{seed}" for episode, (value, seed, _) in enumerate(returns)),
    ]
    marks = [",diverged", *(f",{int(diverged)}" for *_, diverged in returns)]
    some = any(diverged for *_, diverged in returns)
    lines = [line + mark for line, mark in zip(columns, marks, strict=True)] if some else columns
    write_atomically(path, ("\n".join(lines) + "\n").encode())


def summary(returns: Returns) -> dict[str, float | None]:
    """Mean and population standard deviation (None where all diverged), number of episodes, and of those diverged."""
    values, diverged = [value for value, *_ in returns], sum(bad for *_, bad in returns)
    there = diverged < len(values)
    return {
        "mean": statistics.fmean(values) if there else None,
        "std": statistics.pstdev(values) if there else None,
        "episodes": len(values),
        "diverged": diverged,
    }
