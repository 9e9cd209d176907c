"""Run folders to two tables, `runs.csv` and `curves.csv` (see `files`)."""

import csv
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from itt.analysis.files import NAME, SETTINGS, csv_line, write_csv, write_parts
from itt.analysis.inventory import Listed
from itt.analysis.inventory import read as read_inventory
from itt.analysis.outputs import COLLECTED
from itt.analysis.paper_settings import differs
from itt.analysis.run_record import read_evaluation, read_metrics, read_parameters, read_run, read_sessions
from itt.errors import UserError
from itt.record import CORE_COLUMNS, finished
from itt.settings_file import difference

KEY = ["env", "method", "variant", "seed"]
"""What tells runs apart."""

COUNTS = [
    "iterations", "rows", "evaluation_episodes", "env_steps", "sessions", "diverged", "evaluation_diverged",
    "parameters", "layers", "layers_state", "layers_action",
]  # fmt: skip
"""Columns of whole numbers."""


def collect(folders: Sequence[Path], out: Path) -> list[Path]:
    """Reads all runs below `folders` and writes `out/runs.csv` and `out/curves.csv`, whose paths it returns.

    Runs may still be in progress: `rows` then falls short of `iterations`, and there may be no evaluation yet.

    Raises:
        UserError: There is no run, or none has recorded an iteration, or two folders hold the same (env, method,
            variant, seed), or seeds of one (env, method, variant) have other settings, or a file is damaged, or a
            finished run's metrics.csv is not what it wrote.
    """
    found = [_Found(folder, read_run(folder / "run.yaml")) for folder in run_folders(folders)]
    return _write(found, [], out, _listed(folders))


def collect_listed(inventory: Path, out: Path) -> list[Path]:
    """Does the same with the runs of an inventory. Those that it leaves out have a row in runs.csv, without a result.

    Raises:
        UserError: As `collect`; or a run is not there, or another one than the inventory says.
    """
    found, left_out = [], []
    for run in read_inventory(inventory):
        if run.left_out:
            left_out.append({column: getattr(run, column) for column in [*NAME, "hash"]} | _numbers_of(inventory, run))
            continue
        folder = inventory.parent / run.folder
        about = read_run(folder / "run.yaml")
        if about["hash"] != run.hash:
            raise UserError(f"{folder}: has the hash {about['hash']} (run.yaml), not {run.hash} as {inventory} says")
        found.append(_Found(folder, about))
    return _write(found, left_out, out, str(inventory))


def _numbers_of(inventory: Path, run: Listed) -> dict[str, int | None]:
    try:
        return {"seed": int(run.seed), "iterations": int(run.iterations) if run.iterations else None}
    except ValueError:
        raise UserError(
            f"{inventory}: seed and iterations are whole numbers, not {run.seed}, {run.iterations}"
        ) from None


@dataclass(frozen=True)
class _Found:
    folder: Path
    about: dict[str, Any]
    """What `read_run` says."""


def _write(found: Sequence[_Found], left_out: Sequence[dict[str, Any]], out: Path, source: str) -> list[Path]:
    _check_names(found)
    _check_settings(found)
    rows: list[dict[str, Any]] = []
    columns: dict[str, None] = dict.fromkeys(CORE_COLUMNS)
    for folder, run in ((one.folder, one.about) for one in found):
        metrics = read_metrics(folder / "metrics.csv")
        sessions = read_sessions(folder / "provenance.json")
        _check_whole(folder, sessions, run["iterations"])
        identity = {column: run[column] for column in [*NAME, "seed", "hash", "iterations"]}
        made = _settings(folder, run)
        rows.append(identity | _returns(metrics) | _evaluation(folder) | _cost(sessions, metrics) | made)
        columns |= dict.fromkeys(map(str, metrics))
    if not any(row["rows"] for row in rows):
        raise UserError(
            f"{source}: {len(rows) + len(left_out)} runs, but none has recorded an iteration yet; try again later"
        )
    nothing = dict.fromkeys(COUNTS[1:], 0) | dict.fromkeys(["env_steps", *SETTINGS])
    rows += [run | nothing for run in left_out]
    counts = [int(row["rows"]) for row in rows]
    return [
        write_csv(out / COLLECTED[0], _runs_table(rows)),
        write_parts(out / COLLECTED[1], _curves(found, counts, list(columns))),
    ]


def _check_names(found: Sequence[_Found]) -> None:
    places: dict[tuple[Any, ...], Path] = {}
    for one in found:
        key = tuple(one.about[column] for column in KEY)
        if key in places:
            name = "/".join(map(str, key))
            raise UserError(f"{places[key]} and {one.folder} both hold the run {name}; collect only one of them")
        places[key] = one.folder


def _check_settings(found: Sequence[_Found]) -> None:
    """No mean is over seeds that were trained in different ways."""
    first: dict[tuple[Any, ...], _Found] = {}
    for one in found:
        other = first.setdefault(tuple(one.about[column] for column in KEY[:-1]), one)
        if key := difference(other.about["settings"], one.about["settings"]):
            raise UserError(
                f"{other.folder} and {one.folder} are seeds of one env, method and variant, but differ in {key} "
                "(run.yaml); collect only one of them"
            )


def _check_whole(folder: Path, sessions: Sequence[dict[str, Any]], iterations: int | None) -> None:
    """That the rows of a finished run are those that it wrote, or the last one that is left would pass for its end."""
    if not sessions or not finished.is_finished(sessions[-1]):
        return
    if damage := finished.metrics_damage(folder, sessions[-1], iterations):
        raise UserError(f"{damage}; {finished.REMEDY}")


