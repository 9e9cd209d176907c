"""Runs trained again for their first iterations: the rows of metrics.csv must be the same, bit for bit.

A run is trained as it is recorded, with every setting, and stopped from outside: a schedule may depend on how long a
run is to be. Columns that tell seconds are left out, as they are no results.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from itt.analysis import runs
from itt.analysis.run_record import read_sessions
from itt.errors import Stopped, UserError
from itt.ranks import Team
from itt.record.provenance import session
from itt.resolve import resolve
from itt.run import Run
from itt.training import algorithm_of

Rows = list[dict[str, str]]


@dataclass(frozen=True)
class Replayed:
    """What came of one run.

    Attributes:
        name: The run.
        rows: How many of its first rows were trained again.
        difference: The first place where they are not the recorded ones; empty if there is none.
        environment: What was installed otherwise when the run was recorded; empty if nothing was.
    """

    name: str
    rows: int
    difference: str
    environment: str


def choose(found: Mapping[Path, Run], count: int) -> list[Path]:
    """So many of the runs that have recorded something, always the same, spread over envs, methods and variants."""
    left = [folder for folder in sorted(found) if _rows(folder)]
    chosen: list[Path] = []
    while left and len(chosen) < count:
        times = Counter(kind for folder in chosen for kind in _kinds(found[folder]))
        rarest = min(left, key=lambda folder: [times[kind] for kind in _kinds(found[folder])])
        left.remove(rarest)
        chosen.append(rarest)
    return chosen


def replay(folder: Path, count: int, iterations: int, team: Team, scratch: Path) -> list[Replayed]:
    """Trains `count` of the runs in an opened archive again; fewer, if no more have recorded something.

    Args:
        folder: The opened archive.
        count: How many runs.
        iterations: How many iterations of each.
        team: Who plays.
        scratch: An empty folder, for the records of these trainings.

    Raises:
        UserError: No run has recorded an iteration, or what a run needs is not installed.
        Stopped: A signal came.
    """
    found = runs.recorded(folder)
    chosen = choose(found, count)
    if not chosen:
        raise UserError(f"no run could be replayed: none of {len(found)} has recorded an iteration")
    for record in chosen:
        algorithm_of(found[record]).check_installed(resolve(found[record]))
    return [_replay(folder, record, found[record], iterations, team, scratch) for record in chosen]


def _replay(folder: Path, record: Path, run: Run, iterations: int, team: Team, scratch: Path) -> Replayed:
    recorded = _rows(record)[:iterations]
    _train(scratch / run.folder, _at_home(run, folder), len(recorded), team)
    trained = _rows(scratch / run.folder)
    name = "/".join(run.folder.parts[1:])
    return Replayed(name, len(recorded), _difference(recorded, trained), _environment(record))


def _train(path: Path, run: Run, iterations: int, team: Team) -> None:
    enough = False

    def stop(done: int, row: Mapping[str, float]) -> None:
        nonlocal enough
        enough = done >= iterations
        if enough:
            raise Stopped("these were the first iterations")

    try:
        algorithm_of(run).train(path, resolve(run), team, lambda line: None, stop)
    except Stopped:
        if not enough:
            raise Stopped("stopped by a signal while runs were trained again; nothing is kept") from None


def _at_home(run: Run, folder: Path) -> Run:
    """The run, starting from the saved policy in the archive, if it started from one."""
    if run.source is None or run.source.policy is None:
        return run
    return run.with_source(str(folder / run.source.policy))


def _rows(folder: Path) -> Rows:
    """metrics.csv as text, which tells every number exactly; none before the first iteration."""
    file = folder / "metrics.csv"
    if not file.is_file():
        return []
    with file.open(newline="", encoding="utf-8") as text:
        return list(csv.DictReader(text))


def _difference(recorded: Rows, trained: Rows) -> str:
    """The first number that is not the same, in words. A column that one of the two versions does not have is none."""
    for number, old in enumerate(recorded):
        if number >= len(trained):
            return f"row {number} is not there"
        new = trained[number]
        for column, value in old.items():
            if "seconds" not in column and new.get(column, value) != value:
                return f"row {number}: {column} was {value}, is {new[column]}"
    return ""


def _kinds(run: Run) -> list[tuple[str, ...]]:
    return [(run.env, run.method, run.variant), ("env", run.env), ("method", run.method), ("variant", run.variant)]


def _environment(record: Path) -> str:
    """What was otherwise in the run's first session than it is here, in words: versions and commit."""
    sessions = read_sessions(record / "provenance.json")
    if not sessions:
        return "no session tells by what it was recorded"
    then, now = _installed(sessions[0]), _installed(session(1, [], None, 0))
    return ", ".join(f"{name} {then[name]} then, {now[name]} now" for name in then if then[name] != now.get(name))


def _installed(one: Mapping[str, Any]) -> dict[str, Any]:
    about = {name: one.get(name) for name in ("python", "git_commit")} | one.get("versions", {})
    return {name.replace("git_commit", "commit"): str(value) for name, value in about.items() if value is not None}
