"""What runs were expected to cost, beside what their records say."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.table import Table

from itt.plan.cells import Cell
from itt.study import Study

_MEASURES = ("env_steps", "core_hours", "wall_hours")


def compare(study: Study, planned: Sequence[Cell], results: Path) -> list[dict[str, Any]]:
    """A row for each cell that has a run with a row of metrics: means over those runs.

    The estimate is of as many iterations as those runs have; an evaluation is in neither.
    """
    rows = []
    for cell in planned:
        runs = [run for run in study.runs if (run.env_label, run.method, run.variant) == _name(cell)]
        seen = [cost for run in runs if (cost := _cost(results / run.folder)) is not None]
        if not seen:
            continue
        share = sum(cost["iterations"] for cost in seen) / len(seen) / runs[0].length
        evaluation, wall = cell.evaluation_seconds or 0.0, cell.wall_seconds
        trained = cell.env_steps - cell.evaluation_env_steps
        estimate = {
            "env_steps": share * trained,
            "core_hours": None if cell.core_seconds is None else share * (cell.core_seconds - evaluation) / 3600,
            "wall_hours": None if wall is None else share * wall / 3600,
        }
        actual = {name: sum(cost[name] for cost in seen) / len(seen) for name in _MEASURES}
        about = dict(zip(("env", "method", "variant"), _name(cell), strict=True))
        rows.append({**about, "runs": len(seen), "estimate": estimate, "actual": actual})
    return rows


def _name(cell: Cell) -> tuple[str, str, str]:
    return cell.env, cell.method, cell.variant


def _cost(folder: Path) -> dict[str, float] | None:
    """What a run has cost so far; None where nothing is recorded."""
    try:
        with open(folder / "metrics.csv", newline="", encoding="utf-8") as file:
            *_, last = csv.DictReader(file)
        sessions = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
        return {
            "iterations": int(last["step"]) + 1,
            "env_steps": int(last["env_steps"]),
            "core_hours": sum(session["core_seconds"] for session in sessions) / 3600,
            "wall_hours": sum(session["seconds"] for session in sessions) / 3600,
        }
    except (OSError, ValueError, LookupError, TypeError):
        return None


def table(rows: Sequence[dict[str, Any]]) -> Table:
    """Estimate and actual, and how many times the estimate it came to."""
    shown = Table(
        show_edge=False, pad_edge=False, title="Means of the runs so far: estimate, actual, actual / estimate"
    )
    for name in ("env", "method", "variant"):
        shown.add_column(name, no_wrap=True)
    for name in ("runs", "env steps", "core-hours", "hours"):
        shown.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        cells = [_pair(row["estimate"][name], row["actual"][name]) for name in _MEASURES]
        shown.add_row(row["env"], row["method"], row["variant"], str(row["runs"]), *cells)
    return shown


def _pair(estimate: float | None, actual: float) -> str:
    if not estimate:
        return f"?, {actual:.3g}"
    return f"{estimate:.3g}, {actual:.3g}, {actual / estimate:.2f}"
