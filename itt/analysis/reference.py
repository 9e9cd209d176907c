"""A study's results, small enough to be committed: what `make reference` puts into results/reference.

    finished.md  finished.csv    what there is of each cell beside what the paper's settings ask for, and what it cost
    runs.csv                     a row a run, as collected
    curves.csv                   mean, lowest and highest return over seeds at about a hundred iterations of each cell
    tables/  figures/            those of the study: Markdown and CSV, PNG
    policies/ENV/METHOD/VARIANT/seedK.npz    final policies
    records/ENV/METHOD/VARIANT/seedK/        whole records, with checkpoint, of the runs that took long, finished or not

Shorter runs are trained again in minutes, to the same bits; so their records stay out. Reads records only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from itt import study
from itt.analysis import typeset
from itt.analysis.collect import run_folders
from itt.analysis.files import read_collected, write, write_csv
from itt.analysis.inventory import is_finished
from itt.analysis.run_record import read_metrics, read_run, read_sessions
from itt.analysis.scores import CELL, aligned, by_cell
from itt.analysis.statistics import band
from itt.analysis.typeset import NOTHING, Cell, Table

LONG = 1800.0
"""Core-seconds from which on a run's record is kept."""
POINTS = 100
"""Of a curve, beside its last."""
PAPER = Path(study.__file__).parent / "studies" / "paper.yaml"


def reference(results: Path, out: Path) -> list[Path]:
    """Makes the selection of `results` (a study's folder, with tables and figures) in `out`; returns what it wrote.

    What else lies in `out` stays.

    Raises:
        UserError: `results` lacks runs, or was not collected, or one of its files is damaged.
    """
    runs, curves = read_collected(results / "collected")
    folders = run_folders([results / "runs"])
    finished = _finished(results / "runs", folders)
    return [
        write_csv(out / "finished.csv", finished),
        write(out / "finished.md", typeset.markdown("What is finished", [_table(finished, results.name)])),
        write_csv(out / "runs.csv", runs),
        write_csv(out / "curves.csv", _curves(curves)),
        *_copied(results, out, folders),
    ]


def _finished(root: Path, folders: Sequence[Path]) -> pd.DataFrame:
    """A row a cell: its seeds that are finished and begun, iterations, and what all of them took."""
    asked = {run.folder.parent.relative_to("runs"): run for run in study.load(PAPER).runs}
    rows: dict[Path, dict[str, Any]] = {}
    for folder in folders:
        cell = folder.relative_to(root).parent
        about, metrics = read_run(folder / "run.yaml"), read_metrics(folder / "metrics.csv")
        paper = asked.get(cell)
        row = rows.setdefault(
            cell,
            {name: about[name] for name in CELL}
            | {"seeds": 0, "iterations": about["iterations"], "begun": 0, "begun_rows": 0}
            | {"paper_iterations": getattr(paper.algorithm, "iterations", None) if paper else None}
            | {"env_steps": 0, "core_hours": 0.0, "cpu": set(), "commits": set()},
        )
        if is_finished(folder):
            row["seeds"] += 1
        else:
            row["begun"] += 1
            row["begun_rows"] = max(row["begun_rows"], len(metrics))
        row["env_steps"] += int(metrics["env_steps"].iloc[-1]) if len(metrics) else 0
        for session in read_sessions(folder / "provenance.json"):
            row["core_hours"] += session["core_seconds"] / 3600
            row["cpu"].add(session["cpu"])
            row["commits"].add(str(session["git_commit"])[:12])
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
    """Each cell's band, thinned; `env_steps` is the mean over its seeds."""
    parts = []
    for cell, found in by_cell(curves).items():
        steps, returns = aligned(found)
        drawn = band(returns)
        table = pd.DataFrame({"step": steps.astype(int), "seeds": drawn.seeds, "mean": drawn.mean})
        table = table.assign(low=drawn.low, high=drawn.high, env_steps=found.groupby("step")["env_steps"].mean().array)
        kept = (table["step"] % -(-len(table) // POINTS) == 0) | (table.index == len(table) - 1)
        parts.append(table[kept].assign(**dict(zip(CELL, cell, strict=True))).round(3))
    thinned = pd.concat(parts, ignore_index=True)
    return thinned[[*CELL, *(column for column in thinned if column not in CELL)]]


def _copied(results: Path, out: Path, folders: Sequence[Path]) -> Iterator[Path]:
    """Tables, figures, policies, and the records of long runs."""
    made = [file for pattern in ("tables/*.md", "tables/*.csv", "figures/*.png") for file in results.glob(pattern)]
    for file in sorted(made):
        yield write(out / file.relative_to(results), file.read_bytes())
    for folder in folders:
        place = folder.relative_to(results / "runs")
        if is_finished(folder):
            yield write(out / "policies" / place.with_suffix(".npz"), (folder / "policy.npz").read_bytes())
        if sum(session["core_seconds"] for session in read_sessions(folder / "provenance.json")) >= LONG:
            for file in sorted(folder.glob("[!.]*")):
                yield write(out / "records" / place / file.name, file.read_bytes())
