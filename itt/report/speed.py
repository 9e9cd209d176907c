"""How fast the study's policies play: what `itt bench rollouts --study` measured, as a table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from itt.analysis import outputs
from itt.analysis.files import read_speed
from itt.analysis.typeset import Cell, Row, Table, label

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
    measured = read_speed(path)
    caption = (
        "Steps of an environment in a second of one core, resets apart, with an untrained policy. Simulator alone: the "
        "same controls once more, without a policy; efficiency is the share of an episode that the simulator takes, so "
        f"100 % would be a policy that costs nothing. Measured on {measured['machine']['cpu']}; other machines have "
        "other numbers."
    )
    header = ("Environment", "Method", "Steps a second", "Simulator alone", "Efficiency")
    return [Table("Speed of rollouts", caption, header, _rows(measured["rows"]))]


def _rows(measured: list[dict[str, Any]]) -> tuple[Row, ...]:
    rows: list[Row] = []
    env = ""
    for row in measured:
        rates = (f"{row[column]:,.0f}" for column in ("steps_per_s", "floor_steps_per_s"))
        name = label(row["method"], row["variant"])
        rows.append(
            (
                Cell("" if row["env"] == env else row["env"]),
                Cell(name),
                *map(Cell, rates),
                Cell(f"{100 * row['efficiency']:.1f} %"),
            )
        )
        env = row["env"]
    return tuple(rows)
