"""Evolution strategies as two pure functions: `ask` for perturbations, `tell` their returns.

state = initial(...)
while True:
    epsilon = ask(state, ...)
    state, gradient = tell(state, epsilon, returns, ...)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from itt import seeding
from itt.algorithms.es.directions import SAMPLINGS, Directions
from itt.algorithms.es.estimators import antithetic, forward
from itt.policies import Architecture, Theta
from itt.seeding import Key, Purpose
from itt.settings import ES


@dataclass(frozen=True)
class State:
    """theta_k, shape (D,), and k."""

    theta: Theta
    iteration: int = 0


def initial(settings: ES, architecture: Architecture, seed: int) -> State:
    """theta_0 ~ N(0, initial_std^2 I)."""
    random = seeding.generator(Key(seed), Purpose.THETA)
    return State(settings.initial_std * random.standard_normal(architecture.size))


def ask(state: State, settings: ES, architecture: Architecture, seed: int) -> Directions:
    """epsilon_1 ... epsilon_M of this iteration, shape (M, D).

    A lazy action tower (Sec. 3.3) moves at every `period`-th iteration, beginning with the first; at the others its
    part of every epsilon is zero.
    """
    random = seeding.generator(Key(seed, state.iteration), Purpose.DIRECTIONS)
    count = settings.directions or architecture.size
    epsilon = SAMPLINGS[settings.sampling](count, architecture.size, random)
    if settings.lazy is not None and state.iteration % settings.lazy.period != 0:
        epsilon[:, architecture.action_part] = 0.0
    return epsilon


def perturbations(state: State, settings: ES, epsilon: Directions) -> list[tuple[int, int, Theta]]:
    """(i, sign, theta + sign sigma epsilon_i): what the estimator wants the returns of, in order."""
    signs = (1, -1) if settings.estimator == "antithetic" else (1,)
    return [(i, sign, state.theta + sign * settings.sigma * row) for i, row in enumerate(epsilon) for sign in signs]


def tell(
    state: State, settings: ES, epsilon: Directions, center: float, returns: NDArray[np.float64]
) -> tuple[State, Theta]:
    """The next state (Eq. 12) and the estimated gradient.

    Args:
        state: theta_k.
        settings: Estimator and step size.
        epsilon: What `ask` gave, shape (M, D).
        center: F(theta_k).
        returns: One for each of `perturbations`, in its order.
    """
    if settings.estimator == "antithetic":
        plus, minus = returns.reshape(len(epsilon), 2).T
        gradient = antithetic(plus, minus, epsilon, settings.sigma)
    else:
        gradient = forward(returns, center, epsilon, settings.sigma)
    return State(state.theta + settings.eta * gradient, state.iteration + 1), gradient
