"""evaluation*.csv: the returns of a final policy in fresh episodes; evaluation-*.yaml: how it chose in those.

Where episodes diverged there is a last column `diverged`, 1 or 0; the return of such an episode is what it counts for.
"""

from __future__ import annotations

import io
import math
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from itt.errors import UserError
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


def check_length(path: Path, episodes: int) -> None:
    """That there is no evaluation of another length, which one of so many episodes would replace.

    Raises:
        UserError: There is.
    """
    if path.exists() and (there := len(_content(path).splitlines()) - 1) != episodes:
        raise UserError(f"{path}: holds an evaluation of {there} episodes, not {episodes}; --overwrite replaces it")


def write(path: Path, returns: Returns, settings: Mapping[str, Any], overwrite: bool = False) -> None:
    """Writes the returns and, but for evaluation.csv, a YAML file of how the policy chose.

    Raises:
        UserError: There is an evaluation with other returns, and it is not to be overwritten.
    """
    content = _csv(returns)
    if path.exists() and not overwrite:
        if _content(path) != content:
            raise UserError(
                f"{path}: holds an evaluation with other returns, of another policy or other versions; --overwrite "
                "replaces it"
            )
        return
    if path.name != name(None, False, None):
        buffer = io.BytesIO()
        YAML(typ="safe", pure=True).dump(dict(settings), buffer)
        write_atomically(path.with_suffix(".yaml"), buffer.getvalue())
    write_atomically(path, content.encode())


def _content(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def _csv(returns: Returns) -> str:
    rows = [
        "episode,return,seed",
        *(f"{episode},{value!r},{seed}" for episode, (value, seed, _) in enumerate(returns)),
    ]
    if any(diverged for *_, diverged in returns):
        marks = [",diverged", *(f",{int(diverged)}" for *_, diverged in returns)]
        rows = [row + mark for row, mark in zip(rows, marks, strict=True)]
    return "\n".join(rows) + "\n"


def summary(returns: Returns) -> dict[str, float | None]:
    """Mean and population standard deviation, None where too many diverged; how many episodes, how many diverged."""
    values, diverged = [value for value, *_ in returns], sum(bad for *_, bad in returns)
    there = all(map(math.isfinite, values))
    return {
        "mean": statistics.fmean(values) if there else None,
        "std": statistics.pstdev(values) if there else None,
        "episodes": len(values),
        "diverged": diverged,
    }