def run_folders(folders: Sequence[Path]) -> list[Path]:
    """The runs at and below these folders, in order, each once.

    Raises:
        UserError: A folder is not there, or there is no run.
    """
    for folder in folders:
        if not folder.is_dir():
            raise UserError(f"{folder}: no such folder; give folders that hold runs, like results/demo")
    # One folder may lie in another: a run found twice in one place is one run.
    found = {(run / "run.yaml").resolve(): run for folder in folders for run in _with_run(folder)}
    if not found:
        raise UserError(f"{_listed(folders)}: no run found; a run is a folder with a run.yaml, at any depth")
    return sorted(found.values())


def _with_run(folder: Path) -> Iterator[Path]:
    """The folders at and below this one that hold a run.yaml, also through links, each place once."""
    been = set()
    for path, below, files in os.walk(folder, followlinks=True):
        if (place := os.path.realpath(path)) in been:
            below.clear()
            continue
        been.add(place)
        if "run.yaml" in files:
            yield Path(path)


def _listed(folders: Sequence[Path]) -> str:
    return ", ".join(map(str, folders)) or "no folder given"


def _returns(metrics: pd.DataFrame) -> dict[str, Any]:
    returns = metrics["return"]
    return {
        "rows": len(metrics),
        "final_return": returns.iloc[-1] if len(returns) else None,  # none where the last row has none
        "best_return": returns.max() if len(returns) else None,
        "diverged": int(metrics.filter(regex="/diverged$").to_numpy(dtype=float).sum()),
    }


def _evaluation(folder: Path) -> dict[str, Any]:
    """Mean and population standard deviation over the episodes of one run's final policy."""
    episodes = read_evaluation(folder / "evaluation.csv")
    returns = episodes["return"]
    return {
        "evaluation_mean": returns.mean(skipna=False),  # NaN where too many diverged to have a score
        "evaluation_std": returns.std(ddof=0, skipna=False),
        "evaluation_episodes": len(returns),
        "evaluation_diverged": int(episodes["diverged"].sum()),
    }


def _cost(sessions: Sequence[dict[str, Any]], metrics: pd.DataFrame) -> dict[str, Any]:
    """`env_steps` and wall-clock `seconds` so far, as the last row has them; core-seconds of all sessions, and those of
    them that the recorded iterations spent in episodes (`play_seconds`) and without work (`wait_seconds`), where the
    algorithm tells; and when the run was finished (no `end` while it is in progress)."""
    core_seconds = [session["core_seconds"] for session in sessions if session.get("core_seconds") is not None]
    return {
        "env_steps": metrics["env_steps"].iloc[-1] if len(metrics) else None,
        "seconds": metrics["seconds"].iloc[-1] if len(metrics) else None,
        "core_seconds": sum(core_seconds) if core_seconds else None,
        "play_seconds": _total(metrics, "play_seconds"),
        "wait_seconds": _total(metrics, "wait_seconds"),
        "sessions": len(sessions),
        "end": sessions[-1].get("end") if sessions else None,
    }


def _total(metrics: pd.DataFrame, quantity: str) -> float | None:
    """The sum of an algorithm's own column over all rows; None where it has no such column."""
    found = metrics.filter(regex=f"/{quantity}$")
    return float(found.to_numpy(dtype=float).sum()) if found.shape[1] else None


def _settings(folder: Path, run: dict[str, Any]) -> dict[str, Any]:
    """What Tables 3 to 5 are about, and in which settings the run differs from the paper's."""
    settings = run["settings"]
    sections = {name: settings.get(name) for name in ("algorithm", "policy")}
    algorithm, policy = (part if isinstance(part, dict) else {} for part in sections.values())
    towers = {name: policy.get(name) for name in ("tower", "state", "action")}
    layers = [tower.get("layers") if isinstance(tower, dict) else None for tower in towers.values()]
    parameters = read_parameters(folder / "policy.npz")
    values = [algorithm.get("sigma"), parameters, *layers]
    return dict(zip(SETTINGS, values, strict=True)) | {"differs": differs(run, parameters)}


def _runs_table(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    # Counts may be missing, and only this type keeps the others whole numbers.
    table = pd.DataFrame(rows).astype(dict.fromkeys(COUNTS, "Int64")).sort_values(KEY)
    return _in_order(table, [*NAME, "seed"])


def _curves(found: Sequence[_Found], counts: Sequence[int], columns: Sequence[str]) -> Iterator[str]:
    """The header and the rows of curves.csv, a run's after another's, as their metrics.csv have them.

    Args:
        found: The runs.
        counts: How many rows of each to take: one that goes on may have more by now.
        columns: Those that any of them has.
    """
    yield csv_line([*NAME, "seed", *columns])
    ordered = sorted(zip(found, counts, strict=False), key=lambda one: [one[0].about[column] for column in KEY])
    for one, count in ordered:
        if count:
            text = (one.folder / "metrics.csv").read_text(encoding="utf-8")
            yield _after(
                csv_line(str(one.about[column]) for column in [*NAME, "seed"]).rstrip("\n"), text, count, columns
            )


def _after(who: str, metrics: str, count: int, columns: Sequence[str]) -> str:
    """The first `count` rows of a metrics.csv, each after `who`, in the order of `columns`; nan is left out."""
    header, *rows = metrics.splitlines()[: count + 1]
    if header.split(",") != list(columns) or "nan" in metrics or '"' in metrics:  # rare, and a hundred times slower
        names, *parsed = csv.reader([header, *rows])
        places = [names.index(column) if column in names else None for column in columns]
        values = [["" if place is None or row[place] == "nan" else row[place] for place in places] for row in parsed]
        rows = [csv_line(row).rstrip("\n") for row in values]
    return "".join(f"{who},{row}\n" for row in rows)


def _in_order(table: pd.DataFrame, first: Sequence[str]) -> pd.DataFrame:
    return table[[*first, *(column for column in table.columns if column not in first)]]
