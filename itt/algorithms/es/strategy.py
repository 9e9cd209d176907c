"""Evolution strategies as two pure functions: `ask` for perturbations, `tell` their returns.

state = initial(...)
while True:
    epsilon = ask(state, ...)
    state, gradient = tell(state, ..., epsilon, returns)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from itt import seeding
from itt.algorithms.es import optimisers, schedules, warm_start
from itt.algorithms.es.directions import SAMPLINGS, Directions
from itt.algorithms.es.estimators import SHAPINGS, antithetic, best_pairs, forward
from itt.algorithms.es.optimisers import OPTIMISERS, Memory
from itt.algorithms.es.schedules import moving
from itt.algorithms.es.settings import ES
from itt.policies import Architecture, Theta
from itt.seeding import Key, Purpose


@dataclass(frozen=True)
class State:
    """theta_k, shape (D,), k, and what the optimiser remembers."""

    theta: Theta
    iteration: int = 0
    memory: Memory = field(default_factory=dict)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What a checkpoint holds of it."""
        return {"theta": self.theta} | {f"memory/{name}": array for name, array in self.memory.items()}

    @classmethod
    def restored(cls, arrays: Mapping[str, NDArray[Any]], iteration: int) -> State:
        """The state whose `arrays` these were."""
        memory = {name.removeprefix("memory/"): array for name, array in arrays.items() if name.startswith("memory/")}
        return cls(arrays["theta"], iteration, memory)


def initial(settings: ES, architecture: Architecture, seed: int) -> State:
    """theta_0 ~ N(0, initial_std^2 I), or that of a saved policy."""
    if settings.initial is not None:
        theta = warm_start.theta_0(settings.initial)
    else:
        random = seeding.generator(Key(seed), Purpose.THETA)
        with np.errstate(over="ignore"):  # `ends` looks at what comes of it
            theta = settings.initial_std * random.standard_normal(architecture.size)
    return State(theta, memory=optimisers.blank(settings.optimiser.name, architecture.size))


def sigma(state: State, settings: ES) -> float:
    """The smoothing of this iteration."""
    return settings.sigma * schedules.factor(settings.sigma_schedule, state.iteration)


def eta(state: State, settings: ES) -> float:
    """The step size of this iteration."""
    return settings.eta * schedules.factor(settings.eta_schedule, state.iteration)


def ask(state: State, settings: ES, architecture: Architecture, seed: int) -> Directions:
    """epsilon_1 ... epsilon_M of this iteration, shape (M, D), zero where a lazy action tower stands."""
    random = seeding.generator(Key(seed, state.iteration), Purpose.DIRECTIONS)
    count = settings.directions or architecture.size
    epsilon = SAMPLINGS[settings.sampling](count, architecture.size, random)
    epsilon[:, moving(settings.lazy, architecture, state.iteration).stop :] = 0.0
    return epsilon


def perturbations(state: State, settings: ES, epsilon: Directions) -> list[tuple[int, int, Theta]]:
    """(i, sign, theta + sign sigma epsilon_i): what the estimator wants the returns of, in order."""
    signs = (1, -1) if settings.estimator == "antithetic" else (1,)
    size = sigma(state, settings)
    return [(i, sign, state.theta + sign * size * row) for i, row in enumerate(epsilon) for sign in signs]


def tell(
    state: State,
    settings: ES,
    architecture: Architecture,
    epsilon: Directions,
    center: float,
    returns: NDArray[np.float64],
) -> tuple[State, Theta]:
    """The next state (Eq. 12) and the estimated gradient.

    Args:
        state: theta_k.
        settings: Estimator, optimiser and step size.
        architecture: Of theta; says where the action tower lies.
        epsilon: What `ask` gave, shape (M, D).
        center: F(theta_k).
        returns: One for each of `perturbations`, in its order.
    """
    gradient = _estimate(settings, epsilon, sigma(state, settings), center, returns)
    uphill = gradient - settings.weight_decay * state.theta
    # What stands also keeps its memory, as if there had been no iteration.
    part = moving(settings.lazy, architecture, state.iteration)
    theta, memory = state.theta.copy(), {name: array.copy() for name, array in state.memory.items()}
    step, after = OPTIMISERS[settings.optimiser.name](
        settings.optimiser, {name: array[part] for name, array in memory.items()}, uphill[part], eta(state, settings)
    )
    theta[part] += step
    for name, array in after.items():
        memory[name][part] = array
    return State(theta, state.iteration + 1, memory), gradient


def _estimate(settings: ES, epsilon: Directions, size: float, center: float, returns: NDArray[np.float64]) -> Theta:
    """Eq. 11 or 14 from the directions that count and the shaped returns of what was played with them."""
    shape = SHAPINGS[settings.shaping]
    if settings.estimator == "forward":
        *plus, base = shape(np.append(returns, center))
        return forward(np.array(plus), base, epsilon, size)
    pairs = returns.reshape(len(epsilon), 2)
    if settings.top_directions is not None:
        best = best_pairs(pairs[:, 0], pairs[:, 1], settings.top_directions)
        pairs, epsilon = pairs[best], epsilon[best]
    shaped = shape(pairs.ravel()).reshape(pairs.shape)
    return antithetic(shaped[:, 0], shaped[:, 1], epsilon, size)
