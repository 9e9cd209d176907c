"""How fast a policy plays its env on one core: as the committed benchmark has it, or measured here.

Another CPU is another speed. The benchmark's machine stands in the file, and `itt plan --compare` tells how far off it
was; `itt plan --measure` plays each env and method here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any, Literal

from itt.bench import results
from itt.run import Run


@dataclass(frozen=True)
class Speed:
    """Env steps a core-second, and the seconds of a reset, which the steps do not contain.

    `source` says how well it fits: measured here, or benchmark; `benchmark, other candidates` is the speed of the same
    env and method with the paper's candidates.
    """

    steps_per_s: float
    reset_seconds: float
    source: Literal["measured here", "benchmark", "benchmark, other candidates"]


Speeds = Mapping[tuple[str, str], dict[str, Any]]
"""Rows of `itt bench rollouts`, by env and method."""


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
    steps = row["steps_per_s"] if run.engine == "compiled" else row["reference_steps_per_s"]
    asked = (run.candidates.count, run.candidates.resample)
    same = row["resample"] is None or ((row["candidates"], row["resample"]) == asked and run.search.name == "exact")
    return Speed(steps, row["reset_seconds"], "benchmark" if same else "benchmark, other candidates")
