"""How fast the study's policies play: what `itt bench rollouts --study` measured, as a table."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from itt.analysis import outputs
from itt.analysis.typeset import Cell, Row, Table, label
from itt.errors import UserError

FOLDER = "speed"


def file(results: Path) -> Path | None:
    """What was measured, if it was."""
    path = results / FOLDER / outputs.SPEED
    return path if path.is_file() else None


def tables(results: Path) -> list[Table]:
    """Steps a second of each env, method and variant, if they were measured.

    Raises:
        UserError: The file is damaged.
    """
    path = file(results)
    if path is None:
        return []
    try:
        measured = json.loads(path.read_text(encoding="utf-8"))
        rows, cpu = _rows(measured["rows"]), str(measured["machine"]["cpu"])
    except (ValueError, KeyError, TypeError):
        raise UserError(f"{path}: not what `itt bench rollouts --study` writes") from None
    caption = (
        "Steps of an environment in a second of one core, resets apart, with an untrained policy. Simulator alone: the "
        "same controls once more, without a policy. Share: what the simulator takes of an episode, so 100 % would be a "
        f"policy that costs nothing. Measured on one core of {cpu}; other machines have other numbers."
    )
    return [Table("Speed of rollouts", caption, ("Environment", "Method", "Steps/s", "Simulator alone", "Share"), rows)]


def _rows(measured: Sequence[Mapping[str, Any]]) -> tuple[Row, ...]:
    return tuple(
        (
            Cell("" if before and before["env"] == row["env"] else row["env"]),
            Cell(label(row["method"], row["variant"])),
            Cell(f"{row['steps_per_s']:,.0f}"),
            Cell(f"{row['floor_steps_per_s']:,.0f}"),
            Cell(f"{100 * row['efficiency']:.1f} %"),
        )
        for before, row in zip([None, *measured], measured, strict=False)
    )
