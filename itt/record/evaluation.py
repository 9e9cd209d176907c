"""evaluation*.csv: the returns of a final policy in fresh episodes."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from pathlib import Path

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


def write(path: Path, returns: Returns) -> None:
    """Writes (return, seed) of each episode."""
    lines = [f"{episode},{value!r},{seed}" for episode, (value, seed) in enumerate(returns)]
    write_atomically(path, ("\n".join(["episode,return,seed", *lines]) + "\n").encode())


def summary(returns: Returns) -> dict[str, float]:
    """Mean, population standard deviation and number of episodes."""
    values = [value for value, _ in returns]
    return {"mean": statistics.fmean(values), "std": statistics.pstdev(values), "episodes": len(values)}
