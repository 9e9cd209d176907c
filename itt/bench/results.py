"""A result file: what was measured, by which command, on which machine.

{"benchmark": "rollouts", "machine": {"cpu": ..., "cores": 2, "versions": {...}, ...}, "rows": [{...}, ...]}
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import sys
from pathlib import Path
from typing import Any

from itt.errors import UserError
from itt.record.files import write_atomically
from itt.record.provenance import session

_PEERS = ("faiss-cpu", "envpool", "stable-baselines3", "sbx-rl", "jax")
"""Packages that only a benchmark uses."""


def machine() -> dict[str, Any]:
    """CPU, cores, versions and commit: what a figure depends on besides the command. No names of hosts or folders."""
    facts = session(1, [], None, 0)
    versions = dict(facts["versions"])
    for package in _PEERS:
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return {
        "date": facts["start"],
        "command": " ".join(["itt", *sys.argv[1:]]),
        "cpu": facts["cpu"],
        "cores": os.cpu_count(),
        "load_before": os.getloadavg()[0],
        "python": facts["python"],
        "versions": versions,
        "git_commit": facts["git_commit"],
    }


def write(path: Path, benchmark: str, where: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    """Writes a result file; its folder is made if it is not there. `where` is what `machine` said at the start."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"benchmark": benchmark, "machine": where, "rows": [_rounded(row) for row in rows]}
    write_atomically(path, (json.dumps(content, indent=1) + "\n").encode())


def read(path: Path, *benchmarks: str) -> dict[str, Any]:
    """Reads a result file of one of these benchmarks.

    Raises:
        UserError: It is not there, or holds something else than their rows.
    """
    wanted = " or ".join(f"`itt bench {benchmark}`" for benchmark in benchmarks)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as reason:
        raise UserError(f"{path}: cannot be read as a result of {wanted} ({reason})") from None
    if not isinstance(content, dict) or content.get("benchmark") not in benchmarks or not content.get("rows"):
        raise UserError(f"{path}: not what {wanted} wrote with --out")
    return content


def _rounded(row: dict[str, Any]) -> dict[str, Any]:
    """Four digits: more than a measurement has."""
    return {key: _rounded_value(value) for key, value in row.items()}


def _rounded_value(value: Any) -> Any:
    if isinstance(value, dict):
        return _rounded(value)
    return float(f"{value:.4g}") if isinstance(value, float) else value
