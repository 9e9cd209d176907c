"""Factors on sigma and eta as functions of the iteration alone: neither history nor the length of the run matters."""

from __future__ import annotations

import math
from collections.abc import Callable

from itt.settings import Constant, Schedule

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
