"""A result of `itt bench rollouts` as the table that docs/benchmarks.md has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from itt.bench import results

_HEAD = ("env", "method", "N", "A*", "floor", "compiled", "efficiency", "reference", "speed-up", "EnvPool", "reset, ms")


def table(source: Path) -> str:
    """Markdown, a line a row of the file.

    Raises:
        UserError: `source` is not such a file.
    """
    rows = [_cells(row) for row in results.read(source, "rollouts")["rows"]]
    rule = ["---"] * 2 + ["--:", "---"] + ["--:"] * 7
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [_HEAD, rule, *rows])


def _cells(row: dict[str, Any]) -> list[str]:
    return [
        row["env"],
        row["method"],
        str(row["candidates"] or "-"),
        row["resample"] or "-",
        *(f"{row[key]:,.0f}" for key in ("floor_steps_per_s", "steps_per_s")),
        f"{row['efficiency']:.2f}",
        f"{row['reference_steps_per_s']:,.0f}",
        f"{row['speedup']:.1f}",
        "-" if row.get("envpool_steps_per_s") is None else f"{row['envpool_steps_per_s']:,.0f}",
        f"{1e3 * row['reset_seconds']:.2f}",
    ]
