"""All that a training carries from one iteration to the next, and how a checkpoint holds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from itt.algorithms.es import strategy, warm_start
from itt.algorithms.es.settings import ESRun
from itt.algorithms.es.strategy import State
from itt.observations import Learned, Moments, packed, unpacked
from itt.policies import architecture_of
from itt.resolve import env_of
from itt.rollouts import Episode


@dataclass(frozen=True)
class Snapshot:
    """A training before iteration k.

    Attributes:
        state: theta_k, k, and what the optimiser remembers.
        met: The moments that theta_k's observations are normalised by; None for raw observations.
        best: The theta with the best return so far, and its moments.
        best_return: That return; -inf before the first.
    """

    state: State
    met: Moments | None
    best: Learned
    best_return: float = -np.inf

    @classmethod
    def first(cls, run: ESRun) -> Snapshot:
        """Before iteration 0: theta_0, drawn or a saved policy's.

        Raises:
            UserError: The saved policy cannot be read.
        """
        state = strategy.initial(run.algorithm, architecture_of(run), run.seed)
        met = None
        if run.policy.observations == "normalised":
            saved = run.algorithm.initial
            met = Moments.none(env_of(run).observation) if saved is None else warm_start.met(saved)
        return cls(state, met, Learned(state.theta, met))

    @classmethod
    def restored(cls, run: ESRun, arrays: Mapping[str, NDArray[Any]], iteration: int) -> Snapshot:
        """The snapshot whose `arrays` these were."""
        normalised = run.policy.observations == "normalised"
        met, best_met = (unpacked(arrays, prefix) if normalised else None for prefix in ("", "best_"))
        best = Learned(arrays["best_theta"], best_met)
        return cls(State.restored(arrays, iteration), met, best, float(arrays["best_return"]))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What a checkpoint holds of it."""
        best = {"best_theta": self.best.theta, "best_return": np.array(self.best_return)}
        return self.state.arrays() | packed(self.met) | best | packed(self.best.met, "best_")

    @property
    def learned(self) -> Learned:
        """theta_k, and the moments that it is played with."""
        return Learned(self.state.theta, self.met)

    def after_return(self, center: float) -> Snapshot:
        """Now that F(theta_k) is known: theta_k may be the best so far."""
        return replace(self, best=self.learned, best_return=center) if center > self.best_return else self

    def after_update(self, following: State, played: Sequence[Episode]) -> Snapshot:
        """Before iteration k + 1.

        Args:
            following: theta_k+1.
            played: The episodes of iteration k's perturbations, whose states are met now. One that diverged is left
                out: its last states are as large as numbers get, and would count for ever.
        """
        met = self.met
        if met is not None:
            met = met.merged(episode.met for episode in played if episode.met is not None and not episode.diverged)
        return replace(self, state=following, met=met)
