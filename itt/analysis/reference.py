"""A study's results, small enough to be committed: what `make reference` puts into results/reference.

    finished.md  finished.csv    what there is of each cell beside what the paper's settings ask for, and what it cost
    runs.csv                     a row a run, as collected
    curves.csv                   mean, lowest and highest return over seeds at about a hundred rows of each cell
    tables/  figures/            those of the study: Markdown and CSV, PNG; curves over iterations only
    policies/ENV/METHOD/VARIANT/seedK.npz    final policies
    records/ENV/METHOD/VARIANT/seedK/        whole records, with checkpoint, of the runs that took long, finished or not

Shorter runs are trained again in minutes, to the same bits; so their records stay out. Reads records only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from itt.analysis import outputs, paper_settings, typeset
from itt.analysis.collect import run_folders
from itt.analysis.files import WHO, read_collected, write, write_csv
from itt.analysis.inventory import is_finished
from itt.analysis.run_record import read_metrics, read_run, read_sessions
from itt.analysis.scores import CELL, aligned, by_cell
from itt.analysis.statistics import range_band
from itt.analysis.typeset import NOTHING, Cell, Table

LONG = 1800.0
"""Core-seconds from which on a run's record is kept."""
POINTS = 100
"""Of a curve, beside its last."""


def reference(results: Path, out: Path) -> list[Path]:
    """Makes the selection of `results` (a study's folder, with tables and figures) in `out`; returns what it wrote.

    What else lies in `out` stays.

    Raises:
        UserError: `results` lacks runs, or was not collected, or one of its files is damaged.
    """
    runs, curves = read_collected(results / "collected")
    asked = set(runs[WHO].itertuples(index=False, name=None))
    found = {folder: read_run(folder / "run.yaml") for folder in run_folders([results / "runs"])}
    found = {folder: about for folder, about in found.items() if _who(about) in asked}
    # A run may have ended since it was collected, while the study goes on.
    collected = set(runs.loc[runs["rows"] > 0, WHO].itertuples(index=False, name=None))
    done = [folder for folder, about in found.items() if _who(about) in collected and is_finished(folder)]
    finished = _finished(found, done)
    return [
        write_csv(out / "finished.csv", finished),
        write(out / "finished.md", typeset.markdown("What is finished", [_table(finished, results.name)])),
        write_csv(out / "runs.csv", runs),
        write_csv(out / "curves.csv", _curves(curves)),
        *_made(results, out, set(runs.loc[runs["rows"] > 0, "variant"])),
        *_records(results, out, list(found), done),
    ]


def _who(about: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(about[name] for name in WHO)


def _finished(found: Mapping[Path, Mapping[str, Any]], done: Collection[Path]) -> pd.DataFrame:
    """A row a cell: its seeds that are finished and begun, iterations, and what all of them took."""
    paper = {cell: run.length for cell, run in paper_settings.grid().items()}
    rows: dict[tuple[str, ...], dict[str, Any]] = {}
    for folder, about in found.items():
        cell = tuple(about[name] for name in CELL)
        metrics = read_metrics(folder / "metrics.csv")
        row = rows.setdefault(
            cell,
            dict(zip(CELL, cell, strict=True))
            | {"seeds": 0, "iterations": about["iterations"]}
            | {"paper_iterations": paper.get(cell, paper.get((*cell[:2], outputs.VANILLA)))}
            | {"begun": 0, "begun_rows": 0, "env_steps": 0, "core_hours": 0.0, "cpu": set(), "commits": set()},
        )
        if folder in done:
            row["seeds"] += 1
        else:
            row["begun"] += 1
            row["begun_rows"] = max(row["begun_rows"], len(metrics))
        row["env_steps"] += int(metrics["env_steps"].iloc[-1]) if len(metrics) else 0
        for session in read_sessions(folder / "provenance.json"):
            row["core_hours"] += session["core_seconds"] / 3600
            row["cpu"].add(session["cpu"])
            row["commits"].add((session["git_commit"] or "none")[:12])
    told = [row | {name: ", ".join(sorted(row[name])) for name in ("cpu", "commits")} for row in rows.values()]
    return pd.concat(by_cell(pd.DataFrame(told)).values(), ignore_index=True)


def _table(finished: pd.DataFrame, name: str) -> Table:
    caption = (
        f"Study `{name}`: {finished['seeds'].sum()} runs are finished, which took {finished['core_hours'].sum():.1f} "
        f"core-hours on {', '.join(sorted(set(finished['cpu'])))}. Iterations: of a run, and of a run of the paper. "
        "Begun: runs that are not finished, and the rows of the longest; no table and no figure has them."
    )
    header = ("env", "method", "variant", "seeds", "iterations", "paper", "begun", "env steps", "core-hours", "commit")
    return Table("Cells", caption, header, tuple(_rows(finished)), labels=3)


def _rows(finished: pd.DataFrame) -> Iterator[tuple[Cell, ...]]:
    env = ""
    for row in finished.to_dict("records"):
        paper = row["paper_iterations"]
        texts = [
            row["env"] if row["env"] != env else "",
            row["method"],
            row["variant"],
            str(row["seeds"]),
            str(row["iterations"]),
            NOTHING.text if pd.isna(paper) else f"{paper:.0f}",
            f"{row['begun']} (to row {row['begun_rows']})" if row["begun"] else NOTHING.text,
            f"{row['env_steps']:.3g}",
            f"{row['core_hours']:.2f}",
            row["commits"],
        ]
        env = row["env"]
        yield tuple(map(Cell, texts))


def _curves(curves: pd.DataFrame) -> pd.DataFrame:
    """Each cell's band, thinned; `env_steps` is the mean over its seeds. Rows without a return are left out."""
    parts = []
    for cell, found in by_cell(curves.dropna(subset="return")).items():
        steps, returns = aligned(found)
        drawn = range_band(returns)
        table = pd.DataFrame({"step": steps.astype(int), "seeds": drawn.seeds, "mean": drawn.mean})
        table = table.assign(low=drawn.low, high=drawn.high, env_steps=found.groupby("step")["env_steps"].mean().array)
        kept = (table.index % -(-len(table) // POINTS) == 0) | (table.index == len(table) - 1)
        parts.append(table[kept].assign(**dict(zip(CELL, cell, strict=True))).round(3))
    thinned = pd.concat(parts, ignore_index=True)
    return thinned[[*CELL, *(column for column in thinned if column not in CELL)]]


def _made(results: Path, out: Path, variants: Collection[str]) -> Iterator[Path]:
    """Tables, and figures of what has a result."""
    tables = [f"tables/{name}" for name in outputs.TABLES if name.endswith((".csv", ".md"))]
    drawn = [name for name in outputs.figures(variants) if outputs.LEARNING.get(name, "iteration") == "iteration"]
    for name in [*tables, *(f"figures/{name}.png" for name in drawn)]:
        if (results / name).is_file():
            yield write(out / name, (results / name).read_bytes())


def _records(results: Path, out: Path, folders: Sequence[Path], done: Collection[Path]) -> Iterator[Path]:
    """Policies of finished runs, and the records of long ones."""
    for folder in folders:
        place = folder.relative_to(results / "runs")
        if folder in done:
            yield write(out / "policies" / place.with_suffix(".npz"), (folder / "policy.npz").read_bytes())
        if sum(session["core_seconds"] for session in read_sessions(folder / "provenance.json")) >= LONG:
            for file in sorted(folder.glob("[!.]*")):
                yield write(out / "records" / place / file.name, file.read_bytes())
