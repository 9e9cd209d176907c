"""The moments that a training's observations are normalised by, from iteration to iteration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from numpy.typing import NDArray

from itt.algorithms.es import warm_start
from itt.envs import describe
from itt.observations import Moments, unpacked
from itt.rollouts import Episode
from itt.run import Run


def first(run: Run) -> Moments | None:
    """Those that theta_0 is played with: none yet, or those of the saved policy that it is; None for raw observations.

    Raises:
        UserError: The saved policy cannot be read.
    """
    if run.policy.observations == "raw":
        return None
    if run.algorithm.initial is not None:
        return warm_start.met(run.algorithm.initial)
    return Moments.none(describe(run.env).observation)


def restored(run: Run, arrays: Mapping[str, NDArray[Any]], prefix: str = "") -> Moments | None:
    """Those that a checkpoint holds; None for raw observations."""
    return unpacked(arrays, prefix) if run.policy.observations == "normalised" else None


def after(met: Moments | None, played: Sequence[Episode]) -> Moments | None:
    """Those after an iteration, in which the perturbations' episodes were `played`.

    An episode whose simulation diverged is left out: its last states are as large as numbers get, and would count for
    ever.
    """
    if met is None:
        return None
    return met.merged(episode.met for episode in played if episode.met is not None and not episode.diverged)
