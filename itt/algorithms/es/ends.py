"""Where a training cannot go on: nothing to learn from, or a theta that is no number. One line then says why."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from itt.algorithms.es import strategy
from itt.algorithms.es.settings import ESRun
from itt.algorithms.es.strategy import State
from itt.envs.divergence import MAX_VALUE
from itt.errors import UserError
from itt.policies import Theta
from itt.rollouts import Episode


def check_perturbed(run: ESRun, state: State, perturbed: Sequence[Theta]) -> None:
    """That theta_k and its perturbations are numbers, and that not all of them are theta_k itself.

    Raises:
        UserError: Else.
    """
    sigma = strategy.sigma(state, run.algorithm)
    if not np.isfinite(state.theta).all():
        raise _end(state, f"algorithm.initial_std {run.algorithm.initial_std!r} takes theta beyond what numbers hold")
    if not all(np.isfinite(theta).all() for theta in perturbed):
        raise _end(state, f"algorithm.sigma {sigma!r} takes theta beyond what numbers hold")
    if all(np.array_equal(theta, state.theta) for theta in perturbed):
        raise _end(state, f"algorithm.sigma {sigma!r} is lost in rounding: all perturbations are theta itself")


def check_played(iteration: int, played: Sequence[Episode]) -> None:
    """That some episode did not diverge, which the others count as the worst of.

    Raises:
        UserError: All did.
    """
    if all(episode.diverged for episode in played):
        raise UserError(
            f"iteration {iteration}: all {len(played)} episodes diverged (an action, a state or a reward that is no "
            f"number, physics out of bounds, or a return beyond {MAX_VALUE:g}), so there is nothing to learn from; the "
            "run ends here, with what was recorded before"
        )


def check_update(run: ESRun, state: State, following: State) -> None:
    """That theta_k+1, and what the optimiser remembers, are numbers.

    Raises:
        UserError: Else.
    """
    if not all(np.isfinite(array).all() for array in following.arrays().values()):
        sigma, eta = strategy.sigma(state, run.algorithm), strategy.eta(state, run.algorithm)
        raise _end(state, f"algorithm.eta {eta!r} (sigma {sigma!r}) makes a step beyond what numbers hold")


def _end(state: State, what: str) -> UserError:
    return UserError(f"iteration {state.iteration}: {what}; the run ends here, with what was recorded before")
