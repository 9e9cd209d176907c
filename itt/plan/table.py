"""What `itt plan` shows: a line an env, method and variant, and what comes together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Group
from rich.table import Table

from itt.plan.cells import Cell
from itt.plan.requests import Request
from itt.plan.site import Site

Row = dict[str, Any]


def row(cell: Cell, asked: Request) -> Row:
    """A cell and what its jobs ask for, as JSON has it. Hours are those of all its runs together, but for `wall`."""
    core = None if cell.core_seconds is None else cell.core_seconds * cell.runs / 3600
    return {
        "env": cell.env,
        "method": cell.method,
        "variant": cell.variant,
        "runs": cell.runs,
        "ranks": cell.ranks,
        "env_steps": cell.env_steps * cell.runs,
        "steps_per_s": cell.speed.steps_per_s if cell.speed else None,
        "speed": cell.speed.source if cell.speed else None,
        "core_hours": core,
        "wall_hours_a_run": None if cell.wall_seconds is None else cell.wall_seconds / 3600,
        "memory_mb_a_rank": cell.memory_mb,
        "runtime_minutes": asked.runtime,
        "jobs_a_run": asked.jobs,
        "request_mb_a_rank": asked.memory_mb,
    }


def totals(rows: Sequence[Row]) -> Row:
    """What the rows come to, those without a speed left out of the hours; None where none has one."""
    known = [row for row in rows if row["core_hours"] is not None]
    return {
        "runs": sum(row["runs"] for row in rows),
        "env_steps": sum(row["env_steps"] for row in rows),
        "core_hours": sum(row["core_hours"] for row in known) if known else None,
        "job_core_hours": sum(row["wall_hours_a_run"] * row["runs"] * row["ranks"] for row in known) if known else None,
        "longest_run_hours": max((row["wall_hours_a_run"] for row in known), default=None),
        "unknown": [f"{row['env']}/{row['method']}/{row['variant']}" for row in rows if row["core_hours"] is None],
    }


def table(rows: Sequence[Row], site: Site) -> Group:
    """The rows, the totals, and what every job asks for."""
    shown = Table(show_edge=False, pad_edge=False)
    for name in ("env", "method", "variant"):
        shown.add_column(name, no_wrap=True)
    for name in ("runs", "env steps", "steps/s", "core-hours", "a run takes", "MB a rank", "asks for"):
        shown.add_column(name, justify="right", no_wrap=True)
    for one in rows:
        several = f"{one['jobs_a_run']} x " if one["jobs_a_run"] > 1 else ""
        shown.add_row(
            one["env"],
            one["method"],
            one["variant"],
            str(one["runs"]),
            f"{one['env_steps']:.2e}",
            "?" if one["steps_per_s"] is None else f"{one['steps_per_s']:,.0f}{_MARKS[one['speed']]}",
            _hours(one["core_hours"]),
            _hours(one["wall_hours_a_run"], " h"),
            str(one["memory_mb_a_rank"]),
            f"{several}{one['runtime_minutes']} min, {one['ranks']} x {one['request_mb_a_rank']} MB",
        )
    asked = ", ".join(f"{key} {value}" for key, value in site.resources().items())
    return Group(shown, *_told(rows), *([f"Every job: {asked}"] if asked else []))


_MARKS = {"measured here": "", "benchmark": "", "benchmark, other candidates": "*"}


def _told(rows: Sequence[Row]) -> list[str]:
    sums = totals(rows)
    hours = f"{_hours(sums['core_hours'])} core-hours of play, {_hours(sums['job_core_hours'])} core-hours of jobs"
    lines = [
        f"{sums['runs']} runs: at most {sums['env_steps']:.2e} env steps, {hours}; the longest run takes "
        f"{_hours(sums['longest_run_hours'])} h"
    ]
    if any(row["speed"] == "benchmark, other candidates" for row in rows):
        lines.append("* the benchmark's speed with the paper's candidates; --measure plays what is asked for, here")
    if any(row["speed"] in ("benchmark", "benchmark, other candidates") for row in rows):
        lines.append("Speeds are those of benchmarks/rollouts.json, one core of its machine; --measure measures here")
    if sums["unknown"]:
        lines.append(f"Not in these hours, for want of a speed (--measure): {', '.join(sums['unknown'])}")
    return lines


def _hours(hours: float | None, unit: str = "") -> str:
    return "?" if hours is None else f"{hours:,.{2 if hours < 10 else 0}f}{unit}"
