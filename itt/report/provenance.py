"""When, on which machines and with which versions a study was trained, from the sessions of its runs.

Names of hosts stay in provenance.json: a page is for everybody.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from itt.analysis.typeset import Cell, Row, Table

Session = Mapping[str, Any]


@dataclass(frozen=True)
class Use:
    """How much one commit, machine, ... was in use.

    Attributes:
        what: The commit, the machine, ...
        runs: How many runs had a session with it.
        sessions: How many sessions.
        core_hours: What these took.
    """

    what: str
    runs: int
    sessions: int
    core_hours: float


@dataclass(frozen=True)
class Provenance:
    """Of all runs of a study.

    Attributes:
        runs: How many of them say where they come from.
        sessions: From a start to a stop; a run that was taken up again has several.
        resumed: How many runs have more than one.
        begun, ended: When the first session started and the last one ended, in UTC; empty if nothing tells.
        core_hours: What all sessions took: their time, once for each process that played.
        hours: Their time, added up.
        hosts: How many machines.
        uses: By what they are: commits, processors, MPI libraries with their ranks, engines, versions of Python.
        versions: The versions of each package; several where sessions had different ones.
    """

    runs: int
    sessions: int
    resumed: int
    begun: str
    ended: str
    core_hours: float
    hours: float
    hosts: int
    uses: dict[str, list[Use]]
    versions: dict[str, list[str]]


def told(runs: Sequence[Sequence[Session]]) -> Provenance:
    """What the sessions tell, a list of them a run; runs of other programs may say less."""
    sessions = [session for run in runs for session in run]
    return Provenance(
        runs=sum(map(bool, runs)),
        sessions=len(sessions),
        resumed=sum(len(run) > 1 for run in runs),
        begun=min((session["start"] for session in sessions if session.get("start")), default=""),
        ended=max((session["end"] for session in sessions if session.get("end")), default=""),
        core_hours=_hours(sessions, "core_seconds"),
        hours=_hours(sessions, "seconds"),
        hosts=len({host for session in sessions for host in session.get("hosts", [])}),
        uses={what: _uses(runs, name) for what, name in _NAMES.items()},
        versions=_versions(sessions),
    )


def tables(origin: Provenance) -> list[Table]:
    """What was in use, and the versions of packages."""
    uses = [row for kind, found in origin.uses.items() for row in _group(kind, found)]
    versions = [(Cell(package), Cell(", ".join(found))) for package, found in origin.versions.items()]
    return [
        Table(
            "Code and machines",
            "How many trainings had a session with it, how many sessions these were, and their core-hours: time, once "
            "for each process that played.",
            ("", "", "Trainings", "Sessions", "Core-hours"),
            tuple(uses),
        ),
        Table(
            "Versions",
            "What the results and the way to them depend on. Several stand where sessions had different ones.",
            ("Package", "Version"),
            tuple(versions),
        ),
    ]


def _group(kind: str, uses: Sequence[Use]) -> list[Row]:
    """Rows of one kind, which is named before the first."""
    return [
        (
            Cell("" if position else kind),
            Cell(use.what),
            *map(Cell, (str(use.runs), str(use.sessions), f"{use.core_hours:.3g}")),
        )
        for position, use in enumerate(uses)
    ]


def _commit(session: Session) -> str:
    commit = session.get("git_commit")
    if not commit:
        return "none: installed, not a checkout"
    return f"{commit.rstrip('+')} with changes" if commit.endswith("+") else str(commit)


def _mpi(session: Session) -> str:
    ranks = session.get("ranks", 1)
    library = " ".join(str(session["mpi"]).split()) if session.get("mpi") else "without MPI"
    return f"{library}, {ranks} rank{'s' if ranks != 1 else ''}"


_NAMES: dict[str, Callable[[Session], str]] = {
    "Commit": _commit,
    "Processor": lambda session: str(session.get("cpu", "unknown")),
    "MPI": _mpi,
    "Engine": lambda session: str(session.get("engine", "unknown")),
    "Python": lambda session: str(session.get("python", "unknown")),
}


def _uses(runs: Sequence[Sequence[Session]], name: Callable[[Session], str]) -> list[Use]:
    """The most used first."""
    of_runs = Counter(what for run in runs for what in set(map(name, run)))
    sessions: dict[str, list[Session]] = {what: [] for what in of_runs}
    for run in runs:
        for session in run:
            sessions[name(session)].append(session)
    uses = [
        Use(what, count, len(sessions[what]), _hours(sessions[what], "core_seconds")) for what, count in of_runs.items()
    ]
    return sorted(uses, key=lambda use: (-use.sessions, use.what))


def _hours(sessions: Sequence[Session], key: str) -> float:
    return float(sum(session.get(key) or 0 for session in sessions)) / 3600


def _versions(sessions: Sequence[Session]) -> dict[str, list[str]]:
    found: dict[str, set[str]] = {}
    for session in sessions:
        for package, version in session.get("versions", {}).items():
            found.setdefault(package, set()).add(version)
    return {package: sorted(found[package]) for package in sorted(found)}
