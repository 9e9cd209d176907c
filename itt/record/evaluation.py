"""evaluation*.csv: the returns of a final policy in fresh episodes; evaluation-*.yaml: how it chose in those."""

from __future__ import annotations

import io
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from itt.errors import UserError
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


def check_length(path: Path, episodes: int) -> None:
    """That there is no evaluation of another length, which one of so many episodes would replace.

    Raises:
        UserError: There is.
    """
    if path.exists() and (there := len(_content(path).splitlines()) - 1) != episodes:
        raise UserError(f"{path}: holds an evaluation of {there} episodes, not {episodes}; --overwrite replaces it")


def write(path: Path, returns: Returns, settings: Mapping[str, Any], overwrite: bool = False) -> None:
    """Writes (return, seed) of each episode and, but for evaluation.csv, a YAML file of how the policy chose.

    Raises:
        UserError: There is an evaluation with other returns, and it is not to be overwritten.
    """
    lines = [f"{episode},{value!r},{seed}" for episode, (value, seed) in enumerate(returns)]
    content = "\n".join(["episode,return,seed", *lines]) + "\n"
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


def summary(returns: Returns) -> dict[str, float]:
    """Mean, population standard deviation and number of episodes."""
    values = [value for value, _ in returns]
    return {"mean": statistics.fmean(values), "std": statistics.pstdev(values), "episodes": len(values)}
