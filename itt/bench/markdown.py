"""A result of `itt bench rollouts` or `itt bench search` as the table that docs/benchmarks.md has."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from itt.bench import results

_SEARCH_HEAD = (
    "d", "N", "search", "policies", "us a choice", "build, ms", "scanned", "recall@1", "score", "random", "gap closed",
    "TV"
)  # fmt: skip
_PROJECTION_HEAD = ("settings", "scored", "recall@1", "recall@1 of a random subset", "gap closed")
_HEAD = ("env", "method", "N", "A*", "floor", "compiled", "efficiency", "reference", "speed-up", "EnvPool", "reset, ms")


def table(source: Path) -> str:
    """Markdown, a line a row of the file.

    Raises:
        UserError: `source` is not such a file.
    """
    content = results.read(source, "rollouts", "search", "projections")
    if content["benchmark"] == "search":
        return _markdown(_SEARCH_HEAD, ["--:", "--:", "---"] + ["--:"] * 9, map(_search_cells, content["rows"]))
    if content["benchmark"] == "projections":
        return _markdown(_PROJECTION_HEAD, ["---"] + ["--:"] * 4, map(_projection_cells, content["rows"]))
    return _markdown(_HEAD, ["---"] * 2 + ["--:", "---"] + ["--:"] * 7, map(_cells, content["rows"]))


def _markdown(head: Iterable[str], rule: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [head, rule, *rows])


def _cells(row: dict[str, Any]) -> list[str]:
    return [
        row["env"],
        row["method"] if row["variant"] == "vanilla" else f"{row['method']} ({row['variant']})",
        str(row["candidates"] or "-"),
        row["resample"] or "-",
        *(f"{row[key]:,.0f}" for key in ("floor_steps_per_s", "steps_per_s")),
        f"{row['efficiency']:.2f}",
        _or_nothing(row["reference_steps_per_s"], ",.0f"),
        _or_nothing(row["speedup"], ".1f"),
        _or_nothing(row.get("envpool_steps_per_s"), ",.0f"),
        f"{1e3 * row['reset_seconds']:.2f}",
    ]


def _or_nothing(value: float | None, written: str) -> str:
    """A figure that was not measured everywhere."""
    return "-" if value is None else format(value, written)


def _search_cells(row: dict[str, Any]) -> list[str]:
    variation = row["total_variation"]
    return [
        str(row["dim"]),
        str(row["candidates"]),
        row["name"],
        str(row["policies"]),
        f"{row['us_per_choice']:.3g}",
        f"{row['build_ms']:.3g}",
        f"{100 * row['scanned']:.3g} %",
        f"{row['recall_at_1']:.3f}",
        f"{row['score']:.3f}",
        f"{row['random_score']:.3f}",
        f"{100 * row['gap_closed']:.0f} %",
        "-" if variation is None else f"{variation:.3f}",
    ]


def _projection_cells(row: dict[str, Any]) -> list[str]:
    return [
        row["settings"],
        str(row["scanned"]),
        f"{row['recall_at_1']:.3f}",
        f"{row['random_recall']:.3f}",
        f"{100 * row['gap_closed']:.0f} %",
    ]
