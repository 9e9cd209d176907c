"""What an environment is, as a policy and a report need to know it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Family = Literal["gymnasium", "dm_control", "pybullet"]


@dataclass(frozen=True)
class EnvSpec:
    """One environment.

    Attributes:
        name: The canonical name (the paper's for its 15, else the Gymnasium id).
        family: Which simulator package plays it.
        id: What that package is asked for.
        observation: s, the size of the flattened observation.
        action: a, the number of coordinates of a continuous action, or n, the number of discrete ones.
        discrete: Whether an action is one of n indices 0 ... n - 1.
        low: Lower bounds of a continuous action, a numbers; empty if discrete.
        high: Upper bounds of a continuous action, a numbers; empty if discrete.
        episode_limit: Steps after which an episode is truncated; None if it never is.
        note: How it differs from the environment in the paper; empty if no difference is known.
        parts: Where a discrete action is a choice from each of several lists, their lengths, whose product is n: index
            i stands for the i-th combination, the last list's choice changing fastest. Empty for a single choice.
        kwargs: The keyword arguments that it is made with.
    """

    name: str
    family: Family
    id: str
    observation: int
    action: int
    discrete: bool
    low: tuple[float, ...]
    high: tuple[float, ...]
    episode_limit: int | None
    note: str
    parts: tuple[int, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)
