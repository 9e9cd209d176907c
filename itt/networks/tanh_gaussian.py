"""A Gaussian squashed by tanh: the head of a policy over actions in (-1, 1)^A.

The network's output is (mean, xi), shape (B, 2 A); std = softplus(clip(xi, -6, 6)), between 0.0025 and 6.0025.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn.functional import softplus

CLIP = 6.0
"""Bounds of xi."""


def drawn(outputs: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
    """A reparametrised action of each row, and the log-density with which it was drawn.

    u = mean + std epsilon, a = tanh(u), and by the change of variables (Haarnoja et al. 2018, App. C)

        log pi(a) = sum_i log N(u_i; mean_i, std_i) - log(1 - tanh(u_i)^2)

    where 1 - tanh^2 is 0 in floating point for |u| > 9 (float32), so its logarithm is taken as

        log(1 - tanh(u)^2) = 2 (log 2 - u - softplus(-2 u)).

    Args:
        outputs: Of the network, (B, 2 A).
        noise: epsilon ~ N(0, I), (B, A).

    Returns:
        Actions, (B, A), and log-densities, (B,).
    """
    mean, xi = outputs.chunk(2, dim=-1)
    std = softplus(xi.clamp(-CLIP, CLIP))
    u = mean + std * noise
    gaussian = -0.5 * noise**2 - torch.log(std) - 0.5 * math.log(2 * math.pi)
    squashing = 2.0 * (math.log(2.0) - u - softplus(-2.0 * u))
    return torch.tanh(u), (gaussian - squashing).sum(dim=-1)


def mean_action(outputs: Tensor) -> Tensor:
    """tanh(mean), (B, 2 A) -> (B, A): the action without noise, which evaluations play."""
    return torch.tanh(outputs.chunk(2, dim=-1)[0])
