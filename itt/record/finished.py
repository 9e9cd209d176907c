"""Whether what a finished run left is still what it wrote.

The last session in provenance.json says how far it came and, under `sha256`, what it wrote. Records from before there
was that are held to their number of rows and to files that can be read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from itt.errors import UserError
from itt.record import policy_file

METRICS = "metrics.csv"
_POLICIES = ("best.npz", "policy.npz")
REMEDY = "delete it, and the same training brings it back from the run's checkpoint"
"""What to do about a damaged file, for those who only read it."""


def digests(files: Mapping[str, bytes]) -> dict[str, str]:
    """The SHA-256 of files by name."""
    return {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


def is_finished(session: Mapping[str, Any] | None) -> bool:
    """Whether a run whose last session this is has come to its end."""
    return session is not None and session.get("end") is not None


def last_session(folder: Path) -> dict[str, Any] | None:
    """The last entry of provenance.json; None where there is none that can be read."""
    try:
        sessions = json.loads((folder / "provenance.json").read_bytes())
        session = sessions[-1]
    except (OSError, ValueError, RecursionError, LookupError, TypeError):
        return None
    return session if isinstance(session, dict) else None


def damage_of(folder: Path, iterations: int) -> str | None:
    """`damage` in a run's folder; None where nothing is damaged, or where the run is not finished."""
    session = last_session(folder)
    if session is None or not is_finished(session):
        return None
    return damage(folder, session, iterations)


def damage(folder: Path, session: Mapping[str, Any], iterations: int) -> str | None:
    """What is wrong with the metrics and policies of a finished run, beginning with the file's path; None if nothing.

    Args:
        folder: The run's folder.
        session: Its last session.
        iterations: Those that it was to do.
    """
    if found := metrics_damage(folder, session, iterations):
        return found
    written = _written(session)
    for path in (folder / name for name in _POLICIES):
        try:
            if path.name in written:
                if digests({path.name: path.read_bytes()})[path.name] != written[path.name]:
                    return f"{path}: is not what the finished run wrote"
            else:
                policy_file.read(path)
        except OSError as error:
            return f"{path}: cannot be read ({error.strerror})"
        except UserError as error:
            return str(error)
    return None


def metrics_damage(folder: Path, session: Mapping[str, Any], iterations: int | None) -> str | None:
    """The same of metrics.csv alone: cheap enough to ask of thousands of runs."""
    path = folder / METRICS
    try:
        content = path.read_bytes()
    except OSError as error:
        return f"{path}: cannot be read ({error.strerror})"
    done = session.get("iterations_done")
    if isinstance(done, int) and isinstance(iterations, int):
        # A run that its target ended has the row of an iteration that was not done: nothing followed from it.
        wanted, there = min(done + 1, iterations), content.count(b"\n") - 1
        if there != wanted:
            return f"{path}: has {there} rows, and the finished run wrote {wanted}"
    written = _written(session).get(METRICS)
    if written is not None and digests({METRICS: content})[METRICS] != written:
        return f"{path}: is not what the finished run wrote"
    return None


def _written(session: Mapping[str, Any]) -> Mapping[str, str]:
    written = session.get("sha256")
    return written if isinstance(written, Mapping) else {}
