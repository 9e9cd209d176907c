"""evaluation.csv: the returns of a final policy in fresh episodes."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from pathlib import Path

from itt.record.files import write_atomically

Returns = Sequence[tuple[float, int]]


def write(path: Path, returns: Returns) -> None:
    """Writes (return, seed) of each episode."""
    lines = [f"{episode},{value!r},{seed}" for episode, (value, seed) in enumerate(returns)]
    write_atomically(path, ("\n".join(["episode,return,seed", *lines]) + "\n").encode())


def summary(returns: Returns) -> dict[str, float]:
    """Mean, population standard deviation and number of episodes."""
    values = [value for value, _ in returns]
    return {"mean": statistics.fmean(values), "std": statistics.pstdev(values), "episodes": len(values)}
