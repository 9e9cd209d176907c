"""One look at each run folder: a few small reads, so that thousands take seconds.

What is written while a run goes on is metrics.csv, a row an iteration; checkpoints hold the same rows, for the time
when a workflow has deleted the file before it starts the job again. Who writes stands in `.lock`, and how the last
attempt ended in the log of the workflow's job.
"""

from __future__ import annotations

import csv
import json
import math
import os
import platform
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from itt import settings_file
from itt.analysis import inventory
from itt.errors import UserError
from itt.record import checkpoint
from itt.record.run_folder import CORE_COLUMNS
from itt.run import Run

State = Literal["done", "running", "waiting", "failed"]

_TAIL = 8192
"""Bytes at the end of a file that are read: some ten rows of metrics, or what a log says last."""
_SILENT, _ROWS = 600.0, 5
"""A run that another machine writes to has ended without a word where nothing came for so many seconds, and for so many
iterations."""
_ITERATIONS = re.compile(r"^algorithm:\n(?:  .*\n)*?  iterations: (\d+)$", re.M)
_OWN = re.compile(r"^(?:seed|hash): .*\n", re.M)
"""The lines in which the run.yaml of two seeds differ."""
_EXIT = re.compile(r"^logged: exit code (\d+)")
_FINE, _KILLED = ("0", "75"), 128
"""Exit codes after which nothing is wrong: done, and stopped with a checkpoint; from 128 on a signal ended it, after
which it goes on, too."""


@dataclass(frozen=True)
class Look:
    """One run. Seconds are of wall-clock time; what is not known is None.

    Attributes:
        run: ENV/METHOD/VARIANT/seedK.
        state: waiting: it has not begun, or was stopped and goes on when its job is started again.
        iteration: Iterations recorded.
        iterations: Those it is to have; a target may end it before.
        score: The newest `return`.
        steps_per_s: Env steps a second, over the newest rows.
        seconds_left: At the pace of the newest rows; None unless it is running.
        job: The batch system's name of the job that last wrote to it.
        checkpoint_seconds: Since the last checkpoint.
        note: What a failed run's log says last; who a silent run was written by.
    """

    run: str
    state: State
    iteration: int
    iterations: int | None
    score: float | None = None
    steps_per_s: float | None = None
    seconds_left: float | None = None
    job: str | None = None
    checkpoint_seconds: float | None = None
    note: str = ""


def study(results: Path) -> list[Look]:
    """A look at every run of a study: those of its inventory, which the workflow writes, else those on disk.

    Raises:
        UserError: There is no run.
    """
    listed = results / "inventory.csv"
    if listed.exists():
        runs = inventory.read(listed)
        asked = [(run.folder, int(run.iterations) if run.iterations.isdigit() else None) for run in runs]
    else:
        asked = [(folder, None) for folder in sorted(_folders(results))]
    if not asked:
        raise UserError(f"{results}: no run found; name a study's results, like results/demo")
    return [
        look(folder.removeprefix("runs/"), results / folder, total, results / "logs" / folder / "train.log")
        for folder, total in asked
    ]


def _folders(results: Path) -> Iterator[str]:
    for path, below, files in os.walk(results):
        if "run.yaml" in files or "checkpoint" in files:
            below.clear()
            yield os.path.relpath(path, results)


def look(name: str, folder: Path, iterations: int | None = None, log: Path | None = None) -> Look:
    """A look at one run folder, which need not be there yet.

    Args:
        name: What it is called.
        folder: The run's folder.
        iterations: What run.yaml is asked for otherwise.
        log: The log of its job.
    """
    rows = _rows(folder)
    done = len(rows) and int(rows[-1]["step"]) + 1
    pace, speed = _pace(rows)
    ended = _ended(log)
    owner, silent = _owner(folder, pace)
    note = ""
    state: State = "waiting"
    if inventory.is_finished(folder):
        state = "done"
    elif owner and not silent:
        state = "running"
    elif ended is not None:
        state, note = ended
    elif owner:
        note = f"silent since {_minutes(silent)}: {owner.get('host')}, process {owner.get('process')}"
    total = iterations if iterations is not None else _iterations(folder)
    left = pace * (total - done) if state == "running" and pace is not None and total is not None else None
    return Look(
        name,
        state,
        done,
        total,
        next((row["return"] for row in reversed(rows) if math.isfinite(row["return"])), None),
        speed,
        left,
        owner.get("job") or _last_job(folder),
        _age(folder / "checkpoint"),
        note,
    )


