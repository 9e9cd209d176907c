"""How fast a policy plays its env on one core: as the committed benchmark has it, or measured here.

Another CPU is another speed. The benchmark's machine stands in the file, and `itt plan --compare` tells how far off it
was; `itt plan --measure` plays each env and method here.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from typing import Any

from itt.bench import results
from itt.run import Run
from itt.training import Speed, algorithm_of

Speeds = Mapping[tuple[str, str], dict[str, Any]]
"""Rows of the committed benchmarks, by env and method."""


def published() -> Speeds:
    """The committed benchmark, benchmarks/rollouts.json."""
    with resources.as_file(resources.files("itt").joinpath("plan", "rollouts.json")) as path:
        rows = results.read(path, "rollouts")["rows"]
    return {(row["env"], row["method"]): row for row in rows}


def speed(run: Run, speeds: Speeds) -> Speed | None:
    """The benchmark's speed of a resolved run; None for an env that it has no row of."""
    row = speeds.get((run.env, run.method))
    if row is None or run.env_kwargs:
        return None
    return algorithm_of(run).speed(run, row)


def measured(run: Run, seconds: float) -> Speed:
    """The speed of a resolved run on this machine, played for so many core-seconds at least."""
    return algorithm_of(run).measured(run, seconds)
