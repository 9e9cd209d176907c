"""Core-hours of the paper's Table 2, projected from measured rollouts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from itt import published
from itt.bench import results
from itt.envs import CATALOG
from itt.rollouts import resolve
from itt.study import single

PAPER_CORES = 24
"""CPU cores that Table 2's hours were taken on."""


def project(source: Path) -> list[dict[str, Any]]:
    """A row for each (env, method) of Table 2 that a result of `itt bench rollouts` holds under the paper's settings.

    A training plays theta and its perturbations at every iteration. Its episodes are counted at the env's full length,
    which is true of Swimmer and HalfCheetah and too much where episodes end early: `core_hours` is a bound from above.

    Raises:
        UserError: `source` is not such a file.
    """
    paper, rows = published.wall_clock(), []
    for row in results.read(source, "rollouts")["rows"]:
        cell = row["env"], row["method"]
        run = resolve(single(*cell))
        if cell not in paper or row["resample"] not in (None, run.candidates.resample):
            continue
        directions, limit = run.algorithm.directions, CATALOG[run.env].episode_limit
        assert directions is not None and limit is not None
        signs = 2 if run.algorithm.estimator == "antithetic" else 1
        episodes = published.iterations()[run.env] * (1 + signs * directions)
        seconds = episodes * (limit / row["steps_per_s"] + row["reset_seconds"])
        rows.append(
            {
                "env": run.env,
                "method": run.method,
                "episodes": episodes,
                "env_steps": episodes * limit,
                "core_hours": seconds / 3600.0,
                "paper_core_hours": PAPER_CORES * paper[cell],
            }
        )
    return rows