def _rows(folder: Path) -> list[dict[str, float]]:
    """The newest rows, of metrics.csv or, where that is gone or damaged, of the checkpoint."""
    try:
        with open(folder / "metrics.csv", "rb") as file:
            names = file.readline().decode().rstrip("\n").split(",")
            begin = file.tell()
            file.seek(max(begin, file.seek(0, os.SEEK_END) - _TAIL))
            whole = file.tell() == begin
            lines = file.read().decode().split("\n")
        # The last line is empty, or a row that is being written; the first may be the end of one.
        read = list(csv.reader(lines[:-1] if whole else lines[1:-1]))
        if names[: len(CORE_COLUMNS)] != list(CORE_COLUMNS):
            raise ValueError("no metrics")
        rows = [{name: float(row[place] or "nan") for place, name in enumerate(CORE_COLUMNS)} for row in read]
        if not all(math.isfinite(value) for row in rows for name, value in row.items() if name != "return"):
            raise ValueError("no number")
        return rows
    except (OSError, ValueError, IndexError):
        return _saved(folder)


def _saved(folder: Path) -> list[dict[str, float]]:
    try:
        found = checkpoint.load(folder, lambda line: None)
    except UserError:
        return []
    if found is None:
        return []
    return [dict(zip(CORE_COLUMNS, map(float, row), strict=False)) for row in found.rows[-2:]]


def _pace(rows: Sequence[dict[str, float]]) -> tuple[float | None, float | None]:
    """Seconds an iteration, and env steps a second."""
    if not rows:
        return None, None
    first, last = (rows[0], rows[-1]) if len(rows) > 1 else ({"step": -1, "seconds": 0, "env_steps": 0}, rows[0])
    seconds = last["seconds"] - first["seconds"]
    steps = last["env_steps"] - first["env_steps"]
    return seconds / (last["step"] - first["step"]), steps / seconds if seconds > 0 else None


def _owner(folder: Path, pace: float | None) -> tuple[dict[str, Any], float]:
    """Who holds the folder, as far as is known, and the seconds since it was heard of: 0 where it is at work."""
    owner: Any = {}
    for name in (".lock", ".lock.owner"):
        try:
            owner = json.loads((folder / name).read_text()) or owner
        except (OSError, ValueError):
            continue
    if not isinstance(owner, dict) or not owner:
        return {}, 0.0
    heard = min(age for name in (".lock", "metrics.csv", "checkpoint") if (age := _age(folder / name)) is not None)
    if owner.get("host") == platform.node():
        return owner, 0.0 if Path("/proc", str(owner.get("process"))).exists() else max(heard, 1.0)
    return owner, heard if heard > max(_SILENT, _ROWS * (pace or 0.0)) else 0.0


def _ended(log: Path | None) -> tuple[State, str] | None:
    """How the last attempt failed, if it did: the state that it leaves, and what was said, or the exit code."""
    if log is None:
        return None
    for path in (log.with_name(log.name + ".kept"), log):
        try:
            with open(path, "rb") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL))
                lines = file.read().decode(errors="replace").splitlines()
        except OSError:
            continue
        code = _EXIT.match(lines[-1]) if lines else None
        if code is None or code[1] in _FINE:
            return None
        if int(code[1]) >= _KILLED:
            return "waiting", f"killed (exit code {code[1]})"
        told = [line for line in lines if line.startswith("itt: error: ")]
        return "failed", told[-1].removeprefix("itt: error: ") if told else f"exit code {code[1]}: see {log}"
    return None


def _iterations(folder: Path) -> int | None:
    """As run.yaml has them, which one function writes: to parse the whole would take most of the time."""
    try:
        text = (folder / "run.yaml").read_text(encoding="utf-8")
    except (OSError, ValueError):
        return None
    found = _ITERATIONS.search(text)
    return int(found[1]) if found else _length(_OWN.sub("", text))


@cache
def _length(text: str) -> int | None:
    """Of a run that has no such setting, by a run.yaml without the lines of its seed: parsed once for all seeds."""
    try:
        return Run.recorded(settings_file.parse(text, "")).length
    except (settings_file.Mistake, TypeError, ValueError):
        return None


def _last_job(folder: Path) -> str | None:
    try:
        job = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))[-1]["job"]
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return str(job) if job is not None else None


def _age(path: Path) -> float | None:
    try:
        return max(0.0, time.time() - path.stat().st_mtime)
    except OSError:
        return None


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= 60 else f"{seconds:.0f} s"
