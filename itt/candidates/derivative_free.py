"""The derivative-free optimiser of "Implicit Behavioral Cloning" (Florence et al. 2021)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from itt.algorithms.es.settings import DerivativeFree
from itt.candidates.selection import draw, log_weights
from itt.candidates.sources import Actions, Box


def refine(
    score: Callable[[Actions], NDArray[np.float64]],
    actions: Actions,
    box: Box,
    settings: DerivativeFree,
    random: np.random.Generator,
) -> Actions:
    """Moves samples towards high scores: resample by softmax of the scores, add noise, clip, shrink the noise.

    Args:
        score: (N, a) -> (N,), -E of each action in the state at hand.
        actions: The first samples, shape (N, a).
        box: The action space; the noise is in units of its half-widths.
        settings: Rounds, noise and shrinkage.
        random: The stream of this transition.

    Returns:
        The samples after the last round, shape (N, a), not yet scored.
    """
    half = (box.high - box.low) / 2
    std = settings.std
    for _ in range(settings.rounds):
        chosen = draw(log_weights("dot", score(actions)), random.random(len(actions)))
        noise = std * half * random.standard_normal(actions.shape)
        actions = np.clip(actions[chosen] + noise, box.low, box.high).astype(np.float32)
        std *= settings.shrink
    return actions
