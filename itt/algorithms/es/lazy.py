"""When the action tower moves (Sec. 2.3, 3.3)."""

from __future__ import annotations

from itt.policies import Architecture
from itt.settings import Lazy


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
