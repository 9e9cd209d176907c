"""evaluation*.csv: the returns of a final policy in fresh episodes; evaluation-*.yaml: how it chose in those."""

from __future__ import annotations

import io
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from itt.record.files import write_atomically

Returns = Sequence[tuple[float, int]]


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
    """Writes (return, seed) of each episode and, but for evaluation.csv, a YAML file of how the policy chose."""
    if path.name != name(None, False, None):
        buffer = io.BytesIO()
        YAML(typ="safe", pure=True).dump(dict(settings), buffer)
        write_atomically(path.with_suffix(".yaml"), buffer.getvalue())
    lines = [f"{episode},{value!r},{seed}" for episode, (value, seed) in enumerate(returns)]
    write_atomically(path, ("\n".join(["episode,return,seed", *lines]) + "\n").encode())


def summary(returns: Returns) -> dict[str, float]:
    """Mean, population standard deviation and number of episodes."""
    values = [value for value, _ in returns]
    return {"mean": statistics.fmean(values), "std": statistics.pstdev(values), "episodes": len(values)}
