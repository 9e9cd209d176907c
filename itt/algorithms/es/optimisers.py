"""From a gradient to a step: functions of one shape, which remember by what they are given and what they give back.

    step, memory = OPTIMISERS[settings.name](settings, memory, gradient, eta)

A memory is arrays by name, each as long as the gradient: whatever part of theta moves takes its part of them along.
Signs are those of ascent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from itt.algorithms.es.settings import Adam, Ascent, ClipUp, Momentum
from itt.linear.elementwise import power
from itt.linear.sums import length

Vector = NDArray[np.float64]
Memory = Mapping[str, Vector]
Step = tuple[Vector, Memory]


def ascent(settings: Ascent, memory: Memory, gradient: Vector, eta: float) -> Step:
    """eta g (Eq. 12)."""
    return eta * gradient, memory


def momentum(settings: Momentum, memory: Memory, gradient: Vector, eta: float) -> Step:
    """v <- decay v + g; the step is eta v (Polyak 1964, in the form of torch.optim.SGD)."""
    velocity = settings.decay * memory["velocity"] + gradient
    return eta * velocity, {"velocity": velocity}


def adam(settings: Adam, memory: Memory, gradient: Vector, eta: float) -> Step:
    """eta m / (sqrt(s) + damping), m and s the unbiased running means of g and of g^2 (Kingma and Ba 2015).

    `steps` counts each parameter's own, as parameters may be left out of a step.
    """
    steps = memory["steps"] + 1.0
    mean = settings.decay * memory["mean"] + (1.0 - settings.decay) * gradient
    square = settings.square_decay * memory["square"] + (1.0 - settings.square_decay) * gradient**2
    unbiased_mean = mean / (1.0 - power(settings.decay, steps))
    unbiased_square = square / (1.0 - power(settings.square_decay, steps))
    step = eta * unbiased_mean / (np.sqrt(unbiased_square) + settings.damping)
    return step, {"steps": steps, "mean": mean, "square": square}


def clipup(settings: ClipUp, memory: Memory, gradient: Vector, eta: float) -> Step:
    """v <- decay v + eta g / |g|, shortened to the top speed; the step is v (Toklu et al. 2020)."""
    velocity = settings.decay * memory["velocity"] + eta * gradient / (length(gradient) or 1.0)
    limit = 2.0 * eta if settings.speed is None else settings.speed
    velocity = velocity * min(1.0, limit / (length(velocity) or limit))
    return velocity, {"velocity": velocity}


OPTIMISERS: dict[str, Callable[[Any, Memory, Vector, float], Step]] = {
    "ascent": ascent,
    "momentum": momentum,
    "adam": adam,
    "clipup": clipup,
}

_REMEMBERED: dict[str, tuple[str, ...]] = {
    "ascent": (),
    "momentum": ("velocity",),
    "adam": ("steps", "mean", "square"),
    "clipup": ("velocity",),
}


def blank(name: str, size: int) -> Memory:
    """What the optimiser remembers before its first step: zeros, each of shape (size,)."""
    return {what: np.zeros(size) for what in _REMEMBERED[name]}
