"""Core-hours of the paper's Table 2, projected from measured rollouts."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from itt import settings_file
from itt.algorithms.es.settings import ESRun
from itt.bench import results
from itt.envs import CATALOG
from itt.errors import UserError
from itt.published import zhao2022
from itt.resolve import resolve
from itt.study import single


def project(source: Path, folders: Sequence[Path] = ()) -> list[dict[str, Any]]:
    """A row for each (env, method) of Table 2 that a result of `itt bench rollouts` holds under the paper's settings.

    A training plays theta and its perturbations at every iteration. Its episodes are as long as they were on average in
    a run folder of that (env, method), else counted at the env's full length: true of Swimmer and HalfCheetah, and a
    bound from above where episodes end early. `iterations_seen` is how far that run came, 0 without one.

    Args:
        source: The result file.
        folders: Run folders, finished or not.

    Raises:
        UserError: `source` is not such a file, or a folder holds no run with a row of metrics.
    """
    paper, rows, seen = zhao2022.wall_clock(), [], dict(map(_lengths, folders))
    for row in results.read(source, "rollouts")["rows"]:
        cell = row["env"], row["method"]
        if cell not in paper or row["variant"] != "vanilla":
            continue
        run = resolve(ESRun.of(single(*cell), "Table 2"))
        if row["resample"] not in (None, run.candidates.resample):
            continue
        directions, limit = run.algorithm.directions, CATALOG[run.env].episode_limit
        assert directions is not None and limit is not None
        signs = 2 if run.algorithm.estimator == "antithetic" else 1
        episodes = zhao2022.iterations()[run.env] * (1 + signs * directions)
        iterations, steps = seen.get(cell, (0, float(limit)))
        rows.append(
            {
                "env": run.env,
                "method": run.method,
                "episodes": episodes,
                "episode_steps": steps,
                "iterations_seen": iterations,
                "env_steps": int(episodes * steps),
                "core_hours": episodes * (steps / row["steps_per_s"] + row["reset_seconds"]) / 3600.0,
                "paper_core_hours": zhao2022.CORES * paper[cell],
            }
        )
    return rows


def _lengths(folder: Path) -> tuple[tuple[str, str], tuple[int, float]]:
    """(env, method) of a run, its iterations so far, and the mean length of their episodes."""
    run = settings_file.read(folder / "run.yaml")
    try:
        with open(folder / "metrics.csv", newline="", encoding="utf-8") as file:
            *_, last = csv.DictReader(file)
        settings, iterations = run["algorithm"], int(last["step"]) + 1
        signs = 2 if settings["estimator"] == "antithetic" else 1
        episodes = iterations * settings["episodes"] * (1 + signs * settings["directions"])
        return (run["env"], run["method"]), (iterations, int(last["env_steps"]) / episodes)
    except (OSError, ValueError, KeyError, TypeError):
        raise UserError(f"{folder}: holds no run with a row of metrics.csv") from None
