"""What depends on the iteration alone: factors on sigma and eta, and when the action tower moves (Sec. 2.3, 3.3).

Neither history nor the length of the run matters.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from itt.algorithms.es.settings import Constant, Lazy, Schedule
from itt.policies import Architecture

DECAYS: dict[str, Callable[[float, float], float]] = {
    "linear": lambda final, done: 1.0 + (final - 1.0) * done,
    "exponential": lambda final, done: final**done,
    "cosine": lambda final, done: final + (1.0 - final) * (1.0 + math.cos(math.pi * done)) / 2.0,
}
"""(factor at the end, share of the way from 0 to 1) -> factor; 1 at the beginning."""


def factor(schedule: Schedule, iteration: int) -> float:
    """The schedule's factor at iteration k."""
    if isinstance(schedule, Constant):
        return 1.0
    return DECAYS[schedule.name](schedule.final, min(1.0, iteration / schedule.iterations))


def updates(lazy: Lazy, iteration: int) -> bool:
    """Whether the action tower moves at iteration k: k is one of u_0, u_1, ..., u_n = sum_{i < n} floor(p g^i).

    With growth g = 1 these are 0, p, 2 p, ...; with g > 1 the gaps grow exponentially. The powers are products, one
    factor at a time, which every CPU rounds alike; with g > 1 about log_g(k) of them.
    """
    if lazy.growth == 1.0:
        return iteration % lazy.period == 0
    update, gap = 0, float(lazy.period)
    while update < iteration:
        update += int(gap)
        gap *= lazy.growth
    return update == iteration


def moving(lazy: Lazy | None, architecture: Architecture, iteration: int) -> slice:
    """The part of theta that moves at iteration k; the rest, its action tower, stands."""
    if lazy is None or updates(lazy, iteration):
        return slice(0, architecture.size)
    return slice(0, architecture.action_part.start)
