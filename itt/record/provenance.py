"""Under what circumstances a session of a run took place."""

from __future__ import annotations

import datetime
import importlib.metadata
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

from itt.lock import batch_job

PACKAGES = (
    "itt", "numpy", "numba", "llvmlite", "gymnasium", "mujoco", "dm_control", "box2d", "pybullet",
    "pybullet_envs_gymnasium", "torch", "mpi4py", "mpich",
)  # fmt: skip
"""What may change the bits of a result, or the way to it."""


def session(ranks: int, hosts: list[str], library: str | None, step: int) -> dict[str, Any]:
    """A session as it begins: one entry of provenance.json.

    Args:
        ranks: Number of processes.
        hosts: The machine of each rank.
        library: The MPI library, None without MPI.
        step: The steps, each with a row, that were done before.
    """
    return {
        "start": now(),
        "end": None,
        "first_iteration": step,
        "iterations_done": step,
        "command": sys.argv,
        "ranks": ranks,
        "hosts": sorted(set(hosts)),
        "job": batch_job(),
        "mpi": library,
        "cpu": _cpu(),
        "python": platform.python_version(),
        "versions": _versions(),
        "git_commit": _commit(),
        "seconds": 0.0,
        "core_seconds": 0.0,
        "by_rank": [],
        "divergences": 0,
        "diverged": [],
    }


def changed(before: dict[str, Any], here: dict[str, Any]) -> str:
    """A line for the user who goes on with a run under other versions than those of its last session, or nothing."""
    old, new = ({"itt at": session["git_commit"] or "no commit"} | session["versions"] for session in (before, here))
    told = [f"{name} {old.get(name, 'unknown')} -> {new[name]}" for name in new if old.get(name) != new[name]]
    return f"goes on with other versions, so bits may differ: {', '.join(told)}" if told else ""


def now() -> str:
    """The time, in UTC to the second, as ISO 8601 writes it."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.machine()


def _versions() -> dict[str, str]:
    """Of the packages, and of the C library, whose sine and exponential they call."""
    libc, release = platform.libc_ver()
    found = {libc: release} if libc else {}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def _commit() -> str | None:
    """The commit of the checkout that this package runs from, with a + if it was changed; None outside a checkout."""
    root = Path(__file__).parents[2]
    if not (root / ".git").exists():
        return None
    try:
        command = ["git", "-C", str(root), "describe", "--always", "--abbrev=40", "--dirty=+", "--exclude=*"]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=10).stdout.strip() or None
    except (OSError, subprocess.SubprocessError):
        return None
