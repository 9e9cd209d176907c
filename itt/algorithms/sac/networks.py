"""The networks of a training and what they begin with; their parameters as named arrays are what is saved."""

from __future__ import annotations

import copy
from dataclasses import dataclass

from itt.algorithms.sac.settings import SAC
from itt.networks.mlp import MLP
from itt.networks.twin_q import TwinQ
from itt.seeding import Key, Purpose, generator


@dataclass(frozen=True)
class Shape:
    """Sizes of the networks.

    Attributes:
        observation: s.
        action: A.
        hidden: Widths of the hidden layers.
    """

    observation: int
    action: int
    hidden: tuple[int, ...]

    @property
    def policy(self) -> tuple[int, ...]:
        """Sizes of the policy's layers: s to 2 A, mean and spread."""
        return (self.observation, *self.hidden, 2 * self.action)

    @property
    def q(self) -> tuple[int, ...]:
        """Sizes of a Q's layers: s + A to 1."""
        return (self.observation + self.action, *self.hidden, 1)


@dataclass
class Networks:
    """A policy, two Qs and their targets, which begin as their equals."""

    policy: MLP
    q: TwinQ
    target: TwinQ


def first_networks(shape: Shape, seed: int) -> Networks:
    """Those that a training begins with: the policy is drawn before the Qs."""
    random = generator(Key(seed), Purpose.NETWORKS)
    policy, q = MLP(shape.policy, random), TwinQ(shape.q, random)
    return Networks(policy, q, copy.deepcopy(q).requires_grad_(False))


def shape_of(settings: SAC, observation: int, action: int) -> Shape:
    """The sizes for an env with s = `observation` and A = `action`."""
    return Shape(observation, action, settings.hidden_sizes)


def entropy_of(settings: SAC, action: int) -> float:
    """H: the target of the policy's entropy."""
    return -float(action) if settings.target_entropy is None else settings.target_entropy
