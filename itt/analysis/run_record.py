"""What one run folder says, as far as it has come: a run may still be in progress, so only run.yaml has to be there."""

import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from itt import settings_file
from itt.analysis.files import NAME, read_csv
from itt.errors import UserError
from itt.record import CORE_COLUMNS, policy_file
from itt.run import Run
from itt.settings import env_label
from itt.spec import written


def read_run(file: Path) -> dict[str, Any]:
    """run.yaml: study, env, method, variant, seed, hash, iterations (the rows that it is to have) and `settings`."""
    run, (settings, length) = content(file)
    wanted = [*NAME, "seed", "hash", "algorithm"]
    missing = [key for key in wanted if key not in run] if isinstance(run, dict) else wanted
    if missing:
        raise UserError(f"{file}: lacks {', '.join(missing)}, so it does not say which run this is")
    if type(run["seed"]) is not int:
        raise UserError(f"{file}: seed: a whole number, not {run['seed']!r}")
    text = {column: str(run[column]) for column in [*NAME, "hash"]}
    kwargs = run.get("env_kwargs")
    text["env"] = env_label(text["env"], kwargs if isinstance(kwargs, dict) else {})
    return {**text, "seed": run["seed"], "iterations": length, "settings": settings}


About = tuple[dict[str, Any], int | None]
"""The settings that results depend on beside the seed, and how many rows the run is to have, if that is known."""

_OWN = re.compile(r"^(?:seed|hash): .*\n", re.M)
"""The lines in which the run.yaml of two seeds differ: what they share is parsed once, which takes most of the time."""


def content(file: Path) -> tuple[Any, About]:
    """What stands in a run.yaml, and what is known of it beside the seed."""
    try:
        text = file.read_text(encoding="utf-8")
        shared, about = _shared(_OWN.sub("", text))
        return {**shared, **settings_file.parse("".join(_OWN.findall(text)), "")}, about
    except (OSError, TypeError, ValueError, settings_file.Mistake):
        run = settings_file.read(file)  # says what is wrong, where something is
        return run, _about(run) if isinstance(run, dict) else ({}, None)


@cache
def _shared(text: str) -> tuple[dict[str, Any], About]:
    run = dict(settings_file.parse(text, ""))
    return run, _about(run)


def _about(run: dict[str, Any]) -> About:
    """Settings: the run's spec, or all that stands there where it is none of ours. How long it is, where it is ours."""
    stated = {key: value for key, value in run.items() if key not in ("hash", "seed")}
    length = None
    try:
        ours = Run.recorded(stated)
        spec, length = ours.spec(), ours.length
    except ValueError:
        spec = written(stated)
        if isinstance(algorithm := run.get("algorithm"), dict):
            length = algorithm.get("iterations")
    return {key: value for key, value in spec.items() if key not in (*NAME, "seed", "record")}, length


def read_parameters(file: Path) -> int | None:
    """D, the number of parameters of a saved policy; None where none is saved yet."""
    return policy_file.read(file).parameters if file.is_file() else None


def read_metrics(file: Path) -> pd.DataFrame:
    """metrics.csv: a row an iteration, core and namespaced columns; no row while a run is in its first iteration."""
    if not file.is_file():
        return pd.DataFrame(columns=list(CORE_COLUMNS), dtype=float)
    metrics = _numbers(file, CORE_COLUMNS)
    if not (metrics["step"].is_monotonic_increasing and metrics["step"].is_unique):
        raise UserError(f"{file}: step must increase from row to row")
    # `return` may be missing in a row, for an algorithm that does not play its policy at each iteration.
    if metrics[["step", "env_steps", "seconds"]].isna().any(axis=None):
        raise UserError(f"{file}: not CSV: a row is cut short")
    return metrics


def read_evaluation(file: Path) -> pd.DataFrame:
    """evaluation.csv: `return` and `diverged` (1 or 0) of each episode of the final policy; none before `itt eval`."""
    if not file.is_file():
        return pd.DataFrame(columns=["return", "diverged"], dtype=float)
    # Where no episode diverged there is no such column.
    return (
        _numbers(file, ["episode", "return", "seed"], ["diverged"])
        .reindex(columns=["return", "diverged"])
        .fillna({"diverged": 0})
    )


def read_sessions(file: Path) -> list[dict[str, Any]]:
    """provenance.json: one mapping a session."""
    if not file.is_file():
        return []
    try:
        sessions = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise UserError(f"{file}: not JSON: {_one_line(error)}") from None
    if not (isinstance(sessions, list) and all(isinstance(session, dict) for session in sessions)):
        raise UserError(f"{file}: must be a list of sessions, one mapping each")
    return sessions


def _numbers(file: Path, wanted: Sequence[str], others: Sequence[str] = ()) -> pd.DataFrame:
    """The `wanted` columns of a CSV file, its namespaced ones, and what it has of `others`, all of them numbers."""
    frame = read_csv(file, wanted, {})
    frame = frame[[column for column in frame.columns if column in (*wanted, *others) or "/" in column]]
    if text := [column for column in frame if len(frame) and not pd.api.types.is_numeric_dtype(frame[column])]:
        raise UserError(f"{file}: column {text[0]} holds something that is not a number")
    return frame


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
