"""How fast a policy plays: by the committed benchmark, or on this machine."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from itt.algorithms.es.settings import ESRun
from itt.policies import architecture_of
from itt.seeding import Key
from itt.training import Speed

_EPISODES, _THETAS = 2, 16
"""Episodes that are played at least, and thetas that are tried for one that does not fall over at once."""


def published(run: ESRun, row: Mapping[str, Any]) -> Speed:
    """By the row of `itt bench rollouts` of the run's env and method."""
    steps = row["steps_per_s"] if run.engine == "compiled" else row["reference_steps_per_s"]
    asked = (run.candidates.count, run.candidates.resample)
    same = row["resample"] is None or ((row["candidates"], row["resample"]) == asked and run.search.name == "exact")
    return Speed(steps, row["reset_seconds"], "benchmark" if same else "benchmark, other candidates")


def measured(run: ESRun, seconds: float) -> Speed:
    """Plays a random policy of a resolved run for so many core-seconds at least; its steps bear the resets, too."""
    from itt.algorithms.es import strategy  # with the engines; who only reads a benchmark does without
    from itt.rollouts import player, ready

    ready(run)
    architecture, ours = architecture_of(run), player(run)
    thetas = [strategy.initial(run.algorithm, architecture, seed).theta for seed in range(_THETAS)]
    theta = max(thetas, key=lambda one: ours.play(one, Key(0)).steps)
    started, steps, episodes = time.thread_time(), 0, 0
    while episodes < _EPISODES or time.thread_time() - started < seconds:
        episodes += 1
        steps += ours.play(theta, Key(run.seed, episode=episodes)).steps
    return Speed(steps / (time.thread_time() - started), 0.0, "measured here")
