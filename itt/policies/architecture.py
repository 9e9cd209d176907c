"""What a policy is made of: towers of bias-free layers, and one flat theta that holds all their matrices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from itt.algorithms.es.settings import METHODS, Activation, ESRun, Method, Policy, Tower
from itt.envs import EnvSpec
from itt.resolve import env_of

Theta = NDArray[np.float64]


@dataclass(frozen=True)
class Layer:
    """x -> activation(W x) with W of shape (outputs, inputs)."""

    outputs: int
    inputs: int
    activation: Activation

    @property
    def size(self) -> int:
        """The number of parameters."""
        return self.outputs * self.inputs


@dataclass(frozen=True)
class Architecture:
    """The layers of every tower, in the order in which theta holds them.

    Attributes:
        method: `itt` has the towers (state, action), `iot` and `explicit` have one.
        towers: Their layers, first to last.
    """

    method: Method
    towers: tuple[tuple[Layer, ...], ...]

    @property
    def size(self) -> int:
        """D, the number of parameters (Table 4)."""
        return sum(layer.size for tower in self.towers for layer in tower)

    def matrices(self, theta: Theta) -> list[list[Theta]]:
        """Views into theta, shape (D,): for each tower the matrices W of its layers, row-major."""
        if theta.shape != (self.size,):
            raise ValueError(f"theta has shape {theta.shape}, this architecture wants ({self.size},)")
        views, start = [], 0
        for tower in self.towers:
            matrices = []
            for layer in tower:
                matrices.append(theta[start : start + layer.size].reshape(layer.outputs, layer.inputs))
                start += layer.size
            views.append(matrices)
        return views

    @property
    def action_part(self) -> slice:
        """Where theta holds theta_2, the action tower of ITT (Sec. 3.1: theta = (theta_1, theta_2))."""
        if not METHODS[self.method].latents:
            raise ValueError(f"{self.method} has no action tower")
        return slice(sum(layer.size for layer in self.towers[0]), self.size)


def architecture(
    method: Method, policy: Policy, observation: int, action: int, discrete: bool, parts: Sequence[int] = ()
) -> Architecture:
    """The layers of a method on an env (Sec. 3.1, Tables 4 and 5).

    Args:
        method: `itt`, `iot` or `explicit`.
        policy: The settings.
        observation: s, the size of a state.
        action: a, the size of a continuous action, or the number of discrete actions.
        discrete: Whether the actions are discrete.
        parts: Of a discrete action that is several choices, how many each is among.
    """
    encoded = encoded_size(policy, action, discrete, parts)
    width = policy.width or encoded
    latent = policy.latent or width
    towers: tuple[tuple[Layer, ...], ...]
    if METHODS[method].latents:
        towers = (
            _tower(policy.state, observation, width, latent, "linear"),
            _tower(policy.action, encoded, width, latent, "linear"),
        )
    elif METHODS[method].candidates:
        towers = (_tower(policy.tower, observation + encoded, width, 1, "linear"),)
    else:
        # The paper's text has a linear output; its published numbers come from tanh (docs/reproduction-notes.md). Over
        # discrete actions the argmax is the same without it, and does not tie where tanh saturates.
        towers = (_tower(policy.tower, observation, width, action, "linear" if discrete else "tanh"),)
    return Architecture(method, towers)


def encoded_size(policy: Policy, action: int, discrete: bool, parts: Sequence[int] = ()) -> int:
    """The size of an action as a tower sees it: one number for an index, n for one of n one-hot actions.

    Several choices at once (`parts`) are one-hot each, whatever `policy.encoding` says: an index over all their
    combinations would put neighbours side by side that have nothing in common.
    """
    if parts:
        return sum(parts)
    return 1 if discrete and policy.encoding == "index" else action


def _tower(tower: Tower, inputs: int, width: int, outputs: int, output: Activation) -> tuple[Layer, ...]:
    hidden = tower.width if isinstance(tower.width, tuple) else (tower.width or width,) * (tower.layers - 1)
    sizes = (inputs, *hidden, outputs)
    activations = (*(tower.activation,) * len(hidden), tower.output or output)
    return tuple(Layer(sizes[i + 1], sizes[i], activation) for i, activation in enumerate(activations))


def architecture_of(run: ESRun, spec: EnvSpec | None = None) -> Architecture:
    """The layers of the run's policy in its env."""
    spec = spec or env_of(run)
    return architecture(run.method, run.policy, spec.observation, spec.action, spec.discrete, spec.parts)
